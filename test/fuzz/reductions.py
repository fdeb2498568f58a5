# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Reductions over the channels of a value, one linalg op or several."""

from elements import LIMITS, Code
from scalars import infinity, is_float


def choose_axes(program, value, single):
    """The dimensions of the channels."""
    axes = [d for d in value.order if d in "mgf"]
    if len(axes) > 1 and (single or program.rng.random() < 0.3):
        axes = axes[-1:]
    return "".join(axes)


def get_rest(program, value, axes):
    """The order of a reduced result, which may keep the axes as one position."""
    rng = program.rng
    rest = "".join(d for d in value.order if d not in axes)
    if rng.random() < 0.12:
        rest = "".join(rng.sample(rest, len(rest)))
    if rng.random() < 0.2:
        at = min(value.order.index(axes[0]), len(rest))
        rest = rest[:at] + program.make_unit() + rest[at:]
    return rest


def get_bound(program, word, element, count):
    """The magnitude up to which whole numbers can be reduced; 0: none."""
    limit = LIMITS[element]
    if word == "sum":
        return limit // count
    if word == "squares":
        return int((limit // count) ** 0.5)
    if word == "product":
        return 2 if 2 ** count <= limit else 1
    return limit


def get_range(word, item, count):
    """Between what sums or products of so many elements lie."""
    if word == "product":
        return -item.size ** count, item.size ** count
    return count * min(item.low, 0), count * max(item.high, 0)


def start(program, order, element, word):
    """What a reduction starts at, mostly its neutral element."""
    if element == "i1":
        return program.fill(order, element, "true" if word == "all" else "false")
    if word in ("min", "max", "argmin", "argmax"):
        text = infinity(element, "-" if "max" in word else "+")
    else:
        text = "1.0" if word == "product" else "0.0"
    return program.fill(order, element, text)


def fold(program, value, axes, order, word):
    """One of the reductions that are a single op."""
    rng = program.rng
    code, element = Code(rng, program.exact), value.element
    count = program.get_size(axes)
    loops = value.order
    item = program.get_scalars([value])[0]
    if word in ("argmin", "argmax"):
        return fold_index(program, value, axes, order, word)
    if word in ("any", "all"):
        item = code.compare(item, code.constant(0, element))
        element = "i1"
    name = start(program, order, element, word)
    old = "%o0"
    if word in ("any", "all"):
        pair = [old, item.name]
        rng.shuffle(pair)
        total = code.op("arith.%s %s, %s : i1" % ("ori" if word == "any" else "andi", *pair), "i1",
                        0, 1)
    elif word in ("min", "max"):
        total = extremum(code, item, old, word)
    else:
        if word == "squares":
            item = code.square(item)
        elif order == "".join(d for d in value.order if d not in axes) and rng.random() < 0.3:
            return reduce_named(program, value, axes, order, name, word)
        low, high = get_range(word, item, count)
        pair = [old, item.name]
        if rng.random() < 0.5:
            pair.reverse()
        total = code.op("arith.%s %s, %s : %s" % ("mulf" if word == "product" else "addf", *pair,
                                                  element), element, low, high)
    return program.generic(loops, axes, [value], [(name, order, element)], code, [total])[0]


def reduce_named(program, value, axes, order, name, word):
    """The same as a linalg.reduce."""
    low, high = get_range(word, value, program.get_size(axes))
    value.used = True
    kind = program.type(order, value.element)
    return program.define(
        "linalg.reduce {arith.%s} ins(%s : %s) outs(%s : %s) dimensions = %s" % (
            "mulf" if word == "product" else "addf", value.name, value.type, name, kind,
            sorted(value.order.index(axis) for axis in axes)), order, value.element, low, high)


def extremum(code, item, old, word):
    """The lesser or greater of an element and what is there."""
    element, rng = item.element, code.rng
    form = rng.choice(["propagates", "propagates", "drops", "selects"])
    pair = [old, item.name]
    if rng.random() < 0.5:
        pair.reverse()
    if form == "selects":
        less = code.op("arith.cmpf %s, %s, %s : %s" % (
            ("olt" if word == "min" else "ogt"), item.name, old, element), "i1")
        return code.op("arith.select %s, %s, %s : %s" % (less.name, item.name, old, element),
                       element, item.low, item.high)
    name = ("maximumf", "minimumf", "maxnumf", "minnumf")[(form == "drops") * 2 + (word == "min")]
    return code.op("arith.%s %s, %s : %s" % (name, *pair, element), element, item.low, item.high)


def fold_index(program, value, axes, order, word):
    """The least or greatest element's channel, and its value."""
    rng, element = program.rng, value.element
    code, whole = Code(rng, program.exact), rng.choice(["i32", "i64"])
    loops = value.order
    item = program.get_scalars([value])[0]
    raw = code.op("linalg.index %d : index" % loops.index(axes), "index")
    number = code.op("arith.index_cast %s : index to %s" % (raw.name, whole), whole, 0,
                     program.extents[axes] - 1)
    better = "olt" if word == "argmin" else "ogt"
    value_pair, index_pair = [item.name, "%o0"], [number.name, "%o1"]
    if rng.random() < 0.3:  # as jax has it: what is there stays, a NaN too, or of equals the first
        stays = code.op("arith.cmpf %s, %%o0, %s : %s" % (better, item.name, element), "i1")
        nan = code.op("arith.cmpf une, %%o0, %%o0 : %s" % element, "i1")
        stays = code.op("arith.ori %s, %s : i1" % (stays.name, nan.name), "i1")
        equal = code.op("arith.cmpf oeq, %%o0, %s : %s" % (item.name, element), "i1")
        before = code.op("arith.cmpi slt, %%o1, %s : %s" % (number.name, whole), "i1")
        tie = code.op("arith.andi %s, %s : i1" % (equal.name, before.name), "i1")
        keep = code.op("arith.ori %s, %s : i1" % (stays.name, tie.name), "i1")
        value_pair, index_pair = ["%o0", item.name], ["%o1", number.name]
        take, which = stays, keep
    else:
        predicate = rng.choice([better, better, better[:2] + "e"])
        take = which = code.op("arith.cmpf %s, %s, %%o0 : %s" % (predicate, item.name, element),
                               "i1")
    best = code.op("arith.select %s, %s, %s : %s" % (take.name, *value_pair, element), element,
                   item.low, item.high)
    where = code.op("arith.select %s, %s, %s : %s" % (which.name, *index_pair, whole), whole, 0,
                    number.high)
    outs = [(start(program, order, element, word), order, element),
            (program.fill(order, whole, "0"), order, whole)]
    pair = program.generic(loops, axes, [value], outs, code, [best, where])
    # Often nobody wants the value.
    pair[0].used = rng.random() < 0.6
    return pair[1]


def apply(program, tensors, order, compute):
    """An elementwise op: compute(code, scalars)."""
    code = Code(program.rng, program.exact)
    result = compute(code, program.get_scalars(tensors))
    return program.generic(order, "", tensors, [(program.empty(order, result.element), order,
                                                 result.element)], code, [result])[0]


def call(code, name, operand):
    return code.op("math.%s %s : %s" % (name, operand.name, operand.element), operand.element)


def reduce(program, value, word):
    """A reduction of the value over its channels."""
    axes = choose_axes(program, value, word.startswith("arg"))
    order = get_rest(program, value, axes)
    count = program.get_size(axes)
    if program.exact:
        bound = get_bound(program, word, value.element, count)
        if bound < 1:
            value = program.cast(value, "f32")
            bound = get_bound(program, word, "f32", count)
        value = program.bound(value, bound)
    if word in ("min", "max", "sum", "product", "argmin", "argmax", "any", "all", "squares"):
        return fold(program, value, axes, order, word)

    def divide_count(code, s):
        number = code.constant(count, s[0].element)
        if program.rng.random() < 0.5:
            return code.divide(s[0], number)
        return code.arithmetic("mul", s[0], code.constant(1 / count, s[0].element))

    def less(tensors):
        return apply(program, tensors, value.order, lambda code, s: code.arithmetic("sub", *s))

    def total(tensor, what="sum"):
        return fold(program, tensor, axes, order, what)
    if word == "mean":
        return apply(program, [total(value)], order, divide_count)
    if word == "variance":
        mean = apply(program, [total(value)], order, divide_count)
        return apply(program, [total(less([value, mean]), "squares")], order, divide_count)
    if word in ("norm", "normalize"):
        squares = total(value, "squares")
        norm = apply(program, [squares], order, lambda code, s: call(code, "sqrt", s[0]))
        if word == "norm":
            return norm
        return apply(program, [value, norm], value.order, lambda code, s: code.divide(
            s[0], code.arithmetic("maximum", s[1], code.constant(0.001, s[1].element))))
    moved = less([value, total(value, "max")])
    grown = apply(program, [moved], value.order, lambda code, s: call(code, "exp", s[0]))
    whole = total(grown)
    if word == "softmax":
        return apply(program, [grown, whole], value.order, lambda code, s: code.divide(*s))
    logarithm = apply(program, [whole], order, lambda code, s: call(code, "log", s[0]))
    if word == "log_softmax":
        return less([moved, logarithm])
    most = fold(program, value, axes, order, "max")
    return apply(program, [logarithm, most], order, lambda code, s: code.arithmetic("add", *s))
