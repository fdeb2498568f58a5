"""Prints records of times, as kiln-bench writes them, of a report's candidates.

records.py REPORT.json [--rounds=N] 1=120 2=100 3=97.9 4=wrong

Candidates are counted from 1. Each gets N rounds (default 15) around its time,
with a little noise that differs between candidates.
"""

import json
import sys

report = json.load(open(sys.argv[1]))
rounds = 15
for argument in sys.argv[2:]:
    key, value = argument.split("=")
    if key == "--rounds":
        rounds = int(value)
        continue
    number = int(key)
    record = {"program": report["program"], "device": "Fake GPU",
              "schedule": report["candidates"][number - 1]["schedule"]}
    if value == "wrong":
        record |= {"failure": "wrong result of y: elements differ", "ms": []}
    else:
        record["ms"] = [float(value) * (1 + 1e-4 * (i * (number + 3) % 7 - 3))
                        if rounds > 1 else float(value)
                        for i in range(rounds)]
    print(json.dumps(record))
