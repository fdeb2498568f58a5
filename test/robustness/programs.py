# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Small programs of every kind that MLIR can parse, good and bad.

programs() gives (name, text). Together they hold every named linalg op, tensor
ops, odd types and shapes, control flow, calls and what else a front end or a
person may write. Nothing is said here of what compiles: see check.py.
"""

EXTENTS = {"n": 2, "c": 8, "f": 8, "g": 2, "m": 2}
IMAGE, TAPS, OUT = 6, 3, 4  # a spatial dimension of image, filter and output
SPATIAL = "dhw"


def tensor(shape, element="f32"):
    return "tensor<%s>" % "x".join([str(extent) for extent in shape] + [element])


def element_of(kind):
    return kind[len("tensor<"):-1].split("x")[-1] if kind.startswith("tensor<") else kind


def function(arguments, result, body, name="main"):
    """`arguments`: their types; they are called %a0, %a1 ... `body` ends in the
    value that is returned."""
    head = ", ".join("%%a%d: %s" % pair for pair in enumerate(arguments))
    lines, value = body
    return "func.func @%s(%s) -> %s {\n%s\n  return %s : %s\n}\n" % (
        name, head, result, "\n".join("  " + line for line in lines), value, result)


def named(op, ins, out, attributes=""):
    """A program of one named op on arguments; the last is the init."""
    types = ins + [out]
    given = ", ".join("%%a%d" % i for i in range(len(ins)))
    line = "%%r = linalg.%s %s ins(%s : %s) outs(%%a%d : %s) -> %s" % (
        op, attributes, given, ", ".join(ins), len(ins), out, out)
    return function(types, out, ([line], "%r"))


def sized(letters, spatial):
    return [spatial if letter in SPATIAL else EXTENTS[letter] for letter in letters]


def windowed(op):
    """Operand types of a convolution or pooling, from the letters in its name:
    n images, c channels, f filters, g groups, m multiples, and d, h, w."""
    parts = op.split("_")
    quantized = parts[-1] == "q"
    if quantized:
        parts.pop()
    ins, out = ("i8", "i32") if quantized else ("f32", "f32")
    if parts[0] == "pooling":
        spatial = [letter for letter in parts[1] if letter in SPATIAL]
        element = "i32" if parts[-1] == "unsigned" else "f32"
        return ([tensor(sized(parts[1], IMAGE), element),
                 tensor([TAPS] * len(spatial), element)],
                tensor(sized(parts[1], OUT), element))
    depthwise = parts.pop(0) == "depthwise"
    if depthwise:
        parts.pop(0)
    rank = int(parts[0][0])
    if len(parts) == 1:
        return ([tensor([IMAGE] * rank), tensor([TAPS] * rank)], tensor([OUT] * rank))
    image, filter_ = parts[1], parts[2]
    result = image + "m" * ("m" in filter_) if depthwise else image.replace("c", "f")
    operands = [tensor(sized(image, IMAGE), ins), tensor(sized(filter_, TAPS), ins)]
    return (operands + ["i32", "i32"] * quantized, tensor(sized(result, OUT), out))


WINDOWED = """
conv_1d conv_2d conv_3d conv_1d_nwc_wcf conv_1d_ncw_fcw conv_2d_nhwc_hwcf
conv_2d_nhwc_fhwc conv_2d_nhwc_hwcf_q conv_2d_nhwc_fhwc_q conv_2d_nchw_fchw_q
conv_2d_nchw_fchw conv_2d_ngchw_fgchw conv_2d_ngchw_gfchw conv_2d_nhwgc_gfhwc
conv_2d_nhwgc_gfhwc_q conv_2d_ngchw_gfchw_q conv_3d_ndhwc_dhwcf
conv_3d_ndhwc_dhwcf_q conv_3d_ncdhw_fcdhw depthwise_conv_1d_nwc_wc
depthwise_conv_1d_ncw_cw depthwise_conv_1d_nwc_wcm depthwise_conv_2d_nhwc_hwc
depthwise_conv_2d_nchw_chw depthwise_conv_2d_nhwc_hwc_q
depthwise_conv_2d_nhwc_hwcm depthwise_conv_2d_nhwc_hwcm_q
depthwise_conv_3d_ndhwc_dhwc depthwise_conv_3d_ncdhw_cdhw
depthwise_conv_3d_ndhwc_dhwcm pooling_nhwc_sum pooling_nchw_sum pooling_nhwc_max
pooling_nhwc_max_unsigned pooling_nchw_max pooling_nhwc_min
pooling_nhwc_min_unsigned pooling_nwc_sum pooling_ncw_sum pooling_nwc_max
pooling_nwc_max_unsigned pooling_ncw_max pooling_nwc_min
pooling_nwc_min_unsigned pooling_ndhwc_sum pooling_ndhwc_max pooling_ndhwc_min
""".split()
UNARY = """copy exp log abs ceil floor negf reciprocal round sqrt rsqrt square
tanh erf""".split()
BINARY = "add sub mul div max min powf".split()

# Shapes of the operands and of the result.
PRODUCTS = {
    "matmul": ([(8, 16), (16, 32)], (8, 32)),
    "batch_matmul": ([(2, 8, 16), (2, 16, 32)], (2, 8, 32)),
    "batch_reduce_matmul": ([(2, 8, 16), (2, 16, 32)], (8, 32)),
    "mmt4d": ([(2, 3, 4, 5), (6, 3, 7, 5)], (2, 6, 4, 7)),
    "batch_mmt4d": ([(2, 2, 3, 4, 5), (2, 6, 3, 7, 5)], (2, 2, 6, 4, 7)),
    "matvec": ([(8, 16), (16,)], (8,)),
    "vecmat": ([(16,), (16, 8)], (8,)),
    "batch_matvec": ([(2, 8, 16), (2, 16)], (2, 8)),
    "batch_vecmat": ([(2, 16), (2, 16, 8)], (2, 8)),
    "dot": ([(16,), (16,)], ()),
}


def named_programs():
    for op in WINDOWED:
        yield op, named(op, *windowed(op))
    for op in UNARY:
        yield op, named(op, [tensor([4, 8])], tensor([4, 8]))
    for op in BINARY:
        yield op, named(op, [tensor([4, 8])] * 2, tensor([4, 8]))
    yield "div_unsigned", named("div_unsigned", [tensor([4, 8], "i32")] * 2, tensor([4, 8], "i32"))
    yield "select", named("select", [tensor([4], "i1"), tensor([4]), tensor([4])], tensor([4]))
    for op, (ins, out) in PRODUCTS.items():
        yield op, named(op, [tensor(shape) for shape in ins], tensor(out))
    for op, ins, out in (("quantized_matmul", [(8, 16), (16, 32)], (8, 32)),
                         ("quantized_batch_matmul", [(2, 8, 16), (2, 16, 32)], (2, 8, 32))):
        yield op, named(op, [tensor(shape, "i8") for shape in ins] + ["i32", "i32"], tensor(out, "i32"))
    yield "fill", named("fill", ["f32"], tensor([4, 8]))
    yield "fill_rng_2d", named("fill_rng_2d", ["f64", "f64", "i32"], tensor([4, 8]))
    yield "softmax", named("softmax", [tensor([4, 8])], tensor([4, 8]), "dimension(1)")
    yield "transpose", function([tensor([4, 8]), tensor([8, 4])], tensor([8, 4]), ([
        "%r = linalg.transpose ins(%a0 : tensor<4x8xf32>) outs(%a1 : tensor<8x4xf32>) permutation = [1, 0]"], "%r"))
    yield "broadcast", function([tensor([4]), tensor([4, 8])], tensor([4, 8]), ([
        "%r = linalg.broadcast ins(%a0 : tensor<4xf32>) outs(%a1 : tensor<4x8xf32>) dimensions = [1]"], "%r"))
    yield "reduce", function([tensor([4, 8]), tensor([4])], tensor([4]), ([
        "%r = linalg.reduce { arith.addf } ins(%a0 : tensor<4x8xf32>) outs(%a1 : tensor<4xf32>) dimensions = [1]"], "%r"))
    yield "map", function([tensor([4]), tensor([4])], tensor([4]), ([
        "%r = linalg.map { math.absf } ins(%a0 : tensor<4xf32>) outs(%a1 : tensor<4xf32>)"], "%r"))
    yield "elementwise", named("elementwise", [tensor([4])] * 2, tensor([4]), "kind=#linalg.elementwise_kind<add>")
    maps = "[affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]"
    yield "contract", named("contract", [tensor([8, 16]), tensor([16, 32])], tensor([8, 32]), "indexing_maps = " + maps)
    yield "pack", function([tensor([8, 16]), tensor([2, 2, 4, 8])], tensor([2, 2, 4, 8]), ([
        "%r = linalg.pack %a0 inner_dims_pos = [0, 1] inner_tiles = [4, 8] into %a1 : tensor<8x16xf32> -> tensor<2x2x4x8xf32>"], "%r"))
    yield "unpack", function([tensor([2, 2, 4, 8]), tensor([8, 16])], tensor([8, 16]), ([
        "%r = linalg.unpack %a0 inner_dims_pos = [0, 1] inner_tiles = [4, 8] into %a1 : tensor<2x2x4x8xf32> -> tensor<8x16xf32>"], "%r"))
    yield "winograd", function([tensor([2, 3, 3, 5]), tensor([6, 6, 5, 2])], tensor([6, 6, 5, 2]), ([
        "%r = linalg.winograd_filter_transform fmr(F_4_3) ins(%a0 : tensor<2x3x3x5xf32>) outs(%a1 : tensor<6x6x5x2xf32>) -> tensor<6x6x5x2xf32>"], "%r"))


CONV = ["%z = arith.constant 0.0 : f32",
        "%e = tensor.empty() : tensor<1x8x4x4xf32>",
        "%i = linalg.fill ins(%z : f32) outs(%e : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>",
        "%c = linalg.conv_2d_nchw_fchw ins(%a0, %a1 : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%i : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>"]
X, W, Y = tensor([1, 8, 6, 6]), tensor([8, 8, 3, 3]), tensor([1, 8, 4, 4])


def behind(lines, value="%r", result=Y, more=()):
    """A convolution and what follows it."""
    return function([X, W] + list(more), result, (CONV + lines, value))


def generic(body, ins=("%c",), maps=("(n, f, h, w)",), out="(n, f, h, w)", shape=(1, 8, 4, 4),
            kinds="pppp", element="f32", types=(Y,), dims="n, f, h, w", outs=None, start=None):
    """Lines of one linalg.generic; block arguments %x0, %x1 ... and %o. It starts
    from `outs`, from the constant `start` or from what tensor.empty gives."""
    all_maps = ", ".join("affine_map<(%s) -> %s>" % (dims, m) for m in list(maps) + [out])
    iterators = ", ".join('"%s"' % {"p": "parallel", "r": "reduction", "w": "window"}[k] for k in kinds)
    result = tensor(shape, element)
    arguments = ["%%x%d: %s" % (i, element_of(t)) for i, t in enumerate(types)]
    init = []
    if start is not None:
        outs = "%init"
        init = ["%%k = arith.constant %s : %s" % (start, element), "%%s0 = tensor.empty() : %s" % result,
                "%%init = linalg.fill ins(%%k : %s) outs(%%s0 : %s) -> %s" % (element, result, result)]
    elif not outs:
        init = ["%%init = tensor.empty() : %s" % result]
    given = "ins(%s : %s) " % (", ".join(ins), ", ".join(types)) if ins else ""
    return init + [
        "%%r = linalg.generic {indexing_maps = [%s], iterator_types = [%s]} %souts(%s : %s) {" % (
            all_maps, iterators, given, outs or "%init", result),
        "^bb0(%s):" % ", ".join(arguments + ["%o: " + element])] + [
        "  " + line for line in body] + ["} -> " + result]


def epilogues():
    scalar = lambda op: behind(generic(["%%s = %s" % op, "linalg.yield %s : f32"]))
    for name, op in (("sine", "math.sin %x0 : f32"), ("powi", "math.powf %x0, %x0 : f32"),
                     ("divide", "arith.divf %x0, %x0 : f32"), ("remainder", "arith.remf %x0, %x0 : f32")):
        yield name, scalar(op)
    yield "not_a_number", behind(["%nan = arith.constant 0x7FC00000 : f32"] + generic(
        ["%s = arith.minimumf %x0, %nan : f32", "linalg.yield %s : f32"]))
    yield "init_is_result", behind(generic(["%s = arith.addf %x0, %o : f32", "linalg.yield %s : f32"], outs="%i"))
    yield "reads_undefined_init", behind(generic(["%s = arith.addf %x0, %o : f32", "linalg.yield %s : f32"]))
    yield "index_op", behind(generic(["%d = linalg.index 1 : index", "%j = arith.index_cast %d : index to i32",
                                      "%k = arith.sitofp %j : i32 to f32", "%s = arith.addf %x0, %k : f32",
                                      "linalg.yield %s : f32"]))
    yield "vector_in_body", behind(generic(["%v = vector.broadcast %x0 : f32 to vector<4xf32>",
                                            "%s = vector.extract %v[1] : f32 from vector<4xf32>",
                                            "linalg.yield %s : f32"]))
    yield "branch_in_body", behind(generic(["%p = arith.cmpf olt, %x0, %z : f32",
                                            "%s = scf.if %p -> f32 {", "  scf.yield %z : f32", "} else {",
                                            "  scf.yield %x0 : f32", "}", "linalg.yield %s : f32"]))
    yield "loop_in_body", behind(["%c0 = arith.constant 0 : index", "%c1 = arith.constant 1 : index",
                                  "%c9 = arith.constant 9 : index"] + generic(
        ["%s = scf.for %k = %c0 to %c9 step %c1 iter_args(%t = %x0) -> f32 {",
         "  %u = arith.mulf %t, %t : f32", "  scf.yield %u : f32", "}", "linalg.yield %s : f32"]))
    yield "extract_in_body", behind(generic(["%d = linalg.index 1 : index", "%v = tensor.extract %a2[%d] : tensor<8xf32>",
                                             "%s = arith.addf %x0, %v : f32", "linalg.yield %s : f32"]), more=[tensor([8])])
    yield "extract_out_of_range", behind(generic(["%k = arith.constant 800 : index", "%v = tensor.extract %a2[%k] : tensor<8xf32>",
                                                  "%s = arith.addf %x0, %v : f32", "linalg.yield %s : f32"]), more=[tensor([8])])
    yield "double_in_body", behind(generic(["%d = arith.extf %x0 : f32 to f64", "%m = arith.mulf %d, %d : f64",
                                            "%s = arith.truncf %m : f64 to f32", "linalg.yield %s : f32"]))
    yield "byte_result", behind(generic(["%s = arith.fptosi %x0 : f32 to i8", "linalg.yield %s : i8"], element="i8"),
                                result=tensor([1, 8, 4, 4], "i8"))
    yield "bit_result", behind(generic(["%s = arith.cmpf oeq, %x0, %z : f32", "linalg.yield %s : i1"], element="i1"),
                               result=tensor([1, 8, 4, 4], "i1"))
    reduced = dict(out="(n, h, w)", shape=(1, 4, 4), kinds="prpp")
    three = tensor([1, 4, 4])
    for op, start in (("addf", "0.0"), ("mulf", "1.0"), ("maximumf", "0xFF800000"), ("minnumf", "0x7F800000"),
                      ("subf", "0.0"), ("addf", "5.0"), ("minimumf", "-1.0"), ("addf", None)):
        yield "reduce_%s_%s" % (op, start), behind(generic(
            ["%%s = arith.%s %%x0, %%o : f32" % op, "linalg.yield %s : f32"], start=start, **reduced), result=three)
    many = ["%z = arith.constant 0.0 : f32", "%e = tensor.empty() : tensor<1x64x4x4xf32>",
            "%i = linalg.fill ins(%z : f32) outs(%e : tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32>",
            "%c = linalg.conv_2d_nchw_fchw ins(%a0, %a1 : tensor<1x8x6x6xf32>, tensor<64x8x3x3xf32>) outs(%i : tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32>",
            "%one = arith.constant 1.0 : f32"]
    for op in ("addf", "minimumf"):
        yield "reduce_no_input_%s_64" % op, function([X, tensor([64, 8, 3, 3])], three, (many + generic(
            ["%%s = arith.%s %%o, %%one : f32" % op, "linalg.yield %s : f32"], types=(tensor([1, 64, 4, 4]),), start="0.0", **reduced), "%r"))
    yield "reduce_no_input", behind(generic(["%one = arith.constant 1.0 : f32", "%s = arith.addf %o, %one : f32",
                                             "linalg.yield %s : f32"], start="0.0", **reduced), result=three)
    yield "reduce_ignores_init", behind(generic(["linalg.yield %x0 : f32"], start="0.0", **reduced), result=three)
    yield "reduce_ignores_input", behind(generic(["linalg.yield %o : f32"], start="0.0", **reduced), result=three)
    yield "reduce_all", behind(generic(["%s = arith.addf %x0, %o : f32", "linalg.yield %s : f32"], start="0.0", out="()", shape=(), kinds="rrrr"),
                               result=tensor([]))
    yield "reduce_images", behind(generic(["%s = arith.addf %x0, %o : f32", "linalg.yield %s : f32"], start="0.0", out="(f)", shape=(8,), kinds="rprr"),
                                  result=tensor([8]))
    yield "window_iterator", behind(generic(["%s = arith.addf %x0, %o : f32", "linalg.yield %s : f32"], start="0.0", out="(n, h, w)",
                                            shape=(1, 4, 4), kinds="pwpp"), result=three)
    for name, m in (("reversed", "(n, f, h, -w + 3)"), ("floordiv", "(n, f, h floordiv 2, w)"),
                    ("mod", "(n, f, h mod 2, w)"), ("constant", "(n, 0, h, w)"), ("last", "(n, 7, h, w)"),
                    ("transposed", "(n, f, w, h)"), ("twice", "(n, f, h, h)"), ("sum", "(n, f, h - w + w, w)")):
        yield "map_" + name, behind(generic(["linalg.yield %x0 : f32"], maps=[m]))
    yield "map_spread", behind(generic(["linalg.yield %x0 : f32"], out="(n, f, h, w * 2)", shape=(1, 8, 4, 7)),
                               result=tensor([1, 8, 4, 7]))
    yield "scalar_operand", behind(generic(["%s = arith.addf %x0, %x1 : f32", "linalg.yield %s : f32"], ins=("%c", "%z"),
                                           maps=("(n, f, h, w)", "()"), types=(Y, "f32")))
    yield "zero_d_operand", behind(generic(["%s = arith.addf %x0, %x1 : f32", "linalg.yield %s : f32"], ins=("%c", "%a2"),
                                           maps=("(n, f, h, w)", "()"), types=(Y, "tensor<f32>")), more=["tensor<f32>"])
    yield "no_inputs", function([], Y, (generic(["%d = linalg.index 1 : index", "%j = arith.index_cast %d : index to i32",
                                                 "%s = arith.sitofp %j : i32 to f32", "linalg.yield %s : f32"],
                                                ins=(), maps=(), types=()), "%r"))
    yield "chain", behind(["%%r%d = arith.addf %%%s, %%a2 : %s" % (k, "r%d" % (k - 1) if k else "c", Y) for k in range(200)],
                          "%r199", more=[Y])
    yield "doubling_chain", behind(["%%r%d = arith.addf %%%s, %%%s : %s" % (k, p, p, Y) for k in range(40)
                                    for p in ["r%d" % (k - 1) if k else "c"]], "%r39")


def tensor_ops():
    flat = tensor([128])
    lines = {
        "expand": (["%r = tensor.expand_shape %c [[0], [1], [2, 3], [4]] output_shape [1, 8, 2, 2, 4] : tensor<1x8x4x4xf32> into tensor<1x8x2x2x4xf32>"], tensor([1, 8, 2, 2, 4])),
        "collapse": (["%r = tensor.collapse_shape %c [[0, 1, 2, 3]] : tensor<1x8x4x4xf32> into tensor<128xf32>"], flat),
        "slice": (["%r = tensor.extract_slice %c[0, 0, 1, 1] [1, 8, 2, 2] [1, 1, 1, 1] : tensor<1x8x4x4xf32> to tensor<1x8x2x2xf32>"], tensor([1, 8, 2, 2])),
        "slice_strided": (["%r = tensor.extract_slice %c[0, 0, 0, 0] [1, 8, 2, 2] [1, 1, 2, 2] : tensor<1x8x4x4xf32> to tensor<1x8x2x2xf32>"], tensor([1, 8, 2, 2])),
        "insert_slice": (["%r = tensor.insert_slice %c into %a2[0, 0, 0, 0] [1, 8, 4, 4] [1, 1, 1, 1] : tensor<1x8x4x4xf32> into tensor<1x8x6x6xf32>"], X, X),
        "concat": (["%r = tensor.concat dim(1) %c, %c : (tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x16x4x4xf32>"], tensor([1, 16, 4, 4])),
        "pad_result": (["%r = tensor.pad %c low[0, 0, 1, 1] high[0, 0, 1, 1] {", "^bb0(%p: index, %q: index, %s: index, %t: index):", "  tensor.yield %z : f32", "} : tensor<1x8x4x4xf32> to tensor<1x8x6x6xf32>"], X),
        "pad_computed_value": (["%r = tensor.pad %c low[0, 0, 1, 1] high[0, 0, 1, 1] {", "^bb0(%p: index, %q: index, %s: index, %t: index):", "  %v = arith.index_cast %q : index to i32", "  %y = arith.sitofp %v : i32 to f32", "  tensor.yield %y : f32", "} : tensor<1x8x4x4xf32> to tensor<1x8x6x6xf32>"], X),
        "gather": (["%r = tensor.gather %c[%a2] gather_dims([1]) : (tensor<1x8x4x4xf32>, tensor<3x1xi32>) -> tensor<3x1x1x4x4xf32>"], tensor([3, 1, 1, 4, 4]), "tensor<3x1xi32>"),
        "scatter": (["%r = tensor.scatter %a2 into %c[%a3] scatter_dims([1]) unique : (tensor<3x1x1x4x4xf32>, tensor<1x8x4x4xf32>, tensor<3x1xi32>) -> tensor<1x8x4x4xf32>"], Y, tensor([3, 1, 1, 4, 4]), "tensor<3x1xi32>"),
        "generate": (["%r = tensor.generate {", "^bb0(%p: index):", "  tensor.yield %z : f32", "} : tensor<128xf32>"], flat),
        "splat": (["%r = tensor.splat %z : tensor<128xf32>"], flat),
        "from_elements": (["%r = tensor.from_elements %z, %z : tensor<2xf32>"], tensor([2])),
        "reshape": (["%k = arith.constant dense<128> : tensor<1xi64>", "%r = tensor.reshape %c(%k) : (tensor<1x8x4x4xf32>, tensor<1xi64>) -> tensor<128xf32>"], flat),
        "bitcast": (["%r = tensor.bitcast %c : tensor<1x8x4x4xf32> to tensor<1x8x4x4xi32>"], tensor([1, 8, 4, 4], "i32")),
        "insert": (["%k = arith.constant 0 : index", "%r = tensor.insert %z into %c[%k, %k, %k, %k] : tensor<1x8x4x4xf32>"], Y),
        "cast_dynamic": (["%d = tensor.cast %c : tensor<1x8x4x4xf32> to tensor<?x8x4x4xf32>", "%r = tensor.cast %d : tensor<?x8x4x4xf32> to tensor<1x8x4x4xf32>"], Y),
        "cast_unranked": (["%d = tensor.cast %c : tensor<1x8x4x4xf32> to tensor<*xf32>", "%r = tensor.cast %d : tensor<*xf32> to tensor<1x8x4x4xf32>"], Y),
        "dim": (["%k = arith.constant 1 : index", "%d = tensor.dim %c, %k : tensor<1x8x4x4xf32>", "%j = arith.index_cast %d : index to i32", "%r = tensor.from_elements %j : tensor<1xi32>"], tensor([1], "i32")),
        "rank": (["%d = tensor.rank %c : tensor<1x8x4x4xf32>", "%j = arith.index_cast %d : index to i32", "%r = tensor.from_elements %j : tensor<1xi32>"], tensor([1], "i32")),
        "select_tensor": (["%p = arith.cmpf olt, %c, %c : tensor<1x8x4x4xf32>", "%r = arith.select %p, %c, %i : tensor<1x8x4x4xi1>, tensor<1x8x4x4xf32>"], Y),
        "dynamic_generate": (["%k = arith.constant 5 : index", "%d = tensor.empty(%k) : tensor<?xf32>", "%r = tensor.cast %d : tensor<?xf32> to tensor<5xf32>"], tensor([5])),
    }
    for name, (body, result, *more) in lines.items():
        yield name, behind(body, result=result, more=more)


def functions():
    yield "empty_module", "module {}\n"
    yield "empty_file", ""
    yield "no_function", "%0 = arith.constant 1 : i32\n"
    yield "no_results", "func.func @main(%x: tensor<4xf32>) {\n  return\n}\n"
    yield "returns_argument", function([X], X, ([], "%a0"))
    yield "returns_constant", function([], "tensor<4xf32>", (["%r = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>"], "%r"))
    yield "returns_twice", ("func.func @main(%a0: {0}, %a1: {1}) -> ({2}, {2}) {{\n{3}\n  return %c, %c : {2}, {2}\n}}\n".format(X, W, Y, "\n".join(CONV)))
    yield "returns_both", ("func.func @main(%a0: {0}, %a1: {1}) -> ({2}, {0}) {{\n{3}\n  return %c, %a0 : {2}, {0}\n}}\n".format(X, W, Y, "\n".join(CONV)))
    yield "two_convolutions", behind(["%r = linalg.conv_2d_nchw_fchw ins(%a0, %a1 : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%c : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>"])
    yield "same_operand", function([W], tensor([8, 8, 1, 1]), ([
        "%e = tensor.empty() : tensor<8x8x1x1xf32>",
        "%r = linalg.conv_2d_nchw_fchw ins(%a0, %a0 : tensor<8x8x3x3xf32>, tensor<8x8x3x3xf32>) outs(%e : tensor<8x8x1x1xf32>) -> tensor<8x8x1x1xf32>"], "%r"))
    yield "dead_convolution", function([X, W], X, (CONV, "%a0"))
    yield "memref_arguments", "func.func @main(%x: memref<4xf32>, %y: memref<4xf32>) {\n  linalg.copy ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)\n  return\n}\n"
    yield "memref_inside", behind(["%m = memref.alloc() : memref<4xf32>", "memref.dealloc %m : memref<4xf32>"], "%c")
    yield "token", "func.func @main(%x: !llvm.ptr, %y: tensor<4xf32>) -> tensor<4xf32> {\n  return %y : tensor<4xf32>\n}\n"
    yield "none_argument", "func.func @main(%x: none, %y: tensor<4xf32>) -> tensor<4xf32> {\n  return %y : tensor<4xf32>\n}\n"
    yield "tuple_argument", "func.func @main(%x: tuple<f32, f32>, %y: tensor<4xf32>) -> tensor<4xf32> {\n  return %y : tensor<4xf32>\n}\n"
    call = "func.func @main(%%x: %s) -> %s {\n  %%r = call @f(%%x) : (%s) -> %s\n  return %%r : %s\n}\n" % ((X,) * 5)
    yield "external", call + "func.func private @f(%s) -> %s\n" % (X, X)
    yield "recursive", call + "func.func private @f(%%x: %s) -> %s {\n  %%r = call @f(%%x) : (%s) -> %s\n  return %%r : %s\n}\n" % ((X,) * 5)
    yield "calls_entry", "func.func @main(%%x: %s) -> %s {\n  %%r = call @main(%%x) : (%s) -> %s\n  return %%r : %s\n}\n" % ((X,) * 5)
    yield "indirect", (
        "func.func @main(%x: {0}) -> {0} {{\n  %f = constant @f : ({0}) -> {0}\n"
        "  %r = call_indirect %f(%x) : ({0}) -> {0}\n  return %r : {0}\n}}\n"
        "func.func private @f(%x: {0}) -> {0} {{\n  return %x : {0}\n}}\n").format(X)
    yield "several_blocks", "func.func @main(%%x: %s) -> %s {\n  cf.br ^a(%%x : %s)\n^a(%%y: %s):\n  return %%y : %s\n}\n" % ((X,) * 5)
    yield "endless_loop", "func.func @main(%%x: %s) -> %s {\n  cf.br ^a\n^a:\n  cf.br ^a\n}\n" % (X, X)
    yield "unreachable_cycle", "func.func @main(%%x: %s) -> %s {\n  return %%x : %s\n^a:\n  %%y = arith.addf %%z, %%z : f32\n  %%z = arith.addf %%y, %%y : f32\n  cf.br ^a\n}\n" % (X, X, X)
    yield "if_around", "func.func @main(%a0: {0}, %a1: {1}, %p: tensor<i1>) -> {2} {{\n{3}\n  %q = tensor.extract %p[] : tensor<i1>\n  %r = scf.if %q -> {2} {{\n    scf.yield %c : {2}\n  }} else {{\n    scf.yield %i : {2}\n  }}\n  return %r : {2}\n}}\n".format(X, W, Y, "\n".join(CONV))
    yield "for_around", behind(["%c0 = arith.constant 0 : index", "%c1 = arith.constant 1 : index", "%c3 = arith.constant 3 : index",
                                "%r = scf.for %k = %c0 to %c3 step %c1 iter_args(%t = %c) -> tensor<1x8x4x4xf32> {",
                                "  %u = arith.addf %t, %t : tensor<1x8x4x4xf32>", "  scf.yield %u : tensor<1x8x4x4xf32>", "}"])
    yield "while_around", behind(["%r = scf.while (%t = %c) : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {", "  %p = arith.constant false",
                                  "  scf.condition(%p) %t : tensor<1x8x4x4xf32>", "} do {", "^bb0(%u: tensor<1x8x4x4xf32>):", "  scf.yield %u : tensor<1x8x4x4xf32>", "}"])
    yield "assert", behind(["%p = arith.constant false", 'cf.assert %p, "no"'], "%c")
    yield "nested_module", "module {\n  module @inner {\n%s  }\n}\n" % behind([], "%c")
    yield "gpu_module", "gpu.module @kernels {\n  gpu.func @main() kernel {\n    gpu.return\n  }\n}\n" + behind([], "%c")
    yield "global", 'memref.global "private" constant @t : memref<4xf32> = dense<1.0>\n' + behind([], "%c")
    yield "kernel_op", function([Y], Y, (['%r = kiln.kernel "k" (%a0 : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {', "^bb0(%b: tensor<1x8x4x4xf32>):", "  kiln.yield %b : tensor<1x8x4x4xf32>", "}"], "%r"))
    names = ["kernels", "reference", "main_pack", "printf", "__nv_expf", "a b", "0", "\\\\22", "ü", "x" * 300]
    for k, name in enumerate(names):
        yield "name_%d" % k, behind([], "%c").replace("@main", '@"%s"' % name)
    yield "same_kernel_names", behind([], "%c").replace("@main", "@f") + "func.func private @f_pack(%x: tensor<4xf32>) -> tensor<4xf32> {\n  return %x : tensor<4xf32>\n}\n"
    yield "unknown_op", '"test.op"() : () -> ()\n'
    yield "unknown_attribute", behind([], "%c").replace("@main", "@main").replace(" -> %s {" % Y, " -> %s attributes {test.x = 1} {" % Y)
    yield "location", behind([], "%c").replace("return %c", "return %c").rstrip() + ' loc("elsewhere":0:0)\n'
    yield "nul_bytes", "func.func @main(\0\0)\n"
    yield "deep_nesting", "module {\n" * 200 + "}\n" * 200


def types_and_shapes():
    for element in ("f64", "f16", "bf16", "i1", "i4", "i8", "i16", "i32", "i64", "si32", "ui8", "index", "f8E4M3FN", "f8E5M2", "f4E2M1FN",
                    "f6E2M3FN", "tf32", "f80", "f128", "complex<f32>", "vector<4xf32>", "i128", "i1000", "none", "memref<4xf32>", "!llvm.ptr"):
        yield "argument_" + element.strip("!<>"), function([tensor([4], element)], tensor([4], element), ([], "%a0"))
        zero = "0" if element[0] in "iu" or element == "index" else "0.0"
        if element[0] in "ifbt" and element[1:2] != "6" and "<" not in element:
            result, init = tensor([1, 8, 4, 4], element), tensor([1, 8, 4, 4], element)
            yield "convolution_" + element, function([tensor([1, 8, 6, 6], element), tensor([8, 8, 3, 3], element)], result, ([
                "%%z = arith.constant %s : %s" % (zero, element), "%%e = tensor.empty() : %s" % init,
                "%%i = linalg.fill ins(%%z : %s) outs(%%e : %s) -> %s" % (element, init, init),
                "%%r = linalg.conv_2d_nchw_fchw ins(%%a0, %%a1 : %s, %s) outs(%%i : %s) -> %s" % (
                    tensor([1, 8, 6, 6], element), tensor([8, 8, 3, 3], element), init, result)], "%r"))

    def convolution(n, c, h, w, f, kh, kw, attributes="", stride=1, dilation=1):
        oh, ow = ((e - dilation * (k - 1) - 1) // stride + 1 for e, k in ((h, kh), (w, kw)))
        x, y, out = tensor([n, c, h, w]), tensor([f, c, kh, kw]), tensor([n, f, oh, ow])
        return function([x, y, out], out, ([
            "%%r = linalg.conv_2d_nchw_fchw %s ins(%%a0, %%a1 : %s, %s) outs(%%a2 : %s) -> %s" % (attributes, x, y, out, out)], "%r"))
    for name, shape in {"one": (1, 1, 1, 1, 1, 1, 1), "empty": (0, 8, 6, 6, 8, 3, 3), "no_channels": (1, 0, 6, 6, 8, 3, 3),
                        "no_filters": (1, 8, 6, 6, 0, 3, 3), "no_taps": (1, 8, 6, 6, 8, 0, 0), "many_taps": (1, 8, 64, 64, 8, 63, 63),
                        "huge_image": (65536, 65536, 65536, 65536, 8, 3, 3), "huge_batch": (1 << 31, 8, 6, 6, 8, 3, 3),
                        "wide": (1, 8, 1, 1 << 20, 8, 1, 3), "tall": (1, 8, 1 << 20, 1, 8, 3, 1), "odd": (3, 7, 13, 11, 5, 2, 3),
                        "many_filters": (1, 8, 6, 6, 1 << 16, 3, 3), "many_channels": (1, 1 << 16, 6, 6, 8, 3, 3),
                        "overflow": (1 << 40, 1 << 20, 6, 6, 8, 3, 3)}.items():
        yield "shape_" + name, convolution(*shape)
    steps = "{%s = dense<%s> : tensor<2xi64>}"
    yield "stride_huge", convolution(1, 8, 6, 6, 8, 3, 3, steps % ("strides", 1000000), stride=1000000)
    yield "stride_2", convolution(1, 8, 7, 7, 8, 3, 3, steps % ("strides", 2), stride=2)
    yield "dilation_2", convolution(1, 8, 7, 7, 8, 3, 3, steps % ("dilations", 2), dilation=2)
    yield "stride_of_i32", convolution(1, 8, 6, 6, 8, 3, 3, "{strides = dense<1> : tensor<2xi32>}")
    yield "stride_of_3", convolution(1, 8, 6, 6, 8, 3, 3, "{strides = dense<1> : tensor<3xi64>}")
    yield "stride_vector", convolution(1, 8, 6, 6, 8, 3, 3, "{strides = dense<1> : vector<2xi64>}")
    yield "stride_max", convolution(1, 8, 3, 3, 8, 3, 3, steps % ("strides", 2 ** 63 - 1))
    yield "dynamic", named("conv_2d_nchw_fchw", ["tensor<?x8x6x6xf32>", W], "tensor<?x8x4x4xf32>")
    yield "unranked", "func.func @main(%x: tensor<*xf32>) -> tensor<*xf32> {\n  return %x : tensor<*xf32>\n}\n"
    yield "encoded", function(["tensor<4xf32, 1 : i32>"], "tensor<4xf32, 1 : i32>", ([], "%a0"))
    yield "rank_20", function([tensor([2] * 20)], tensor([2] * 20), (["%r = arith.addf %a0, %a0 : " + tensor([2] * 20)], "%r"))
    yield "large_constant", behind(["%k = arith.constant dense<1.0> : tensor<1x8x4x4xf32>", "%r = arith.addf %c, %k : tensor<1x8x4x4xf32>"])
    yield "resource", behind(["%k = arith.constant dense_resource<blob> : tensor<1x8x4x4xf32>", "%r = arith.addf %c, %k : tensor<1x8x4x4xf32>"]) + \
        '{-#\n  dialect_resources: {\n    builtin: {\n      blob: "0x0400000000000000"\n    }\n  }\n#-}\n'
    yield "constant_filter", function([X], Y, (["%a1 = arith.constant dense<0.5> : tensor<8x8x3x3xf32>"] + CONV, "%c"))
    yield "constant_image", function([W], Y, ([line.replace("%a1", "%w").replace("%a0", "%k").replace("%w", "%a0") for line in
                                              ["%k = arith.constant dense<0.5> : tensor<1x8x6x6xf32>"] + CONV], "%c"))
    yield "constant_all", function([], Y, (["%a0 = arith.constant dense<0.5> : tensor<1x8x6x6xf32>",
                                            "%a1 = arith.constant dense<0.5> : tensor<8x8x3x3xf32>"] + CONV, "%c"))


def programs():
    for group in (named_programs, epilogues, tensor_ops, functions, types_and_shapes):
        for name, text in group():
            yield group.__name__ + "." + name.replace("<", "_").replace("/", "_"), text
