#!/usr/bin/env python3
"""How many instructions an activation costs for each element:

    bench/count_instructions.py [NAME...]

Compiles an expression 65 times and once in one elementwise kernel and takes the
difference, in PTX and, where there is a ptxas, in machine code (sm_89), whose
slow paths stand apart and are counted once. KILN_COMPILE names another
kiln-compile than the one in build/; what it is given behind a space goes to it
(KILN_COMPILE='build/bin/kiln-compile --rounding=source').
"""

import os
import re
import shlex
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOFTPLUS = """%e = math.exp %x : f32
%l = math.log1p %e : f32
%c = arith.cmpf ogt, %x, %twenty : f32
%s = arith.select %c, %x, %l : f32
"""
SIGMOID = """%n = arith.negf %x : f32
%e = math.exp %n : f32
%d = arith.addf %e, %one : f32
"""
MISH = SOFTPLUS + "%t = math.tanh %s : f32\n%r = arith.mulf %x, %t : f32\n"
BODIES = {
    "exp": "%r = math.exp %x : f32\n",
    "exp2": "%r = math.exp2 %x : f32\n",
    "expm1": "%r = math.expm1 %x : f32\n",
    "log": "%r = math.log %x : f32\n",
    "log2": "%r = math.log2 %x : f32\n",
    "log1p": "%r = math.log1p %x : f32\n",
    "tanh": "%r = math.tanh %x : f32\n",
    "erf": "%r = math.erf %x : f32\n",
    "sin": "%r = math.sin %x : f32\n",
    "sqrt": "%r = math.sqrt %x : f32\n",
    "rsqrt": "%r = math.rsqrt %x : f32\n",
    "powf": "%r = math.powf %x, %k : f32\n",
    "sigmoid": SIGMOID + "%r = arith.divf %one, %d : f32\n",
    "silu": SIGMOID + "%r = arith.divf %x, %d : f32\n",
    "softplus": SOFTPLUS + "%r = arith.minimumf %s, %s : f32\n",
    "mish": MISH,
    "gelu": """%u = arith.divf %x, %root : f32
%f = math.erf %u : f32
%p = arith.addf %f, %one : f32
%h = arith.mulf %p, %half : f32
%r = arith.mulf %x, %h : f32
""",
    "gelu (tanh)": """%square = arith.mulf %x, %x : f32
%cube = arith.mulf %square, %x : f32
%kc = arith.mulf %cube, %k : f32
%in = arith.addf %x, %kc : f32
%u = arith.mulf %in, %scale : f32
%t = math.tanh %u : f32
%p = arith.addf %t, %one : f32
%h = arith.mulf %x, %half : f32
%r = arith.mulf %h, %p : f32
""",
    "hardswish": """%p = arith.addf %x, %three : f32
%q = arith.divf %p, %six : f32
%lc = arith.cmpf ult, %q, %zero : f32
%low = arith.select %lc, %zero, %q : f32
%hc = arith.cmpf ugt, %low, %one : f32
%t = arith.select %hc, %one, %low : f32
%r = arith.mulf %x, %t : f32
""",
    "elu": """%e = math.expm1 %x : f32
%c = arith.cmpf ogt, %x, %zero : f32
%r = arith.select %c, %x, %e : f32
""",
}
CONSTANTS = {
    "zero": 0, "half": 0.5, "one": 1, "three": 3, "six": 6, "twenty": 20,
    "root": 1.41421354, "k": 0.044715, "scale": 0.797884583,
}  # fmt: skip
COPIES = 64


def program(body, copies):
    """The sum of `copies` values of the expression, at different arguments."""
    lines = [
        f"%{name} = arith.constant {float(value)!r} : f32"
        for name, value in CONSTANTS.items()
    ]
    total = "%v"
    for i in range(copies):
        lines += [
            f"%c{i} = arith.constant {1.5 + i / 8!r} : f32",
            f"%x{i} = arith.mulf %v, %c{i} : f32",
        ]
        for line in body.splitlines():
            lines.append(
                re.sub(
                    r"%(\w+)",
                    lambda m: (
                        m[0] if m[1] in CONSTANTS else f"%{m[1]}_{i}" if m[1] != "x" else f"%x{i}"
                    ),
                    line,
                )
            )
        lines.append(f"%sum{i} = arith.addf {total}, %r_{i} : f32")
        total = f"%sum{i}"
    text = "\n".join(lines)
    tensor = "tensor<8192xf32>"
    return f"""func.func @f(%a: {tensor}) -> {tensor} {{
%empty = tensor.empty() : {tensor}
%all = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
  iterator_types = ["parallel"]}} ins(%a : {tensor}) outs(%empty : {tensor}) {{
^bb0(%v: f32, %out: f32):
{text}
linalg.yield {total} : f32
}} -> {tensor}
return %all : {tensor}
}}
"""


def count_machine_code(path):
    """Instructions of 16 bytes in the .text sections of an ELF file."""
    with open(path, "rb") as file:
        data = file.read()
    (start,) = struct.unpack_from("<Q", data, 0x28)
    size, number, names = struct.unpack_from("<HHH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQ", data, start + i * size) for i in range(number)]
    base = sections[names][4]
    total = 0
    for name, _, _, _, _, length in sections:
        if data[base + name :].startswith(b".text."):
            total += length // 16
    return total


def count(body, copies):
    """Elements of a thread, PTX and machine code."""
    tool = shlex.split(os.environ.get("KILN_COMPILE", ROOT + "/build/bin/kiln-compile"))
    with tempfile.TemporaryDirectory() as folder:
        source = folder + "/f.mlir"
        with open(source, "w") as file:
            file.write(program(body, copies))
        subprocess.run(tool + [source, "-o", folder + "/out"], check=True, capture_output=True)
        with open(folder + "/out/kernels.ptx") as file:
            text = file.read()
        ptx = len(re.findall(r"^\t(?:@\S+ )?[a-z]\S*\.\S+\s", text, re.MULTILINE))
        stores = re.findall(r"^\tst\.global(\.v\d)?\.", text, re.MULTILINE)
        elements = sum(int(width[2:]) if width else 1 for width in stores)
        special = len(re.findall(r"^\t(?:ex2|lg2|rcp|rsqrt|sqrt)\.approx", text, re.MULTILINE))
        cubin = folder + "/out/kernels.cubin"
        sass = count_machine_code(cubin) if os.path.exists(cubin) else 0
        return elements, ptx, sass, special


def main(names):
    print("| | PTX | machine code | of them special |\n|---|---:|---:|---:|")
    for name in names or BODIES:
        elements, *many = count(BODIES[name], COPIES + 1)
        _, *one = count(BODIES[name], 1)
        # The argument and the sum are two of each copy.
        ptx, sass, special = ((m - o) / COPIES / elements for m, o in zip(many, one))
        print(f"| {name} | {ptx - 2:.0f} | {sass - 2:.0f} | {special:.0f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
