# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Programs with one convolution or matrix product, written from recipes."""

import random

from elements import LIMITS, Code, Scalar
from recipes import NAMED
from reductions import reduce
from scalars import is_float


class Tensor:
    """A tensor whose dimensions are letters, '1' a single position of an operand."""

    def __init__(self, name, order, element, type, low=-1, high=1):
        self.name, self.order, self.element, self.type = name, order, element, type
        self.low, self.high, self.used = low, high, False

    @property
    def size(self):
        return max(abs(self.low), abs(self.high))


class Convolution:
    """The text of a recipe's program, and what its inputs hold in the exact mode."""

    def __init__(self, recipe):
        self.recipe, self.exact = recipe, recipe["exact"]
        self.extents = {**recipe["extents"], "1": 1}
        self.arguments, self.lines, self.made, self.count = [], [], [], 0
        for axis in range(2):
            if "h" in self.extents and "y" in self.extents:
                out, taps = self.extents["hw"[axis]], self.extents["yx"[axis]]
                self.extents["ij"[axis]] = recipe["spare"][axis] + 1 + \
                    (out - 1) * recipe["strides"][axis] + (taps - 1) * recipe["dilations"][axis]
        self.contract()
        for word, seed in recipe["after"]:
            self.rng = random.Random(seed)
            self.add_after(word)
        self.whole, self.reduced = self.value, []
        for word, seed in recipe["reductions"]:
            self.rng = random.Random(seed)
            self.value = reduce(self, self.whole, word)
            self.reduced.append(self.value)
        for word, seed in recipe["tail"]:
            self.rng = random.Random(seed)
            self.add_tail(word)
        self.finish()

    # Names, types and ops.

    def fresh(self):
        self.count += 1
        return "%%v%d" % self.count

    def type(self, order, element):
        return "tensor<%s%s>" % ("".join("%dx" % self.extents[d] for d in order), element)

    def argument(self, order, element, low=-4, high=4):
        tensor = Tensor("%%a%d" % len(self.arguments), order, element, self.type(order, element),
                        low, high)
        if element == "i1":
            tensor.low, tensor.high = 0, 1
        self.arguments.append(tensor)
        return tensor

    def define(self, text, order, element, low=-1, high=1):
        tensor = Tensor(self.fresh(), order, element, self.type(order, element), low, high)
        self.lines.append("  %s = %s" % (tensor.name, text))
        self.made.append(tensor)
        return tensor

    def empty(self, order, element):
        name = self.fresh()
        self.lines.append("  %s = tensor.empty() : %s" % (name, self.type(order, element)))
        return name

    def constant(self, text, element):
        name = self.fresh()
        typed = text if element == "i1" else "%s : %s" % (text, element)
        self.lines.append("  %s = arith.constant %s" % (name, typed))
        return name

    def fill(self, order, element, text):
        scalar, empty, name = self.constant(text, element), self.empty(order, element), self.fresh()
        kind = self.type(order, element)
        self.lines.append("  %s = linalg.fill ins(%s : %s) outs(%s : %s) -> %s" % (
            name, scalar, element, empty, kind, kind))
        return name

    def make_unit(self):
        """A letter for a dimension of one position."""
        letter = next(d for d in "klopqrstuvz" if d not in self.extents)
        self.extents[letter] = 1
        return letter

    def get_size(self, letters):
        """Positions along these dimensions."""
        size = 1
        for letter in letters:
            size *= self.extents[letter]
        return size

    def get_map(self, loops, order, terms=None):
        results = [(terms or {}).get(d) or ("d%d" % loops.index(d) if d in loops else "0")
                   for d in order]
        return "affine_map<(%s) -> (%s)>" % (", ".join("d%d" % i for i in range(len(loops))),
                                             ", ".join(results))

    def generic(self, loops, reduced, inputs, outs, code, results, terms=None):
        """outs: (name, order, element); results: a scalar of each."""
        heads = ["%%x%d: %s" % (i, t.element) for i, t in enumerate(inputs)] + \
            ["%%o%d: %s" % (i, out[2]) for i, out in enumerate(outs)]
        maps = [self.get_map(loops, t.order, terms) for t in inputs] + \
            [self.get_map(loops, out[1]) for out in outs]
        types = [self.type(out[1], out[2]) for out in outs]
        text = "linalg.generic {indexing_maps = [%s], iterator_types = [%s]}" % (
            ", ".join(maps), ", ".join('"reduction"' if d in reduced else '"parallel"'
                                       for d in loops))
        if inputs:
            text += " ins(%s : %s)" % (", ".join(t.name for t in inputs),
                                       ", ".join(t.type for t in inputs))
        text += " outs(%s : %s) {\n  ^bb0(%s):\n%s\n    linalg.yield %s : %s\n  } -> " % (
            ", ".join(out[0] for out in outs), ", ".join(types), ", ".join(heads),
            "\n".join(code.lines), ", ".join(r.name for r in results),
            ", ".join(r.element for r in results))
        text += types[0] if len(outs) == 1 else "(%s)" % ", ".join(types)
        name = self.fresh()
        self.lines.append("  %s%s = %s" % (name, ":%d" % len(outs) if len(outs) > 1 else "", text))
        for tensor in inputs:
            tensor.used = True
        found = [Tensor(name if len(outs) == 1 else "%s#%d" % (name, i), out[1], out[2], types[i],
                        r.low, r.high) for i, (out, r) in enumerate(zip(outs, results))]
        self.made += found
        return found

    def get_scalars(self, tensors):
        return [Scalar("%%x%d" % i, t.element, t.low, t.high) for i, t in enumerate(tensors)]

    # Elementwise work.

    def operand(self, order, element):
        """An argument to read beside a value of this order: of any broadcast shape."""
        kinds = [element] * 6 + ["f32", "i1", "i32"]
        element = self.rng.choice(kinds)
        chance = self.rng.random()
        letters = [d for d in order if d != "1"]
        if chance < 0.25 and "f" in letters:
            kept = ["f"]
        elif chance < 0.4:
            kept = list(letters)
        else:
            kept = [d for d in letters if self.rng.random() < 0.5]
        if self.rng.random() < 0.15:
            self.rng.shuffle(kept)
        if self.rng.random() < 0.2:
            kept.insert(self.rng.randint(0, len(kept)), "1")
        return self.argument("".join(kept), element)

    def elementwise(self, value, others=(), several=True, element=None):
        """The value with a few ops; the first of the results."""
        rng = self.rng
        inputs = [value] + list(others)
        inputs += [self.operand(value.order, value.element)
                   for _ in range(rng.choice([0, 0, 1, 1, 2]))]
        if rng.random() < 0.3 and len(inputs) > 1:
            rng.shuffle(inputs)
        loops = order = "".join(dict.fromkeys(value.order + "".join(
            d for t in others for d in t.order if self.extents[d] > 1)))
        if rng.random() < 0.1:
            loops = "".join(rng.sample(loops, len(loops)))
        code, scalars = Code(rng, self.exact), self.get_scalars(inputs)
        at = inputs.index(value)
        first = scalars.pop(at)
        if not is_float(first.element):
            first = code.cast(first, self.recipe["result"])
        if loops and rng.random() < 0.1:
            index = rng.randrange(len(loops))
            raw = code.op("linalg.index %d : index" % index, "index")
            scalars.append(code.op("arith.index_cast %s : index to i32" % raw.name, "i32", 0,
                                   self.extents[loops[index]] - 1))
        result = code.chain(first, scalars)
        results = [code.cast(result, element) if element else result]
        if several and rng.random() < 0.1:
            results.append(code.chain(result, []))
        outs = [(self.empty(order, r.element), order, r.element) for r in results]
        return self.generic(loops, "", inputs, outs, code, results)[0]

    def cast(self, value, element):
        code = Code(self.rng, self.exact)
        result = code.cast(self.get_scalars([value])[0], element)
        return self.generic(value.order, "", [value], [(self.empty(value.order, element), value.order,
                                                  element)], code, [result])[0]

    def bound(self, value, limit):
        """The value cut to what the exact mode needs."""
        if not self.exact or value.size <= limit:
            return value
        code = Code(self.rng, True)
        result = code.fit(self.get_scalars([value])[0], limit)
        return self.generic(value.order, "", [value],
                            [(self.empty(value.order, value.element), value.order, value.element)],
                            code, [result])[0]

    # The convolution.

    def contract(self):
        recipe, element, result = self.recipe, self.recipe["element"], self.recipe["result"]
        orders = recipe["orders"]
        self.rng = rng = random.Random(recipe["form"])
        products = self.get_size(d for d in "cyx" if d in self.extents)
        # What the sums of products hold, with a bias of the same size.
        room = max(1, int((min(LIMITS[result], 1 << 14) // 2 / products) ** 0.5))
        size = min(room, 15) if recipe["wide"] else min(room, 3)
        if self.exact and products * size * size > LIMITS[result] // 2:
            result = recipe["result"] = "f32"
        pads = {"i": recipe["pads"][:2], "j": recipe["pads"][2:]}
        inner = dict(self.extents)
        for letter, (low, high) in pads.items():
            if letter in inner:
                inner[letter] -= low + high
        padded = any(recipe["pads"]) and min(inner.values()) > 0
        outer = self.extents
        if padded:
            self.extents = inner
        image = self.argument(orders[0], element, -size, size)
        weights = self.argument(orders[1], element, -size, size)
        for word, seed in recipe["before"]:
            self.rng = random.Random(seed)
            if word == "filter":
                self.value = weights = self.bound(self.elementwise(
                    weights, several=False, element=element), size)
            else:
                image = self.bound(self.elementwise(image, several=False, element=element), size)
        self.extents = outer
        if padded:
            image = self.pad(image, pads)
        self.rng = rng
        start, bias = self.make_start(orders[2], result, recipe["bias"], size)
        most = products * size * size + bias
        image.used = weights.used = True
        if recipe["form"] in NAMED:
            attributes = ""
            if "i" in orders[0]:
                attributes = " {strides = dense<%s> : tensor<2xi64>, dilations = dense<%s> : " \
                    "tensor<2xi64>}" % (recipe["strides"], recipe["dilations"])
            kind = self.type(orders[2], result)
            self.value = self.define("linalg.%s%s ins(%s, %s : %s, %s) outs(%s : %s) -> %s" % (
                recipe["form"], attributes, image.name, weights.name, image.type,
                weights.type, start, kind, kind), orders[2], result, -most, most)
        else:
            self.contract_generic(image, weights, start, result, most)
        if recipe["bias"] == "op":
            vector = self.argument("".join(d for d in orders[2] if d in "gf"), result)
            code = Code(self.rng, self.exact)
            scalars = self.get_scalars([self.value, vector])
            total = code.arithmetic("add", *scalars)
            self.value = self.generic(orders[2], "", [self.value, vector], [
                (self.empty(orders[2], result), orders[2], result)], code, [total])[0]

    def contract_generic(self, image, weights, start, result, most):
        recipe = self.recipe
        out = recipe["orders"][2]
        loops = "".join(sorted(out, key=lambda d: "nghwf".index(d))) if self.rng.random() < 0.3 \
            else out
        loops += "".join(d for d in recipe["orders"][1] if d not in out)
        terms = {"ij"[a]: "d%d * %d + d%d * %d" % (
            loops.index("hw"[a]), recipe["strides"][a], loops.index("yx"[a]),
            recipe["dilations"][a]) for a in range(2)}
        code = Code(self.rng, False)
        left, right = [code.cast(s, result) for s in self.get_scalars([image, weights])]
        product = code.op("arith.mulf %s, %s : %s" % (left.name, right.name, result), result)
        total = code.op("arith.addf %%o0, %s : %s" % (product.name, result), result, -most, most)
        self.value = self.generic(loops, [d for d in loops if d not in out], [image, weights],
                                  [(start, out, result)], code, [total], terms)[0]

    def pad(self, image, pads):
        zero = self.constant("0.0", image.element)
        low, high = [[pads.get(d, (0, 0))[side] for d in image.order] for side in (0, 1)]
        image.used = True
        indices = ", ".join("%%i%d: index" % i for i in range(len(low)))
        return self.define(
            "tensor.pad %s low%s high%s {\n  ^bb0(%s):\n    tensor.yield %s : %s\n  } : %s to %s" % (
                image.name, low, high, indices, zero, image.element, image.type,
                self.type(image.order, image.element)),
            image.order, image.element, min(image.low, 0), max(image.high, 0))

    def make_start(self, order, element, bias, size):
        """What the sums start at, and its magnitude."""
        if bias == "fill":
            return self.fill(order, element, "1.0"), 1
        if bias == "full":
            return self.argument(order, element, -size, size).name, size
        if bias != "init":
            return self.fill(order, element, "0.0"), 0
        vector = self.argument("".join(d for d in order if d in "gf"), element, -size, size)
        empty = self.empty(order, element)
        kept = [i for i, d in enumerate(order) if d not in "gf"]
        started = self.define("linalg.broadcast ins(%s : %s) outs(%s : %s) dimensions = %s" % (
            vector.name, vector.type, empty, self.type(order, element), kept), order,
            element, -size, size)
        started.used = True
        return started.name, size

    # What follows.

    def add_after(self, word):
        value = self.value
        if word == "elementwise":
            self.value = self.elementwise(value)
        elif word == "cast":
            self.value = self.cast(value, self.rng.choice(["f16", "bf16", "f32"]))
        elif word == "merge":  # groups become channels
            at = value.order.find("gf")
            if at >= 0 and "m" not in self.extents:
                self.value = self.collapse(value, at, "m")
        else:
            self.value = self.normalize_batch(value)

    def normalize_batch(self, value):
        """The product and sum with vectors that are computed of vectors."""
        letter = next((d for d in "mf" if d in value.order))
        element = value.element
        vectors = [self.argument(letter, element, -2, 2) for _ in range(4)]
        code = Code(self.rng, self.exact)
        mean, scale, shift, variance = self.get_scalars(vectors)
        if self.exact:
            factor = code.arithmetic("add", scale, variance)
        else:
            more = code.arithmetic("add", variance, code.constant(1e-3, element))
            root = code.op("math.rsqrt %s : %s" % (more.name, element), element)
            factor = code.arithmetic("mul", scale, root)
        moved = code.arithmetic("sub", shift, code.arithmetic("mul", mean, factor))
        outs = [(self.empty(letter, element), letter, element) for _ in range(2)]
        pair = self.generic(letter, "", vectors, outs, code, [factor, moved])
        code = Code(self.rng, self.exact)
        scalars = self.get_scalars([value] + pair)
        result = code.arithmetic("add", code.arithmetic("mul", scalars[0], scalars[1]), scalars[2])
        return self.generic(value.order, "", [value] + pair, [
            (self.empty(value.order, element), value.order, element)], code, [result])[0]

    def collapse(self, value, at, letter):
        """Two dimensions become one."""
        order = value.order[:at] + letter + value.order[at + 2:]
        self.extents[letter] = self.extents[value.order[at]] * self.extents[value.order[at + 1]]
        value.used = True
        groups = [[i] if i < at else [at, at + 1] if i == at else [i + 1]
                  for i in range(len(order))]
        return self.define("tensor.collapse_shape %s %s : %s into %s" % (
            value.name, groups, value.type, self.type(order, value.element)), order,
            value.element, value.low, value.high)

    def expand(self, value, at, letters):
        order = value.order[:at] + letters + value.order[at + 1:]
        value.used = True
        groups = [[i] if i < at else [at, at + 1] if i == at else [i + 1]
                  for i in range(len(value.order))]
        shape = [self.extents[d] for d in order]
        return self.define("tensor.expand_shape %s %s output_shape %s : %s into %s" % (
            value.name, groups, shape, value.type, self.type(order, value.element)), order,
            value.element, value.low, value.high)

    def add_tail(self, word):
        value, rng = self.value, self.rng
        if word == "elementwise":
            others = [t for t in self.reduced if t is not value and t.order == value.order]
            self.value = self.elementwise(value, others)
        elif word == "again" and self.reduced and \
                all(d in self.whole.order or self.extents[d] == 1 for d in value.order):
            self.value = self.elementwise(self.whole, [value] if value is not self.whole else [])
        elif word == "narrow":
            self.value = self.cast(value, self.recipe["element"])
        elif word == "reshape" and value.order:
            if len(value.order) > 1 and rng.random() < 0.7:
                at = rng.randrange(len(value.order) - 1)
                letter = next(d for d in "ABCDEF" if d not in self.extents)
                self.value = self.collapse(value, at, letter)
            else:
                at = rng.randrange(len(value.order))
                pair = [value.order[at], self.make_unit()]
                rng.shuffle(pair)
                self.value = self.expand(value, at, "".join(pair))

    def finish(self):
        ends = [t for t in self.made if not t.used]
        if self.recipe["both"] and self.whole not in ends:
            ends.append(self.whole)
        self.text = "func.func @main(%s) -> (%s) {\n%s\n  return %s : %s\n}\n" % (
            ", ".join("%s: %s" % (t.name, t.type) for t in self.arguments),
            ", ".join(t.type for t in ends), "\n".join(self.lines),
            ", ".join(t.name for t in ends), ", ".join(t.type for t in ends))
        self.ranges = ["--random=%d:%d:%d:whole" % (i, t.low, t.high + 1)
                       for i, t in enumerate(self.arguments)
                       if t.element != "i1"] if self.exact else []
