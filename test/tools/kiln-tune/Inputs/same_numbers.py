"""Prints the facts of a report's choice beside those of an artifact."""

import json
import sys

report = json.load(open(sys.argv[1]))
artifact = json.load(open(sys.argv[2]))
choice = report["candidates"][report["chosen"]]
kernel = next(k for k in artifact["kernels"] if k["role"] == "compute")
found = kernel["report"]
theirs = {
    "registers": found["registers"],
    "spill_bytes": found["spill_stores"] + found["spill_loads"],
    "shared_bytes": found["static_shared"] + kernel["dynamic_shared_bytes"],
    "blocks_per_sm": found["blocks_per_sm"],
    "limiter": found["limiter"],
}
for key, value in theirs.items():
    print(key, choice["facts"][key], value)
print("schedule", choice["schedule"] == kernel["schedule"] == report["schedule"])
