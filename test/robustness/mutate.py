# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Changes tokens of a program: mutate(text, random) gives another text.

One to three changes: of any token (a type, an extent, a number, a map's result,
the order of operands, an op's name, an attribute, an op that is gone), which
seldom parse, or two times of three such that most programs stay valid: another
value of the type, another op, one op more.
"""

import re

TYPES = ["f32", "f16", "bf16", "f64", "i1", "i8", "i32", "i64", "index", "f8E4M3FN"]
NUMBERS = ["0", "1", "2", "3", "-1", "7", "8", "31", "64", "255", "65536", "4294967296", "9223372036854775807"]
OPS = """arith.addf arith.subf arith.mulf arith.divf arith.maximumf arith.minimumf arith.maxnumf arith.minnumf
arith.negf arith.addi arith.cmpf arith.select arith.truncf arith.extf math.exp math.tanh math.sqrt math.absf
linalg.conv_2d_nchw_fchw linalg.conv_2d_nhwc_hwcf linalg.conv_2d_nhwc_fhwc linalg.pooling_nchw_max linalg.fill
linalg.add linalg.matmul tensor.empty tensor.expand_shape tensor.collapse_shape tensor.cast""".split()


def replace_one(text, pattern, random, change):
    """One match of `pattern`, chosen at random, becomes change(match)."""
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if not found:
        return text
    match = random.choice(found)
    return text[:match.start()] + change(match) + text[match.end():]


def shuffled(random, items):
    items = list(items)
    random.shuffle(items)
    return items


def change_type(text, random):
    return replace_one(text, r"\b(bf16|f16|f32|f64|i1|i8|i32|i64)\b", random, lambda m: random.choice(TYPES))


def change_all_types(text, random):
    found = sorted(set(re.findall(r"\b(?:bf16|f16|f32|f64|i32|i64)\b", text)))
    return re.sub(r"\b%s\b" % random.choice(found), random.choice(TYPES), text) if found else text


def change_extent(text, random):
    return replace_one(text, r"(?<=[<x])\d+(?=x)", random, lambda m: random.choice(["0", "1", "2", "5", "8", "?", "128", "65536"]))


def change_all_extents(text, random):
    found = sorted(set(re.findall(r"(?<=[<x])\d+(?=x)", text)))
    return re.sub(r"(?<=[<x])%s(?=x)" % random.choice(found), random.choice(["1", "2", "3", "5", "40", "257"]), text) if found else text


def change_number(text, random):
    return replace_one(text, r"(?<![\w%#.^x])-?\d+(?![\w.x])", random, lambda m: random.choice(NUMBERS))


def change_float(text, random):
    return replace_one(text, r"-?\d+\.\d+(e[+-]?\d+)?", random,
                       lambda m: random.choice(["0.0", "-0.0", "-1.0", "1.0e38", "1.0e-42", "0x7F800000", "0x7FC00000"]))


def change_map(text, random):
    def results(match):
        inner = match.group(2).split(", ")
        kind = random.randrange(5)
        if kind == 0:
            inner = shuffled(random, inner)
        elif kind == 1 and inner:
            inner.pop(random.randrange(len(inner)))
        elif inner:
            k = random.randrange(len(inner))
            inner[k] = random.choice([inner[k] + " + 1", inner[k] + " * 2", "-" + inner[k], "0", inner[0], inner[k] + " floordiv 2"])
        return match.group(1) + "(" + ", ".join(inner) + ")>"
    return replace_one(text, r"(affine_map<\([^)]*\) -> )\(([^)]*)\)>", random, results)


def swap_operands(text, random):
    def swap(match):
        return ", ".join(shuffled(random, match.group(0).split(", ")))
    return replace_one(text, r"%\w+(, %\w+)+", random, swap)


def change_operand(text, random):
    names = sorted(set(re.findall(r"%\w+", text)))
    return replace_one(text, r"%\w+", random, lambda m: random.choice(names))


def change_op(text, random):
    return replace_one(text, r"\b(arith|math|linalg|tensor)\.\w+", random, lambda m: random.choice(OPS))


def change_iterator(text, random):
    return replace_one(text, r'"(parallel|reduction)"', random, lambda m: random.choice(['"parallel"', '"reduction"']))


def change_reassociation(text, random):
    return replace_one(text, r"\d\], \[", random, lambda m: random.choice([m.group(0)[0] + ", ", m.group(0)]))


def drop_line(text, random):
    lines = text.split("\n")
    lines.pop(random.randrange(len(lines)))
    return "\n".join(lines)


def repeat_line(text, random):
    lines = text.split("\n")
    k = random.randrange(len(lines))
    return "\n".join(lines[:k] + [lines[k]] + lines[k:])


def drop_attribute(text, random):
    return replace_one(text, r"\w+ = (dense<[^>]*> : tensor<[^>]*>|\[[^\]]*\])", random, lambda m: "")


#===------------------------------------------------------------------------===#
# Changes that leave most programs valid
#===------------------------------------------------------------------------===#

BINARY = """addf subf mulf divf maximumf minimumf maxnumf minnumf remf""".split()
UNARY = """math.exp math.tanh math.sqrt math.rsqrt math.absf math.floor math.log math.erf math.sin math.ceil arith.negf""".split()
FLOAT = r"(?:bf16|f16|f32|f64)"


def types_of(text):
    """The type of each value, as far as it stands behind its definition."""
    types = dict(re.findall(r"(%\w+): (tensor<[^>]*>|\w+)", text))
    for name, rest in re.findall(r"^ *(%\w+) = (.*)$", text, re.MULTILINE):
        kind = re.search(r"(?:->|:|to) (tensor<[^>]*>|\w+)$", rest)
        if kind and "cmp" not in rest:
            types[name] = kind.group(1)
    return types


def change_use(text, random):
    """Another value of the same type."""
    types = types_of(text)

    def other(match):
        return random.choice(sorted(n for n in types if types[n] == types.get(match.group(0))) or [match.group(0)])
    return replace_one(text, r"(?<=[ (])%\w+(?=[,) ])(?! =)(?!:)", random, other)


def change_binary(text, random):
    return replace_one(text, r"arith\.(%s)\b" % "|".join(BINARY), random, lambda m: "arith." + random.choice(BINARY))


def wrap_value(text, random):
    """One more op on the result of a line, which all later lines use."""
    types = types_of(text)
    lines = text.split("\n")
    places = [(k, m.group(1)) for k, line in enumerate(lines) for m in [re.match(r" *(%\w+) = [^{]*$", line)]
              if m and re.search(FLOAT, types.get(m.group(1), ""))]
    if not places:
        return text
    k, name = random.choice(places)
    op = random.choice(UNARY + ["arith." + binary for binary in BINARY])
    operands = name if op in UNARY else name + ", " + name
    more = "    %%m%d_%s = %s %s : %s" % (k, name[1:], op, operands, types[name])
    rest = [re.sub(re.escape(name) + r"\b", "%%m%d_%s" % (k, name[1:]), line) for line in lines[k + 1:]]
    return "\n".join(lines[:k + 1] + [more] + rest)


def fast_math(text, random):
    return replace_one(text, r"arith\.\w+f %\w+, %\w+(?= :)", random, lambda m: m.group(0) + " fastmath<fast>")


def change_window(text, random):
    """Steps that the extents may or may not bear."""
    return replace_one(text, r"(strides|dilations) = dense<[^>]*>", random,
                       lambda m: "%s = dense<%s>" % (m.group(1), random.choice(["1", "2", "[1, 2]", "3", "-1"])))


def change_name(text, random):
    return replace_one(text, r"@\w+", random, lambda m: random.choice(["@f", "@kernels", '@"a b"', "@main_pack"]))


ANYTHING = [change_type, change_all_types, change_all_types, change_extent, change_all_extents, change_all_extents, change_number,
            change_float, change_map, change_map, swap_operands, change_operand, change_operand, change_op, change_op,
            change_iterator, change_reassociation, drop_line, repeat_line, drop_attribute]
VALID = [change_use, change_use, change_use, change_binary, change_binary, wrap_value, wrap_value, wrap_value, change_float,
         fast_math, change_window, change_name]


def mutate(text, random):
    kinds = random.choice([ANYTHING, VALID, VALID])
    for _ in range(random.choice([1, 1, 2, 3])):
        text = random.choice(kinds)(text, random)
    return text
