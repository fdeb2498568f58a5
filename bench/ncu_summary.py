#!/usr/bin/env python3
"""Prints what bounds each kernel from `ncu --csv --page raw`: FILE..."""

import csv
import sys

# What each line of the summary looks for, by a part of the metric's name.
WANTED = [
    ("time", "gpu__time_duration.sum"),
    ("cycles of an SM", "sm__cycles_active.avg"),
    ("registers a thread", "launch__registers_per_thread"),
    ("occupancy", "sm__warps_active.avg.pct_of_peak_sustained_active"),
    ("SM throughput", "sm__throughput.avg.pct"),
    ("tensor pipe active", "sm__pipe_tensor_cycles_active"),
    ("tensor pipe instructions", "sm__inst_executed_pipe_tensor"),
    ("issue slots busy", "sm__inst_issued.avg.pct"),
    ("shared-memory wavefronts", "wavefronts_mem_shared"),
    ("bank conflicts", "data_bank_conflicts_pipe_lsu_mem_shared"),
    ("L2 hit rate", "lts__t_sector_hit_rate"),
    ("L2 throughput", "lts__t_sectors.avg.pct"),
    ("DRAM throughput", "dram__throughput.avg.pct"),
    ("DRAM read", "dram__bytes_read.sum"),
    ("DRAM written", "dram__bytes_write.sum"),
    ("stall", "issue_stalled"),
]


def read(path):
    """Kernel name -> metric -> (value, unit), from the rows after ncu's prose."""
    with open(path, newline="") as file:
        lines = [line for line in file if line.startswith('"')]
    rows = list(csv.reader(lines))
    if len(rows) < 3:
        raise ValueError(f"{path} holds no profile")
    header, units, *data = rows
    name = header.index("Kernel Name")
    return [(row[name], {key: (value, unit) for key, value, unit
                         in zip(header, row, units)}) for row in data]


def number(text):
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    kernels = {}
    for path in sys.argv[1:]:
        try:
            for name, metrics in read(path):
                kernels.setdefault(name, {}).update(metrics)
        except (OSError, ValueError) as error:
            print(f"ncu_summary: {error}", file=sys.stderr)
            return 1
    for name, metrics in kernels.items():
        print(name)
        for label, part in WANTED:
            found = [(number(value), unit, key)
                     for key, (value, unit) in metrics.items() if part in key]
            found = [entry for entry in found if entry[0] is not None]
            if part == "issue_stalled":
                found = [entry for entry in found if entry[0] >= 0.1]
                found.sort(reverse=True)
            for value, unit, key in found:
                print(f"  {label:26} {value:14,.2f} {unit:12} {key}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
