// RUN: rm -rf %t && kiln-compile %s -o %t --no-cubin --with-reference
// RUN: FileCheck %s --check-prefix=PLAN <%t/artifact.json
// RUN: kiln-run %t --device=cpu --verify 2>&1 | FileCheck %s
//
// Images are correlated with one another. A packed copy cannot take the place of a
// filter that is read otherwise too: the rules read it as it lies in memory.

// PLAN-NOT: "pack"
// PLAN:     weights = strided
// CHECK:    verify result0 {{.*}}PASS

func.func @correlate(%x: tensor<16x8x3x5xf32>) -> tensor<16x16x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x16x1x1xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x16x1x1xf32>) -> tensor<16x16x1x1xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %x : tensor<16x8x3x5xf32>, tensor<16x8x3x5xf32>) outs(%init : tensor<16x16x1x1xf32>) -> tensor<16x16x1x1xf32>
  return %y : tensor<16x16x1x1xf32>
}
