// RUN: kiln-compile --from=launch-plan --no-cubin %s -o %t
// RUN: FileCheck %s < %t/artifact.json
// RUN: kiln-compile --from=launch-plan --emit=report --no-cubin %s | FileCheck %s --check-prefix=REPORT
//
// A kernel that writes two outputs and a workspace: its tiles are a list, and each entry
// names the buffer that it is about. The workspace, whose tiles are no boxes, has none.
// Grids are expressions that any loader can evaluate.

// CHECK:      "name": "three",
// CHECK-NEXT: "role": "compute",
// CHECK-NEXT: "grid": [
// CHECK-NEXT:   "min(4, (sm_count + 1) / 2)",
// CHECK-NEXT:   "sm_count - 1",
// CHECK-NEXT:   "8"
// CHECK:      "tiles": [
// CHECK-NEXT:   {
// CHECK-NEXT:     "buffer": 1,
// CHECK-NEXT:     "count": 4,
// CHECK:          "output_dims": [
// CHECK-NEXT:       0
// CHECK:        {
// CHECK-NEXT:     "buffer": 2,
// CHECK-NEXT:     "count": 4,
// CHECK:          "shape": [
// CHECK-NEXT:       16
// CHECK-NEXT:     ],
// CHECK-NEXT:     "output_dims": [
// CHECK-NEXT:       1
// CHECK-NEXT:     ]
// CHECK-NEXT:   }
// CHECK-NEXT: ],
// CHECK-NEXT: "bytes":

// REPORT: grid            min(4, (sm_count + 1) / 2), sm_count - 1, 8
module attributes {gpu.container_module, kiln.target = #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>} {
  gpu.module @kernels {
    gpu.func @three(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>, %work: !llvm.ptr<1>, %z: !llvm.ptr<1>) kernel {
      gpu.return
    }
  }
  func.func @entry(%x: memref<4x64xf32>, %y: memref<4x64xf32>, %z: memref<4x64xf32>) attributes {kiln.num_inputs = 1 : i64} {
    %work = memref.alloc() : memref<4xf32>
    kiln.launch @kernels::@three(%x, %y, %work, %z : memref<4x64xf32>, memref<4x64xf32>, memref<4xf32>, memref<4x64xf32>)
        grid [min(4, (sm_count + 1) floordiv 2), sm_count - 1, 8] block [64, 1, 1] shared 0
        attributes {num_written = 3, tiles = [
          #kiln.tiles<grid = [4], shape = [1], output_dims = [0]>, unit,
          #kiln.tiles<grid = [4], shape = [16], output_dims = [1]>]}
    return
  }
}
