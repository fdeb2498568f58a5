"""Says what a report's candidates have, and whether another chose the same."""

import json
import sys

report = json.load(open(sys.argv[1]))
candidates = report["candidates"]
print(f"{len(candidates)} candidates, {sum('ms' in c for c in candidates)} with "
      f"times, {sum(c.get('resumed', False) for c in candidates)} resumed, of "
      f"{len(candidates[0]['ms'])} rounds")
for other in sys.argv[2:]:
    print("the same choice:", json.load(open(other))["schedule"] == report["schedule"])
