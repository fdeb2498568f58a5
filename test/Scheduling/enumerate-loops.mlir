// RUN: kiln-opt %s --kiln-set-target --kiln-enumerate-schedules=limit=60 -o /dev/null | FileCheck %s
//
// Without a contraction: tile, threads and vector along each axis; the block follows
// from the threads. The baseline has four warps.

// CHECK: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [1, 1024], threads = {{\[\[1:1\], \[256:1\]\]}}, vector = [1, 4], block = 256>
// CHECK-NEXT: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [1, 1024], threads = {{\[\[1:1\], \[128:1\]\]}}, vector = [1, 4], block = 128>
// Two rows a thread; then the second row has threads of its own, in front of those of
// the columns.
// CHECK-NEXT: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [2, 1024], threads = {{\[\[1:1\], \[256:1\]\]}}, vector = [1, 4], block = 256>
// CHECK-NEXT: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [2, 1024], threads = {{\[\[2:1\], \[256:2\]\]}}, vector = [1, 4], block = 512>
// Two columns a thread, half of the threads, twice the threads.
// CHECK: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [1, 1024], threads = {{\[\[1:1\], \[256:1\]\]}}, vector = [1, 2], block = 256>
// CHECK: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [1, 512], threads = {{\[\[1:1\], \[128:1\]\]}}, vector = [1, 4], block = 128>
// CHECK: sums{{	}}fits{{	}}#kiln.loop_schedule<tile = [1, 1024], threads = {{\[\[1:1\], \[512:1\]\]}}, vector = [1, 2], block = 512>
func.func @sums(%x: tensor<64x1000xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "sums" (%x, %o : tensor<64x1000xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x1000xf32>, %c: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x1000xf32>) outs(%c : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
