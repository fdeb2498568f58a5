// RUN: rm -rf %t && split-file %s %t
// RUN: not kiln-opt %t/empty.mlir --kiln-enumerate-schedules 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-enumerate-schedules=precision=f8 2>&1 | FileCheck %s --check-prefix=PRECISION
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-enumerate-schedules=limit=0 2>&1 | FileCheck %s --check-prefix=LIMIT
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-enumerate-schedules=output=%t/none/list 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: not kiln-opt %t/stride.mlir --kiln-set-target --kiln-enumerate-schedules=output=%t/list 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not ls %t/list
// RUN: not kiln-opt %t/sums.mlir --kiln-set-target --kiln-select-schedule --kiln-tile-to-blocks --kiln-enumerate-schedules 2>&1 | FileCheck %s --check-prefix=TILED
//
// Errors about options, and a kernel without any schedule: nothing is written.

// TARGET: error: no 'kiln.target' on the module; run kiln-set-target first
// PRECISION: error: unknown precision 'f8'; known are tf32, tf32x3, f32
// LIMIT: error: limit must be positive, not 0
// OUTPUT: error: cannot open output file '{{.*}}list'
// NONE: stride.mlir:4:10: error: {{.*}} not supported: none of {{[0-9]+}} schedules fits; the least demanding does not because tile = [16, 1, 8], chunk = 8 and stages = 1 need at least {{[0-9]+}} bytes of shared memory

// TILED: sums.mlir:2:8: error: 'kiln.kernel' op is cut into tiles already; a schedule is chosen before kiln-tile-to-blocks

//--- empty.mlir
module {}

//--- stride.mlir
func.func @stride(%x: tensor<1x8x1x7169xf32>, %w: tensor<16x8x1x1xf32>, %o: tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x1x7169xf32>, tensor<16x8x1x1xf32>, tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32> {
  ^bb0(%a: tensor<1x8x1x7169xf32>, %b: tensor<16x8x1x1xf32>, %c: tensor<1x16x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<[1, 1024]> : tensor<2xi64>} ins(%a, %b : tensor<1x8x1x7169xf32>, tensor<16x8x1x1xf32>) outs(%c : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
    kiln.yield %r : tensor<1x16x1x8xf32>
  }
  return %y : tensor<1x16x1x8xf32>
}

//--- sums.mlir
func.func @sums(%x: tensor<64x1000xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "sums" (%x, %o : tensor<64x1000xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x1000xf32>, %c: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x1000xf32>) outs(%c : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
