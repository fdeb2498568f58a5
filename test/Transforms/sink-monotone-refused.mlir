// RUN: kiln-opt %s --kiln-sink-monotone=rounding=source | FileCheck %s
// RUN: kiln-opt %s --kiln-sink-monotone=rounding=source --remarks-filter=kiln-sink-monotone --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Functions that stay before the reduction.

#all = affine_map<(d0, d1) -> (d0, d1)>
#rows = affine_map<(d0, d1) -> (d0)>
#cols = affine_map<(d0, d1) -> (d1)>

// inf * 0 is NaN.
// CHECK-LABEL: func.func @mul_zero(
// CHECK: arith.mulf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=mul_zero | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @mul_zero(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.mulf %in, %zero : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// 0 * inf is NaN.
// CHECK-LABEL: func.func @mul_inf(
// CHECK: arith.mulf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=mul_inf | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @mul_inf(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %inf = arith.constant 0x7F800000 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.mulf %in, %inf : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// Not monotone.
// CHECK-LABEL: func.func @square(
// CHECK: arith.mulf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=square | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @square(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.mulf %in, %in : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// Not monotone across 0.
// CHECK-LABEL: func.func @reciprocal(
// CHECK: arith.divf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=reciprocal | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @reciprocal(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.divf %two, %in : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// exp is monotone, its approximations need not be.
// CHECK-LABEL: func.func @exp(
// CHECK: math.exp
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=exp | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @exp(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = math.exp %in : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// maxnumf turns NaN into 0, so NaN must not reach the reduction first.
// CHECK-LABEL: func.func @maxnum(
// CHECK: arith.maxnumf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=maxnum | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @maxnum(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.maxnumf %in, %zero : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// So does a relu with an ordered comparison.
// CHECK-LABEL: func.func @relu_ogt(
// CHECK: arith.select
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=relu_ogt | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @relu_ogt(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.cmpf ogt, %in, %zero : f32
    %y = arith.select %c, %in, %zero : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// -0 is passed on here while smaller values become +0.
// CHECK-LABEL: func.func @relu_uge(
// CHECK: arith.select
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=relu_uge | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @relu_uge(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.cmpf uge, %in, %zero : f32
    %y = arith.select %c, %in, %zero : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// With only NaN left minnumf yields its start, inf, which a clamp would change.
// CHECK-LABEL: func.func @clamp_skips(
// CHECK: arith.minimumf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minnumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=clamp_skips | Remark="the elementwise op before the reduction stays: its last op is not proven monotone"
func.func @clamp_skips(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.minimumf %in, %two : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minnumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// The start takes part in the min, unscaled.
// CHECK-LABEL: func.func @wrong_init(
// CHECK: arith.mulf
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK-NOT: linalg.generic
// CHECK: return
// REMARK: Function=wrong_init | Remark="the elementwise op before the reduction stays: the reduction does not start from the identity of its combiner"
func.func @wrong_init(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.mulf %in, %two : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// An index result: two values that rounding makes equal would tie.
// CHECK-LABEL: func.func @with_index(
// CHECK: arith.mulf
// CHECK: arith.minimumf
// REMARK: Function=with_index | Remark="the elementwise op before the reduction stays: the reduction also yields an index, and rounding could create ties"
func.func @with_index(%x: tensor<3x7xf32>, %init: tensor<3xf32>, %index: tensor<3xi64>) -> (tensor<3xf32>, tensor<3xi64>) {
  %two = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.mulf %in, %two : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %r:2 = linalg.generic {indexing_maps = [#all, #rows, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%init, %index : tensor<3xf32>, tensor<3xi64>) {
  ^bb0(%in: f32, %out: f32, %i: i64):
    %c = linalg.index 1 : index
    %ci = arith.index_cast %c : index to i64
    %m = arith.minimumf %in, %out : f32
    %l = arith.cmpf olt, %in, %out : f32
    %s = arith.select %l, %ci, %i : i64
    linalg.yield %m, %s : f32, i64
  } -> (tensor<3xf32>, tensor<3xi64>)
  return %r#0, %r#1 : tensor<3xf32>, tensor<3xi64>
}

// Without the tanh the operand could be infinite, and inf - inf is NaN.
// CHECK-LABEL: func.func @row_operand_unbounded(
// CHECK: arith.addf
// CHECK: arith.minimumf
// CHECK-NOT: linalg.generic
func.func @row_operand_unbounded(%x: tensor<7x3xf32>, %row: tensor<3xf32>) -> tensor<3xf32> {
  %inf = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<7x3xf32>
  %f = linalg.generic {indexing_maps = [#all, #cols, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %row : tensor<7x3xf32>, tensor<3xf32>) outs(%e : tensor<7x3xf32>) {
  ^bb0(%in: f32, %r: f32, %out: f32):
    %s = arith.addf %in, %r : f32
    linalg.yield %s : f32
  } -> tensor<7x3xf32>
  %er = tensor.empty() : tensor<3xf32>
  %fr = linalg.fill ins(%inf : f32) outs(%er : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #cols], iterator_types = ["reduction", "parallel"]} ins(%f : tensor<7x3xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}
