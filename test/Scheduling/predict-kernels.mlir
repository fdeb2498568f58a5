// RUN: kiln-opt %s --split-input-file --kiln-set-target=target=h100 --kiln-select-schedule --kiln-predict-kernels --remarks-filter=kiln-predict-kernels --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s
// RUN: not kiln-opt %s --split-input-file --kiln-predict-kernels 2>&1 | FileCheck %s --check-prefix=TARGET
//
// What the performance model makes of kernels with schedules, before anything is
// compiled.

// Blocks of 64 channels by 256 positions, 16 chunks of 9 taps each. Each image is
// read twice, by the blocks of either half of the channels, and what it adds to once.
// CHECK: remark: [Analysis] prediction | Category:kiln-predict-kernels | Function=conv | BlocksPerSm={{[12]}}, Bound={{.*}}, DramThroughput={{.*}}, L2HitRate=8{{.*}}, Milliseconds=0.2{{.*}}, SmThroughput={{.*}}, WarpsActive={{.*}}
// TARGET: error: no 'kiln.target' on the module; run kiln-set-target first
func.func @conv(%x: tensor<32x128x66x68xf32>, %w: tensor<128x128x3x3xf32>, %o: tensor<32x128x64x66xf32>) -> tensor<32x128x64x66xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<32x128x66x68xf32>, tensor<128x128x3x3xf32>, tensor<32x128x64x66xf32>) -> tensor<32x128x64x66xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, warps = [1, 1, 4], persistent = false, lookahead = 1, early_barrier = true>} {
  ^bb0(%a: tensor<32x128x66x68xf32>, %b: tensor<128x128x3x3xf32>, %c: tensor<32x128x64x66xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<32x128x66x68xf32>, tensor<128x128x3x3xf32>) outs(%c : tensor<32x128x64x66xf32>) -> tensor<32x128x64x66xf32>
    kiln.yield %r : tensor<32x128x64x66xf32>
  }
  return %y : tensor<32x128x64x66xf32>
}

// -----

// 1 GiB read, nothing but a sum: memory.
// CHECK: remark: [Analysis] prediction | Category:kiln-predict-kernels | Function=row_sums | BlocksPerSm={{[0-9]+}}, Bound=DRAM, DramThroughput=8{{.*}}, L2HitRate=0{{.*}}, Milliseconds=0.3{{.*}}
func.func @row_sums(%x: tensor<65536x4096xf32>, %o: tensor<65536xf32>) -> tensor<65536xf32> {
  %y = kiln.kernel "row_sums" (%x, %o : tensor<65536x4096xf32>, tensor<65536xf32>) -> tensor<65536xf32> {
  ^bb0(%a: tensor<65536x4096xf32>, %c: tensor<65536xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<65536x4096xf32>) outs(%c : tensor<65536xf32>) dimensions = [1]
    kiln.yield %r : tensor<65536xf32>
  }
  return %y : tensor<65536xf32>
}
