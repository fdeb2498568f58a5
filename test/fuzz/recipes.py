# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""What a program with one convolution is made of: drawn from a seed, and shrunk.

A recipe names the form of the convolution, its extents and the steps around it.
A step is a word and a seed of its own, so that one can go and the others stay.
"""

import copy
import random

# Orders of image, filter and result of the named ops. n: image of the batch, g:
# group, c and f: channel of the image and of the result, i and j: row and column of
# the image, y and x: of the filter, h and w: of the result. Products have rows h,
# columns f and c between them.
NAMED = {
    "conv_2d_nchw_fchw": ("ncij", "fcyx", "nfhw"),
    "conv_2d_nhwc_hwcf": ("nijc", "yxcf", "nhwf"),
    "conv_2d_nhwc_fhwc": ("nijc", "fyxc", "nhwf"),
    "conv_2d_ngchw_gfchw": ("ngcij", "gfcyx", "ngfhw"),
    "depthwise_conv_2d_nchw_chw": ("nfij", "fyx", "nfhw"),
    "depthwise_conv_2d_nhwc_hwc": ("nijf", "yxf", "nhwf"),
    "depthwise_conv_2d_nhwc_hwcm": ("nijg", "yxgf", "nhwgf"),
    "matmul": ("hc", "cf", "hf"),
    "batch_matmul": ("nhc", "ncf", "nhf"),
}
FORMS = ["conv_2d_nchw_fchw"] * 5 + ["conv_2d_nhwc_hwcf"] * 3 + ["conv_2d_nhwc_fhwc"] * 3 + \
    ["generic"] * 4 + ["conv_2d_ngchw_gfchw"] * 2 + ["generic_grouped"] + \
    ["depthwise_conv_2d_nchw_chw", "depthwise_conv_2d_nhwc_hwc", "depthwise_conv_2d_nhwc_hwcm",
     "matmul", "matmul", "batch_matmul"]
REDUCTIONS = ["min", "max", "sum", "product", "argmin", "argmax", "any", "all", "squares"]
MORE_REDUCTIONS = ["mean", "softmax", "log_softmax", "logsumexp", "norm", "normalize", "variance"]
# Products of a program, at most: the emulator takes a second for a few million.
MAX_WORK = 60000


def draw_filter(rng):
    """Rows and columns of a filter."""
    chance = rng.random()
    if chance < 0.25:
        return [1, 1]
    if chance < 0.65:
        return [3, 3]
    if chance < 0.9:
        return [rng.choice([1, 2, 3, 4, 5]) for _ in range(2)]
    return [rng.choice([1, 3, 7, 9, 11]) for _ in range(2)]


def draw_orders(rng, form):
    """The orders of a convolution's three tensors."""
    if form in NAMED:
        return list(NAMED[form])
    group = "g" if form == "generic_grouped" else ""
    orders = [rng.choice([["n" + group + "cij", group + "fcyx", "n" + group + "fhw"],
                          ["nij" + group + "c", "yxc" + group + "f", "nhw" + group + "f"]])][0]
    if rng.random() < 0.6:
        orders[1] = "".join(rng.sample(orders[1], len(orders[1])))
    if rng.random() < 0.4:
        orders[2] = "".join(rng.sample(orders[2], len(orders[2])))
    return list(orders)


def get_size(recipe, order):
    size = 1
    for letter in order:
        size *= recipe["extents"][letter]
    return size


def draw(seed, exact):
    """A recipe; from its seed alone."""
    rng = random.Random("%d %s" % (seed, exact))
    form = rng.choice(FORMS)
    recipe = {"exact": exact, "form": form, "orders": draw_orders(rng, form)}
    letters = set("".join(recipe["orders"]))
    while True:
        taps = draw_filter(rng)
        extents = {"n": rng.choice([1, 1, 1, 2, 3]), "g": rng.choice([1, 2, 3, 4]),
                   "c": rng.choice([1, 3, 4, 5, 6, 8, 8, 12, 16, 17, 32]),
                   "f": rng.choice([1, 2, 3, 4, 7, 8, 10, 16, 16, 24, 32, 33, 40, 64, 72]),
                   "h": rng.choice([1, 2, 3, 5, 6, 8, 9, 12]),
                   "w": rng.choice([1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 18]),
                   "y": taps[0], "x": taps[1]}
        if "i" not in letters:
            extents["h"], extents["c"] = rng.choice([1, 3, 8, 16, 17, 40]), rng.choice(
                [1, 3, 8, 16, 24, 33, 64])
        recipe["extents"] = {k: v for k, v in extents.items() if k in letters}
        if get_size(recipe, recipe["extents"]) <= MAX_WORK:
            break
    recipe["strides"] = [rng.choice([1, 1, 1, 2, 2, 3]) for _ in "hw"]
    recipe["dilations"] = [rng.choice([1, 1, 1, 2, 3]) for _ in "hw"]
    recipe["spare"] = [rng.choice([0, 0, 0, 1]) if s > 1 else 0 for s in recipe["strides"]]
    recipe["pads"] = [0, 0, 0, 0]  # low and high of rows, then of columns
    if "i" in letters and rng.random() < 0.45:
        most = [(t - 1) * d for t, d in zip(taps, recipe["dilations"])]
        even = rng.random() < 0.7
        for axis in range(2):
            low = rng.randint(0, max(1, most[axis] // 2 + 1))
            recipe["pads"][2 * axis:2 * axis + 2] = [low, low if even else rng.randint(0, low + 1)]
    recipe["element"] = rng.choice(["f32", "f32", "f32", "f16", "f16", "bf16"])
    recipe["result"] = recipe["element"] if rng.random() < 0.5 else "f32"
    recipe["precision"] = "f32" if recipe["element"] == "f32" and rng.random() < 0.25 else "tf32"
    recipe["bias"] = rng.choice(["none", "none", "init", "init", "op", "fill", "full"])
    recipe["wide"] = rng.random() < 0.5  # exact: operands as large as the sums let them be

    def step(word):
        return [word, rng.randrange(1 << 30)]
    recipe["before"] = [step(rng.choice(["elementwise", "elementwise", "filter"]))
                        for _ in range(rng.choice([0, 0, 0, 0, 1, 2]))]
    recipe["after"] = [step(rng.choice(["elementwise"] * 4 + ["vectors", "cast", "merge"]))
                       for _ in range(rng.choice([0, 1, 1, 2, 2, 3]))]
    words = REDUCTIONS if exact else REDUCTIONS + MORE_REDUCTIONS * 2
    recipe["reductions"] = [step(rng.choice(words)) for _ in range(rng.choice([0, 0, 1, 1, 1, 2]))]
    recipe["tail"] = [step(rng.choice(["elementwise", "elementwise", "again", "reshape", "narrow"]))
                      for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
    recipe["both"] = rng.random() < 0.1  # what is reduced is a result, too
    return recipe


def get_smaller(recipe):
    """Recipes that are a step smaller, those that leave out most first."""
    def changed(**fields):
        other = copy.deepcopy(recipe)
        other.update(copy.deepcopy(fields))
        return other
    for part in ("tail", "reductions", "after", "before"):
        steps = recipe[part]
        if len(steps) > 1:
            yield changed(**{part: []})
        for at in range(len(steps)):
            yield changed(**{part: steps[:at] + steps[at + 1:]})
    for field, plain in (("bias", "none"), ("pads", [0] * 4), ("strides", [1, 1]), ("spare", [0, 0]),
                         ("dilations", [1, 1]), ("result", "f32"), ("wide", False),
                         ("both", False)):
        if recipe[field] != plain:
            yield changed(**{field: plain})
    for letter, extent in recipe["extents"].items():
        for less in sorted({1, extent // 2, extent - 1}):
            if 0 < less < extent:
                yield changed(extents={**recipe["extents"], letter: less})


def shrink(recipe, fails, tries=200):
    """The smallest recipe found that still fails."""
    while True:
        for smaller in get_smaller(recipe):
            tries -= 1
            if tries < 0:
                return recipe
            if fails(smaller):
                recipe = smaller
                break
        else:
            return recipe
