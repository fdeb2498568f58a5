// RUN: kiln-opt %s --kiln-normalize --kiln-sink-monotone | FileCheck %s
// RUN: kiln-opt %s --kiln-normalize --kiln-sink-monotone=rounding=source | FileCheck %s --check-prefix=SOURCE
// RUN: not kiln-opt %s --kiln-sink-monotone=rounding=exact 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: error: unknown rounding 'exact'; known are fused, source

// A sigmoid runs once for each row. Its approximated exponential stays before
// the maximum where no bit may change; what is behind that moves.
// CHECK-LABEL: func.func @greatest_sigmoid(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%arg0
// CHECK: arith.maximumf
// CHECK: linalg.generic
// CHECK: arith.negf
// CHECK: math.exp
// CHECK: arith.addf
// CHECK: arith.divf
// SOURCE-LABEL: func.func @greatest_sigmoid(
// SOURCE: math.exp
// SOURCE: iterator_types = ["parallel", "reduction"]}
// SOURCE: arith.minimumf
// SOURCE: arith.addf
// SOURCE: arith.divf
func.func @greatest_sigmoid(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4x8xf32>
  %low = arith.constant dense<0xFF800000> : tensor<4xf32>
  %n = arith.negf %x : tensor<4x8xf32>
  %e = math.exp %n : tensor<4x8xf32>
  %d = arith.addf %e, %one : tensor<4x8xf32>
  %s = arith.divf %one, %d : tensor<4x8xf32>
  %y = linalg.reduce {arith.maximumf} ins(%s : tensor<4x8xf32>) outs(%low : tensor<4xf32>) dimensions = [1]
  return %y : tensor<4xf32>
}
