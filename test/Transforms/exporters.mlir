// RUN: kiln-opt %s --kiln-normalize --kiln-sink-monotone --kiln-fuse --kiln-verify-kernels --split-input-file | FileCheck %s

// Programs in the ways of several exporters: each becomes one kernel, and
// nothing but views stands behind it.

// A min with an unused index, keepdim, then a tail on the reduced value; the
// image is padded and the convolution has strides and dilations.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-LABEL: func.func @min_keepdim_tail(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x3x9x11xf32>,
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<5x3x3x2xf32>,
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<5xf32>)
// CHECK: %[[K:.*]] = kiln.kernel "min_keepdim_tail" (%[[X]], %[[W]], %[[B]] :
// CHECK-SAME: -> tensor<2x4x10xf32>
// CHECK: tensor.pad
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: arith.minimumf
// CHECK: arith.mulf
// CHECK: math.tanh
// CHECK: kiln.yield
// CHECK: %[[V:.*]] = tensor.expand_shape %[[K]]
// CHECK-NEXT: return %[[V]]
func.func @min_keepdim_tail(%x: tensor<2x3x9x11xf32>, %w: tensor<5x3x3x2xf32>, %b: tensor<5xf32>) -> tensor<2x1x4x10xf32> {
  %c0_i64 = arith.constant 0 : i64
  %zero = arith.constant 0.0 : f32
  %inf = arith.constant 0x7F800000 : f32
  %half = arith.constant 5.0e-1 : f32
  %padded = tensor.pad %x low[0, 0, 0, 1] high[0, 0, 0, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<2x3x9x11xf32> to tensor<2x3x9x13xf32>
  %e = tensor.empty() : tensor<2x5x4x10xf32>
  %bias = linalg.broadcast ins(%b : tensor<5xf32>) outs(%e : tensor<2x5x4x10xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw {dilations = dense<[1, 3]> : vector<2xi64>, strides = dense<[2, 1]> : vector<2xi64>} ins(%padded, %w : tensor<2x3x9x13xf32>, tensor<5x3x3x2xf32>) outs(%bias : tensor<2x5x4x10xf32>) -> tensor<2x5x4x10xf32>
  %scaled = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv : tensor<2x5x4x10xf32>) outs(%e : tensor<2x5x4x10xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.mulf %in, %half : f32
    linalg.yield %m : f32
  } -> tensor<2x5x4x10xf32>
  %ei = tensor.empty() : tensor<2x4x10xi64>
  %fi = linalg.fill ins(%c0_i64 : i64) outs(%ei : tensor<2x4x10xi64>) -> tensor<2x4x10xi64>
  %ev = tensor.empty() : tensor<2x4x10xf32>
  %fv = linalg.fill ins(%inf : f32) outs(%ev : tensor<2x4x10xf32>) -> tensor<2x4x10xf32>
  %min:2 = linalg.generic {indexing_maps = [#all, #reduced, #reduced], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%scaled : tensor<2x5x4x10xf32>) outs(%fv, %fi : tensor<2x4x10xf32>, tensor<2x4x10xi64>) {
  ^bb0(%in: f32, %out: f32, %index: i64):
    %c = linalg.index 1 : index
    %ci = arith.index_cast %c : index to i64
    %v = arith.minimumf %in, %out : f32
    %less = arith.cmpf olt, %in, %out : f32
    %s = arith.select %less, %ci, %index : i64
    linalg.yield %v, %s : f32, i64
  } -> (tensor<2x4x10xf32>, tensor<2x4x10xi64>)
  %keep = tensor.expand_shape %min#0 [[0, 1], [2], [3]] output_shape [2, 1, 4, 10] : tensor<2x4x10xf32> into tensor<2x1x4x10xf32>
  %et = tensor.empty() : tensor<2x1x4x10xf32>
  %tanh = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%keep : tensor<2x1x4x10xf32>) outs(%et : tensor<2x1x4x10xf32>) {
  ^bb0(%in: f32, %out: f32):
    %t = math.tanh %in : f32
    linalg.yield %t : f32
  } -> tensor<2x1x4x10xf32>
  return %tanh : tensor<2x1x4x10xf32>
}

// -----

// A mean over the channels whose map keeps the dimension, and a residual of
// that shape.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#keep = affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>
// CHECK-LABEL: func.func @keepdim_map
// CHECK: kiln.kernel "keepdim_map"
// CHECK: linalg.fill {{.*}} outs(%{{.*}} : tensor<1x4x5xf32>)
// CHECK: arith.addf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]
// CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<1x4x5xf32>, tensor<1x1x4x5xf32>)
// CHECK: arith.divf
// CHECK: kiln.yield {{.*}} : tensor<1x4x5xf32>
func.func @keepdim_map(%x: tensor<1x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %r: tensor<1x1x4x5xf32>) -> tensor<1x1x4x5xf32> {
  %zero = arith.constant dense<0.0> : tensor<1x4x4x5xf32>
  %zero1 = arith.constant 0.0 : f32
  %four = arith.constant 4.0 : f32
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%zero : tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
  %e = tensor.empty() : tensor<1x1x4x5xf32>
  %f = linalg.fill ins(%zero1 : f32) outs(%e : tensor<1x1x4x5xf32>) -> tensor<1x1x4x5xf32>
  %sum = linalg.generic {indexing_maps = [#all, #keep], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%conv : tensor<1x4x4x5xf32>) outs(%f : tensor<1x1x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.addf %in, %out : f32
    linalg.yield %a : f32
  } -> tensor<1x1x4x5xf32>
  %mean = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%sum : tensor<1x1x4x5xf32>) outs(%e : tensor<1x1x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %d = arith.divf %in, %four : f32
    linalg.yield %d : f32
  } -> tensor<1x1x4x5xf32>
  %res = linalg.add ins(%mean, %r : tensor<1x1x4x5xf32>, tensor<1x1x4x5xf32>) outs(%e : tensor<1x1x4x5xf32>) -> tensor<1x1x4x5xf32>
  return %res : tensor<1x1x4x5xf32>
}

// -----

// NHWC in f16 whose convolution yields f16: it accumulates in f32 and rounds
// once; the bias stays an addition in f16.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d3)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// CHECK-LABEL: func.func @nhwc_f16
// CHECK: kiln.kernel "nhwc_f16"
// CHECK: linalg.conv_2d_nhwc_hwcf {{.*}} -> tensor<2x4x5x4xf32>
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK-NEXT: arith.addf %{{.*}} : f16
// CHECK: arith.maximumf
// CHECK: arith.negf
func.func @nhwc_f16(%x: tensor<2x6x7x3xf16>, %w: tensor<3x3x3x4xf16>, %b: tensor<4xf16>) -> tensor<2x4x5x1xf16> {
  %zero = arith.constant 0.0 : f16
  %inf = arith.constant 0x7C00 : f16
  %e = tensor.empty() : tensor<2x4x5x4xf16>
  %init = linalg.fill ins(%zero : f16) outs(%e : tensor<2x4x5x4xf16>) -> tensor<2x4x5x4xf16>
  %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<2x6x7x3xf16>, tensor<3x3x3x4xf16>) outs(%init : tensor<2x4x5x4xf16>) -> tensor<2x4x5x4xf16>
  %bias = linalg.generic {indexing_maps = [#channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%b : tensor<4xf16>) outs(%e : tensor<2x4x5x4xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x4x5x4xf16>
  %add = linalg.add ins(%conv, %bias : tensor<2x4x5x4xf16>, tensor<2x4x5x4xf16>) outs(%e : tensor<2x4x5x4xf16>) -> tensor<2x4x5x4xf16>
  %neg = linalg.negf ins(%add : tensor<2x4x5x4xf16>) outs(%e : tensor<2x4x5x4xf16>) -> tensor<2x4x5x4xf16>
  %er = tensor.empty() : tensor<2x4x5xf16>
  %fr = linalg.fill ins(%inf : f16) outs(%er : tensor<2x4x5xf16>) -> tensor<2x4x5xf16>
  %min = linalg.generic {indexing_maps = [#all, #reduced], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%neg : tensor<2x4x5x4xf16>) outs(%fr : tensor<2x4x5xf16>) {
  ^bb0(%in: f16, %out: f16):
    %m = arith.minimumf %out, %in : f16
    linalg.yield %m : f16
  } -> tensor<2x4x5xf16>
  %keep = tensor.expand_shape %min [[0], [1], [2, 3]] output_shape [2, 4, 5, 1] : tensor<2x4x5xf16> into tensor<2x4x5x1xf16>
  return %keep : tensor<2x4x5x1xf16>
}

// -----

// Batch normalisation in eval form with an assertion, a residual and a relu;
// the vector work stays apart, so that it is not done for every element.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#vec = affine_map<(d0) -> (d0)>
#chan = affine_map<(d0, d1, d2, d3) -> (d1, 0, 0)>
// CHECK-LABEL: func.func @batchnorm_residual
// CHECK: kiln.kernel
// CHECK-NOT: cf.assert
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]
// CHECK: arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: math.sqrt
// CHECK: arith.divf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK: arith.cmpf ugt
// CHECK: arith.select
// CHECK-NOT: linalg.generic
// CHECK: kiln.yield
func.func @batchnorm_residual(%x: tensor<2x3x6x7xf32>, %res: tensor<2x4x4x5xf32>, %w: tensor<4x3x3x3xf32>, %var: tensor<4xf32>) -> tensor<2x4x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %eps = arith.constant 1.0e-05 : f64
  %e = tensor.empty() : tensor<2x4x4x5xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%init : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %ev = tensor.empty() : tensor<4xf32>
  %a = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%var : tensor<4xf32>) outs(%ev : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %t = arith.truncf %eps : f64 to f32
    %s = arith.addf %in, %t : f32
    %q = math.sqrt %s : f32
    linalg.yield %q : f32
  } -> tensor<4xf32>
  %inv = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%ev : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %ok = arith.cmpf one, %in, %zero : f32
    cf.assert %ok, "unimplemented: tensor with zero element"
    %d = arith.divf %one, %in : f32
    linalg.yield %d : f32
  } -> tensor<4xf32>
  %exp = tensor.expand_shape %inv [[0, 1, 2]] output_shape [4, 1, 1] : tensor<4xf32> into tensor<4x1x1xf32>
  %mul = linalg.generic {indexing_maps = [#all, #chan, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %exp : tensor<2x4x4x5xf32>, tensor<4x1x1xf32>) outs(%e : tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %s: f32, %out: f32):
    %m = arith.mulf %in, %s : f32
    linalg.yield %m : f32
  } -> tensor<2x4x4x5xf32>
  %sum = arith.addf %mul, %res : tensor<2x4x4x5xf32>
  %relu = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%sum : tensor<2x4x4x5xf32>) outs(%e : tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.cmpf ugt, %in, %zero : f32
    %s = arith.select %c, %in, %zero : f32
    linalg.yield %s : f32
  } -> tensor<2x4x4x5xf32>
  return %relu : tensor<2x4x4x5xf32>
}

// -----

// A convolution as a generic with its loops in an order of its own stays one;
// an unbatched image is read without the batch. A leaky relu from 0-d tensors
// reads one value twice.
#image = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, c, oh * 2 + kh, ow + kw * 3)>
#filter = affine_map<(n, oh, ow, f, kh, kw, c) -> (f, c, kh, kw)>
#output = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, f, oh, ow)>
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#scalar = affine_map<(d0, d1, d2, d3) -> ()>
// CHECK: #[[IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d6, d2 * 2 + d4, d3 + d5 * 3)>
// CHECK-LABEL: func.func @generic_conv(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<3x7x9xf32>
// CHECK: kiln.kernel "generic_conv" (%[[X]],
// CHECK: linalg.generic {indexing_maps = [#[[IMAGE]], {{.*}}"reduction", "reduction", "reduction"]}
// CHECK: linalg.generic
// CHECK-DAG: arith.maximumf
// CHECK-DAG: arith.minimumf
// CHECK: arith.addf
// CHECK: kiln.yield
// CHECK: tensor.collapse_shape
func.func @generic_conv(%x: tensor<3x7x9xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<1x4x3x3xf32>) -> tensor<4x3x3xf32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %slope = arith.constant 1.0e-2 : f64
  %batched = tensor.expand_shape %x [[0, 1], [2], [3]] output_shape [1, 3, 7, 9] : tensor<3x7x9xf32> into tensor<1x3x7x9xf32>
  %conv = linalg.generic {indexing_maps = [#image, #filter, #output], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%batched, %w : tensor<1x3x7x9xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<1x4x3x3xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %b, %a : f32
    %s = arith.addf %m, %c : f32
    linalg.yield %s : f32
  } -> tensor<1x4x3x3xf32>
  %e = tensor.empty() : tensor<1x4x3x3xf32>
  %pos = linalg.generic {indexing_maps = [#scalar, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%zero, %conv : tensor<f32>, tensor<1x4x3x3xf32>) outs(%e : tensor<1x4x3x3xf32>) {
  ^bb0(%z: f32, %in: f32, %out: f32):
    %m = arith.maximumf %in, %z : f32
    linalg.yield %m : f32
  } -> tensor<1x4x3x3xf32>
  %neg = linalg.generic {indexing_maps = [#scalar, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%zero, %conv : tensor<f32>, tensor<1x4x3x3xf32>) outs(%e : tensor<1x4x3x3xf32>) {
  ^bb0(%z: f32, %in: f32, %out: f32):
    %m = arith.minimumf %in, %z : f32
    %t = arith.truncf %slope : f64 to f32
    %p = arith.mulf %m, %t : f32
    linalg.yield %p : f32
  } -> tensor<1x4x3x3xf32>
  %sum = linalg.add ins(%pos, %neg : tensor<1x4x3x3xf32>, tensor<1x4x3x3xf32>) outs(%e : tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  %flat = tensor.collapse_shape %sum [[0, 1], [2], [3]] : tensor<1x4x3x3xf32> into tensor<4x3x3xf32>
  return %flat : tensor<4x3x3xf32>
}

// -----

// Two results: the extremum and where it lies; and two reductions of one value.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-LABEL: func.func @argmax_and_sum
// CHECK: %[[K:.*]]:3 = kiln.kernel
// CHECK-SAME: -> tensor<2x4x5xf32>, tensor<2x4x5xi64>, tensor<2x4x5xf32>
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K]]#2
func.func @argmax_and_sum(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>) -> (tensor<2x4x5xf32>, tensor<2x4x5xi64>, tensor<2x4x5xf32>) {
  %c0_i64 = arith.constant 0 : i64
  %zero = arith.constant 0.0 : f32
  %inf = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<2x4x4x5xf32>
  %bias = linalg.broadcast ins(%b : tensor<4xf32>) outs(%e : tensor<2x4x4x5xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%bias : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %ei = tensor.empty() : tensor<2x4x5xi64>
  %fi = linalg.fill ins(%c0_i64 : i64) outs(%ei : tensor<2x4x5xi64>) -> tensor<2x4x5xi64>
  %ev = tensor.empty() : tensor<2x4x5xf32>
  %fv = linalg.fill ins(%inf : f32) outs(%ev : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  %max:2 = linalg.generic {indexing_maps = [#all, #reduced, #reduced], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%conv : tensor<2x4x4x5xf32>) outs(%fv, %fi : tensor<2x4x5xf32>, tensor<2x4x5xi64>) {
  ^bb0(%in: f32, %out: f32, %index: i64):
    %c = linalg.index 1 : index
    %ci = arith.index_cast %c : index to i64
    %v = arith.maximumf %in, %out : f32
    %more = arith.cmpf ogt, %in, %out : f32
    %s = arith.select %more, %ci, %index : i64
    linalg.yield %v, %s : f32, i64
  } -> (tensor<2x4x5xf32>, tensor<2x4x5xi64>)
  %fs = linalg.fill ins(%zero : f32) outs(%ev : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  %sum = linalg.reduce ins(%conv : tensor<2x4x4x5xf32>) outs(%fs : tensor<2x4x5xf32>) dimensions = [1]
    (%in: f32, %acc: f32) {
      %a = arith.addf %in, %acc : f32
      linalg.yield %a : f32
    }
  return %max#0, %max#1, %sum : tensor<2x4x5xf32>, tensor<2x4x5xi64>, tensor<2x4x5xf32>
}
