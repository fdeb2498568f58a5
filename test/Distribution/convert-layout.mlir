// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared),kiln-distribute,canonicalize,cse)' --mlir-print-local-scope | FileCheck %s
//
// A tile that other threads need: what moves depends on where its steps are before and
// after. That the values are right is tested by running (unittests/Distribution).

#copies = #kiln.layout<register = [[1], [2]], lane = [[0], [0], [0], [0], [0]], warp = []>
#own = #kiln.layout<register = [[1]], lane = [[2], [0], [0], [0], [0]], warp = []>
#lanes = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
#turned = #kiln.layout<register = [], lane = [[16], [1], [2], [4], [8]], warp = []>
#pairs = #kiln.layout<register = [[1]], lane = [[0], [2], [4], [8], [16]], warp = []>
#warps = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[32]]>
#other_warps = #kiln.layout<register = [], lane = [[2], [4], [8], [16], [32]], warp = [[1]]>

gpu.module @kernels {
  // Every lane has all four values and wants two of them, the odd lanes the upper ones.
  //
  // CHECK-LABEL: gpu.func @registers
  // CHECK:         %[[BIT:.+]] = arith.andi %{{.+}}, %c1_i32
  // CHECK-NEXT:    %[[ODD:.+]] = arith.cmpi ne, %[[BIT]], %c0_i32
  // CHECK-NOT:     nvvm.shfl.sync
  // CHECK-NOT:     gpu.barrier
  // CHECK:         arith.select %[[ODD]]
  // CHECK:         arith.select %[[ODD]]
  gpu.func @registers(%x: memref<4xf32>, %out: memref<4xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<4xf32> -> tensor<4xf32, #copies>
    %r = kiln.convert_layout %t : tensor<4xf32, #copies> -> tensor<4xf32, #own>
    kiln.store_tile %r, %out[%0] in_bounds [true] : tensor<4xf32, #own>, memref<4xf32>
    gpu.return
  }

  // Lane l wants element 16 (l % 2) + l / 2, which that lane has.
  //
  // CHECK-LABEL: gpu.func @shuffles
  // CHECK:         %[[VALUE:.+]] = llvm.load
  // CHECK-NEXT:    nvvm.shfl.sync idx %{{.+}}, %[[VALUE]], %{{.+}}, %c31_i32
  // CHECK-NOT:     nvvm.shfl.sync
  // CHECK-NOT:     gpu.barrier
  // CHECK:         gpu.return
  gpu.func @shuffles(%x: memref<32xf32>, %out: memref<32xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<32xf32> -> tensor<32xf32, #lanes>
    %r = kiln.convert_layout %t : tensor<32xf32, #lanes> -> tensor<32xf32, #turned>
    kiln.store_tile %r, %out[%0] in_bounds [true] : tensor<32xf32, #turned>, memref<32xf32>
    gpu.return
  }

  // Pairs of lanes gather both of their values: a shuffle for each register.
  //
  // CHECK-LABEL: gpu.func @gathers
  // CHECK-COUNT-2: nvvm.shfl.sync idx
  // CHECK-NOT:     nvvm.shfl.sync
  // CHECK:         gpu.return
  gpu.func @gathers(%x: memref<32xf32>, %out: memref<32xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<32xf32> -> tensor<32xf32, #lanes>
    %r = kiln.convert_layout %t : tensor<32xf32, #lanes> -> tensor<32xf32, #pairs>
    kiln.store_tile %r, %out[%0] in_bounds [true] : tensor<32xf32, #pairs>, memref<32xf32>
    gpu.return
  }

  // Between warps values go through shared memory, in the order of the tile.
  //
  // CHECK-LABEL: gpu.func @scratch
  // CHECK:         %[[VALUE:.+]] = llvm.load %{{.+}} : !llvm.ptr<1> -> f32
  // CHECK:         llvm.store %[[VALUE]], %{{.+}} : f32, !llvm.ptr<3>
  // CHECK-NEXT:    gpu.barrier
  // CHECK:         llvm.load %{{.+}} : !llvm.ptr<3> -> f32
  gpu.func @scratch(%x: memref<64xf32>, %out: memref<64xf32>) kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<64xf32> -> tensor<64xf32, #warps>
    %r = kiln.convert_layout %t : tensor<64xf32, #warps> -> tensor<64xf32, #other_warps>
    kiln.store_tile %r, %out[%0] in_bounds [true] : tensor<64xf32, #other_warps>, memref<64xf32>
    gpu.return
  }
}

// CHECK: kiln.launch @kernels::@scratch({{.*}} shared 256
func.func @plan(%x: memref<64xf32>, %y: memref<64xf32>) {
  kiln.launch @kernels::@scratch(%x, %y : memref<64xf32>, memref<64xf32>) grid [1, 1, 1] block [64, 1, 1] shared 0
  return
}
