#!/usr/bin/env python3
"""Prints what the kernels of an artifact directory use: report.py DIR"""

import json
import pathlib
import sys


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    directory = pathlib.Path(sys.argv[1])
    try:
        artifact = json.loads((directory / "artifact.json").read_text())
    except (OSError, ValueError) as error:
        print(f"{directory}: no readable artifact: {error}", file=sys.stderr)
        return 2
    target = artifact["target"]
    print(f"{artifact['entry']}: {len(artifact['kernels'])} kernels for "
          f"{target['name']} ({target['arch']}), {artifact['precision']}")
    for kernel in artifact["kernels"]:
        print(f"  {kernel['name']} ({kernel['role']})")
        print(f"    grid {' x '.join(map(str, kernel['grid']))}, "
              f"block {' x '.join(map(str, kernel['block']))}")
        report = kernel.get("report")
        if not report:
            print(f"    dynamic shared memory {kernel['dynamic_shared_bytes']} B; "
                  "no ptxas: registers, spills and occupancy unknown")
            continue
        shared = kernel["dynamic_shared_bytes"] + report["static_shared"]
        print(f"    registers {report['registers']}, spill stores "
              f"{report['spill_stores']} B, spill loads {report['spill_loads']} B, "
              f"stack {report['stack']} B")
        print(f"    shared memory {shared} B, blocks an SM "
              f"{report['blocks_per_sm']}, occupancy {report['occupancy']:.1%} "
              f"(limited by {report['limiter']})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
