// RUN: kiln-opt %s --kiln-annotate-arguments --split-input-file | FileCheck %s
// RUN: kiln-opt %s --kiln-annotate-arguments --split-input-file --remarks-filter=kiln-annotate-arguments --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Normalisation by a batch's statistics, as exporters write it: the variance
// must be positive, mean and scale may be anything. What feeds filter and init
// of the convolution is scaled by the 3 * 3 * 3 products of a result.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#chan = affine_map<(n, f, h, w) -> (f)>
#unit = affine_map<(n, f, h, w) -> (f, 0, 0)>
#vec = affine_map<(f) -> (f)>
// CHECK-LABEL: func.func @batch_norm(
// CHECK-SAME: %arg{{[0-9]}}: tensor<2x3x8x8xf32>,
// CHECK-SAME: %arg{{[0-9]}}: tensor<4x3x3x3xf32> {kiln.fan_in = 27 : i64},
// CHECK-SAME: %arg{{[0-9]}}: tensor<4xf32> {kiln.fan_in = 27 : i64},
// CHECK-SAME: %arg{{[0-9]}}: tensor<4xf32>,
// CHECK-SAME: %arg{{[0-9]}}: tensor<4xf32> {kiln.domain = #kiln.domain<positive>})
// REMARK: [Analysis] Domain | Category:kiln-annotate-arguments | Function=batch_norm | Remark="argument 4 is drawn positive for 'math.sqrt'"
func.func @batch_norm(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>, %mean: tensor<4xf32>, %variance: tensor<4xf32>) -> tensor<2x4x6x6xf32> {
  %eps = arith.constant 1.0e-05 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<2x4x6x6xf32>
  %ev = tensor.empty() : tensor<4xf32>
  %bias = linalg.broadcast ins(%b : tensor<4xf32>) outs(%e : tensor<2x4x6x6xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) outs(%bias : tensor<2x4x6x6xf32>) -> tensor<2x4x6x6xf32>
  %shifted = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%variance : tensor<4xf32>) outs(%ev : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %eps : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %root = linalg.sqrt ins(%shifted : tensor<4xf32>) outs(%ev : tensor<4xf32>) -> tensor<4xf32>
  %inverse = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%root : tensor<4xf32>) outs(%ev : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.divf %one, %in : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %images = tensor.expand_shape %inverse [[0, 1, 2]] output_shape [4, 1, 1] : tensor<4xf32> into tensor<4x1x1xf32>
  %y = linalg.generic {indexing_maps = [#all, #chan, #unit, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %mean, %images : tensor<2x4x6x6xf32>, tensor<4xf32>, tensor<4x1x1xf32>) outs(%e : tensor<2x4x6x6xf32>) {
  ^bb0(%in: f32, %m: f32, %s: f32, %out: f32):
    %0 = arith.subf %in, %m : f32
    %1 = arith.mulf %0, %s : f32
    linalg.yield %1 : f32
  } -> tensor<2x4x6x6xf32>
  return %y : tensor<2x4x6x6xf32>
}

// -----

// Values flow through a kernel's arguments, reshapes, casts and slices. An
// argument that is used in several ways gets the strictest domain.
#vec = affine_map<(f) -> (f)>
// CHECK-LABEL: func.func @through(
// CHECK-SAME: %arg{{[0-9]}}: tensor<2x2xf16> {kiln.domain = #kiln.domain<positive>},
// CHECK-SAME: %arg{{[0-9]}}: tensor<4xf32> {kiln.domain = #kiln.domain<nonzero>},
// CHECK-SAME: %arg{{[0-9]}}: tensor<4xi32> {kiln.domain = #kiln.domain<nonzero>},
// CHECK-SAME: %arg{{[0-9]}}: tensor<4xf32> {kiln.domain = #kiln.domain<positive>})
// REMARK: Function=through | Remark="argument 0 is drawn positive for 'math.log2'"
// REMARK: Function=through | Remark="argument 1 is drawn nonzero for 'arith.divf'"
// REMARK: Function=through | Remark="argument 2 is drawn nonzero for 'arith.remsi'"
// REMARK: Function=through | Remark="argument 3 is drawn positive for 'math.rsqrt'"
func.func @through(%a: tensor<2x2xf16>, %b: tensor<4xf32>, %c: tensor<4xi32>, %d: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %flat = tensor.collapse_shape %a [[0, 1]] : tensor<2x2xf16> into tensor<4xf16>
  %y:2 = kiln.kernel "through" (%flat, %b, %c, %d : tensor<4xf16>, tensor<4xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xi32> {
  ^bb0(%ka: tensor<4xf16>, %kb: tensor<4xf32>, %kc: tensor<4xi32>, %kd: tensor<4xf32>):
    %two = arith.constant 2.0 : f32
    %minus = arith.constant -2.0 : f32
    %e = tensor.empty() : tensor<4xf32>
    %ei = tensor.empty() : tensor<4xi32>
    %wide = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%ka : tensor<4xf16>) outs(%e : tensor<4xf32>) {
    ^bb0(%in: f16, %out: f32):
      %0 = arith.extf %in : f16 to f32
      %1 = arith.mulf %0, %two : f32
      linalg.yield %1 : f32
    } -> tensor<4xf32>
    %0:2 = linalg.generic {indexing_maps = [#vec, #vec, #vec, #vec, #vec, #vec], iterator_types = ["parallel"]} ins(%wide, %kb, %kc, %kd : tensor<4xf32>, tensor<4xf32>, tensor<4xi32>, tensor<4xf32>) outs(%e, %ei : tensor<4xf32>, tensor<4xi32>) {
    ^bb0(%in: f32, %by: f32, %byInt: i32, %both: f32, %out: f32, %outInt: i32):
      %log = math.log2 %in : f32
      %turned = arith.mulf %by, %minus : f32
      %quotient = arith.divf %log, %turned : f32
      %root = math.rsqrt %both : f32
      %over = arith.divf %quotient, %both : f32
      %sum = arith.addf %over, %root : f32
      %integer = arith.fptosi %sum : f32 to i32
      %rest = arith.remsi %integer, %byInt : i32
      linalg.yield %sum, %rest : f32, i32
    } -> (tensor<4xf32>, tensor<4xi32>)
    kiln.yield %0#0, %0#1 : tensor<4xf32>, tensor<4xi32>
  }
  return %y#0, %y#1 : tensor<4xf32>, tensor<4xi32>
}

// -----

// Nothing is asked of what is positive whatever its argument (an exponential,
// a square with an epsilon, a relu with one), through a difference, whose sign
// its operands do not decide, and through a contraction. A sum over an axis is
// positive where its terms are.
#rows = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
// CHECK-LABEL: func.func @asks_nothing(
// CHECK-SAME: %arg{{[0-9]}}: tensor<4x8xf32>,
// CHECK-SAME: %arg{{[0-9]}}: tensor<4x8xf32>,
// CHECK-SAME: %arg{{[0-9]}}: tensor<4x8xf32>,
// CHECK-SAME: %arg{{[0-9]}}: tensor<8x4xf32> {kiln.fan_in = 8 : i64},
// CHECK-SAME: %arg{{[0-9]}}: tensor<4x8xf32> {kiln.domain = #kiln.domain<positive>})
// REMARK-NOT: Function=asks_nothing
// REMARK: Function=asks_nothing | Remark="argument 4 is drawn positive for 'math.log'"
// REMARK-NOT: Function=asks_nothing
func.func @asks_nothing(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>, %c: tensor<4x8xf32>, %d: tensor<8x4xf32>, %s: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#rows, #rows, #rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%a, %b, %c : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in0: f32, %in1: f32, %in2: f32, %out: f32):
    %0 = math.exp %in0 : f32
    %1 = math.log %0 : f32
    %2 = arith.mulf %in1, %in1 : f32
    %3 = arith.addf %2, %eps : f32
    %4 = math.rsqrt %3 : f32
    %5 = arith.maximumf %in1, %zero : f32
    %6 = arith.addf %5, %eps : f32
    %7 = arith.divf %4, %6 : f32
    %8 = arith.subf %in1, %in2 : f32
    %9 = math.sqrt %8 : f32
    %10 = arith.mulf %7, %1 : f32
    %11 = arith.mulf %9, %10 : f32
    linalg.yield %11 : f32
  } -> tensor<4x8xf32>
  %em = tensor.empty() : tensor<4x4xf32>
  %init = linalg.fill ins(%zero : f32) outs(%em : tensor<4x4xf32>) -> tensor<4x4xf32>
  %product = linalg.matmul ins(%c, %d : tensor<4x8xf32>, tensor<8x4xf32>) outs(%init : tensor<4x4xf32>) -> tensor<4x4xf32>
  %log = linalg.log ins(%product : tensor<4x4xf32>) outs(%em : tensor<4x4xf32>) -> tensor<4x4xf32>
  %er = tensor.empty() : tensor<4xf32>
  %start = linalg.fill ins(%zero : f32) outs(%er : tensor<4xf32>) -> tensor<4xf32>
  %sum = linalg.generic {indexing_maps = [#rows, #row], iterator_types = ["parallel", "reduction"]} ins(%s : tensor<4x8xf32>) outs(%start : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %logsum = linalg.log ins(%sum : tensor<4xf32>) outs(%er : tensor<4xf32>) -> tensor<4xf32>
  return %y, %log, %logsum : tensor<4x8xf32>, tensor<4x4xf32>, tensor<4xf32>
}

// -----

// What the source says itself stays.
// CHECK-LABEL: func.func @given(
// CHECK-SAME: tensor<4xf32> {kiln.domain = #kiln.domain<nonzero>}, %arg{{[0-9]}}: tensor<4x4xf32> {kiln.fan_in = 1 : i64})
// REMARK-NOT: Function=given
func.func @given(%a: tensor<4xf32> {kiln.domain = #kiln.domain<nonzero>}, %w: tensor<4x4xf32> {kiln.fan_in = 1 : i64}) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %log = linalg.log ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %y = linalg.vecmat ins(%log, %w : tensor<4xf32>, tensor<4x4xf32>) outs(%init : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
