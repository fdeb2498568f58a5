// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared))' --mlir-print-local-scope | FileCheck %s
// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared))' --remarks-filter=kiln-place-shared --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// Every buffer gets a place. Two of them have bytes in common where a barrier of the
// whole block stands between their uses on every path; here each reduction of four warps
// takes 512 bytes.

#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [2, 0]]>
#reduced = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [0]]>
#halves = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [0, 32]]>
#reduced_halves = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [32]]>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
!staged = !kiln.shared<2 x f32, #kiln.shared_layout<[8:24], [24:1]>>

gpu.module @kernels {
  // In the second reduction all threads meet after they have read the first one's memory
  // and before the third writes. Neighbours have no barrier between the reads of the one
  // and the writes of the other.
  //
  // CHECK-LABEL: gpu.func @three
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK-NEXT:    kiln.alloc_shared offset 512 :
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // REMARK: remark: [Passed] place-shared | Category:kiln-place-shared | Function=three | Buffers=3, Bytes=1024, SharedBetweenBuffers=512
  gpu.func @three(%x: memref<4x32xf32>) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #warps>
    %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    %b = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    %c = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    gpu.return
  }

  // Only pairs of warps meet in these reductions.
  //
  // CHECK-LABEL: gpu.func @pairs_of_warps
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK-NEXT:    kiln.alloc_shared offset 512 :
  // CHECK-NEXT:    kiln.alloc_shared offset 1024 :
  // REMARK: Function=pairs_of_warps | Buffers=3, Bytes=1536, SharedBetweenBuffers=0
  gpu.func @pairs_of_warps(%x: memref<2x64xf32>) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x64xf32> -> tensor<2x64xf32, #halves>
    %a = kiln.reduce %t over [0] : tensor<2x64xf32, #halves> -> tensor<64xf32, #reduced_halves> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    %b = kiln.reduce %t over [0] : tensor<2x64xf32, #halves> -> tensor<64xf32, #reduced_halves> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    %c = kiln.reduce %t over [0] : tensor<2x64xf32, #halves> -> tensor<64xf32, #reduced_halves> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    gpu.return
  }

  // What is staged is in use throughout: copies into it are under way.
  //
  // CHECK-LABEL: gpu.func @staged
  // CHECK-NEXT:    kiln.alloc_shared offset 0 : <2 x f32
  // CHECK-NEXT:    kiln.alloc_shared offset 1536 :
  // CHECK-NEXT:    kiln.alloc_shared offset 1536 :
  gpu.func @staged(%x: memref<4x32xf32>, %y: memref<8x24xf32>) kernel {
    %s = kiln.alloc_shared : !staged
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #warps>
    kiln.async_copy %y[%0, %0] to %s[%0] in_bounds [true, true] vector 4 : memref<8x24xf32> -> !staged
    kiln.async_commit
    kiln.async_wait 0
    kiln.barrier
    %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    kiln.barrier
    %b = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    gpu.return
  }

  // Around the loop a thread comes to the first reduction again while another one reads
  // the memory of the first, where there was no barrier: allocation put one there. It
  // is on the way from the second reduction to the first, but none is the other way.
  //
  // CHECK-LABEL: gpu.func @loop
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK-NEXT:    kiln.alloc_shared offset 512 :
  // CHECK:         scf.for
  // CHECK-NOT:       kiln.barrier
  // CHECK:           kiln.reduce
  // CHECK:           kiln.reduce
  gpu.func @loop(%x: memref<4x32xf32>) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #warps>
    %1 = arith.constant 1 : index
    %4 = arith.constant 4 : index
    scf.for %i = %0 to %4 step %1 {
      %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %sum = arith.addf %l, %r : f32
        kiln.reduce_yield %sum : f32
      }
      %b = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %sum = arith.addf %l, %r : f32
        kiln.reduce_yield %sum : f32
      }
    }
    gpu.return
  }

  // A loop with one reduction: it needs the barrier.
  //
  // CHECK-LABEL: gpu.func @repeated
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK:         scf.for
  // CHECK:           kiln.barrier
  // CHECK-NEXT:      kiln.reduce
  // CHECK:         scf.for
  // CHECK:           kiln.barrier
  // CHECK-NEXT:      kiln.reduce
  gpu.func @repeated(%x: memref<4x32xf32>) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #warps>
    %1 = arith.constant 1 : index
    %4 = arith.constant 4 : index
    scf.for %i = %0 to %4 step %1 {
      %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %sum = arith.addf %l, %r : f32
        kiln.reduce_yield %sum : f32
      }
    }
    scf.for %i = %0 to %4 step %1 {
      %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %sum = arith.addf %l, %r : f32
        kiln.reduce_yield %sum : f32
      }
    }
    gpu.return
  }

  // The barrier is on one of two paths only.
  //
  // CHECK-LABEL: gpu.func @condition
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK-NEXT:    kiln.alloc_shared offset 512 :
  gpu.func @condition(%x: memref<4x32xf32>, %i: index) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #warps>
    %p = arith.cmpi eq, %i, %0 : index
    %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    scf.if %p {
      kiln.barrier
    }
    %b = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    gpu.return
  }

  // A loop that may not run at all has no barrier for sure; one that runs has.
  //
  // CHECK-LABEL: gpu.func @maybe
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  // CHECK-NEXT:    kiln.alloc_shared offset 512 :
  // CHECK-NEXT:    kiln.alloc_shared offset 0 :
  gpu.func @maybe(%x: memref<2x64xf32>, %n: index) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x64xf32> -> tensor<2x64xf32, #halves>
    %1 = arith.constant 1 : index
    %4 = arith.constant 4 : index
    %a = kiln.reduce %t over [0] : tensor<2x64xf32, #halves> -> tensor<64xf32, #reduced_halves> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    scf.for %i = %0 to %n step %1 {
      kiln.barrier
    }
    %b = kiln.reduce %t over [0] : tensor<2x64xf32, #halves> -> tensor<64xf32, #reduced_halves> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    scf.for %i = %0 to %4 step %1 {
      kiln.barrier
    }
    %c = kiln.reduce %t over [0] : tensor<2x64xf32, #halves> -> tensor<64xf32, #reduced_halves> {
    ^bb0(%l: f32, %r: f32):
      %sum = arith.addf %l, %r : f32
      kiln.reduce_yield %sum : f32
    }
    gpu.return
  }
}
