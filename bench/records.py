#!/usr/bin/env python3
"""Predicts the kernels of bench/data/rtx4090.csv and compares with what was
measured on an RTX 4090: `records.py [--explain=build/bin/kiln-explain] [--csv
OTHER] [--list]`.

Each row becomes a description (docs/model.md) by general rules from its
columns; no rule knows a row. Where the source of a kernel would be needed, the
rule takes the plainest Triton kernel of that kind: bench/triton_instructions.py
compiles these and counts.
"""

import argparse
import csv
import json
import math
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# Instructions of a warp beside multiplies and fragment loads, and the cycles a
# lone warp takes for one, counted in machine code for sm_89
# (triton_instructions.py).
PER_GATHER = {1: 17, 2: 43, 3: 72}  # image element a thread, by spatial dims
PER_GATHER_TRANSPOSED = {1: 20, 2: 59, 3: 93}
PER_GATHER_TAPS_OUTSIDE = 8.8  # taps are loops of their own
PER_FILTER_ELEMENT = 7  # a filter element a thread, copied by 4 bytes
PER_STEP = 70  # which channel and tap the k of the step are
PER_COPY_16 = 14  # a 16-byte copy of a plain product
PER_COPY_4 = 11  # a 4-byte copy, where rows are not aligned
EPILOGUE = {True: 370, False: 230}  # set-up and stores: convolution, product
CYCLES_ALONE = {True: 2.8, False: 2.4}
ALU_SHARE = {True: 0.63, False: 0.55}
# A timed forward starts on an idle card: "a launch from Python (tens of
# microseconds) is inside" (bench/data/README.md).
HOST_LAUNCH_MS = 0.03
L1_BYTES = 128 * 1024  # with shared memory, sm_89


def number(row, key, default=None):
    try:
        return float(row[key])
    except (KeyError, ValueError):
        return default


def integer(row, key, default=1):
    return int(number(row, key, default) or default)


def ceil_div(a, b):
    return -(-a // b)


def tile_of(names, row):
    """Rows (pixels), columns (channels), k, by the usual names of constants."""
    tile = [None, None, None]
    for name, value in names.items():
        name = name.replace("BLOCK_SIZE_", "").replace("BLOCK_", "")
        place = {"M": 0, "N": 1, "K": 2}.get(name)
        if "conv" in row["kind"]:
            place = {"OW": 0, "L": 0, "HW": 0, "CO": 1, "C_OUT": 1, "OC": 1,
                     "CI": 2, "C_IN": 2}.get(name, place)
        if place is not None and value.isdigit():
            tile[place] = int(value)
    return tile


def configurations(row):
    """(m, n, k, warps, stages) that may have run: all candidates where the time
    is of the best of several, else the row's own."""
    own = [number(row, k) for k in ("BLOCK_M", "BLOCK_N", "BLOCK_K")]
    result = []
    if row["ms_config"].startswith("best-of"):
        for candidate in row["candidate_list"].split("|"):
            names = dict(p.split("=", 1) for p in candidate.split(",") if "=" in p)
            flags = [p for p in candidate.split(",") if p and "=" not in p]
            tile = tile_of(names, row)
            if "conv" in row["kind"] and row["m_is"] == "channels":
                if "BLOCK_M" in names:
                    tile[0], tile[1] = tile[1], tile[0]
            tile = [t or o for t, o in zip(tile, row_tile(row))]
            warps = [int(f[1:]) for f in flags if f[0] == "w"]
            stages = [int(f[1:]) for f in flags if f[0] == "s"]
            if all(tile) and warps and stages:
                result.append((*map(int, tile), warps[0], stages[0]))
    if not result and all(own) and row["num_warps"] and row["num_stages"]:
        result.append(own_configuration(row))
    return result


def row_tile(row):
    """The row's tile with pixels first."""
    m, n, k = (number(row, k) for k in ("BLOCK_M", "BLOCK_N", "BLOCK_K"))
    if "conv" in row["kind"] and row["m_is"] == "channels":
        m, n = n, m
    return m, n, k


def own_configuration(row):
    return (*map(int, row_tile(row)), integer(row, "num_warps"),
            integer(row, "num_stages"))


def group_of(row):
    for item in (row["constexprs"] + ";" + row["candidate_list"].split("|")[0]
                 .replace(",", ";")).split(";"):
        name, _, value = item.partition("=")
        if name in ("GROUP_M", "GROUP_SIZE_M") and value.isdigit():
            return int(value)
    return 0


def describe(row, configuration, own):
    """`own`: the configuration is the row's: grid, trips and registers hold."""
    m, n, k, warps, stages = configuration
    threads = 32 * warps
    is_conv = "conv" in row["kind"]
    element = 2 if row["dtype"] in ("float16", "bfloat16") else 4
    trips = [int(t) for t in (row["loop_trips"] or "").split("x") if t]
    if is_conv:
        shape = conv_shape(row)
        pixels, filters, depth = shape["pixels"], shape["filters"], shape["k"]
    else:
        pixels = integer(row, "gemm_B") * integer(row, "gemm_M")
        filters, depth = integer(row, "gemm_N"), integer(row, "gemm_K")
    rows, columns = ceil_div(pixels, m), ceil_div(filters, n)
    group = group_of(row)
    if row["grid_rule"] == "per-image":
        group = ceil_div(pixels // shape["images"], m)
        rows = group * shape["images"]
    k_steps = ceil_div(depth, k)
    # Taps are part of k where the innermost loop walks all of it.
    flat = not is_conv or shape["taps"] == 1 or not trips or trips[-1] == k_steps
    # A grid of row tiles only: the block walks the columns.
    grid = integer(row, "launch_grid", 0) or integer(row, "grid_expected", 0)
    walks = columns > 1 and grid and own_grid(row, grid, pixels)
    passes = columns if walks else 1
    tiles = rows if walks else rows * columns
    steps = k_steps * passes
    if own:
        tiles = grid or tiles
        steps = math.prod(trips) if trips else steps
        passes = max(passes, steps // k_steps if flat else 1)
    # num_stages = s keeps s - 1 copies of each tile in shared memory.
    # A loop of one step has nothing to run ahead of.
    slots = max(1, stages - 1) if steps > 1 else 1
    # The loads of the first steps are issued before each loop, those of its last
    # turns are masked, so their addresses are computed in vain.
    address_turns = 1 + slots * passes / steps

    loop = {"steps": steps, "slots": slots, "multiply": row["dot"],
            "tile": [m, n, k]}
    if is_conv:
        image, weights, loop_part = conv_copies(row, shape, configuration, flat,
                                                trips, steps, passes, element)
    else:
        aligned = depth % 16 == 0 and filters % 16 == 0
        copies = (m + n) * k * element / (16 if aligned else 4) / threads
        loop_part = {
            "instructions": copies * (PER_COPY_16 if aligned else PER_COPY_4),
            "l1_wavefronts": copies * warps * (4 if aligned else 1)}
        image, weights = steps * m * k * element, steps * n * k * element
    loop_part["instructions"] *= address_turns
    loop_part["alu"] = loop_part["instructions"] * ALU_SHARE[is_conv]
    loop_part["cycles_alone"] = CYCLES_ALONE[is_conv]
    loop.update(loop_part)

    if is_conv:
        image_bytes = shape["image_bytes"] * element
        weight_bytes = filters * depth * element
    else:
        image_bytes = pixels * depth * element
        weight_bytes = depth * filters * element * integer(row, "gemm_B")
    least = number(row, "least_bytes", 0)
    written = max(least - image_bytes - weight_bytes, 0)
    registers = integer(row, "regs", 0) if own else 0
    if not registers:
        accumulators = m * n / threads
        registers = min(255, int(2 * accumulators + (120 if is_conv else 35)))
    shared = integer(row, "smem_bytes", 0) if own else 0
    shared = shared or int((m + n) * k * 4 * slots)
    return {
        "name": f"{row['task']}/{row['source']}/{row['kernel']}",
        "grid": {"tiles": tiles, "fast": min(rows, tiles), "group": min(group, rows)
                 if min(rows, tiles) == rows else 0},
        "block": {"warps": warps, "registers": registers,
                  "shared_bytes": shared},
        "loop": loop,
        "epilogue": {"instructions": EPILOGUE[is_conv] + m * n / threads * 8},
        "reads": [
            {"name": "rows", "bytes": image_bytes, "block_bytes": image,
             "along": "fast"},
            {"name": "columns", "bytes": weight_bytes, "block_bytes": weights,
             "along": "none" if walks else "slow"}],
        "write_bytes": written,
    }


def own_grid(row, grid, pixels):
    """Whether the grid has one block for each tile of rows."""
    m = row_tile(row)[0]
    return bool(m) and grid == ceil_div(pixels, int(m))


def conv_shape(row):
    dims = int(row["kind"][4])
    outs = [integer(row, k) for k in ("OD", "OH", "OW")]
    ins = [integer(row, k) for k in ("D", "H", "W")]
    taps = [integer(row, k) for k in ("KD", "KH", "KW")]
    groups = integer(row, "groups")
    channels = integer(row, "C") // groups
    return {
        "dims": dims, "outs": outs, "taps_of": taps, "taps": math.prod(taps),
        "images": integer(row, "N"), "channels": channels,
        "filters": integer(row, "F"),
        "pixels": integer(row, "N") * math.prod(outs),
        "k": channels * math.prod(taps),
        "image_bytes": integer(row, "N") * integer(row, "C") * math.prod(ins),
        "transposed": row["kind"][6:7] == "T",
        "stride": int(row["stride"].split("x")[-1]),
        "dilation": int(row["dilation"].split("x")[-1]),
    }


def sectors(run, element):
    """Bytes that a run of `run` elements takes in sectors of 32, on average."""
    return 32 * (run * element / 32 + 1 - element / 32)


def conv_copies(row, shape, configuration, flat, trips, steps, passes, element):
    """Bytes of image and filter that a block asks of L2, and what a k-step
    issues. Image and filter lie as in PyTorch; the lanes of a warp lie along k,
    which is what Triton chooses where it cannot prove another dimension
    contiguous."""
    m, n, k, warps, stages = configuration
    threads = 32 * warps
    width = shape["taps_of"][2]
    lanes = min(32, k)
    gathers, elements = m * k / threads, n * k / threads
    taps_in_k = flat and shape["taps"] > 1
    if taps_in_k:
        table = PER_GATHER_TRANSPOSED if shape["transposed"] else PER_GATHER
        instructions = gathers * table[shape["dims"]] + PER_STEP
        lines = lanes / width + 1  # taps of a row share a line
        # The level 1 cache serves the taps: a block asks once for each row
        # segment that its pixels see.
        segments = 1 + (m - 1) / shape["outs"][2]
        run = m / segments
        stride = 1 / shape["stride"] if shape["transposed"] else shape["stride"]
        seen = (run - 1) * stride + (width - 1) * shape["dilation"] + 1
        rows = shape["taps_of"][0] * shape["taps_of"][1]
        image = segments * rows * sectors(seen, element) * shape["channels"]
        image = passes * min(image, m * shape["k"] * element)
    else:
        instructions = gathers * PER_GATHER_TAPS_OUTSIDE + PER_STEP
        lines = lanes  # each lane another channel
        image = steps * m * k * element
        taps_inside = len(trips) > 1 and trips[-1] == width and shape["taps"] > 1
        if taps_inside and fits_level_1(m * 4 * k / 128, configuration):
            image /= width
    if flat:
        # The filter as a matrix: k is contiguous.
        copies = elements * element / 16
        instructions += copies * PER_COPY_16
        filter_lines, filter_bytes = copies * 4, element
        weights = steps * n * k * filter_bytes
    else:
        # Lanes along the output channels.
        stride = element * shape["taps"] * (
            1 if shape["transposed"] else shape["channels"])
        instructions += elements * PER_FILTER_ELEMENT
        filter_lines = elements * min(32, 32 * stride / 128 + 1)
        weights = steps * n * k * min(32, stride)
        if len(trips) > 1 and trips[-1] == width and fits_level_1(
                n * k * min(1, stride / 128), configuration):
            weights /= min(8, width)
    return image, weights, {
        "instructions": instructions,
        "l1_wavefronts": warps * (gathers * lines + filter_lines)}


def fits_level_1(lines, configuration):
    m, n, k, _, stages = configuration
    return lines * 128 * 2 < L1_BYTES - 2 * (m + n) * k * 4 * max(1, stages - 1)


def predict(explain, descriptions, target):
    done = subprocess.run(
        [explain, "--description=-", "--json", f"--target={target}"],
        input=json.dumps(descriptions), capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def rank_correlation(a, b):
    """Spearman, ties by mean rank."""
    def ranks(values):
        order = sorted(range(len(values)), key=lambda i: values[i])
        rank, i = [0] * len(values), 0
        while i < len(order):
            j = i
            while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
                j += 1
            for place in order[i:j + 1]:
                rank[place] = (i + j) / 2
            i = j + 1
        return rank
    a, b = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    covariance = sum((x - mean) * (y - mean) for x, y in zip(a, b))
    return covariance / math.sqrt(sum((x - mean) ** 2 for x in a) *
                                  sum((y - mean) ** 2 for y in b))


def roofline(row):
    rate = {"tf32": 82.6, "f16": 165.2}[row["dot"]] * 1e12
    return 1e3 * max(number(row, "flop") / rate,
                     number(row, "least_bytes") / 1008e9)


def report_times(title, pairs):
    """pairs: (predicted, measured, roofline)."""
    print(f"{title}: {len(pairs)} kernels")
    for name, place in (("model", 0), ("roofline", 2)):
        errors = [abs(p[place] - p[1]) / p[1] for p in pairs]
        print(f"  {name:9} time: median error {100 * quantile(errors, .5):5.1f} %, "
              f"90th percentile {100 * quantile(errors, .9):5.1f} %, "
              f"rank correlation "
              f"{rank_correlation([p[place] for p in pairs], [p[1] for p in pairs]):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--csv", default=os.path.join(HERE, "data/rtx4090.csv"))
    parser.add_argument("--explain",
                        default=os.path.join(HERE, "../build/bin/kiln-explain"))
    parser.add_argument("--list", action="store_true", help="print each row")
    parser.add_argument("--describe", metavar="TEXT",
                        help="print the descriptions of sources with TEXT")
    options = parser.parse_args()
    with open(options.csv, newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["dot"] in ("tf32", "f16")
                and number(r, "flop") and number(r, "least_bytes")
                and ("conv" in r["kind"] or number(r, "gemm_M"))]

    jobs, descriptions = [], []  # (row, which, first, count)

    def add(row, which, configurations, own):
        made = [describe(row, c, own) for c in configurations]
        jobs.append((row, which, len(descriptions), len(made)))
        descriptions.extend(made)

    for row in rows:
        if "conv" in row["kind"] and not (row["stride"] and row["dilation"]):
            print(f"skipped, no shape: {row['task']} {row['source']}",
                  file=sys.stderr)
            continue
        known = row["config"] == "source" or row["config_by"] == "grid"
        known = known and all(own_configuration_known(row))
        if known and row["ncu_n"] != "0":
            add(row, "metrics", [own_configuration(row)], True)
        if row["single"] == "1" and number(row, "kernel_ms"):
            if row["ms_config"] == "this" and all(own_configuration_known(row)):
                add(row, "time", [own_configuration(row)], True)
            elif row["ms_config"] != "this" and configurations(row):
                add(row, "time", configurations(row), False)
    if options.describe:
        print(json.dumps([d for d in descriptions if options.describe in d["name"]],
                         indent=2))
        return
    results = predict(options.explain, descriptions, "rtx4090")

    errors = {"lts__t_sector_hit_rate": [], "dram__throughput": [],
              "sm__warps_active": []}
    columns = dict(zip(errors, ("l2_hit_pct", "dram_thr_pct", "warps_active_pct")))
    with_metrics, times = {id(j[0]) for j in jobs if j[1] == "metrics"}, []
    selected = []
    for row, which, first, count in jobs:
        found = results[first:first + count]
        line = f"{row['task'][:26]:26} {row['kind'][:20]:20} "
        if which == "metrics":
            p = found[0]["profiler"]
            for metric, column in columns.items():
                errors[metric].append(abs(p[metric] - number(row, column)))
            line += (f"L2 {p['lts__t_sector_hit_rate']:5.1f} ({row['l2_hit_pct']}) "
                     f"DRAM {p['dram__throughput']:5.1f} ({row['dram_thr_pct']}) "
                     f"warps {p['sm__warps_active']:5.2f} ({row['warps_active_pct']}) "
                     f"sm {p['sm__throughput']:5.1f} ({row['sm_thr_pct']}) "
                     f"grid {p['launch__grid_size']} ({row['launch_grid']})")
        else:
            possible = [f for f in found if f["boost"]["blocks_per_sm"]]
            if not possible:
                continue
            best = min(possible, key=lambda f: f["boost"]["time_ms"])["boost"]
            pair = (best["time_ms"] + HOST_LAUNCH_MS, number(row, "kernel_ms"),
                    roofline(row))
            times.append(pair)
            if id(row) in with_metrics:
                selected.append(pair)
            line += (f"{pair[0]:8.3f} ms ({pair[1]:.3f}) {pair[0] / pair[1]:5.2f} "
                     f"{best['bound']}, {count} configurations")
        if options.list:
            print(line)
    print(f"metrics of {len(errors['dram__throughput'])} kernels with a known "
          "configuration, error in points")
    for metric, values in errors.items():
        print(f"  {metric:24} median {quantile(values, .5):5.2f}, "
              f"90th percentile {quantile(values, .9):5.2f}")
    report_times("with metrics and a time of their own", selected)
    report_times("all with a time of their own", times)


def own_configuration_known(row):
    return (*row_tile(row), number(row, "num_warps"), number(row, "num_stages"))


if __name__ == "__main__":
    main()
