# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Random scalar code: the bodies of generics."""


def is_float(element):
    return "f" in element


def width(element):
    """Bits of an element."""
    return int(element.lstrip("bfi"))


def infinity(element, sign):
    """The bits of an infinity; sign: "+" or "-"."""
    digits = {"f16": "7C00", "bf16": "7F80", "f32": "7F800000", "f64": "7FF0000000000000"}[element]
    return "0x" + ("F" + digits[1:] if sign == "-" else digits)


class Body:
    """Scalar ops of a generic."""

    def __init__(self, rng, rank):
        self.rng, self.rank, self.lines, self.exact = rng, rank, [], True

    def op(self, text, element):
        name = "%%s%d" % len(self.lines)
        self.lines.append("    %s = %s" % (name, text))
        return name, element

    def constant(self, element):
        number = self.rng.choice([0, 1, 2, -1, 3])
        if element == "i1":
            return self.op("arith.constant %s" % self.rng.choice(["true", "false"]), element)
        if is_float(element):
            return self.op("arith.constant %.2f : %s" % (number * 0.75, element), element)
        return self.op("arith.constant %d : %s" % (number, element), element)

    def cast(self, value, to):
        name, element = value
        if element == to:
            return value
        if is_float(element) and is_float(to):
            if width(element) == width(to):  # f16 and bf16: neither holds the other
                return self.cast(self.cast(value, "f32"), to)
            what = "extf" if width(element) < width(to) else "truncf"
        elif is_float(to):
            what = "uitofp" if element == "i1" else "sitofp"
        elif to == "i1":
            zero = self.op("arith.constant 0%s : %s" % (".0" if is_float(element) else "", element),
                           element)
            what = "cmpf ogt" if is_float(element) else "cmpi ne"
            self.exact &= not is_float(element)
            return self.op("arith.%s, %s, %s : %s" % (what, name, zero[0], element), to)
        elif is_float(element):
            # Small numbers, far from a step: a rounded value gives the same.
            self.exact = False
            return self.op("arith.fptosi %s : %s to %s" % (name, element, to), to)
        else:
            wider = width(element) < width(to)
            what = ("extui" if element == "i1" else "extsi") if wider else "trunci"
        return self.op("arith.%s %s : %s to %s" % (what, name, element, to), to)

    def unary(self, value):
        name, element = value
        if not is_float(element):
            return value
        kind = self.rng.choice(["absf", "negf", "exp", "tanh", "sqrt", "soft", "none", "none"])
        if element == "f64" and kind in ("exp", "tanh"):  # no library on the device
            kind = "soft"
        if kind in ("absf", "negf"):
            return self.op("%s %s : %s" % ("math.absf" if kind == "absf" else "arith.negf", name,
                                           element), element)
        if kind == "tanh":
            return self.op("math.tanh %s : %s" % (name, element), element)
        if kind in ("exp", "sqrt", "soft"):
            size = self.op("math.absf %s : %s" % (name, element), element)
            if kind == "exp":
                low = self.op("arith.negf %s : %s" % (size[0], element), element)
                return self.op("math.exp %s : %s" % (low[0], element), element)
            one = self.op("arith.constant 1.0 : %s" % element, element)
            more = self.op("arith.addf %s, %s : %s" % (size[0], one[0], element), element)
            if kind == "sqrt":
                return self.op("math.sqrt %s : %s" % (more[0], element), element)
            return self.op("arith.divf %s, %s : %s" % (name, more[0], element), element)
        return value

    def binary(self, left, right, exact):
        element = left[1]
        if is_float(element):
            kinds = ["addf", "subf", "mulf", "maximumf", "minimumf", "maxnumf", "select"]
        elif element == "i1":
            kinds = ["andi", "ori", "xori"]
        else:
            kinds = ["addi", "subi", "muli", "maxsi", "minsi", "minui", "andi", "xori", "select"]
        kind = self.rng.choice(kinds)
        if kind != "select":
            return self.op("arith.%s %s, %s : %s" % (kind, left[0], right[0], element), element)
        if not exact:  # rounding may decide a comparison of computed values
            return left
        less = "cmpf olt" if is_float(element) else "cmpi slt"
        which = self.op("arith.%s, %s, %s : %s" % (less, left[0], right[0], element), "i1")
        return self.op("arith.select %s, %s, %s : %s" % (which[0], left[0], right[0], element),
                       element)

    def expression(self, inputs, element, exact):
        """Combines all the inputs to one value of the element type."""
        values = [self.cast(v, element) if exact or not (is_float(v[1]) and not is_float(element))
                  else self.constant(element) for v in inputs]
        if self.rank and self.rng.random() < 0.12 and element != "i1":
            index = self.op("linalg.index %d : index" % self.rng.randrange(self.rank), "index")
            whole = self.op("arith.index_cast %s : index to i32" % index[0], "i32")
            values.append(self.cast(whole, element))
        if not values or self.rng.random() < 0.25:
            values.append(self.constant(element))
        total = self.unary(values[0])
        for value in values[1:]:
            total = self.binary(total, self.unary(value), exact)
        return self.unary(total) if self.rng.random() < 0.3 else total
