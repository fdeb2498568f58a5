#!/usr/bin/env python3
"""Counts what plain Triton kernels issue, for the rules of records.py:
`triton_instructions.py` compiles a product and convolutions (implicit products,
masked at every border, for any padding) for sm_89 and prints for the main loop
of each: instructions beside multiplies and fragment loads, of them those on the
integer pipe, and the cycles that the compiler's stall counts give a lone warp.
Needs `triton` (3.3.1 here), no GPU.

A gathered element's share is the difference between two tile sizes.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
import types

sys.modules.setdefault("torch", types.ModuleType("torch"))
import triton  # noqa: E402
from triton.backends.compiler import GPUTarget  # noqa: E402

PRODUCT = """
@triton.jit
def product(x, w, y, M, N, K, xm, wk, ym, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    m = tl.program_id(0) * BM + tl.arange(0, BM)
    n = tl.program_id(1) * BN + tl.arange(0, BN)
    k = tl.arange(0, BK)
    a_at = x + m[:, None] * xm + k[None, :]
    b_at = w + k[:, None] * wk + n[None, :]
    sums = tl.zeros((BM, BN), tl.float32)
    for k0 in range(0, K, BK):
        a = tl.load(a_at, mask=(m[:, None] < M) & (k0 + k[None, :] < K), other=0.0)
        b = tl.load(b_at, mask=(k0 + k[:, None] < K) & (n[None, :] < N), other=0.0)
        sums += tl.dot(a, b, allow_tf32=True)
        a_at += BK
        b_at += BK * wk
    tl.store(y + m[:, None] * ym + n[None, :], sums,
             mask=(m[:, None] < M) & (n[None, :] < N))
"""


def convolution(dims, transposed=False, taps_outside=False):
    """Source of a convolution with `dims` spatial dimensions, 3 taps in each."""
    axes = range(dims)
    extents = [f"I{d}" for d in axes] + [f"O{d}" for d in axes]
    strides = [f"x{d}" for d in axes if d < dims - 1] + [
        f"w{d}" for d in axes if d < dims - 1] + [
        f"y{d}" for d in axes if d < dims - 1]
    arguments = ["x", "w", "y", "N", "C", "F", *extents, "xn", "xc", "wf", "wc",
                 "yn", "yf", *strides]
    constants = ["S", "P", "BM", "BN", "BK"]
    line = []
    line += ["@triton.jit", "def convolution(" + ", ".join(
        arguments + [c + ": tl.constexpr" for c in constants]) + "):"]
    body = ["m = tl.program_id(0) * BM + tl.arange(0, BM)",
            "f = tl.program_id(1) * BN + tl.arange(0, BN)", "rest = m"]
    for d in reversed(axes):
        body += [f"o{d} = rest % O{d}", f"rest = rest // O{d}"]
    taps = 3 ** dims
    body += ["inside = rest < N", "known = f < F",
             "sums = tl.zeros((BM, BN), tl.float32)"]

    def unit(name, d):
        return "" if d == dims - 1 else f" * {name}{d}"

    def loads(k_name):
        out = []
        column, row = ("[:, None]", "[None, :]")
        tap = row if not taps_outside else ""
        place = column if not taps_outside else ""
        ok = []
        for d in axes:
            sign = "+ P -" if transposed else "* S - P +"
            out.append(f"i{d} = o{d}{place} {sign} t{d}{tap}")
            ok += [f"(i{d} >= 0)"]
            if transposed:
                ok += [f"(i{d} % S == 0)"]
        out.append("ok = " + " & ".join(ok))
        for d in axes:
            if transposed:
                out.append(f"i{d} = i{d} // S")
            out.append(f"ok = ok & (i{d} < I{d})")
        full = column if taps_outside else ""
        at = "x + rest[:, None] * xn + c[None, :] * xc + " + " + ".join(
            f"i{d}{full}{unit('x', d)}" for d in axes)
        mask = f"inside[:, None] & {k_name}[None, :] & ok{full}"
        out.append(f"a = tl.load({at}, mask={mask}, other=0.0)")
        tap_at = "" if taps_outside else "[:, None]"
        at = "w + f[None, :] * wf + c[:, None] * wc + " + " + ".join(
            f"t{d}{tap_at}{unit('w', d)}" for d in axes)
        out.append(f"b = tl.load({at}, mask={k_name}[:, None] & known[None, :], "
                   "other=0.0)")
        out.append("sums += tl.dot(a, b, allow_tf32=True)")
        return out

    if taps_outside:
        indent = ""
        for d in axes:
            body.append(f"{indent}for t{d} in range(3):")
            indent += "    "
        body += [f"{indent}for k0 in range(0, C, BK):",
                 f"{indent}    c = k0 + tl.arange(0, BK)",
                 f"{indent}    left = c < C"]
        body += [f"{indent}    {text}" for text in loads("left")]
    else:
        body += [f"for k0 in range(0, C * {taps}, BK):",
                 "    k = k0 + tl.arange(0, BK)", f"    left = k < C * {taps}",
                 f"    c = k // {taps}", f"    t = k % {taps}"]
        for d in axes:
            size = 3 ** (dims - 1 - d)
            body += [f"    t{d} = t // {size}", f"    t = t % {size}"]
        body += ["    " + text for text in loads("left")]
    at = "y + rest[:, None] * yn + f[None, :] * yf + " + " + ".join(
        f"o{d}[:, None]{unit('y', d)}" for d in axes)
    body.append(f"tl.store({at}, sums, mask=inside[:, None] & known[None, :])")
    return "\n".join(line + ["    " + text for text in body]) + "\n"


def compile_kernel(source, name, constants, warps, stages, aligned=()):
    """The machine code: (text, stall cycles) of each instruction, and labels."""
    directory = tempfile.mkdtemp()
    path = os.path.join(directory, f"{name}.py")
    with open(path, "w") as file:
        file.write("import triton\nimport triton.language as tl\n" + source)
    scope = {}
    code = compile(open(path).read(), path, "exec")
    import linecache
    linecache.checkcache(path)
    exec(code, scope)
    function = scope[name]
    names = list(function.arg_names)
    signature = {n: "constexpr" if n in constants else
                 "*fp32" if n in ("x", "w", "y") else "i32" for n in names}
    attributes = {(i,): [["tt.divisibility", 16]] for i, n in enumerate(names)
                  if signature[n] == "*fp32" or n in aligned}
    ast = triton.compiler.ASTSource(
        function, signature=signature,
        constexprs={(names.index(n),): v for n, v in constants.items()},
        attrs=attributes)
    compiled = triton.compile(ast, target=GPUTarget("cuda", 89, 32), options={
        "num_warps": warps, "num_stages": stages})
    cubin = os.path.join(directory, "kernel.cubin")
    with open(cubin, "wb") as file:
        file.write(compiled.asm["cubin"])
    tool = os.path.join(os.path.dirname(triton.__file__),
                        "backends/nvidia/bin/nvdisasm")
    text = subprocess.run([tool, "-c", "-hex", cubin], capture_output=True,
                          text=True, check=True).stdout.split("\n")
    instructions, labels = [], {}
    for line, following in itertools.zip_longest(text, text[1:], fillvalue=""):
        label = re.match(r"^(\.L_x_\d+):", line)
        if label:
            labels[label.group(1)] = len(instructions)
        match = re.match(r"\s+/\*[0-9a-f]{4,}\*/\s+(.*?);\s+/\* 0x", line)
        if match:
            # Bits 105 to 108 of the 128: cycles until the next one may issue.
            high = int(re.search(r"/\* 0x([0-9a-f]{16}) \*/", following).group(1), 16)
            instructions.append((match.group(1), high >> 41 & 15))
    return instructions, labels


ALU = ("ISETP", "PRMT", "SEL", "LOP3", "SHF", "LEA", "IADD3", "PLOP3", "SGXT")


def count(instructions, labels):
    """Of the innermost loop that multiplies: instructions beside multiplies and
    fragment loads, those on the integer pipe, stall cycles, gathers."""
    for i, (text, _) in enumerate(instructions):
        jump = re.search(r"BRA.*`\((\.L_x_\d+)\)", text)
        if not jump or labels.get(jump.group(1), i + 1) > i:
            continue
        loop = instructions[labels[jump.group(1)]:i + 1]
        names = [re.sub(r"^@!?U?P\d+\s+", "", t).split()[0].split(".")[0]
                 for t, _ in loop]
        if "HMMA" not in names:
            continue
        rest = [(n, stall) for n, (_, stall) in zip(names, loop)
                if n not in ("HMMA", "LDS", "LDSM")]
        return (len(rest), sum(n in ALU for n, _ in rest),
                sum(stall for _, stall in rest), names.count("LDGSTS"))
    return None


def main():
    print(f"{'kernel':26} {'tile':>12} {'rest':>6} {'alu':>6} {'cycles each':>12} "
          f"{'copies':>7} {'a gathered element':>19}")
    kernels = [("product, aligned", PRODUCT, "product",
                ("M", "N", "K", "xm", "wk", "ym")),
               ("product", PRODUCT, "product", ())]
    for dims in (1, 2, 3):
        kernels.append((f"conv{dims}d", convolution(dims), "convolution", ()))
    for dims in (1, 2, 3):
        kernels.append((f"conv{dims}dT", convolution(dims, transposed=True),
                        "convolution", ()))
    kernels.append(("conv2d, taps outside",
                    convolution(2, taps_outside=True), "convolution", ()))
    for title, source, name, aligned in kernels:
        per_tile = {}
        for tile in ((128, 32, 4), (64, 32, 4), (64, 64, 4)):
            constants = {"BM": tile[0], "BN": tile[1], "BK": 32}
            if name == "convolution":
                constants.update(S=2 if "T" in title else 1, P=1)
            counted = count(*compile_kernel(source, name, constants, tile[2], 2,
                                            aligned))
            per_tile[tile] = counted
            share = ""
            if tile == (64, 32, 4) and name == "convolution":
                # 16 image elements a thread more, and as many multiplies.
                difference = per_tile[(128, 32, 4)][0] - counted[0]
                share = f"{difference / 16:.1f}"
            print(f"{title:26} {'x'.join(map(str, tile[:2])) + 'x32':>12} "
                  f"{counted[0]:6} {counted[1]:6} {counted[2] / counted[0]:12.2f} "
                  f"{counted[3]:7} {share:>19}")


if __name__ == "__main__":
    main()
