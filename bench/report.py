"""Writes what was measured as table.md and results.json."""

import json
import math
import statistics

from workload import FORMS


def median_of(row, key):
    values = [r[key] for r in row.rounds.values() if r.get(key) is not None]
    return statistics.median(values) if values else None


def ratio(row, base):
    """Median over the rounds of time to time, so that a clock that drifts
    between rounds cancels out."""
    if base is None:
        return None
    pairs = [measured["median_ms"] / base.rounds[number]["median_ms"]
             for number, measured in row.rounds.items() if number in base.rounds]
    return statistics.median(pairs) if pairs else None


def number(value, pattern):
    if value is None:
        return "-"
    return "NaN" if math.isnan(value) else format(value, pattern)


def kernels_of(row):
    """Name -> median over the rounds of the kernel's own time."""
    names = dict.fromkeys(name for measured in row.rounds.values()
                          for name in measured.get("kernels", {}))
    return {name: statistics.median(
        measured["kernels"][name] for measured in row.rounds.values()
        if name in measured.get("kernels", {})) for name in names}


def summarise(row, rows, base_name, flops):
    same = [other for other in rows if other.form == row.form]
    named = {other.name: other for other in same if other.rounds}
    least = [r["min_ms"] for r in row.rounds.values() if r.get("min_ms")]
    median = median_of(row, "median_ms")
    return {
        "form": row.form, "name": row.name, "kind": row.kind,
        "median_ms": median, "min_ms": min(least) if least else None,
        "p10_ms": median_of(row, "p10_ms"), "p90_ms": median_of(row, "p90_ms"),
        "tflops": flops / median / 1e9 if median and flops else None,
        "to_reference": ratio(row, named.get(base_name)),
        "to_compile": ratio(row, named.get("compile")),
        "relative_error": row.error, "failure": row.failure,
        "kernels_ms": kernels_of(row), "rounds": row.rounds, "details": row.details,
    }


def write_report(directory, rows, workload, facts):
    results = [summarise(row, rows, facts["base"].get(row.form),
                         workload.flops if row.form in FORMS else row.flops)
               for row in rows]
    (directory / "results.json").write_text(
        json.dumps({"workload": {"image": workload.image,
                                 "filters": workload.filters,
                                 "window": workload.window,
                                 "flops": workload.flops},
                    **facts, "results": results}, indent=1) + "\n")

    before, after = facts["card_before"], facts["card_after"]
    lines = [
        f"# {before.get('name', 'unknown')}, {facts['rounds']} rounds",
        "",
        f"x {'x'.join(map(str, workload.image))}, {workload.filters} filters "
        f"{'x'.join(map(str, workload.window))}, bias, times 2, min over the "
        "channels. Times are medians over the rounds; ratios are medians of the "
        "ratios within a round (below 1: faster than the base). The relative "
        "error is the norm of the difference to float64 over the norm of "
        "float64's result, each on its own data.",
        "",
        f"SM clock {before.get('clocks.sm', '?')} before, "
        f"{after.get('clocks.sm', '?')} after; power "
        f"{before.get('power.draw', '?')} / {after.get('power.draw', '?')}; "
        f"driver {before.get('driver_version', '?')}; "
        + ", ".join(f"{k} {v}" for k, v in facts["software"].items()),
    ]
    for form in dict.fromkeys(row["form"] for row in results):
        base = facts["base"].get(form)
        lines += ["", f"## {form}", "",
                  "| what | median ms | min ms | p10 to p90 ms | TFLOP/s "
                  "| to reference | to torch.compile | relative error |",
                  "|---|---:|---:|---:|---:|---:|---:|---:|"]
        for row in results:
            if row["form"] != form:
                continue
            if row["failure"] and row["median_ms"] is None:
                lines.append(f"| {row['name']} | failed: {row['failure']} "
                             "| | | | | | |")
                continue
            spread = (f"{row['p10_ms']:.3f} to {row['p90_ms']:.3f}"
                      if row["p10_ms"] is not None and row["p90_ms"] is not None
                      else "-")
            mark = " (base)" if row["name"] == base else ""
            failed = (f" (then failed: {row['failure']})"
                      if row["failure"] else "")
            lines.append(
                f"| {row['name']}{mark}{failed} | {number(row['median_ms'], '.3f')} "
                f"| {number(row['min_ms'], '.3f')} | {spread} "
                f"| {number(row['tflops'], '.1f')} "
                f"| {number(row['to_reference'], '.3f')} "
                f"| {number(row['to_compile'], '.3f')} "
                f"| {number(row['relative_error'], '.2e')} |")
        for row in results:
            if row["form"] == form and row["kernels_ms"]:
                lines += ["", f"Kernels of {row['name']}, each timed alone: "
                          + ", ".join(f"{name} {time:.3f} ms" for name, time
                                      in row["kernels_ms"].items())]
    (directory / "table.md").write_text("\n".join(lines) + "\n")
