"""Kills a tuning run at random moments and lets it go on, again and again.

kill.py DIRECTORY KILLS COMMAND...: after each kill every whole line of the
journal parses, and the output file is missing or whole. Runs that end before
they are killed start over without a journal.
"""

import json
import pathlib
import random
import subprocess
import sys
import time

directory, kills, command = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
journal, output = directory / "journal", directory / "schedule"
full = [*command, f"--journal={journal}", "-o", str(output), "--json"]


def result(text):
    report = json.loads(text)
    del report["seconds"]
    for candidate in report["candidates"]:
        candidate.pop("resumed", None)
    return report


def run():
    return subprocess.run(full, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True, text=True).stdout


start = time.monotonic()
expected = result(run())
schedule = output.read_text()
duration = time.monotonic() - start
random.seed(1)
same, killed, entries = True, 0, 0
while killed < kills:
    journal.unlink(missing_ok=True)
    output.unlink(missing_ok=True)
    while True:
        process = subprocess.Popen(full, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(random.uniform(0, duration if killed % 3 else duration / 3))
            break  # It was done first.
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        killed += 1
        if journal.exists():
            whole = journal.read_text().split("\n")[:-1]
            for line in whole:
                json.loads(line)
            if len(whole) < entries and journal.stat().st_size:
                sys.exit(f"the journal lost lines: {entries} to {len(whole)}")
            entries = len(whole)
        if output.exists() and output.read_text() != schedule:
            sys.exit("the output is torn")
        if killed == kills:
            break
    entries = 0
    same &= result(run()) == expected and output.read_text() == schedule
print(f"{killed} kills, journal whole each time")
print("the same result:", same)
