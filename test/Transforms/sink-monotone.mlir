// RUN: kiln-opt %s --kiln-sink-monotone=rounding=source | FileCheck %s
// RUN: kiln-opt %s --kiln-sink-monotone=rounding=source --remarks-filter=kiln-sink-monotone --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Functions that move behind the reduction.

#all = affine_map<(d0, d1) -> (d0, d1)>
#rows = affine_map<(d0, d1) -> (d0)>

// Doubling is increasing: the min of the doubled is the doubled min.
// CHECK-LABEL: func.func @mul_pos(
// CHECK-DAG: %[[START:.*]] = arith.constant 0x7F800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.mulf
// CHECK: return
// REMARK: Function=mul_pos | Remark="1 op(s) moved behind the reduction"
func.func @mul_pos(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0x7F800000 : f32
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

// A negative factor turns the min into a max, and its start with it.
// CHECK-LABEL: func.func @mul_neg(
// CHECK-DAG: %[[START:.*]] = arith.constant 0xFF800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.maximumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.mulf
// CHECK: return
// REMARK: Function=mul_neg | Remark="1 op(s) moved behind the reduction, which changes between min and max"
func.func @mul_neg(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %mtwo = arith.constant -2.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.mulf %mtwo, %in : f32
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

// CHECK-LABEL: func.func @add_const_max(
// CHECK-DAG: %[[START:.*]] = arith.constant 0xFF800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.maximumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.addf
// CHECK: return
// REMARK: Function=add_const_max | Remark="1 op(s) moved behind the reduction"
func.func @add_const_max(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.addf %in, %two : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.maximumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// `2 - x` decreases.
// CHECK-LABEL: func.func @sub_from(
// CHECK-DAG: %[[START:.*]] = arith.constant 0x7F800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.subf
// CHECK: return
// REMARK: Function=sub_from | Remark="1 op(s) moved behind the reduction, which changes between min and max"
func.func @sub_from(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.subf %two, %in : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.maximumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// minnumf skips NaN: with nothing else left the start must still come out.
// CHECK-LABEL: func.func @div(
// CHECK-DAG: %[[START:.*]] = arith.constant 0xFF800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.maxnumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.divf
// CHECK: return
// REMARK: Function=div | Remark="1 op(s) moved behind the reduction, which changes between min and max"
func.func @div(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %mtwo = arith.constant -2.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %y = arith.divf %in, %mtwo : f32
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

// A relu as torch writes it, which passes NaN on.
// CHECK-LABEL: func.func @relu_ugt(
// CHECK-DAG: %[[START:.*]] = arith.constant 0x7F800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minimumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.cmpf ugt
// CHECK: arith.select
// CHECK: return
// REMARK: Function=relu_ugt | Remark="2 op(s) moved behind the reduction"
func.func @relu_ugt(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.cmpf ugt, %in, %zero : f32
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

// CHECK-LABEL: func.func @clamp(
// CHECK-DAG: %[[START:.*]] = arith.constant 0xFF800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.maximumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.maximumf
// CHECK: arith.minimumf
// CHECK: return
// REMARK: Function=clamp | Remark="2 op(s) moved behind the reduction"
func.func @clamp(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %mtwo = arith.constant -2.0 : f32
  %start = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.maximumf %in, %mtwo : f32
    %y = arith.minimumf %a, %two : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.maximumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// The directions of a chain multiply.
// CHECK-LABEL: func.func @chain(
// CHECK-DAG: %[[START:.*]] = arith.constant 0xFF800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.maximumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.negf
// CHECK: arith.mulf
// CHECK: arith.subf
// CHECK: math.floor
// CHECK: return
// REMARK: Function=chain | Remark="4 op(s) moved behind the reduction, which changes between min and max"
func.func @chain(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %half = arith.constant 5.0e-1 : f32
  %start = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.negf %in : f32
    %b = arith.mulf %a, %half : f32
    %c = arith.subf %b, %two : f32
    %y = math.floor %c : f32
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

// Only the trailing monotone part moves; tanh is an approximation.
// CHECK-LABEL: func.func @keeps_head(
// CHECK-DAG: %[[START:.*]] = arith.constant 0xFF800000 : f32
// CHECK: math.tanh
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.maximumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.mulf
// CHECK: return
// REMARK: Function=keeps_head | Remark="1 op(s) moved behind the reduction"
func.func @keeps_head(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %start = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.tanh %in : f32
    %y = arith.mulf %a, %two : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.maximumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// CHECK-LABEL: func.func @skip_nan(
// CHECK-DAG: %[[START:.*]] = arith.constant 0x7F800000 : f32
// CHECK: linalg.fill ins(%[[START]]
// CHECK: iterator_types = ["parallel", "reduction"]
// CHECK: arith.minnumf 
// CHECK: iterator_types = ["parallel"]
// CHECK: arith.addf
// CHECK: arith.mulf
// CHECK: return
// REMARK: Function=skip_nan | Remark="2 op(s) moved behind the reduction, which changes between min and max"
func.func @skip_nan(%x: tensor<3x7xf32>, %init: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2.0 : f32
  %mtwo = arith.constant -2.0 : f32
  %start = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<3x7xf32>
  %f = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x7xf32>) outs(%e : tensor<3x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.addf %in, %two : f32
    %y = arith.mulf %a, %mtwo : f32
    linalg.yield %y : f32
  } -> tensor<3x7xf32>
  %fr = linalg.fill ins(%start : f32) outs(%init : tensor<3xf32>) -> tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]} ins(%f : tensor<3x7xf32>) outs(%fr : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.maxnumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// An operand that does not walk the reduced dimension moves along when it is
// finite; the narrowing moves too, so the reduction runs in f32.
// CHECK-LABEL: func.func @row_operand(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<7x3xf32>, %[[ROW:[a-z0-9]+]]: tensor<3xf32>)
// CHECK: %[[MIN:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<7x3xf32>)
// CHECK: arith.minimumf {{.*}} : f32
// CHECK: linalg.generic {{.*}} ins(%[[MIN]], %[[ROW]] : tensor<3xf32>, tensor<3xf32>)
// CHECK: math.tanh
// CHECK: arith.addf
// CHECK: arith.truncf
#cols = affine_map<(d0, d1) -> (d1)>
func.func @row_operand(%x: tensor<7x3xf32>, %row: tensor<3xf32>) -> tensor<3xf16> {
  %inf = arith.constant 0x7C00 : f16
  %e = tensor.empty() : tensor<7x3xf16>
  %f = linalg.generic {indexing_maps = [#all, #cols, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %row : tensor<7x3xf32>, tensor<3xf32>) outs(%e : tensor<7x3xf16>) {
  ^bb0(%in: f32, %r: f32, %out: f16):
    %t = math.tanh %r : f32
    %s = arith.addf %in, %t : f32
    %y = arith.truncf %s : f32 to f16
    linalg.yield %y : f16
  } -> tensor<7x3xf16>
  %er = tensor.empty() : tensor<3xf16>
  %fr = linalg.fill ins(%inf : f16) outs(%er : tensor<3xf16>) -> tensor<3xf16>
  %r = linalg.generic {indexing_maps = [#all, #cols], iterator_types = ["reduction", "parallel"]} ins(%f : tensor<7x3xf16>) outs(%fr : tensor<3xf16>) {
  ^bb0(%in: f16, %out: f16):
    %m = arith.minimumf %in, %out : f16
    linalg.yield %m : f16
  } -> tensor<3xf16>
  return %r : tensor<3xf16>
}
