// RUN: kiln-opt %s --kiln-expand-math --split-input-file --verify-diagnostics | FileCheck %s

// Denormals are scaled up first; the special values are selected last.
// CHECK-LABEL: func @log
// CHECK-SAME: (%[[X:.*]]: f32)
// CHECK: %[[TINY:.*]] = arith.cmpf olt, %[[X]]
// CHECK: arith.select %[[TINY]]
// CHECK: arith.bitcast
// CHECK-COUNT-6: math.fma
// CHECK: %[[SPECIAL:.*]] = arith.addf %[[X]], %[[X]]
// CHECK-NOT: math.log
func.func @log(%x: f32) -> f32 {
  %0 = math.log %x : f32
  return %0 : f32
}

// -----

// The nearest integer and its power of two come out of one addition. The rest
// goes to the instruction that flushes ('afn').
// CHECK-LABEL: func @exp(
// CHECK: arith.maxnumf
// CHECK: arith.minnumf
// CHECK: %[[SHIFTED:.*]] = arith.addf
// CHECK: %[[BITS:.*]] = arith.bitcast %[[SHIFTED]]
// CHECK: %[[POWER:.*]] = arith.shli %[[BITS]]
// CHECK: math.exp2 {{.*}} fastmath<afn>
// CHECK: arith.mulf
// CHECK-NOT: math.exp %
func.func @exp(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// -----

// An argument that is never large needs no upper bound, and a logarithm of what
// is at most 2 no reduction.
// CHECK-LABEL: func @softplus_of_negative
// CHECK: arith.maxnumf
// CHECK-NOT: arith.minnumf
// CHECK-COUNT-11: math.fma
// CHECK-NEXT: arith.mulf
// CHECK-NEXT: return
func.func @softplus_of_negative(%x: f32) -> f32 {
  %0 = math.absf %x : f32
  %1 = arith.negf %0 : f32
  %2 = math.exp %1 : f32
  %3 = math.log1p %2 : f32
  return %3 : f32
}

// -----

// The quadrant chooses between two polynomials.
// CHECK-LABEL: func @sin(
// CHECK-COUNT-3: arith.muli
// CHECK: arith.sitofp {{.*}} : i64 to f32
// CHECK-NOT: math.sin
func.func @sin(%x: f32) -> f32 {
  %0 = math.sin %x : f32
  return %0 : f32
}

// -----

// f16 is computed in f32 and rounded once, on vectors too.
// CHECK-LABEL: func @tanh
// CHECK-SAME: (%[[X:.*]]: vector<4xf16>)
// CHECK: arith.extf %[[X]] : vector<4xf16> to vector<4xf32>
// CHECK: %[[R:.*]] = arith.truncf {{.*}} : vector<4xf32> to vector<4xf16>
// CHECK-NEXT: return %[[R]]
func.func @tanh(%x: vector<4xf16>) -> vector<4xf16> {
  %0 = math.tanh %x : vector<4xf16>
  return %0 : vector<4xf16>
}

// -----

// The logarithm of a power is taken in f64.
// CHECK-LABEL: func @powf
// CHECK: arith.extf {{.*}} : f32 to f64
// CHECK: arith.truncf {{.*}} : f64 to f32
// CHECK-NOT: math.powf
func.func @powf(%x: f32, %y: f32) -> f32 {
  %0 = math.powf %x, %y : f32
  return %0 : f32
}

// -----

// What the target has stays.
// CHECK-LABEL: func @stays
// CHECK: math.sqrt
// CHECK-NEXT: math.floor
// CHECK-NEXT: math.exp2 %{{.*}} : f32
// CHECK-NEXT: math.rsqrt
// CHECK-NEXT: return
func.func @stays(%x: f32) -> f32 {
  %0 = math.sqrt %x : f32
  %1 = math.floor %0 : f32
  %2 = math.exp2 %1 : f32
  %3 = math.rsqrt %2 : f32
  return %3 : f32
}

// -----

func.func @wide(%x: f64) -> f64 {
  // expected-error@+1 {{'math.erf' on 'f64' has no expansion; f16, bf16 and f32 have one}}
  %0 = math.erf %x : f64
  return %0 : f64
}
