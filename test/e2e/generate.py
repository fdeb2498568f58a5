#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Writes a convolution with an epilogue as Linalg on tensors.

usage: generate.py key=value ...

  layout   nchw_fchw | nhwc_hwcf | nhwc_fhwc
  type     f32 | f16 | bf16: elements of the image and the filter
  acc      element type of the convolution's result (default: type)
  image    N x C x H x W, without padding, e.g. 1x16x10x18
  filter   F x KH x KW, e.g. 32x3x3
  stride, dilation, pad   one number, or rows x columns
  bias     none | init (start value of the convolution) | add (afterwards)
  weights  argument | constant | splat | resource: the filter and what has one
           value a channel; constants are dense, of one value, or a resource
  ops      elementwise chain on the convolution's result, comma separated
  reduce   none | min | max | minnum | maxnum | sum | prod, over the channels;
           max-min and the like: the difference of two
  keepdim  true: a reshape restores the reduced dimension
  tail     elementwise chain on the reduced result

Elementwise: scale negate shrink shift divide relu clamp tanh sigmoid exp abs
f32 f16 bf16 (casts), and those that read another argument: channel_scale
(one value a channel), image_shift (one an image), position (one for every
row and column of an image), residual (one an element). channel_index adds a
sixteenth of the channel's number.
"""

import random
import struct
import sys

LAYOUTS = {
    # Names of the dimensions of image, filter and output.
    "nchw_fchw": ("nchw", "fchw", "nfhw"),
    "nhwc_hwcf": ("nhwc", "hwcf", "nhwf"),
    "nhwc_fhwc": ("nhwc", "fhwc", "nhwf"),
}
# One line a step; the last one's value is yielded. {x} is the value, {y} the
# other operand, {t} the element type, {f} the dimension of the channels, %a to
# %d are names of the step.
STEPS = {
    "scale": ["{r} = arith.mulf {x}, %two : {t}"],
    "negate": ["{r} = arith.negf {x} : {t}"],
    "shrink": ["{r} = arith.mulf {x}, %small : {t}"],
    "shift": ["{r} = arith.addf {x}, %quarter : {t}"],
    "divide": ["{r} = arith.divf {x}, %three : {t}"],
    "relu": ["{r} = arith.maximumf {x}, %zero : {t}"],
    "clamp": [
        "%a = arith.maximumf {x}, %minus : {t}",
        "{r} = arith.minimumf %a, %two : {t}",
    ],
    "tanh": ["{r} = math.tanh {x} : {t}"],
    "exp": ["{r} = math.exp {x} : {t}"],
    "abs": ["{r} = math.absf {x} : {t}"],
    "sigmoid": [
        "%a = arith.negf {x} : {t}",
        "%b = math.exp %a : {t}",
        "%c = arith.addf %b, %one : {t}",
        "{r} = arith.divf %one, %c : {t}",
    ],
    "channel_scale": ["{r} = arith.mulf {x}, {y} : {t}"],
    "image_shift": ["{r} = arith.addf {x}, {y} : {t}"],
    "position": ["{r} = arith.addf {x}, {y} : {t}"],
    "residual": ["{r} = arith.addf {x}, {y} : {t}"],
    "bias": ["{r} = arith.addf {x}, {y} : {t}"],
    "channel_index": [
        "%a = linalg.index {f} : index",
        "%b = arith.index_cast %a : index to i32",
        "%c = arith.sitofp %b : i32 to {t}",
        "%d = arith.mulf %c, %small : {t}",
        "{r} = arith.addf {x}, %d : {t}",
    ],
}
OPERANDS = {
    "channel_scale": "f",
    "bias": "f",
    "image_shift": "n",
    "position": "nhw",
    "residual": "nfhw",
}
CONSTANTS = {
    "two": 2.0, "small": 0.0625, "quarter": 0.25, "three": 3.0, "zero": 0.0,
    "one": 1.0, "minus": -1.5,
}
INFINITY = {"f32": "0x7F800000", "f16": "0x7C00", "bf16": "0x7F80"}
MINUS_INFINITY = {"f32": "0xFF800000", "f16": "0xFC00", "bf16": "0xFF80"}
BITS = {"f32": 32, "f16": 16, "bf16": 16}
REDUCTIONS = {
    "min": ("minimumf", INFINITY), "minnum": ("minnumf", INFINITY),
    "max": ("maximumf", MINUS_INFINITY), "maxnum": ("maxnumf", MINUS_INFINITY),
    "sum": ("addf", "0.0"), "prod": ("mulf", "1.0"),
}
DEFAULTS = {
    "layout": "nchw_fchw", "type": "f32", "acc": None, "image": None,
    "filter": None, "stride": "1", "dilation": "1", "pad": "0",
    "bias": "none", "weights": "argument", "ops": "", "reduce": "none",
    "keepdim": "false", "tail": "", "seed": "1",
}


def numbers(text, count):
    values = [int(part) for part in text.split("x")]
    return values * count if len(values) == 1 else values


def random_bytes(shape, element, seed):
    """A constant's bytes in hexadecimal digits, as MLIR reads them."""
    generator = random.Random(seed)
    count = 1
    for size in shape:
        count *= size
    data = b""
    for _ in range(count):
        value = generator.uniform(-0.5, 0.5)
        if element == "f16":
            data += struct.pack("<e", value)
        else:
            data += struct.pack("<f", value)[-BITS[element] // 8:]
    return data.hex().upper()


class Program:
    def __init__(self, options):
        unknown = set(options) - set(DEFAULTS)
        if unknown:
            sys.exit("generate.py: unknown keys: " + ", ".join(sorted(unknown)))
        self.o = {**DEFAULTS, **options}
        self.arguments, self.lines, self.resources = [], [], []
        self.next = 0
        n, c, h, w = numbers(self.o["image"], 4)
        f, kh, kw = numbers(self.o["filter"], 3)
        self.stride = numbers(self.o["stride"], 2)
        self.dilation = numbers(self.o["dilation"], 2)
        self.pad = numbers(self.o["pad"], 2)
        rows, columns = [
            (size + 2 * pad - (taps - 1) * dilation - 1) // stride + 1
            for size, pad, taps, dilation, stride in zip(
                (h, w), self.pad, (kh, kw), self.dilation, self.stride)]
        self.image = {"n": n, "c": c, "h": h, "w": w}
        self.filter = {"f": f, "c": c, "h": kh, "w": kw}
        self.out = {"n": n, "f": f, "h": rows, "w": columns}

    def name(self):
        self.next += 1
        return "%%v%d" % self.next

    def add(self, text):
        self.lines.append("    " + text)

    def define(self, text):
        name = self.name()
        self.add(name + " = " + text)
        return name

    def argument(self, name, type):
        name = "%%%s%d" % (name, len(self.arguments))
        self.arguments.append("%s: %s" % (name, type))
        return name

    def data(self, name, sizes, element):
        """Weights: an argument or a constant."""
        type = self.tensor(sizes, element)
        if self.o["weights"] == "argument":
            return self.argument(name, type)
        digits = random_bytes(sizes, element, self.o["seed"] + name)
        if self.o["weights"] == "resource":
            # The first four bytes are the alignment of the data.
            name = "%s%d" % (name, len(self.resources))
            self.resources.append('%s: "0x10000000%s"' % (name, digits))
            value = "dense_resource<%s>" % name
        elif self.o["weights"] == "splat":
            value = "dense<0.3>"
        else:
            value = 'dense<"0x%s">' % digits
        return self.define("arith.constant %s : %s" % (value, type))

    @staticmethod
    def tensor(sizes, element):
        return "tensor<%s>" % "x".join([str(size) for size in sizes] + [element])

    def generic(self, step, value, dims, element):
        """One elementwise step on `value`, whose dimensions are `dims`."""
        sizes = [self.out[dim] for dim in dims]
        type = self.tensor(sizes, element)
        loops = ", ".join("d%d" % i for i in range(len(dims)))
        identity = "affine_map<(%s) -> (%s)>" % (loops, loops)
        result, body, inputs = element, [], [(value, type, identity, element)]
        if step in BITS:
            result = step
            wider = BITS[step] > BITS[element]
            body = ["{r} = arith.%s {x} : {t} to %s" %
                    ("extf" if wider else "truncf", step)]
        else:
            body = STEPS[step]
        if step in OPERANDS:
            read = [dim for dim in dims if dim in OPERANDS[step]]
            readSizes = [self.out[dim] for dim in read]
            operandType = self.tensor(readSizes, element)
            operand = (self.data(step, readSizes, element)
                       if OPERANDS[step] == "f" else
                       self.argument(step, operandType))
            map = "affine_map<(%s) -> (%s)>" % (
                loops, ", ".join("d%d" % dims.index(dim) for dim in read))
            inputs.append((operand, operandType, map, element))
        outType = self.tensor(sizes, result)
        empty = self.define("tensor.empty() : " + outType)
        for name, number in CONSTANTS.items():
            if any("%" + name in line for line in body):
                self.add("%%%s_%d = arith.constant %r : %s" %
                         (name, self.next, number, element))
        number = self.next
        out = self.name()
        self.add("%s = linalg.generic {indexing_maps = [%s], iterator_types = "
                 "[%s]} ins(%s : %s) outs(%s : %s) {" % (
                     out, ", ".join([i[2] for i in inputs] + [identity]),
                     ", ".join(['"parallel"'] * len(dims)),
                     ", ".join(i[0] for i in inputs),
                     ", ".join(i[1] for i in inputs), empty, outType))
        self.add("^bb0(%%x: %s, %s%%o: %s):" % (
            element, "%%y: %s, " % element if len(inputs) > 1 else "", result))
        for line in body:
            line = line.format(x="%x", y="%y", r="%r", t=element,
                               f=dims.index("f") if "f" in dims else None)
            for name in CONSTANTS:
                line = line.replace("%" + name, "%%%s_%d" % (name, number))
            self.add("  " + line)
        self.add("  linalg.yield %%r : %s" % result)
        self.add("} -> " + outType)
        return out, result

    def write(self):
        o = self.o
        element, acc = o["type"], o["acc"] or o["type"]
        imageDims, filterDims, outDims = LAYOUTS[o["layout"]]
        imageSizes = [self.image[dim] for dim in imageDims]
        filterSizes = [self.filter[dim] for dim in filterDims]
        outSizes = [self.out[dim] for dim in outDims]
        imageType = self.tensor(imageSizes, element)
        filterType = self.tensor(filterSizes, element)
        outType = self.tensor(outSizes, acc)
        image = self.argument("image", imageType)
        filter = self.data("filter", filterSizes, element)
        if any(self.pad):
            amount = [dict(zip("hw", self.pad)).get(d, 0) for d in imageDims]
            padded = self.tensor(
                [size + 2 * a for size, a in zip(imageSizes, amount)], element)
            zero = self.define("arith.constant 0.0 : " + element)
            text = ", ".join(map(str, amount))
            image = self.define(
                "tensor.pad %s low[%s] high[%s] {\n    ^bb0(%%i: index, %%j: "
                "index, %%k: index, %%l: index):\n      tensor.yield %s : %s\n"
                "    } : %s to %s" % (image, text, text, zero, element,
                                      imageType, padded))
            imageType = padded
        init = self.define("tensor.empty() : " + outType)
        if o["bias"] == "init":
            biasType = self.tensor([self.out["f"]], acc)
            bias = self.data("bias", [self.out["f"]], acc)
            others = [str(i) for i, dim in enumerate(outDims) if dim != "f"]
            init = self.define(
                "linalg.broadcast ins(%s : %s) outs(%s : %s) dimensions = [%s]"
                % (bias, biasType, init, outType, ", ".join(others)))
        else:
            zero = self.define("arith.constant 0.0 : " + acc)
            init = self.define("linalg.fill ins(%s : %s) outs(%s : %s) -> %s" %
                               (zero, acc, init, outType, outType))
        value = self.define(
            "linalg.conv_2d_%s {dilations = dense<[%d, %d]> : tensor<2xi64>, "
            "strides = dense<[%d, %d]> : tensor<2xi64>} ins(%s, %s : %s, %s) "
            "outs(%s : %s) -> %s" % (
                o["layout"], *self.dilation, *self.stride, image, filter,
                imageType, filterType, init, outType, outType))
        dims = list(outDims)
        steps = ["bias"] if o["bias"] == "add" else []
        steps += [step for step in o["ops"].split(",") if step]
        for step in steps:
            value, acc = self.generic(step, value, dims, acc)
        if o["reduce"] != "none":
            kinds = o["reduce"].split("-")
            reduced = [self.reduce(kind, value, dims, acc) for kind in kinds]
            dims = [dim for dim in dims if dim != "f"]
            value = (reduced[0] if len(kinds) == 1 else
                     self.subtract(*reduced, dims, acc))
        for step in [step for step in o["tail"].split(",") if step]:
            value, acc = self.generic(step, value, dims, acc)
        sizes = [self.out[dim] for dim in dims]
        if o["keepdim"] == "true":
            value, sizes = self.restore(value, dims, outDims.index("f"), acc)
        result = self.tensor(sizes, acc)
        text = "func.func @main(%s) -> %s {\n%s\n    return %s : %s\n}\n" % (
            ", ".join(self.arguments), result, "\n".join(self.lines), value,
            result)
        if self.resources:
            text += "{-# dialect_resources: { builtin: {\n  %s\n} } #-}\n" % (
                ",\n  ".join(self.resources))
        return text

    def subtract(self, left, right, dims, element):
        type = self.tensor([self.out[dim] for dim in dims], element)
        empty = self.define("tensor.empty() : " + type)
        return self.define("linalg.sub ins(%s, %s : %s, %s) outs(%s : %s) -> %s"
                           % (left, right, type, type, empty, type, type))

    def reduce(self, kind, value, dims, element):
        combiner, start = REDUCTIONS[kind]
        if isinstance(start, dict):
            start = start[element]
        kept = [dim for dim in dims if dim != "f"]
        type = self.tensor([self.out[dim] for dim in dims], element)
        outType = self.tensor([self.out[dim] for dim in kept], element)
        constant = self.define("arith.constant %s : %s" % (start, element))
        empty = self.define("tensor.empty() : " + outType)
        fill = self.define("linalg.fill ins(%s : %s) outs(%s : %s) -> %s" %
                           (constant, element, empty, outType, outType))
        return self.define(
            "linalg.reduce ins(%s : %s) outs(%s : %s) dimensions = [%d]\n"
            "      (%%x: %s, %%o: %s) {\n      %%r = arith.%s %%x, %%o : %s\n"
            "      linalg.yield %%r : %s\n    }" % (
                value, type, fill, outType, dims.index("f"), element, element,
                combiner, element, element))

    def restore(self, value, dims, at, element):
        """The reduced dimension again, with size 1."""
        sizes = [self.out[dim] for dim in dims]
        full = sizes[:at] + [1] + sizes[at:]
        groups, next = [], 0
        for i in range(len(sizes)):
            size = 2 if i == max(at - 1, 0) else 1
            groups.append(str(list(range(next, next + size))))
            next += size
        return self.define(
            "tensor.expand_shape %s [%s] output_shape %s : %s into %s" % (
                value, ", ".join(groups), full, self.tensor(sizes, element),
                self.tensor(full, element))), full


def generate(pairs):
    return Program(dict(pair.split("=", 1) for pair in pairs)).write()


if __name__ == "__main__":
    if len(sys.argv) < 2 or "--help" in sys.argv:
        sys.exit(__doc__)
    sys.stdout.write(generate(sys.argv[1:]))
