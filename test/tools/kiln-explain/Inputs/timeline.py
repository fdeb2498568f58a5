"""Checks the timelines of one kernel with 1, 2 and 3 stages, and of one with 2
that loads fragments ahead."""

import json
import re
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        kernels = json.load(file)["kernels"]
    timeline = next(k for k in kernels if k["role"] == "compute")["timeline"]
    lanes = {}
    for event in timeline["events"]:
        assert 0 <= event["begin"] <= event["end"] <= timeline["cycles"], event
        lanes.setdefault(event["lane"], []).append(event)
    return timeline, lanes


def chunk(event):
    return int(re.search(r"chunk (\d+)", event["name"])[1])


def overlap(one, other):
    return one["begin"] < other["end"] - 1e-6 and other["begin"] < one["end"] - 1e-6


def check(timeline, lanes, stages):
    copies, loads, multiplies = (
        lanes[lane] for lane in ("copies", "fragment loads", "multiplies")
    )
    assert len(copies) == 4 and len(loads) == len(multiplies) == 4 * 9
    assert len(lanes["stores"]) == 1
    assert lanes["stores"][0]["begin"] == multiplies[-1]["end"]
    for lane in (loads, multiplies):
        for one, other in zip(lane, lane[1:]):
            assert one["end"] <= other["begin"] + 1e-6, (one, other)
    for load, multiply in zip(loads, multiplies):
        assert load["end"] <= multiply["begin"] + 1e-6, (load, multiply)
        copy = copies[chunk(load)]
        assert copy["end"] <= load["begin"] + 1e-6, (copy, load)
    # The slot of a copy was freed: all fragments of its last chunk are loaded.
    for copy in copies[stages:]:
        last = [load for load in loads if chunk(load) == chunk(copy) - stages][-1]
        assert last["end"] <= copy["begin"] + 1e-6, (copy, last)
    busy = sum(event["end"] - event["begin"] for event in multiplies)
    assert abs(busy / timeline["cycles"] - timeline["multiply_share"]) < 1e-9


names = ("stages 1", "stages 2", "stages 3", "lookahead")
loaded = [load(path) for path in sys.argv[1:]]
for (timeline, lanes), stages in zip(loaded, (1, 2, 3, 2)):
    check(timeline, lanes, stages)
one = loaded[0][1]
assert not any(overlap(c, m) for c in one["copies"] for m in one["multiplies"])
print("stages 1: copies never run beside multiplies")
print("stages 2: at most 2 chunks are in shared memory")
print("stages 3: at most 3 chunks are in shared memory")
ahead, plain = loaded[3][1], loaded[1][1]
pairs = lambda l: any(overlap(f, m) for f in l["fragment loads"] for m in l["multiplies"])
assert pairs(ahead) and not pairs(plain)
print("lookahead: fragments load beside multiplies")
cycles = [timeline["cycles"] for timeline, _ in loaded]
assert cycles[0] > cycles[1] >= cycles[2] > cycles[3], cycles
print("each of these is faster than the one before")
