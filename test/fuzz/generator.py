# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Random programs; each comes from its seed alone."""

import random

from scalars import Body, infinity, is_float

FLOATS = ["f32", "f32", "f32", "f16", "bf16", "f64"]
INTEGERS = ["i32", "i64"]
EXTENTS = [1, 1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 23, 32, 33, 40]


def tensor(shape, element):
    return "tensor<%s%s>" % ("".join("%dx" % n for n in shape), element)


def affine(loops, results):
    return "affine_map<(%s) -> (%s)>" % (", ".join("d%d" % i for i in range(loops)),
                                         ", ".join(str(r) for r in results))


class Value:
    def __init__(self, name, shape, element, exact=False, anchored=False, argument=False):
        self.name, self.shape, self.element = name, tuple(shape), element
        self.exact, self.anchored, self.argument = exact, anchored, argument
        self.used = False

    @property
    def type(self):
        return tensor(self.shape, self.element)


class Program:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.arguments, self.lines, self.values, self.count = [], [], [], 0
        # Extents that differ and few of them, so that values meet.
        rank = self.rng.choice([0, 1, 2, 2, 3, 3, 4])
        while True:
            self.space = [self.rng.choice(EXTENTS) for _ in range(rank)]
            size = 1
            for extent in self.space:
                size *= extent
            if size <= 12000:
                break
        self.element = self.rng.choice(FLOATS + INTEGERS + ["i1"])
        start = self.rng.random()
        if start < 0.3:
            self.contraction()
        elif start < 0.42:
            self.window()
        else:
            self.elementwise(list(self.space))
        for _ in range(self.rng.randint(0, 4)):
            self.step()
        self.finish()

    def fresh(self):
        self.count += 1
        return "%%v%d" % self.count

    def define(self, text, shape, element, **flags):
        value = Value(self.fresh(), shape, element, **flags)
        self.lines.append("  %s = %s" % (value.name, text))
        self.values.append(value)
        return value

    def argument(self, shape, element):
        value = Value("%%a%d" % len(self.arguments), shape, element, exact=True, argument=True)
        self.arguments.append("%s: %s" % (value.name, value.type))
        value.used = True
        self.values.append(value)
        return value

    def scalar(self, text, element):
        name = self.fresh()
        self.lines.append("  %s = arith.constant %s : %s" % (name, text, element))
        return name

    def fill(self, shape, element, number):
        text = ("%s" % number) if not is_float(element) or str(number).startswith("0x") \
            else "%.2f" % number
        if element == "i1":
            text = "%d" % (number & 1)
        scalar, empty, name = self.scalar(text, element), self.empty(shape, element), self.fresh()
        self.lines.append("  %s = linalg.fill ins(%s : %s) outs(%s : %s) -> %s" % (
            (name, scalar, element, empty) + (tensor(shape, element),) * 2))
        return name

    def empty(self, shape, element):
        name = self.fresh()
        self.lines.append("  %s = tensor.empty() : %s" % (name, tensor(shape, element)))
        return name

    def pick(self):
        """A value to work on, the newest most often."""
        if self.rng.random() < 0.7:
            return self.values[-1]
        return self.rng.choice(self.values)

    def place(self, value, loops):
        """A map from loops to the value's dimensions; None where there is none."""
        free, results = list(range(len(loops))), []
        for extent in value.shape:
            fitting = [i for i in free if loops[i] == extent]
            if extent == 1 and (not fitting or self.rng.random() < 0.7):
                results.append("0")
                continue
            if not fitting:
                return None
            # In order most often: another order is another position.
            loop = fitting[0] if self.rng.random() < 0.85 else self.rng.choice(fitting)
            free.remove(loop)
            results.append("d%d" % loop)
        return affine(len(loops), results)

    def source(self, loops):
        """A value to read in these loops, with its map; a new argument at need."""
        if self.rng.random() < 0.6:
            for value in self.rng.sample(self.values, len(self.values)):
                where = self.place(value, loops)
                if where:
                    value.used = True
                    return self.view(value), where
        dims = [i for i in range(len(loops)) if self.rng.random() < 0.75]
        if self.rng.random() < 0.2:
            self.rng.shuffle(dims)
        shape, results = [loops[i] for i in dims], ["d%d" % i for i in dims]
        if self.rng.random() < 0.15:
            at = self.rng.randint(0, len(dims))
            shape.insert(at, 1)
            results.insert(at, "0")
        return self.make(shape, self.rng.choice([self.element] * 3 + ["f32", "i32", "i1"])), \
            affine(len(loops), results)

    def view(self, value):
        return value

    def make(self, shape, element):
        """An argument of this shape, or a view of another one."""
        kind = self.rng.choice(["plain"] * 6 + ["pad", "slice", "collapse", "expand", "transpose"])
        if not shape or kind == "plain":
            return self.argument(shape, element)
        if kind == "pad":
            low = [self.rng.choice([0, 0, 1, 2]) for _ in shape]
            high = [self.rng.choice([0, 0, 1, 3]) for _ in shape]
            inner = [n - l - h for n, l, h in zip(shape, low, high)]
            if min(inner) > 0:
                return self.pad(self.argument(inner, element), low, high)
        if kind == "slice":
            steps = [self.rng.choice([1, 1, 2, 3]) for _ in shape]
            starts = [self.rng.choice([0, 0, 1, 2]) for _ in shape]
            whole = [b + (n - 1) * s + 1 + self.rng.choice([0, 0, 1])
                     for n, s, b in zip(shape, steps, starts)]
            return self.slice(self.argument(whole, element), starts, shape, steps)
        if kind == "collapse":
            at = self.rng.randrange(len(shape))
            factor = self.rng.choice([f for f in (1, 2, 3, 4, 5, 7) if shape[at] % f == 0])
            whole = list(shape[:at]) + [factor, shape[at] // factor] + list(shape[at + 1:])
            return self.reshape("collapse", self.argument(whole, element), shape, at)
        if kind == "expand" and len(shape) > 1:
            at = self.rng.randrange(len(shape) - 1)
            whole = list(shape[:at]) + [shape[at] * shape[at + 1]] + list(shape[at + 2:])
            return self.reshape("expand", self.argument(whole, element), shape, at)
        if kind == "transpose":
            order = self.rng.sample(range(len(shape)), len(shape))
            source = [0] * len(shape)
            for to, of in enumerate(order):
                source[of] = shape[to]
            value = self.argument(source, element)
            return self.define("linalg.transpose ins(%s : %s) outs(%s : %s) permutation = %s" % (
                value.name, value.type, self.empty(shape, element), tensor(shape, element), order),
                shape, element, exact=True)
        return self.argument(shape, element)

    def pad(self, value, low, high, number=None):
        if number is None:
            number = self.rng.choice([0, 0, 1, -2])
        shape = [n + l + h for n, l, h in zip(value.shape, low, high)]
        text = "%.1f" % number if is_float(value.element) else \
            str(number & 1 if value.element == "i1" else number)
        scalar = self.scalar(text, value.element)
        indices = ", ".join("%%i%d: index" % i for i in range(len(shape)))
        value.used = True
        return self.define(
            "tensor.pad %s low%s high%s {\n  ^bb0(%s):\n    tensor.yield %s : %s\n  } : %s to %s" % (
                value.name, low, high, indices, scalar, value.element, value.type,
                tensor(shape, value.element)), shape, value.element, exact=value.exact,
            anchored=value.anchored)

    def slice(self, value, starts, sizes, steps):
        value.used = True
        return self.define("tensor.extract_slice %s%s %s %s : %s to %s" % (
            value.name, starts, list(sizes), steps, value.type, tensor(sizes, value.element)),
            sizes, value.element, exact=value.exact, anchored=value.anchored)

    def reshape(self, kind, value, shape, at):
        shorter = min(len(shape), len(value.shape))
        groups = [[i] if i < at else [at, at + 1] if i == at else [i + 1] for i in range(shorter)]
        extra = "output_shape %s " % list(shape) if kind == "expand" else ""
        value.used = True
        return self.define("tensor.%s_shape %s %s %s: %s into %s" % (
            kind, value.name, groups, extra, value.type, tensor(shape, value.element)), shape,
            value.element, exact=value.exact, anchored=value.anchored)

    def generic(self, loops, kinds, inputs, outs, lines, results, **flags):
        """inputs: (value, map); outs: (name, shape, element, map)."""
        name = self.fresh()
        arguments = ["%%x%d: %s" % (i, v.element) for i, (v, _) in enumerate(inputs)]
        arguments += ["%%o%d: %s" % (i, o[2]) for i, o in enumerate(outs)]
        types = [tensor(o[1], o[2]) for o in outs]
        text = "linalg.generic {indexing_maps = [%s], iterator_types = [%s]}" % (
            ", ".join([m for _, m in inputs] + [o[3] for o in outs]),
            ", ".join('"%s"' % k for k in kinds))
        if inputs:
            text += " ins(%s : %s)" % (", ".join(v.name for v, _ in inputs),
                                       ", ".join(v.type for v, _ in inputs))
        text += " outs(%s : %s) {\n  ^bb0(%s):\n%s\n    linalg.yield %s : %s\n  } -> " % (
            ", ".join(o[0] for o in outs), ", ".join(types), ", ".join(arguments),
            "\n".join(lines), ", ".join(results), ", ".join(o[2] for o in outs))
        text += types[0] if len(outs) == 1 else "(%s)" % ", ".join(types)
        self.lines.append("  %s%s = %s" % (name, ":%d" % len(outs) if len(outs) > 1 else "", text))
        made = []
        for i, out in enumerate(outs):
            full = "%s#%d" % (name, i) if len(outs) > 1 else name
            made.append(Value(full, out[1], out[2], **flags))
        self.values += made
        return made

    def elementwise(self, loops, first=None):
        inputs = [(first, self.place(first, loops))] if first else []
        inputs += [self.source(loops) for _ in range(self.rng.randint(0 if first else 1, 2))]
        for value, _ in inputs:
            value.used = True
        exact = all(v.exact for v, _ in inputs)
        outs, results = [], []
        body = Body(self.rng, len(loops))
        scalars = [("%%x%d" % i, v.element) for i, (v, _) in enumerate(inputs)]
        order = self.rng.sample(range(len(loops)), len(loops)) if self.rng.random() < 0.2 \
            else range(len(loops))
        for _ in range(self.rng.choice([1, 1, 1, 1, 2])):
            element = self.rng.choice([self.element] * 4 + ["f32", "i32", "i1"])
            shape = [loops[i] for i in order]
            outs.append((self.empty(shape, element), shape, element,
                         affine(len(loops), ["d%d" % i for i in order])))
            results.append(body.expression(scalars, element, exact)[0])
        self.generic(loops, ["parallel"] * len(loops), inputs, outs, body.lines, results,
                     exact=False, anchored=any(v.anchored for v, _ in inputs))

    def reduce(self, value, axes):
        loops = list(value.shape)
        keep = [i for i in range(len(loops)) if i not in axes]
        if self.rng.random() < 0.2:
            self.rng.shuffle(keep)
        kinds = ["reduction" if i in axes else "parallel" for i in range(len(loops))]
        shape = [loops[i] for i in keep]
        results = ["d%d" % i for i in keep]
        if self.rng.random() < 0.2:  # keepdims
            shape.insert(0, 1)
            results.insert(0, "0")
        to = affine(len(loops), results)
        inputs = [(value, affine(len(loops), ["d%d" % i for i in range(len(loops))]))]
        element = value.element
        if self.rng.random() < 0.15:
            inputs.append(self.source(loops))
        value.used = True
        body = Body(self.rng, len(loops))
        scalars = [("%%x%d" % i, v.element) for i, (v, _) in enumerate(inputs)]
        item = scalars[0]
        if len(inputs) > 1:
            other = scalars[1]
            if not is_float(other[1]) or is_float(element):
                other = body.cast(other, element)
                item = body.binary(item, other, value.exact and inputs[1][0].exact)
        if element == "i1":
            options = [("ori", 0), ("andi", 1), ("xori", 0)]
        elif is_float(element):
            options = [("addf", 0), ("addf", 0), ("addf", 0), ("maximumf", "-"),
                       ("minimumf", "+"), ("maxnumf", "-"), ("mulf", 1), ("square", 0),
                       ("subf", 0)]
        else:
            options = [("addi", 0), ("maxsi", -1000), ("minsi", 1000), ("minui", -1), ("muli", 1),
                       ("andi", -1), ("ori", 0), ("xori", 0), ("square", 0), ("subi", 0)]
        if element != "i1" and value.exact and self.rng.random() < 0.3:
            return self.arg_extremum(loops, kinds, inputs, shape, to, body, item, axes)
        outs, ends = [], []
        for place in range(self.rng.choice([1, 1, 1, 2])):
            kind, neutral = self.rng.choice(options)
            if isinstance(neutral, str):
                neutral = infinity(element, neutral)
            chance = self.rng.random()
            if chance < 0.1 and element != "i1":
                name = self.argument(shape, element).name
            elif chance < 0.2 and kind not in ("square", "mulf"):
                name = self.fill(shape, element, 1)
            else:
                name = self.fill(shape, element, neutral)
            outs.append((name, shape, element, to))
            left = item
            if kind == "square":
                dot = "f" if is_float(element) else "i"
                left = body.op("arith.mul%s %s, %s : %s" % (dot, item[0], item[0], element), element)
                kind = "add" + dot
            pair = ["%%o%d" % place, left[0]]
            if kind[:3] != "sub" and self.rng.random() < 0.5:
                pair.reverse()
            ends.append(body.op("arith.%s %s, %s : %s" % (kind, pair[0], pair[1], element),
                                element)[0])
        self.generic(loops, kinds, inputs, outs, body.lines, ends, anchored=True)

    def arg_extremum(self, loops, kinds, inputs, shape, to, body, item, axes):
        element, whole = inputs[0][0].element, self.rng.choice(["i32", "i64"])
        smallest = self.rng.random() < 0.5
        start = infinity(element, "+" if smallest else "-") if is_float(element) else \
            1000000 * (1 if smallest else -1)
        index = body.op("linalg.index %d : index" % self.rng.choice(axes), "index")
        number = body.op("arith.index_cast %s : index to %s" % (index[0], whole), whole)
        letter = "f" if is_float(element) else "i"
        predicate = ("l" if smallest else "g") + self.rng.choice("te")
        prefix = self.rng.choice("ou") if letter == "f" else "s"
        sides = [item[0], "%o0"]
        if self.rng.random() < 0.3:
            sides.reverse()
            predicate = ("g" if smallest else "l") + predicate[1]
        take = body.op("arith.cmp%s %s%s, %s, %s : %s" % (letter, prefix, predicate, *sides, element),
                       "i1")[0]
        if self.rng.random() < 0.6:
            best = body.op("arith.select %s, %s, %%o0 : %s" % (take, item[0], element), element)
        else:
            name = ("minimumf" if smallest else "maximumf") if letter == "f" else \
                ("minsi" if smallest else "maxsi")
            best = body.op("arith.%s %s, %%o0 : %s" % (name, item[0], element), element)
        where = body.op("arith.select %s, %s, %%o1 : %s" % (take, number[0], whole), whole)
        outs = [(self.fill(shape, element, start), shape, element, to),
                (self.fill(shape, whole, 0), shape, whole, to)]
        self.generic(loops, kinds, inputs, outs, body.lines, [best[0], where[0]], anchored=True)

    def window(self):
        """A pooling or a depthwise convolution over one or two dimensions."""
        rng, dims = self.rng, self.rng.randint(1, 2)
        element = self.element = rng.choice(["f32", "f32", "f16", "bf16", "i32", "f64"])
        outer = [rng.choice([1, 2, 3, 5]) for _ in range(rng.randint(0, 2))]
        taps = [rng.randint(1, 3) for _ in range(dims)]
        out = [rng.choice([1, 3, 5, 8, 11]) for _ in range(dims)]
        steps, dilations = [rng.choice([1, 1, 2, 3]) for _ in taps], [rng.choice([1, 1, 2])
                                                                      for _ in taps]
        image = [(o - 1) * s + (t - 1) * d + 1 for o, s, t, d in zip(out, steps, taps, dilations)]
        rank = len(outer)
        loops = outer + out + taps
        read = ["d%d" % i for i in range(rank)] + [
            "d%d * %d + d%d * %d" % (rank + i, steps[i], rank + dims + i, dilations[i])
            for i in range(dims)]
        if rank and rng.random() < 0.4:  # channels last
            read = read[1:] + read[:1]
            source = self.make(outer[1:] + image + outer[:1], element)
        else:
            source = self.make(outer + image, element)
        kinds = ["parallel"] * (rank + dims) + ["reduction"] * dims
        body, inputs = Body(rng, len(loops)), [(source, affine(len(loops), read))]
        # The extents of the window, as a tensor that is never read.
        extents = Value(self.empty(taps, element), taps, element)
        inputs.append((extents, affine(len(loops), ["d%d" % (rank + dims + i) for i in range(dims)])))
        item = ("%x0", element)
        kind = rng.choice(["add", "max", "weights"])
        letter = "f" if is_float(element) else "i"
        if kind == "weights":
            some = list(range(rank + dims, len(loops)))
            some = [i for i in range(rank) if rng.random() < 0.7] + some
            inputs.append((self.make([loops[i] for i in some], element),
                           affine(len(loops), ["d%d" % i for i in some])))
            item = body.op("arith.mul%s %%x0, %%x2 : %s" % (letter, element), element)
        word = "add" + letter if kind != "max" else "maximumf" if letter == "f" else "maxsi"
        start = -5 if kind == "max" else rng.choice([0, 0, 1])
        total = body.op("arith.%s %s, %%o0 : %s" % (word, item[0], element), element)
        shape = outer + out
        outs = [(self.fill(shape, element, start), shape, element,
                 affine(len(loops), ["d%d" % i for i in range(len(shape))]))]
        self.generic(loops, kinds, inputs, outs, body.lines, [total[0]], anchored=True)

    def contraction(self):
        """A matrix product or a convolution, by name."""
        rng = self.rng
        element = rng.choice(["f32", "f32", "f16", "f16", "bf16", "bf16", "i32", "f64"])
        result = self.element = "f32" if element[-2:] == "16" and rng.random() < 0.7 else element
        kind = rng.choice(["matmul", "batch", "nchw", "nchw", "nhwc", "grouped"])
        attributes = ""
        if kind in ("matmul", "batch"):
            m, n, k = [rng.choice([1, 3, 7, 8, 16, 17, 33, 40]) for _ in range(3)]
            batch = [rng.choice([1, 2, 3])] if kind == "batch" else []
            name = "batch_matmul" if batch else "matmul"
            shapes = [batch + [m, k], batch + [k, n], batch + [m, n]]
        else:
            images, c, f = rng.choice([1, 1, 2, 3]), rng.choice([1, 3, 8, 16, 17]), \
                rng.choice([1, 4, 7, 8, 24, 33])
            taps, out = [rng.choice([1, 2, 3]) for _ in "hw"], [rng.choice([1, 3, 5, 9, 12])
                                                              for _ in "hw"]
            steps, dilations = [rng.choice([1, 1, 2]) for _ in "hw"], [rng.choice([1, 1, 2])
                                                                     for _ in "hw"]
            size = [(o - 1) * s + (t - 1) * d + 1
                    for o, s, t, d in zip(out, steps, taps, dilations)]
            attributes = " {strides = dense<%s> : tensor<2xi64>, dilations = dense<%s> : " \
                "tensor<2xi64>}" % (steps, dilations)
            name = {"nchw": "conv_2d_nchw_fchw", "nhwc": "conv_2d_nhwc_hwcf",
                    "grouped": "conv_2d_ngchw_gfchw"}[kind]
            group = [rng.choice([1, 2, 3])] if kind == "grouped" else []
            if kind == "nhwc":
                shapes = [[images] + size + [c], taps + [c, f], [images] + out + [f]]
            else:
                shapes = [[images] + group + [c] + size, group + [f, c] + taps,
                          [images] + group + [f] + out]
        image = None
        if kind not in ("matmul", "batch") and rng.random() < 0.4:
            at = 1 if kind == "nhwc" else len(shapes[0]) - 2
            low = [rng.choice([0, 1]) if at <= i < at + 2 else 0 for i in range(len(shapes[0]))]
            high = [rng.choice([0, 1]) if at <= i < at + 2 else 0 for i in range(len(shapes[0]))]
            inner = [n - l - h for n, l, h in zip(shapes[0], low, high)]
            if min(inner) > 0:
                image = self.pad(self.argument(inner, element), low, high, 0)
        image = image or (self.make if rng.random() < 0.3 else self.argument)(shapes[0], element)
        weights = (self.make if rng.random() < 0.3 else self.argument)(shapes[1], element)
        start = self.argument(shapes[2], result).name if rng.random() < 0.2 else \
            self.fill(shapes[2], result, rng.choice([0, 0, 1]))
        self.define("linalg.%s%s ins(%s, %s : %s, %s) outs(%s : %s) -> %s" % (
            name, attributes, image.name, weights.name, image.type, weights.type, start,
            *(tensor(shapes[2], result),) * 2), shapes[2], result, anchored=True)

    def step(self):
        value, rng = self.pick(), self.rng
        kind = rng.choice(["elementwise"] * 3 + ["reduce"] * 3 + ["back"] * 2 +
                          ["pad", "slice", "reshape"])
        if kind == "reduce" and value.shape:
            some = rng.sample(range(len(value.shape)), rng.choice(
                [1] * 3 + list(range(1, len(value.shape) + 1))))
            return self.reduce(value, some)
        if kind == "back":  # what was reduced, on the positions that it comes from
            wide = [v for v in self.values if len(v.shape) > len(value.shape)]
            if wide:
                loops = list(rng.choice(wide).shape)
                if self.place(value, loops):
                    return self.elementwise(loops, value)
        if kind == "pad" and value.shape and (not value.anchored or rng.random() < 0.1):
            return self.pad(value, [rng.choice([0, 1]) for _ in value.shape],
                            [rng.choice([0, 0, 2]) for _ in value.shape])
        if kind == "slice" and value.shape and (not value.anchored or rng.random() < 0.1):
            starts = [rng.randrange(n) for n in value.shape]
            sizes = [rng.randint(1, n - b) for n, b in zip(value.shape, starts)]
            return self.slice(value, starts, sizes, [1] * len(sizes))
        if kind == "reshape" and len(value.shape) > 1:
            at = rng.randrange(len(value.shape) - 1)
            shape = value.shape[:at] + (value.shape[at] * value.shape[at + 1],) + \
                value.shape[at + 2:]
            return self.reshape("collapse", value, shape, at)
        loops = list(value.shape)
        if len(loops) < 3 and rng.random() < 0.1 and not value.anchored:
            loops.insert(rng.randint(0, len(loops)), rng.choice([2, 3, 5]))
        self.elementwise(loops, value)

    def finish(self):
        """Results: what nothing reads, and sometimes more."""
        made = [v for v in self.values if not v.argument]
        ends = [v for v in made if not v.used] or made[-1:]
        if self.rng.random() < 0.15:
            ends = ends + [v for v in self.rng.sample(made, 1) if v not in ends]
        names, types = ", ".join(v.name for v in ends), ", ".join(v.type for v in ends)
        self.text = "func.func @main(%s) -> (%s) {\n%s\n  return %s : %s\n}\n" % (
            ", ".join(self.arguments), types, "\n".join(self.lines), names, types)
