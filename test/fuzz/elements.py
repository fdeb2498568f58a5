# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Random scalar code around a convolution: of two modes.

In the exact mode every value is a whole number whose range is known, and no op
gives one that its type does not hold: so no order of sums and no rounding changes
a bit. Otherwise values are of about one, and any function may be taken.
"""

from scalars import Body, infinity, is_float, width

# The whole numbers up to these are exact: in 11, 8 and 24 bits.
LIMITS = {"f16": 2048, "bf16": 256, "f32": 1 << 24, "i32": 1 << 24, "i64": 1 << 24}
FUNCTIONS = ["relu", "leaky", "clamp", "abs", "neg", "square", "sigmoid", "silu", "tanh", "gelu",
             "softplus", "mish", "hardswish", "elu", "decay", "root", "soft"]
WHOLE_FUNCTIONS = ["relu", "leaky", "clamp", "abs", "neg", "square", "round_trip", "step"]


class Scalar:
    """A name of a type, with the range of its values (exact mode)."""

    def __init__(self, name, element, low=-1, high=1):
        self.name, self.element, self.low, self.high = name, element, low, high

    @property
    def size(self):
        return max(abs(self.low), abs(self.high))


class Code:
    """The body of a generic."""

    def __init__(self, rng, exact):
        self.rng, self.exact, self.body = rng, exact, Body(rng, 0)

    @property
    def lines(self):
        return self.body.lines

    def op(self, text, element, low=-1, high=1):
        return Scalar(self.body.op(text, element)[0], element, low, high)

    def constant(self, number, element):
        if element == "i1":
            text = "true" if number else "false"
        else:
            text = ("%.4f" if is_float(element) else "%d") % number
        text = "arith.constant %s" % text
        return self.op(text if element == "i1" else "%s : %s" % (text, element), element, number,
                       number)

    def small(self, element):
        """A constant to compute with."""
        choices = [-3, -2, -1, 1, 2, 3] if self.exact or not is_float(element) else \
            [-1.5, -0.5, 0.25, 0.75, 1.25, 2.0]
        return self.constant(self.rng.choice(choices), element)

    def arithmetic(self, kind, left, right):
        """add, sub, mul, maximum, minimum of two of a type."""
        element = left.element
        assert right.element == element and element != "i1"
        low, high = left.low, left.high
        if self.exact:
            if kind in ("add", "sub", "mul"):
                limit = LIMITS[element]
                room = int(limit ** 0.5) if kind == "mul" else limit // 2
                if (left.size * right.size if kind == "mul" else left.size + right.size) > limit:
                    left, right = self.fit(left, room), self.fit(right, room)
            ends = [(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            results = [{"add": a + b, "sub": a - b, "mul": a * b, "maximum": max(a, b),
                        "minimum": min(a, b)}[kind] for a, b in ends]
            low, high = min(results), max(results)
        if is_float(element):
            names = {"maximum": ["maximumf", "maximumf", "maxnumf"],
                     "minimum": ["minimumf", "minimumf", "minnumf"]}
            word = self.rng.choice(names.get(kind, [kind + "f"]))
        else:
            word = {"maximum": "maxsi", "minimum": "minsi"}.get(kind, kind + "i")
        if kind in ("add", "mul", "maximum", "minimum") and self.rng.random() < 0.3:
            left, right = right, left
        return self.op("arith.%s %s, %s : %s" % (word, left.name, right.name, element), element,
                       low, high)

    def fit(self, value, limit):
        """The value cut to [-limit, limit]."""
        if value.size <= limit:
            return value
        low = self.constant(-limit, value.element)
        high = self.constant(limit, value.element)
        return self.arithmetic("minimum", self.arithmetic("maximum", value, low), high)

    def compare(self, left, right):
        element = left.element
        word = self.rng.choice(["lt", "gt", "le", "ge"])
        word = "cmpf %s%s" % (self.rng.choice("oou"), word) if is_float(element) else \
            "cmpi s%s" % word
        return self.op("arith.%s, %s, %s : %s" % (word, left.name, right.name, element), "i1", 0, 1)

    def select(self, which, left, right):
        return self.op("arith.select %s, %s, %s : %s" % (
            which.name, left.name, right.name, left.element), left.element,
            min(left.low, right.low), max(left.high, right.high))

    def cast(self, value, to):
        if self.exact and to in LIMITS:
            value = self.fit(value, LIMITS[to])
        if to == "i1" and value.element != "i1":
            return self.compare(value, self.constant(0, value.element))
        low, high = (value.low, value.high) if to != "i1" else (0, 1)
        name, _ = self.body.cast((value.name, value.element), to)
        return Scalar(name, to, low, high)

    def function(self, value, kind=None):
        """A function of a float."""
        kind = kind or self.rng.choice(WHOLE_FUNCTIONS if self.exact else FUNCTIONS)
        element = value.element

        def call(name, operand):
            return self.op("%s %s : %s" % (name, operand.name, element), element)
        if kind == "relu":
            zero = self.constant(0, element)
            if self.rng.random() < 0.4:
                positive = self.op("arith.cmpf %s, %s, %s : %s" % (
                    self.rng.choice(["ogt", "ugt", "oge"]), value.name, zero.name, element), "i1")
                found = self.select(positive, value, zero)
                found.low, found.high = max(value.low, 0), max(value.high, 0)
                return found
            return self.arithmetic("maximum", value, zero)
        if kind == "leaky":
            zero = self.constant(0, element)
            less = self.arithmetic("mul", value, self.constant(2 if self.exact else 0.0625, element))
            return self.select(self.compare(value, zero), value, less)
        if kind == "clamp":
            low, high = sorted(self.rng.sample([-9, -6, -2, 0, 4, 6, 7] if self.exact else
                                               [-1.0, -0.5, -0.125, 0, 0.25, 0.5, 1.0], 2))
            if self.rng.random() < 0.5:
                least = self.arithmetic("maximum", value, self.constant(low, element))
                return self.arithmetic("minimum", least, self.constant(high, element))
            most = self.arithmetic("minimum", value, self.constant(high, element))
            return self.arithmetic("maximum", most, self.constant(low, element))
        if kind == "abs":
            return self.op("math.absf %s : %s" % (value.name, element), element, 0, value.size)
        if kind == "neg":
            return self.op("arith.negf %s : %s" % (value.name, element), element, -value.high,
                           -value.low)
        if kind == "square":
            return self.arithmetic("mul", value, value) if not self.exact else \
                self.square(self.fit(value, int(LIMITS[element] ** 0.5)))
        if kind == "round_trip":
            return self.cast(self.cast(value, self.rng.choice(["i32", "i64"])), element)
        if kind == "step":
            other = self.constant(self.rng.choice([-2, 0, 1]), element)
            return self.cast(self.compare(value, other), element)
        one = self.constant(1, element)
        size = call("math.absf", value)
        more = self.arithmetic("add", size, one)
        if kind == "soft":
            return self.divide(value, more)
        if kind == "root":
            return call("math.sqrt", more)
        if kind == "decay":
            return call("math.exp", call("arith.negf", size))
        if kind == "tanh":
            return call("math.tanh", value)
        if kind == "gelu":
            inner = self.arithmetic("mul", value, self.constant(0.7071, element))
            half = self.arithmetic("mul", value, self.constant(0.5, element))
            return self.arithmetic("mul", half, self.arithmetic("add", call("math.erf", inner), one))
        if kind in ("sigmoid", "silu"):
            turned = call("math.exp", call("arith.negf", value))
            return self.divide(value if kind == "silu" else one,
                               self.arithmetic("add", turned, one))
        if kind in ("softplus", "mish"):
            grown = self.arithmetic("add", call("math.exp", value), one)
            plus = call("math.log", grown) if self.rng.random() < 0.5 else \
                call("math.log1p", call("math.exp", value))
            return plus if kind == "softplus" else \
                self.arithmetic("mul", value, call("math.tanh", plus))
        if kind == "elu":
            zero = self.constant(0, element)
            least = self.op("arith.minimumf %s, %s : %s" % (value.name, zero.name, element), element)
            below = call("math.expm1", least)
            positive = self.op("arith.cmpf ogt, %s, %s : %s" % (value.name, zero.name, element),
                               "i1")
            return self.select(positive, value, below)
        assert kind == "hardswish"
        moved = self.arithmetic("add", value, self.constant(3, element))
        inside = self.op("arith.maximumf %s, %s : %s" % (
            moved.name, self.constant(0, element).name, element), element)
        inside = self.op("arith.minimumf %s, %s : %s" % (
            inside.name, self.constant(6, element).name, element), element)
        return self.divide(self.arithmetic("mul", value, inside), self.constant(6, element))

    def square(self, value):
        return self.op("arith.mulf %s, %s : %s" % (value.name, value.name, value.element),
                       value.element, 0, value.size ** 2)

    def divide(self, left, right):
        return self.op("arith.divf %s, %s : %s" % (left.name, right.name, left.element),
                       left.element)

    def combine(self, left, right):
        """One value of two."""
        element = left.element
        if right.element == "i1":
            other = self.small(element) if self.rng.random() < 0.5 else \
                self.constant(0, element)
            pair = [left, other]
            self.rng.shuffle(pair)
            return self.select(right, *pair)
        right = self.cast(right, element)
        kind = self.rng.choice(["add", "add", "sub", "mul", "mul", "maximum", "minimum", "pick"] +
                               ([] if self.exact else ["div"]))
        if kind == "pick":
            return self.select(self.compare(left, right), left, right)
        if kind == "div":
            size = self.op("math.absf %s : %s" % (right.name, element), element)
            return self.divide(left, self.arithmetic("add", size, self.constant(1, element)))
        return self.arithmetic(kind, left, right)

    def chain(self, value, others):
        """A few ops on the value, each of the others among them; of its type."""
        others = list(others)
        for _ in range(self.rng.randint(0 if others else 1, 2)):
            others.insert(self.rng.randint(0, len(others)), None)
        for other in others:
            if other is not None:
                value = self.combine(value, other)
            elif self.rng.random() < 0.6:
                value = self.function(value)
            else:
                value = self.combine(value, self.small(value.element))
        return value
