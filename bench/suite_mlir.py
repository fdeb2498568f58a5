"""The MLIR of the programs of suite.py, an op a line as exporters write it."""

from suite import REDUCTIONS


def tensor(shape, element):
    return "tensor<%s%s>" % ("".join(f"{extent}x" for extent in shape), element)


SOFTPLUS = ["%twenty = arith.constant 20.0 : T", "%e = math.exp %x0 : T",
            "%l = math.log1p %e : T", "%c = arith.cmpf ogt, %x0, %twenty : T",
            "%s = arith.select %c, %x0, %l : T"]
POINTWISE = {
    "relu": ["%zero = arith.constant 0.0 : T", "%r = arith.maximumf %x0, %zero : T"],
    "relu6": ["%zero = arith.constant 0.0 : T", "%six = arith.constant 6.0 : T",
              "%m = arith.maximumf %x0, %zero : T", "%r = arith.minimumf %m, %six : T"],
    "hardswish": ["%zero = arith.constant 0.0 : T", "%six = arith.constant 6.0 : T",
                  "%three = arith.constant 3.0 : T", "%a = arith.addf %x0, %three : T",
                  "%m = arith.maximumf %a, %zero : T",
                  "%n = arith.minimumf %m, %six : T", "%d = arith.divf %n, %six : T",
                  "%r = arith.mulf %d, %x0 : T"],
    "leaky_relu": ["%zero = arith.constant 0.0 : T", "%slope = arith.constant 0.01 : T",
                   "%c = arith.cmpf ogt, %x0, %zero : T",
                   "%m = arith.mulf %x0, %slope : T",
                   "%r = arith.select %c, %x0, %m : T"],
    "divide": ["%two = arith.constant 2.0 : T", "%r = arith.divf %x0, %two : T"],
    "scale": ["%two = arith.constant 2.0 : T", "%r = arith.mulf %x0, %two : T"],
    "tanh": ["%r = math.tanh %x0 : T"],
    "silu": ["%one = arith.constant 1.0 : T", "%n = arith.negf %x0 : T",
             "%e = math.exp %n : T", "%d = arith.addf %e, %one : T",
             "%q = arith.divf %one, %d : T", "%r = arith.mulf %q, %x0 : T"],
    "gelu": ["%half = arith.constant 0.5 : T", "%one = arith.constant 1.0 : T",
             "%root = arith.constant 0.70710678118654757 : T",
             "%m = arith.mulf %x0, %root : T", "%e = math.erf %m : T",
             "%a = arith.addf %e, %one : T", "%h = arith.mulf %x0, %half : T",
             "%r = arith.mulf %h, %a : T"],
    "mish": SOFTPLUS + ["%t = math.tanh %s : T", "%r = arith.mulf %x0, %t : T"],
    "softplus_tanh": SOFTPLUS + ["%t = math.tanh %s : T", "%r = arith.mulf %t, %x0 : T"],
}


class Writer:
    """The text of one program."""

    def __init__(self, conv):
        self.conv, self.arguments, self.lines, self.count = conv, [], [], 0
        self.last = conv.layout == "NHWC"

    def fresh(self):
        self.count += 1
        return f"%{self.count - 1}"

    def argument(self, name, shape, element):
        self.arguments.append(f"%{name}: {tensor(shape, element)}")
        return f"%{name}"

    def emit(self, text):
        name = self.fresh()
        self.lines.append(f"  {name} = {text}")
        return name

    def constant(self, value, element):
        return self.emit(f"arith.constant {value} : {element}")

    def empty(self, shape, element):
        return self.emit(f"tensor.empty() : {tensor(shape, element)}")

    def fill(self, shape, element, value="0.0"):
        number, to = self.constant(value, element), self.empty(shape, element)
        type = tensor(shape, element)
        return self.emit(f"linalg.fill ins({number} : {element}) outs({to} : {type}) "
                         f"-> {type}")

    def lay(self, n, c, h, w):
        return [n, h, w, c] if self.last else [n, c, h, w]

    def channel_map(self):
        return f"affine_map<(a, b, c, d) -> ({'d' if self.last else 'b'})>"

    def generic(self, inputs, result, body):
        """An op on every element. `inputs`: (name, shape, element); vectors are of
        channels. `body`: lines with {0}, {1} for the elements, or a list of them
        that ends in what is yielded."""
        shape, element = result
        identity = "affine_map<(a, b, c, d) -> (a, b, c, d)>"
        maps = [identity if len(s) == 4 else self.channel_map() for _, s, _ in inputs]
        to = self.empty(shape, element)
        types = ", ".join(tensor(s, e) for _, s, e in inputs)
        arguments = ", ".join(f"%x{i}: {e}" for i, (_, _, e) in enumerate(inputs))
        text = "\n".join("    " + line for line in body)
        kinds = ", ".join(['"parallel"'] * 4)
        return self.emit(
            f"linalg.generic {{indexing_maps = [{', '.join(maps + [identity])}], "
            f"iterator_types = [{kinds}]}} "
            f"ins({', '.join(name for name, _, _ in inputs)} : {types}) "
            f"outs({to} : {tensor(shape, element)}) {{\n"
            f"  ^bb0({arguments}, %o: {element}):\n{text}\n  }} -> "
            f"{tensor(shape, element)}")

    def text(self):
        conv, element = self.conv, self.conv.type
        n, c, h, w = conv.image
        kh, kw = conv.window
        x = self.argument("image", self.lay(n, c, h, w), element)
        value = self.convolve(x, (n, c, h, w), kh, kw)
        shape = self.lay(*conv.out)
        self.number = 0
        for step in conv.steps:
            self.number += 1
            value, shape, element = self.step(step, value, shape, element)
        body = "\n".join(self.lines)
        type = tensor(shape, element)
        return (f"func.func @{conv.name}({', '.join(self.arguments)}) -> {type} {{\n"
                f"{body}\n  return {value} : {type}\n}}\n")

    def convolve(self, x, image, kh, kw):
        conv, element = self.conv, self.conv.type
        n, c, h, w = image
        group, f = c // conv.groups, conv.filters
        if conv.pad:
            zero, p = self.constant("0.0", element), conv.pad
            low = ", ".join(map(str, self.lay(0, 0, p, p)))
            padded = self.lay(n, c, h + 2 * p, w + 2 * p)
            x = self.emit(f"tensor.pad {x} low[{low}] high[{low}] {{\n  ^bb0(%i: index, "
                          f"%j: index, %k: index, %l: index):\n    tensor.yield {zero} "
                          f": {element}\n  }} : {tensor(self.lay(n, c, h, w), element)} "
                          f"to {tensor(padded, element)}")
            h, w = h + 2 * p, w + 2 * p
        out, source = self.lay(*conv.out), self.lay(n, c, h, w)
        if conv.depthwise:
            name = "depthwise_conv_2d_nhwc_hwc" if self.last else "depthwise_conv_2d_nchw_chw"
            filters = [kh, kw, c] if self.last else [c, kh, kw]
        elif conv.groups > 1:
            name = "conv_2d_nhwgc_gfhwc" if self.last else "conv_2d_ngchw_gfchw"
            x, source = self.split(x, source, element)
            filters = [conv.groups, f // conv.groups] + (
                [kh, kw, group] if self.last else [group, kh, kw])
        else:
            name = "conv_2d_nhwc_fhwc" if self.last else "conv_2d_nchw_fchw"
            filters = [f, kh, kw, c] if self.last else [f, c, kh, kw]
        weights = self.argument("filter", filters, element)
        bias = self.argument("bias", [f], element) if conv.bias else None
        start = self.fill(out, "f32")
        if bias and element == "f32":  # the bias is the init
            start = self.emit(
                f"linalg.broadcast ins({bias} : {tensor([f], 'f32')}) outs("
                f"{self.empty(out, 'f32')} : {tensor(out, 'f32')}) dimensions = "
                f"[{', '.join(str(i) for i in range(4) if i != (3 if self.last else 1))}]")
        made = out
        if conv.groups > 1 and not conv.depthwise:
            start, made = self.split(start, out, "f32")
        numbers = lambda value: f"dense<{value}> : tensor<2xi64>"
        value = self.emit(
            f"linalg.{name} {{dilations = {numbers(conv.dilation)}, strides = "
            f"{numbers(conv.stride)}}} ins({x}, {weights} : {tensor(source, element)}, "
            f"{tensor(filters, element)}) outs({start} : {tensor(made, 'f32')}) -> "
            f"{tensor(made, 'f32')}")
        if made is not out:
            value = self.emit(f"tensor.collapse_shape {value} {self.grouping()} : "
                              f"{tensor(made, 'f32')} into {tensor(out, 'f32')}")
        if element != "f32":
            inputs, lines, last = [(value, out, "f32")], [], "%x0"
            if bias:
                inputs.append((bias, [f], element))
                lines = [f"%e = arith.extf %x1 : {element} to f32",
                         "%s = arith.addf %x0, %e : f32"]
                last = "%s"
            lines += [f"%t = arith.truncf {last} : f32 to {element}",
                      f"linalg.yield %t : {element}"]
            value = self.generic(inputs, (out, element), lines)
        return value

    def grouping(self):
        return "[[0], [1], [2], [3, 4]]" if self.last else "[[0], [1, 2], [3], [4]]"

    def split(self, value, shape, element):
        """The channels as groups."""
        at = 3 if self.last else 1
        wide = shape[:at] + [self.conv.groups, shape[at] // self.conv.groups] + \
            shape[at + 1:]
        return self.emit(f"tensor.expand_shape {value} {self.grouping()} output_shape "
                         f"[{', '.join(map(str, wide))}] : {tensor(shape, element)} into "
                         f"{tensor(wide, element)}"), wide

    def step(self, step, value, shape, t):
        """A step of the epilogue; new value, shape, element type."""
        f, channels = self.conv.filters, (3 if self.last else 1)
        number = self.number
        if step in REDUCTIONS or step == "softmax":
            return self.reduce(step, value, shape, t, channels)
        inputs, lines = [(value, shape, t)], POINTWISE.get(step)
        if step == "bias":
            inputs.append((self.argument(f"bias{number}", [f], t), [f], t))
            lines = [f"%r = arith.addf %x0, %x1 : T"]
        elif step == "residual":
            inputs.append((self.argument(f"other{number}", shape, t), shape, t))
            lines = [f"%r = arith.addf %x0, %x1 : T"]
        elif step == "batch_norm":
            for name in ("mean", "variance", "gamma", "beta"):
                inputs.append((self.argument(f"{name}{number}", [f], t), [f], t))
            lines = ["%epsilon = arith.constant 1.0e-05 : T",
                     "%d = arith.subf %x0, %x1 : T",
                     # Random data is of either sign: a variance is its absolute value.
                     "%v = math.absf %x2 : T",
                     "%p = arith.addf %v, %epsilon : T", "%q = math.rsqrt %p : T",
                     "%m = arith.mulf %d, %q : T", "%g = arith.mulf %m, %x3 : T",
                     "%r = arith.addf %g, %x4 : T"]
        lines = [line.replace("T", t) for line in lines] + [f"linalg.yield %r : {t}"]
        return self.generic(inputs, (shape, t), lines), shape, t

    def reduce(self, step, value, shape, t, channels):
        kept = [extent for i, extent in enumerate(shape) if i != channels]
        loops = ["a", "b", "c", "d"]
        keep = [loop for i, loop in enumerate(loops) if i != channels]
        maps = (f"[affine_map<(a, b, c, d) -> (a, b, c, d)>, "
                f"affine_map<(a, b, c, d) -> ({', '.join(keep)})>")
        kinds = ", ".join('"reduction"' if i == channels else '"parallel"'
                          for i in range(4))
        infinity = {"f32": ("0xFF800000", "0x7F800000"), "f16": ("0xFC00", "0x7C00"),
                    "bf16": ("0xFF80", "0x7F80")}[t]
        type = tensor(kept, t)

        def fold(value, start, body, t=t):
            type = tensor(kept, t)
            out = self.fill(kept, t, start)
            return self.emit(
                f"linalg.generic {{indexing_maps = {maps}], iterator_types = [{kinds}]}} "
                f"ins({value} : {tensor(shape, t)}) outs({out} : {type}) {{\n"
                f"  ^bb0(%x: {t}, %o: {t}):\n    %r = {body} : {t}\n"
                f"    linalg.yield %r : {t}\n  }} -> {type}")

        if step in ("min", "max"):
            smallest = step == "min"
            least = fold(value, infinity[smallest],
                         f"arith.{step}imumf %x, %o")
            wide = list(shape)
            wide[channels] = 1
            groups = "[[0], [1], [2, 3]]" if self.last else "[[0, 1], [2], [3]]"
            kept_dims = self.emit(f"tensor.expand_shape {least} {groups} output_shape "
                                  f"[{', '.join(map(str, wide))}] : {type} into "
                                  f"{tensor(wide, t)}")
            return kept_dims, wide, t
        if step == "argmax":
            where = tensor(kept, "i64")
            best, index = self.fill(kept, t, infinity[0]), self.fill(kept, "i64", "0")
            name = self.fresh()
            self.lines.append(
                f"  {name}:2 = linalg.generic {{indexing_maps = {maps}, affine_map<(a, b, "
                f"c, d) -> ({', '.join(keep)})>], iterator_types = [{kinds}]}} ins({value} "
                f": {tensor(shape, t)}) outs({best}, {index} : {type}, {where}) {{\n"
                f"  ^bb0(%x: {t}, %o: {t}, %p: i64):\n    %i = linalg.index {channels} : "
                f"index\n    %n = arith.index_cast %i : index to i64\n    %m = "
                f"arith.maximumf %x, %o : {t}\n    %c = arith.cmpf ogt, %x, %o : {t}\n    "
                f"%q = arith.select %c, %n, %p : i64\n    linalg.yield %m, %q : {t}, i64\n"
                f"  }} -> ({type}, {where})")
            return f"{name}#1", kept, "i64"
        # softmax and logsumexp in f32.
        if t != "f32":
            value = self.generic([(value, shape, t)], (shape, "f32"), [
                f"%r = arith.extf %x0 : {t} to f32", "linalg.yield %r : f32"])
        if step == "softmax":
            out = self.empty(shape, "f32")
            full = tensor(shape, "f32")
            value = self.emit(f"linalg.softmax dimension({channels}) ins({value} : {full})"
                              f" outs({out} : {full}) -> {full}")
            if t != "f32":
                value = self.generic([(value, shape, "f32")], (shape, t), [
                    f"%r = arith.truncf %x0 : f32 to {t}", f"linalg.yield %r : {t}"])
            return value, shape, t
        greatest = fold(value, "0xFF800000", "arith.maximumf %x, %o", "f32")
        single, narrow = tensor(kept, "f32"), maps.split(", affine_map", 1)[1]
        start = self.fill(kept, "f32")
        total = self.emit(
            f"linalg.generic {{indexing_maps = {maps}, affine_map{narrow}], iterator_types "
            f"= [{kinds}]}} ins({value}, {greatest} : {tensor(shape, 'f32')}, {single}) "
            f"outs({start} : {single}) {{\n  ^bb0(%x: f32, %m: f32, %o: f32):\n"
            f"    %d = arith.subf %x, %m : f32\n    %e = math.exp %d : f32\n"
            f"    %r = arith.addf %o, %e : f32\n    linalg.yield %r : f32\n  }} -> {single}")
        identity = "affine_map<(a, b, c) -> (a, b, c)>"
        to = self.empty(kept, t)
        end = f"%t = arith.truncf %r : f32 to {t}\n    linalg.yield %t : {t}" \
            if t != "f32" else "linalg.yield %r : f32"
        value = self.emit(
            f"linalg.generic {{indexing_maps = [{', '.join([identity] * 3)}], "
            f"iterator_types = [\"parallel\", \"parallel\", \"parallel\"]}} ins({total}, "
            f"{greatest} : {single}, {single}) outs({to} : {type}) {{\n"
            f"  ^bb0(%s: f32, %m: f32, %o: {t}):\n    %l = math.log %s : f32\n"
            f"    %r = arith.addf %l, %m : f32\n    {end}\n  }} -> {type}")
        return value, kept, t
