// RUN: rm -rf %t && split-file %s %t
// RUN: not kiln-opt %t/empty.mlir --kiln-enumerate-schedules 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-enumerate-schedules=precision=f8 2>&1 | FileCheck %s --check-prefix=PRECISION
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-enumerate-schedules=limit=0 2>&1 | FileCheck %s --check-prefix=LIMIT
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-enumerate-schedules=output=%t/none/list 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: not kiln-opt %t/sums.mlir --kiln-set-target --kiln-select-schedule --kiln-tile-to-blocks --kiln-enumerate-schedules=output=%t/list 2>&1 | FileCheck %s --check-prefix=TILED
// RUN: not ls %t/list
//
// Errors about options, and a kernel that has tiles already: nothing is written.

// TARGET: error: no 'kiln.target' on the module; run kiln-set-target first
// PRECISION: error: unknown precision 'f8'; known are tf32, tf32x3, f32
// LIMIT: error: limit must be positive, not 0
// OUTPUT: error: cannot open output file '{{.*}}list'
// TILED: sums.mlir:2:8: error: 'kiln.kernel' op is cut into tiles already; a schedule is chosen before kiln-tile-to-blocks

//--- empty.mlir
module {}

//--- sums.mlir
func.func @sums(%x: tensor<64x1000xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "sums" (%x, %o : tensor<64x1000xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x1000xf32>, %c: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x1000xf32>) outs(%c : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
