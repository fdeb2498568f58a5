// RUN: rm -f %t
// RUN: kiln-opt %s --kiln-set-target --kiln-enumerate-schedules=output=%t -o /dev/null --remarks-filter='kiln-enumerate-schedules' --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=COUNT
// RUN: FileCheck %s --input-file=%t
// RUN: kiln-opt %s --kiln-set-target --kiln-enumerate-schedules=limit=3 -o /dev/null | FileCheck %s --check-prefix=LIMIT
// RUN: kiln-opt %s --kiln-set-target --kiln-enumerate-schedules='precision=f32 limit=40' -o /dev/null | FileCheck %s --check-prefix=EXACT
//
// A line for each schedule, fields with a tab between them. The first is the rules'
// choice, the second the baseline of four warps and two stages; then come their
// neighbours, what else the rules try, and neighbours of what fits.

// COUNT: remark: [Analysis] schedules | Category:kiln-enumerate-schedules | Function=conv | Fit={{[0-9]+}}, Schedules=512

// CHECK: conv{{	}}fits{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 64], chunk = 8, warps = [1, 2, 2], persistent = false, columns = even_odd, ring = 3, {{.*}}, stores = staged>
// CHECK-NEXT: conv{{	}}fits{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 64], chunk = 8, warps = [1, 1, 4], persistent = false, columns = even_odd, lookahead = 1, {{.*}}, paired_stores = true, stores = staged>
//
// One step from the first: half the channels; the fields that follow, as the rules
// set them, go along. Twice as many are too many.
// CHECK: conv{{	}}pruned{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 4, 64], {{.*}}>{{	}}tile = [128, 4, 64] needs 256 accumulators a thread, at most 128 fit
// CHECK: conv{{	}}fits{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [32, 4, 64], chunk = 8, warps = [1, 2, 2], persistent = false, columns = even_odd, ring = 3, lookahead = 1, early_barrier = true, spread = 3,
// CHECK: stages = 3, persistent = false, columns = even_odd, ring = 3, lookahead = 1
// The results as their threads hold them.
// CHECK: conv{{	}}fits{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 64], chunk = 8, warps = [1, 2, 2], persistent = false, columns = even_odd, ring = 3, lookahead = 1, {{.*}}, paired_stores = true>
// Neither lookahead nor what needs it.
// CHECK: conv{{	}}fits{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 64], chunk = 8, warps = [1, 2, 2], persistent = false, columns = even_odd, ring = 3, halving
//
// What the rules would try if the kernel reduced its channels.
// CHECK: conv{{	}}fits{{	}}#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1
// CHECK: conv{{	}}pruned{{	}}{{.*}} bytes of shared memory, rtx4090 has 101376 a block

// LIMIT-COUNT-3: {{^}}conv{{	}}
// LIMIT-NOT: {{^}}conv{{	}}

// EXACT: conv{{	}}fits{{	}}#kiln.schedule<contraction = fma
// EXACT-NOT: tf32
func.func @conv(%x: tensor<16x64x66x66xf32>, %w: tensor<128x64x3x3xf32>, %o: tensor<16x128x64x64xf32>) -> tensor<16x128x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<16x64x66x66xf32>, tensor<128x64x3x3xf32>, tensor<16x128x64x64xf32>) -> tensor<16x128x64x64xf32> {
  ^bb0(%a: tensor<16x64x66x66xf32>, %b: tensor<128x64x3x3xf32>, %c: tensor<16x128x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<16x64x66x66xf32>, tensor<128x64x3x3xf32>) outs(%c : tensor<16x128x64x64xf32>) -> tensor<16x128x64x64xf32>
    kiln.yield %r : tensor<16x128x64x64xf32>
  }
  return %y : tensor<16x128x64x64xf32>
}
