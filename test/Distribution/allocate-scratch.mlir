// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch))' --mlir-print-local-scope | FileCheck %s
//
// Warps that hold partial results exchange them in shared memory that their op names.

#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [0, 32]]>
#reduced_warps = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [32]]>
#lanes = #kiln.layout<register = [], lane = [[1, 0], [2, 0], [4, 0], [0, 1], [0, 2]], warp = [[0, 4], [0, 8]]>
#reduced_lanes = #kiln.layout<register = [], lane = [[0], [0], [0], [1], [2]], warp = [[4], [8]]>
#row = #kiln.layout<register = [[0, 1]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[8, 0]]>
#columns = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = [[0]]>

gpu.module @kernels {
  // A buffer for each result: 32 lanes of 4 warps with 4 bytes, also where an element
  // has fewer. They stand behind what is staged, outside of the loop.
  //
  // CHECK-LABEL: gpu.func @pairs
  // CHECK-NEXT:    kiln.alloc_shared : <2 x f32
  // CHECK-NEXT:    %[[A:.+]] = kiln.alloc_shared : <1 x i8, <[512:1]>>
  // CHECK-NEXT:    %[[B:.+]] = kiln.alloc_shared : <1 x i8, <[1024:1]>>
  // CHECK:         scf.for
  // CHECK:           kiln.reduce %{{.+}}, %{{.+}} over [0] scratch(%[[A]], %[[B]] : !kiln.shared<1 x i8, <[512:1]>>, !kiln.shared<1 x i8, <[1024:1]>>)
  gpu.func @pairs(%x: memref<2x64xf16>, %y: memref<2x64xi64>, %out0: memref<64xf16>, %out1: memref<64xi64>) kernel {
    %staged = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[8:24], [24:1]>>
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %4 = arith.constant 4 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x64xf16> -> tensor<2x64xf16, #warps>
    %u = kiln.extract_tile %y[%0, %0] in_bounds [true, true] : memref<2x64xi64> -> tensor<2x64xi64, #warps>
    scf.for %i = %0 to %4 step %1 {
      %s:2 = kiln.reduce %t, %u over [0] : tensor<2x64xf16, #warps>, tensor<2x64xi64, #warps> -> tensor<64xf16, #reduced_warps>, tensor<64xi64, #reduced_warps> {
      ^bb0(%l: f16, %k: i64, %r: f16, %q: i64):
        %m = arith.addf %l, %r : f16
        %n = arith.addi %k, %q : i64
        kiln.reduce_yield %m, %n : f16, i64
      }
      kiln.store_tile %s#0, %out0[%0] in_bounds [true] : tensor<64xf16, #reduced_warps>, memref<64xf16>
      kiln.store_tile %s#1, %out1[%0] in_bounds [true] : tensor<64xi64, #reduced_warps>, memref<64xi64>
    }
    gpu.return
  }

  // Where lanes hold copies they share a place: four columns, twice a register, two
  // warps. The second reduction needs memory of its own.
  //
  // CHECK-LABEL: gpu.func @copies
  // CHECK-NEXT:    %[[A:.+]] = kiln.alloc_shared : <1 x i8, <[64:1]>>
  // CHECK-NEXT:    %[[B:.+]] = kiln.alloc_shared : <1 x i8, <[512:1]>>
  // CHECK:         kiln.reduce %{{.+}} over [0] scratch(%[[A]] :
  // CHECK:         kiln.reduce %{{.+}} over [0] scratch(%[[B]] :
  gpu.func @copies(%x: memref<16x8xf32>, %y: memref<2x64xf32>, %out: memref<8xf32>, %out1: memref<64xf32>) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #row>
    %s = kiln.reduce %t over [0] : tensor<16x8xf32, #row> -> tensor<8xf32, #columns> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.addf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    %u = kiln.extract_tile %y[%0, %0] in_bounds [true, true] : memref<2x64xf32> -> tensor<2x64xf32, #warps>
    %v = kiln.reduce %u over [0] : tensor<2x64xf32, #warps> -> tensor<64xf32, #reduced_warps> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.addf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<8xf32, #columns>, memref<8xf32>
    kiln.store_tile %v, %out1[%0] in_bounds [true] : tensor<64xf32, #reduced_warps>, memref<64xf32>
    gpu.return
  }

  // Nothing leaves the warp.
  //
  // CHECK-LABEL: gpu.func @in_the_warp
  // CHECK-NOT:     kiln.alloc_shared
  // CHECK:         kiln.reduce %{{.+}} over [0] : tensor
  gpu.func @in_the_warp(%x: memref<8x16xf32>, %out: memref<16xf32>) kernel {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<8x16xf32> -> tensor<8x16xf32, #lanes>
    %s = kiln.reduce %t over [0] : tensor<8x16xf32, #lanes> -> tensor<16xf32, #reduced_lanes> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.addf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<16xf32, #reduced_lanes>, memref<16xf32>
    gpu.return
  }
}
