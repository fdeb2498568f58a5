// RUN: kiln-opt %s --kiln-normalize --split-input-file | FileCheck %s

// An index nobody uses goes, and its fill with it.
// CHECK-LABEL: func.func @unused_index(
// CHECK-NOT: i64
// CHECK: linalg.generic
// CHECK: arith.minimumf
// CHECK-NEXT: linalg.yield %{{[0-9]+}} : f32
#all = affine_map<(d0, d1) -> (d0, d1)>
#rows = affine_map<(d0, d1) -> (d0)>
func.func @unused_index(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %c0 = arith.constant 0 : i64
  %e = tensor.empty() : tensor<3xi64>
  %f = linalg.fill ins(%c0 : i64) outs(%e : tensor<3xi64>) -> tensor<3xi64>
  %r:2 = linalg.generic {indexing_maps = [#all, #rows, #rows], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x7xf32>) outs(%init, %f : tensor<3xf32>, tensor<3xi64>) {
  ^bb0(%in: f32, %out: f32, %i: i64):
    %c = linalg.index 1 : index
    %ci = arith.index_cast %c : index to i64
    %m = arith.minimumf %in, %out : f32
    %l = arith.cmpf olt, %in, %out : f32
    %s = arith.select %l, %ci, %i : i64
    linalg.yield %m, %s : f32, i64
  } -> (tensor<3xf32>, tensor<3xi64>)
  return %r#0 : tensor<3xf32>
}

// -----

// Named elementwise ops, broadcasts, transposes, maps and arith on tensors
// become one generic; the constants stand in its body.
// CHECK-LABEL: func.func @one_generic(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x3xf32>, %[[Y:[a-z0-9]+]]: tensor<3x2xf32>, %[[B:[a-z0-9]+]]: tensor<3xf32>)
// CHECK-DAG: %[[C:.*]] = arith.constant 3.000000e+00 : f32
// CHECK-DAG: %[[ROUNDED:.*]] = arith.constant 0.00999999977 : f32
// CHECK: %[[R:.*]] = linalg.generic
// CHECK: arith.addf
// CHECK: arith.addf
// CHECK: arith.mulf %{{.*}}, %[[C]]
// CHECK: math.absf
// CHECK: arith.subf %{{.*}}, %[[ROUNDED]]
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]]
#all = affine_map<(d0, d1) -> (d0, d1)>
func.func @one_generic(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %three = arith.constant dense<3.0> : tensor<2x3xf32>
  %small = arith.constant 1.0e-02 : f64
  %e = tensor.empty() : tensor<2x3xf32>
  %bb = linalg.broadcast ins(%b : tensor<3xf32>) outs(%e : tensor<2x3xf32>) dimensions = [0]
  %t = linalg.transpose ins(%y : tensor<3x2xf32>) outs(%e : tensor<2x3xf32>) permutation = [1, 0]
  %s = linalg.add ins(%x, %t : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %u = arith.addf %s, %bb : tensor<2x3xf32>
  %m = linalg.mul ins(%u, %three : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %a = linalg.map { math.absf } ins(%m : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>)
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.truncf %small : f64 to f32
    %d = arith.subf %in, %c : f32
    linalg.yield %d : f32
  } -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// -----

// A producer with two readers stays, and so does one that is smaller than its
// reader: fused, they would be computed again. Nothing enters a reduction.
// CHECK-LABEL: func.func @nothing_twice(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK: math.sqrt
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK-NOT: math.exp
// CHECK: return
#all = affine_map<(d0, d1) -> (d0, d1)>
#vec = affine_map<(d0) -> (d0)>
#cols = affine_map<(d0, d1) -> (d1)>
func.func @nothing_twice(%x: tensor<2x3xf32>, %b: tensor<3xf32>, %init: tensor<2xf32>) -> (tensor<2x3xf32>, tensor<2xf32>) {
  %eb = tensor.empty() : tensor<3xf32>
  %e = tensor.empty() : tensor<2x3xf32>
  %q = linalg.sqrt ins(%b : tensor<3xf32>) outs(%eb : tensor<3xf32>) -> tensor<3xf32>
  %s = linalg.generic {indexing_maps = [#all, #cols, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %q : tensor<2x3xf32>, tensor<3xf32>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%in: f32, %s: f32, %out: f32):
    %m = arith.mulf %in, %s : f32
    %v = math.exp %m : f32
    linalg.yield %v : f32
  } -> tensor<2x3xf32>
  %sum = linalg.reduce { arith.addf } ins(%s : tensor<2x3xf32>) outs(%init : tensor<2xf32>) dimensions = [1]
  return %s, %sum : tensor<2x3xf32>, tensor<2xf32>
}

// -----

// A value that one consumer reads over several paths is fused once the paths
// have met.
// CHECK-LABEL: func.func @diamond(
// CHECK-COUNT-1: math.exp
// CHECK-NOT: math.exp
// CHECK: arith.mulf
func.func @diamond(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %a = linalg.exp ins(%x : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %b = linalg.abs ins(%a : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = linalg.negf ins(%a : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  %d = linalg.mul ins(%b, %c : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %d : tensor<2x3xf32>
}

// -----

// keepdim: the unit dimension goes to the end of the chain. A residual of the
// same shape is read where it is.
// CHECK-DAG: #[[R:.*]] = affine_map<(d0, d1) -> (d0, 0, d1)>
// CHECK-LABEL: func.func @keepdim(
// CHECK: %[[MAX:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<2x5xf32>)
// CHECK: linalg.index 1
// CHECK: arith.maximumf
// CHECK: %[[ADD:.*]] = linalg.generic {indexing_maps = [{{.*}}, #[[R]], {{.*}}], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: tensor<2x5xf32>, tensor<2x1x5xf32>
// CHECK: %[[E:.*]] = tensor.expand_shape
// CHECK-NEXT: return %[[E]]
#all = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#keep = affine_map<(d0, d1, d2) -> (d0, 0, d2)>
func.func @keepdim(%x: tensor<2x3x5xf32>, %res: tensor<2x1x5xf32>, %init: tensor<2x1x5xf32>) -> tensor<2x1x5xf32> {
  %max = linalg.generic {indexing_maps = [#all, #keep], iterator_types = ["parallel", "reduction", "parallel"]} ins(%x : tensor<2x3x5xf32>) outs(%init : tensor<2x1x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %i = linalg.index 1 : index
    %c = arith.index_cast %i : index to i32
    %f = arith.sitofp %c : i32 to f32
    %s = arith.addf %in, %f : f32
    %m = arith.maximumf %s, %out : f32
    linalg.yield %m : f32
  } -> tensor<2x1x5xf32>
  %e = tensor.empty() : tensor<2x1x5xf32>
  %sum = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%max, %res : tensor<2x1x5xf32>, tensor<2x1x5xf32>) outs(%e : tensor<2x1x5xf32>) {
  ^bb0(%in: f32, %r: f32, %out: f32):
    %s = arith.addf %in, %r : f32
    linalg.yield %s : f32
  } -> tensor<2x1x5xf32>
  return %sum : tensor<2x1x5xf32>
}

// -----

// One image and one output column: these unit dimensions are the convolution's
// own and stay.
// CHECK-LABEL: func.func @own_unit_dims(
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK-NOT: tensor.{{collapse|expand}}_shape
// CHECK: return
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#chan = affine_map<(d0, d1, d2, d3) -> (d1, 0, 0)>
func.func @own_unit_dims(%x: tensor<1x3x6x3xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>, %o: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x3x6x3xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32>
  %eb = tensor.expand_shape %b [[0, 1, 2]] output_shape [4, 1, 1] : tensor<4xf32> into tensor<4x1x1xf32>
  %e = tensor.empty() : tensor<1x4x4x1xf32>
  %r = linalg.generic {indexing_maps = [#all, #chan, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %eb : tensor<1x4x4x1xf32>, tensor<4x1x1xf32>) outs(%e : tensor<1x4x4x1xf32>) {
  ^bb0(%in: f32, %s: f32, %out: f32):
    %m = arith.mulf %in, %s : f32
    linalg.yield %m : f32
  } -> tensor<1x4x4x1xf32>
  return %r : tensor<1x4x4x1xf32>
}

// -----

// A collapse before elementwise work goes behind it.
// CHECK-LABEL: func.func @collapse(
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK: math.tanh
// CHECK: %[[C:.*]] = tensor.collapse_shape
// CHECK: return %[[C]]
func.func @collapse(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x20xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %flat = tensor.collapse_shape %conv [[0], [1], [2, 3]] : tensor<2x4x4x5xf32> into tensor<2x4x20xf32>
  %e = tensor.empty() : tensor<2x4x20xf32>
  %r = linalg.tanh ins(%flat : tensor<2x4x20xf32>) outs(%e : tensor<2x4x20xf32>) -> tensor<2x4x20xf32>
  return %r : tensor<2x4x20xf32>
}

// -----

// Generic convolutions stay generics, in whatever layout: later passes read
// their maps.
#image = affine_map<(n, f, oh, ow, c, kh, kw) -> (n, oh + kh, ow * 2 + kw, c)>
#hwcf = affine_map<(n, f, oh, ow, c, kh, kw) -> (kh, kw, c, f)>
#fhwc = affine_map<(n, f, oh, ow, c, kh, kw) -> (f, kh, kw, c)>
#output = affine_map<(n, f, oh, ow, c, kh, kw) -> (n, oh, ow, f)>
// CHECK-DAG: #[[IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d2 + d5, d3 * 2 + d6, d4)>
// CHECK-DAG: #[[HWCF:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d5, d6, d4, d1)>
// CHECK-DAG: #[[FHWC:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d5, d6, d4)>
// CHECK-DAG: #[[OUTPUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d2, d3, d1)>
// CHECK-LABEL: func.func @nhwc(
// CHECK: %[[A:.*]] = linalg.generic {indexing_maps = [#[[IMAGE]], #[[HWCF]], #[[OUTPUT]]]
// CHECK: linalg.generic {indexing_maps = [#[[IMAGE]], #[[FHWC]], #[[OUTPUT]]]{{.*}} outs(%[[A]]
func.func @nhwc(%x: tensor<2x6x9x3xf16>, %w: tensor<3x3x3x4xf16>, %v: tensor<4x3x3x3xf16>, %o: tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32> {
  %a = linalg.generic {indexing_maps = [#image, #hwcf, #output], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x6x9x3xf16>, tensor<3x3x3x4xf16>) outs(%o : tensor<2x4x4x4xf32>) {
  ^bb0(%p: f16, %q: f16, %s: f32):
    %pe = arith.extf %p : f16 to f32
    %qe = arith.extf %q : f16 to f32
    %m = arith.mulf %pe, %qe : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x4x4x4xf32>
  %b = linalg.generic {indexing_maps = [#image, #fhwc, #output], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %v : tensor<2x6x9x3xf16>, tensor<4x3x3x3xf16>) outs(%a : tensor<2x4x4x4xf32>) {
  ^bb0(%p: f16, %q: f16, %s: f32):
    %pe = arith.extf %p : f16 to f32
    %qe = arith.extf %q : f16 to f32
    %m = arith.mulf %pe, %qe : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x4x4x4xf32>
  return %b : tensor<2x4x4x4xf32>
}

// -----

// The maps of a convolution, but another combiner: not one.
#image = affine_map<(n, f, oh, ow, c, kh, kw) -> (n, c, oh + kh, ow + kw)>
#filter = affine_map<(n, f, oh, ow, c, kh, kw) -> (f, c, kh, kw)>
#output = affine_map<(n, f, oh, ow, c, kh, kw) -> (n, f, oh, ow)>
// CHECK-LABEL: func.func @max_plus(
// CHECK-NOT: linalg.conv
// CHECK: return
func.func @max_plus(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %a = linalg.generic {indexing_maps = [#image, #filter, #output], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) {
  ^bb0(%p: f32, %q: f32, %s: f32):
    %m = arith.addf %p, %q : f32
    %t = arith.maximumf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<2x4x4x5xf32>
  return %a : tensor<2x4x4x5xf32>
}

// -----

// A bf16 init of a bf16 convolution is widened with the accumulator.
// CHECK-LABEL: func.func @widen(
// CHECK: %[[INIT:.*]] = linalg.generic
// CHECK: arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[CONV:.*]] = linalg.conv_2d_nhwc_fhwc {{.*}} outs(%[[INIT]] : tensor<2x4x5x4xf32>)
// CHECK: linalg.generic {{.*}} ins(%[[CONV]]
// CHECK: arith.truncf %{{.*}} : f32 to bf16
func.func @widen(%x: tensor<2x6x7x3xbf16>, %w: tensor<4x3x3x3xbf16>, %b: tensor<4xbf16>) -> tensor<2x4x5x4xbf16> {
  %e = tensor.empty() : tensor<2x4x5x4xbf16>
  %init = linalg.broadcast ins(%b : tensor<4xbf16>) outs(%e : tensor<2x4x5x4xbf16>) dimensions = [0, 1, 2]
  %conv = linalg.conv_2d_nhwc_fhwc {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<2x6x7x3xbf16>, tensor<4x3x3x3xbf16>) outs(%init : tensor<2x4x5x4xbf16>) -> tensor<2x4x5x4xbf16>
  return %conv : tensor<2x4x5x4xbf16>
}

// -----

// Dynamic and unranked shapes pass.
// CHECK-LABEL: func.func @dynamic(
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: linalg.generic
func.func @dynamic(%x: tensor<?x3x?x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<?x4x?x5xf32>, %u: tensor<*xf32>) -> (tensor<?x4x?x5xf32>, tensor<*xf32>) {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<?x3x?x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<?x4x?x5xf32>) -> tensor<?x4x?x5xf32>
  %r = math.absf %conv : tensor<?x4x?x5xf32>
  return %r, %u : tensor<?x4x?x5xf32>, tensor<*xf32>
}

// -----

// NCHW through a compiler that knows NHWC: no transpose of an operand is left,
// also not that of the padded image, but the contraction reads the source
// through another map; that of the result is part of the elementwise work.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d3)>
// CHECK-DAG: #[[IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d6, d1 * 2 + d4, d2 + d5)>
// CHECK-DAG: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d6, d4, d5)>
// CHECK-DAG: #[[NHWC:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x3x6x7xf32>, %[[W:[a-z0-9]+]]: tensor<4x3x3x3xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>
// CHECK: %[[PAD:.*]] = tensor.pad %[[X]] low[0, 0, 1, 2] high[0, 0, 0, 1]
// CHECK: %[[CONV:.*]] = linalg.generic {indexing_maps = [#[[IMAGE]], #[[FILTER]], #[[NHWC]]]{{.*}} ins(%[[PAD]], %[[W]]
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[CONV]], %[[B]] : {{.*}}) outs(%{{.*}} : tensor<2x4x3x8xf32>)
// CHECK: arith.addf
// CHECK: math.tanh
// CHECK: return %[[R]]
func.func @transposed(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>) -> tensor<2x4x3x8xf32> {
  %zero = arith.constant 0.0 : f32
  %ex = tensor.empty() : tensor<2x6x7x3xf32>
  %tx = linalg.transpose ins(%x : tensor<2x3x6x7xf32>) outs(%ex : tensor<2x6x7x3xf32>) permutation = [0, 2, 3, 1]
  %ew = tensor.empty() : tensor<3x3x3x4xf32>
  %tw = linalg.transpose ins(%w : tensor<4x3x3x3xf32>) outs(%ew : tensor<3x3x3x4xf32>) permutation = [2, 3, 1, 0]
  %pad = tensor.pad %tx low[0, 1, 2, 0] high[0, 0, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<2x6x7x3xf32> to tensor<2x7x10x3xf32>
  %e = tensor.empty() : tensor<2x3x8x4xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x8x4xf32>) -> tensor<2x3x8x4xf32>
  %conv = linalg.conv_2d_nhwc_hwcf {strides = dense<[2, 1]> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>} ins(%pad, %tw : tensor<2x7x10x3xf32>, tensor<3x3x3x4xf32>) outs(%init : tensor<2x3x8x4xf32>) -> tensor<2x3x8x4xf32>
  %add = linalg.generic {indexing_maps = [#all, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %b : tensor<2x3x8x4xf32>, tensor<4xf32>) outs(%e : tensor<2x3x8x4xf32>) {
  ^bb0(%in: f32, %s: f32, %out: f32):
    %a = arith.addf %in, %s : f32
    linalg.yield %a : f32
  } -> tensor<2x3x8x4xf32>
  %er = tensor.empty() : tensor<2x4x3x8xf32>
  %back = linalg.transpose ins(%add : tensor<2x3x8x4xf32>) outs(%er : tensor<2x4x3x8xf32>) permutation = [0, 3, 1, 2]
  %tanh = linalg.tanh ins(%back : tensor<2x4x3x8xf32>) outs(%er : tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return %tanh : tensor<2x4x3x8xf32>
}

// -----

// A filter in the other order of NHWC is read through another map.
// CHECK: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d4, d5, d6)>
// CHECK-LABEL: func.func @transposed_filter(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x6x7x3xf32>, %[[W:[a-z0-9]+]]: tensor<4x3x2x3xf32>
// CHECK-NEXT: linalg.generic {indexing_maps = [{{[^,]*}}, #[[FILTER]], {{.*}} ins(%[[X]], %[[W]]
// CHECK-NOT: linalg.generic
func.func @transposed_filter(%x: tensor<2x6x7x3xf32>, %w: tensor<4x3x2x3xf32>, %o: tensor<2x4x6x4xf32>) -> tensor<2x4x6x4xf32> {
  %ew = tensor.empty() : tensor<3x2x3x4xf32>
  %tw = linalg.transpose ins(%w : tensor<4x3x2x3xf32>) outs(%ew : tensor<3x2x3x4xf32>) permutation = [1, 2, 3, 0]
  %conv = linalg.conv_2d_nhwc_hwcf {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>} ins(%x, %tw : tensor<2x6x7x3xf32>, tensor<3x2x3x4xf32>) outs(%o : tensor<2x4x6x4xf32>) -> tensor<2x4x6x4xf32>
  return %conv : tensor<2x4x6x4xf32>
}

// -----

// What is taken from an accumulator is added negated: sums are formed in parts.
// CHECK-LABEL: func.func @subtracted(
// CHECK: ^bb0(%[[A:.*]]: f32, %[[I:.*]]: i32, %[[S:.*]]: f32, %[[T:.*]]: i32):
// CHECK-DAG: %[[NEGATED:.*]] = arith.negf %[[A]]
// CHECK-DAG: %[[LEFT:.*]] = arith.addf %[[S]], %[[NEGATED]]
// CHECK-DAG: %[[BELOW:.*]] = arith.subi %{{.*}}, %[[I]]
// CHECK-DAG: %[[REST:.*]] = arith.addi %[[T]], %[[BELOW]]
// CHECK: linalg.yield %[[LEFT]], %[[REST]]
#id = affine_map<(a, b) -> (a, b)>
#row = affine_map<(a, b) -> (a)>
func.func @subtracted(%x: tensor<4x9xf32>, %i: tensor<4x9xi32>, %s: tensor<4xf32>, %t: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %r:2 = linalg.generic {indexing_maps = [#id, #id, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %i : tensor<4x9xf32>, tensor<4x9xi32>) outs(%s, %t : tensor<4xf32>, tensor<4xi32>) {
  ^bb0(%a: f32, %b: i32, %u: f32, %v: i32):
    %left = arith.subf %u, %a : f32
    %rest = arith.subi %v, %b : i32
    linalg.yield %left, %rest : f32, i32
  } -> (tensor<4xf32>, tensor<4xi32>)
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xi32>
}

// -----

// The other way round every element turns the sign of what came before.
// CHECK-LABEL: func.func @turned(
// CHECK: arith.subf %in, %out
func.func @turned(%x: tensor<4x9xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %r = linalg.generic {indexing_maps = [affine_map<(a, b) -> (a, b)>, affine_map<(a, b) -> (a)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x9xf32>) outs(%s : tensor<4xf32>) {
  ^bb0(%a: f32, %u: f32):
    %next = arith.subf %a, %u : f32
    linalg.yield %next : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// A reduction that writes its dimensions in another order has its loops in that
// order, in what it reads and in the index, too.
// CHECK-DAG: #[[TURNED:.*]] = affine_map<(d0, d1, d2) -> (d2, d1, d0)>
// CHECK-DAG: #[[WRITTEN:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-LABEL: func.func @written_turned(
// CHECK: linalg.generic {indexing_maps = [#[[TURNED]], #[[WRITTEN]]], iterator_types = ["parallel", "reduction", "parallel"]}
// CHECK: linalg.index 2 : index
func.func @written_turned(%x: tensor<5x4x3xi32>, %s: tensor<3x5xi32>) -> tensor<3x5xi32> {
  %r = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (c, a)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%x : tensor<5x4x3xi32>) outs(%s : tensor<3x5xi32>) {
  ^bb0(%v: i32, %u: i32):
    %i = linalg.index 0 : index
    %n = arith.index_cast %i : index to i32
    %m = arith.muli %v, %n : i32
    %sum = arith.addi %u, %m : i32
    linalg.yield %sum : i32
  } -> tensor<3x5xi32>
  return %r : tensor<3x5xi32>
}

// -----

// An operand that the body rounds first: the sum stays as it was written.
// CHECK-LABEL: func.func @rounded_operand(
// CHECK-NEXT: linalg.generic
// CHECK: arith.truncf
// CHECK: arith.mulf %{{.*}} : bf16
// CHECK: arith.addf %{{.*}} : bf16
// CHECK-NOT: arith.extf
func.func @rounded_operand(%x: tensor<3xbf16>, %scale: tensor<f32>, %s: tensor<bf16>) -> tensor<bf16> {
  %r = linalg.generic {indexing_maps = [affine_map<(a) -> (a)>, affine_map<(a) -> ()>, affine_map<(a) -> ()>], iterator_types = ["reduction"]} ins(%x, %scale : tensor<3xbf16>, tensor<f32>) outs(%s : tensor<bf16>) {
  ^bb0(%a: bf16, %b: f32, %u: bf16):
    %t = arith.truncf %b : f32 to bf16
    %m = arith.mulf %a, %t : bf16
    %n = arith.addf %u, %m : bf16
    linalg.yield %n : bf16
  } -> tensor<bf16>
  return %r : tensor<bf16>
}

// -----

// What may be approximated is not the source's decision.
// CHECK-LABEL: func @fast_math_flags
// CHECK: arith.divf
// CHECK-NOT: fastmath
// CHECK: return
func.func @fast_math_flags(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = arith.divf %x, %y fastmath<fast> : tensor<8xf32>
  %1 = math.exp %0 fastmath<afn> : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// Exporters pad an image and then split its channels into groups: the padding is that of
// the reshaped image, and the convolution pads what it reads.
// CHECK-LABEL: func.func @padded_and_split(
// CHECK: %[[SPLIT:.*]] = tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2], [3], [4]] output_shape [1, 2, 3, 5, 6]
// CHECK: tensor.pad %[[SPLIT]] low[0, 0, 0, 1, 2] high[0, 0, 0, 0, 1]
// CHECK: linalg.conv_2d_ngchw_gfchw
func.func @padded_and_split(%x: tensor<1x6x5x6xf32>, %w: tensor<2x4x3x3x3xf32>, %o: tensor<1x2x4x4x7xf32>) -> tensor<1x2x4x4x7xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 2] high[0, 0, 0, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x6x5x6xf32> to tensor<1x6x6x9xf32>
  %g = tensor.expand_shape %p [[0], [1, 2], [3], [4]] output_shape [1, 2, 3, 6, 9] : tensor<1x6x6x9xf32> into tensor<1x2x3x6x9xf32>
  %c = linalg.conv_2d_ngchw_gfchw ins(%g, %w : tensor<1x2x3x6x9xf32>, tensor<2x4x3x3x3xf32>) outs(%o : tensor<1x2x4x4x7xf32>) -> tensor<1x2x4x4x7xf32>
  return %c : tensor<1x2x4x4x7xf32>
}

// -----

// The same of dimensions that are merged.
// CHECK-LABEL: func.func @padded_and_merged(
// CHECK: %[[MERGED:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0, 1], [2]] : tensor<2x3x5xf32> into tensor<6x5xf32>
// CHECK: tensor.pad %[[MERGED]] low[0, 1] high[0, 2]
func.func @padded_and_merged(%x: tensor<2x3x5xf32>) -> tensor<6x8xf32> {
  %one = arith.constant 1.0 : f32
  %p = tensor.pad %x low[0, 0, 1] high[0, 0, 2] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %one : f32
  } : tensor<2x3x5xf32> to tensor<2x3x8xf32>
  %m = tensor.collapse_shape %p [[0, 1], [2]] : tensor<2x3x8xf32> into tensor<6x8xf32>
  return %m : tensor<6x8xf32>
}

// -----

// A dimension that is padded and split stays as it is.
// CHECK-LABEL: func.func @padded_is_split(
// CHECK: %[[PAD:.*]] = tensor.pad %{{.*}} low[0, 1] high[0, 2]
// CHECK: tensor.expand_shape %[[PAD]]
func.func @padded_is_split(%x: tensor<2x5xf32>) -> tensor<2x4x2xf32> {
  %one = arith.constant 1.0 : f32
  %p = tensor.pad %x low[0, 1] high[0, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %one : f32
  } : tensor<2x5xf32> to tensor<2x8xf32>
  %s = tensor.expand_shape %p [[0], [1, 2]] output_shape [2, 4, 2] : tensor<2x8xf32> into tensor<2x4x2xf32>
  return %s : tensor<2x4x2xf32>
}
