// RUN: kiln-compile --from=launch-plan --no-cubin %s -o %t
// RUN: FileCheck %s < %t/artifact.json
//
// What a kernel writes depends on the inputs that it reaches through workspaces
// and views of them. Where two kernels write one workspace (the last two), each
// finds there what the other left in the run before.

// CHECK:     "name": "scale",
// CHECK:     "depends_on": [
// CHECK-NEXT: 1,
// CHECK-NEXT: 2
// CHECK-NEXT: ]
// CHECK:     "name": "pack",
// CHECK:     "depends_on": [
// CHECK-NEXT: 1,
// CHECK-NEXT: 2
// CHECK-NEXT: ]
// CHECK:     "name": "constant",
// CHECK:     "depends_on": []
// CHECK:     "name": "compute",
// CHECK:     "depends_on": [
// CHECK-NEXT: 0,
// CHECK-NEXT: 1,
// CHECK-NEXT: 2
// CHECK-NEXT: ]
// CHECK:     "name": "first",
// CHECK:     "depends_on": [
// CHECK-NEXT: 0,
// CHECK-NEXT: 3
// CHECK-NEXT: ]
// CHECK:     "name": "second",
// CHECK:     "depends_on": [
// CHECK-NEXT: 0,
// CHECK-NEXT: 3
// CHECK-NEXT: ]

module attributes {gpu.container_module, kiln.target = #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>} {
  gpu.module @kernels {
    gpu.func @scale(%w: !llvm.ptr<1> {llvm.readonly}, %by: !llvm.ptr<1> {llvm.readonly}, %y: !llvm.ptr<1>) kernel { gpu.return }
    gpu.func @pack(%w: !llvm.ptr<1> {llvm.readonly}, %y: !llvm.ptr<1>) kernel { gpu.return }
    gpu.func @constant(%c: !llvm.ptr<1> {llvm.readonly}, %y: !llvm.ptr<1>) kernel { gpu.return }
    gpu.func @compute(%x: !llvm.ptr<1> {llvm.readonly}, %p: !llvm.ptr<1> {llvm.readonly}, %t: !llvm.ptr<1> {llvm.readonly}, %y: !llvm.ptr<1>) kernel { gpu.return }
    gpu.func @first(%x: !llvm.ptr<1> {llvm.readonly}, %y: !llvm.ptr<1>) kernel { gpu.return }
    gpu.func @second(%x: !llvm.ptr<1> {llvm.readonly}, %y: !llvm.ptr<1>) kernel { gpu.return }
  }
  memref.global "private" constant @limit : memref<4xf32> = dense<1.0>
  func.func @entry(%x: memref<2x2xf32>, %w: memref<4xf32>, %by: memref<4xf32>, %last: memref<4xf32>, %y: memref<4xf32>, %z: memref<4xf32>) attributes {kiln.num_inputs = 4 : i64} {
    %scaled = memref.alloc() : memref<2x2xf32>
    %view = memref.collapse_shape %scaled [[0, 1]] : memref<2x2xf32> into memref<4xf32>
    %packed = memref.alloc() : memref<4xf32>
    %table = memref.alloc() : memref<4xf32>
    %shared = memref.alloc() : memref<4xf32>
    %limit = memref.get_global @limit : memref<4xf32>
    kiln.launch @kernels::@scale(%w, %by, %scaled : memref<4xf32>, memref<4xf32>, memref<2x2xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    kiln.launch @kernels::@pack(%view, %packed : memref<4xf32>, memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 role<pack>
    kiln.launch @kernels::@constant(%limit, %table : memref<4xf32>, memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    kiln.launch @kernels::@compute(%x, %packed, %table, %y : memref<2x2xf32>, memref<4xf32>, memref<4xf32>, memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    kiln.launch @kernels::@first(%last, %shared : memref<4xf32>, memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    kiln.launch @kernels::@second(%x, %shared : memref<2x2xf32>, memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    return
  }
}
