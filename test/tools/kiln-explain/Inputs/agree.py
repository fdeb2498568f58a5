"""Compares what the files in a directory say of one kernel."""

import json
import re
import sys

directory = sys.argv[1]


def read(name):
    with open(f"{directory}/{name}", encoding="utf-8") as file:
        return file.read()


def compute(kernels):
    return next(k for k in kernels if k["role"] == "compute")


artifact = compute(json.loads(read("plain/artifact.json"))["kernels"])
report = artifact["report"]
facts = {
    "registers": report["registers"],
    "spill_bytes": report["spill_stores"] + report["spill_loads"],
    "blocks_per_sm": report["blocks_per_sm"],
    "occupancy": report["occupancy"],
    "limiter": report["limiter"],
    "flops": artifact["flops"],
    "bytes": artifact["bytes"],
    "shared_bytes": artifact["dynamic_shared_bytes"] + report["static_shared"],
    "tiles": artifact["tiles"]["count"],
}
for name in ("program", "full", "plain"):
    kernel = compute(json.loads(read(name + ".json"))["kernels"])
    for key, value in facts.items():
        assert kernel["resources"][key] == value, (name, key, value)
    assert kernel["schedule"] == artifact["schedule"], name
    assert kernel["resources"]["grid"] == ", ".join(artifact["grid"]), name

# With its source a directory is explained like the program, except for places.
program, full = (json.loads(read(n + ".json")) for n in ("program", "full"))
for one, other in zip(program["kernels"], full["kernels"]):
    assert (one.pop("chosen_by"), other.pop("chosen_by")) in (
        ("rules", "rules"),
        ("rules", "artifact"),
    )
    assert one == other, one["name"]

remark = re.search(r"SharedBytes=(\d+), Tiles=(\d+)", read("remarks"))
assert int(remark[1]) == artifact["dynamic_shared_bytes"], remark
assert int(remark[2]) == facts["tiles"], remark

kernel = compute(program["kernels"])
shown = [
    f"{facts['registers']} a thread, {facts['spill_bytes']} bytes spilled",
    f"{facts['shared_bytes']} bytes a block",
    f"{100 * facts['occupancy']:.1f} % (",
    f"limited by {facts['limiter']}",
    f"{kernel['roofline']['bound_ms']:.4f} ms",
    f"{kernel['predicted_ms']:.4f} ms",
    f"{kernel['timeline']['cycles']:.0f} cycles",
]
for name in ("program.txt", "page.html"):
    text = read(name)
    for words in shown:
        assert words in text, (name, words)

# Its description predicts the same.
described = json.loads(read("described.json"))
time_ms = described["boost"]["time_ms"]
assert abs(time_ms / kernel["predicted_ms"] - 1) < 1e-3, time_ms

# The trace has the events of the timeline, in microseconds.
spans = [e for e in json.loads(read("trace.json"))["traceEvents"] if e["ph"] == "X"]
events = kernel["timeline"]["events"]
assert len(spans) == len(events) > 0
for span, event in zip(spans, events):
    assert span["name"] == event["name"] and span["cat"] == event["lane"]
    clock = kernel["timeline"]["clock_mhz"]
    assert abs(span["ts"] - event["begin"] / clock) < 1e-6, span
    assert abs(span["dur"] - (event["end"] - event["begin"]) / clock) < 1e-6, span

print("the same numbers in 7 places")
