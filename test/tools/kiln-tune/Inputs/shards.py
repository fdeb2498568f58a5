"""Compares the candidates of a whole run with those of its shards."""

import json
import sys

lists = []
for name in sys.argv[1:]:
    report = json.load(open(name))
    origins = [c["origin"] for c in report["candidates"]]
    proposals = [c["schedule"] for c in report["candidates"]
                 if c["origin"] not in ("baseline", "default")]
    lists.append(proposals)
    title = "whole" if report["shard"]["count"] == 1 else \
        f"shard {report['shard']['index']}"
    print(f"{title}: {', '.join(origins[:2])} and {len(proposals)} proposals")
whole, *shards = lists
together = [s for shard in shards for s in shard]
print("together the whole:",
      sorted(together) == sorted(whole) and len(set(together)) == len(together))
