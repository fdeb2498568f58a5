// RUN: kiln-opt --pass-pipeline='builtin.module(func.func(kiln-promote-to-f64))' --verify-diagnostics %s -o /dev/null
// RUN: not kiln-opt --pass-pipeline='builtin.module(func.func(kiln-promote-to-f64{precision=half}))' %s -o /dev/null 2>&1 | FileCheck %s
//
// CHECK: error: unknown precision 'half'; it is tf32, f32 or tf32x3

// expected-error @below {{the reference needs a function of one block}}
func.func @two(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^end
^end:
  return %x : tensor<4xf32>
}
