// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared),kiln-distribute,canonicalize,cse)' --mlir-print-local-scope | FileCheck %s
//
// In memory an i1 is a byte, 0 or 1: in tensors, and in shared memory where warps meet.
// A vector of i1 would be stored as bits.

#pairs = #kiln.layout<register = [[1]], lane = [[2], [4], [8], [16], [32]], warp = []>
#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0]]>
#reduced_warps = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0]]>
#lanes = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [1, 0]], warp = []>
#reduced_lanes = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [0]], warp = []>
#paired = #kiln.schedule<contraction = fma, tile = [1, 1, 64], chunk = 1, warps = [1, 1, 1], paired_stores = true>

gpu.module @kernels {
  // Any byte but 0 is true. Two neighbours leave in one store of two bytes.
  //
  // CHECK-LABEL: gpu.func @pairs
  // CHECK-DAG:     %[[ZERO:.+]] = arith.constant 0 : i8
  // CHECK:         %[[BYTE:.+]] = llvm.load %{{.+}} : !llvm.ptr<1> -> i8
  // CHECK-NEXT:    %[[FIRST:.+]] = arith.cmpi ne, %[[BYTE]], %[[ZERO]] : i8
  // CHECK:         %[[SECOND:.+]] = arith.cmpi ne, %{{.+}}, %[[ZERO]] : i8
  // CHECK-DAG:     %[[A:.+]] = arith.extui %[[FIRST]] : i1 to i8
  // CHECK-DAG:     %[[B:.+]] = arith.extui %[[SECOND]] : i1 to i8
  // CHECK:         %[[PAIR:.+]] = vector.from_elements %[[A]], %[[B]] : vector<2xi8>
  // CHECK-NEXT:    llvm.store %[[PAIR]], %{{.+}} {alignment = 2 : i64} : vector<2xi8>
  gpu.func @pairs(%x: memref<64xi1>, %y: memref<64xi1>) kernel attributes {kiln.schedule = #paired, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<64xi1> -> tensor<64xi1, #pairs>
    kiln.store_tile %t, %y[%0] in_bounds [true] : tensor<64xi1, #pairs>, memref<64xi1>
    gpu.return
  }

  // CHECK-LABEL: gpu.func @across_warps
  // CHECK:         %[[MINE:.+]] = arith.extui %{{.+}} : i1 to i8
  // CHECK:         llvm.store %[[MINE]], %{{.+}} : i8, !llvm.ptr<3>
  // CHECK:         gpu.barrier
  // CHECK:         %[[OTHER:.+]] = llvm.load %{{.+}} : !llvm.ptr<3> -> i8
  // CHECK-NEXT:    arith.cmpi ne, %[[OTHER]], %{{.+}} : i8
  // CHECK:         arith.ori %{{.+}}, %{{.+}} : i1
  gpu.func @across_warps(%x: memref<2x32xi1>, %y: memref<32xi1>) kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x32xi1> -> tensor<2x32xi1, #warps>
    %s = kiln.reduce %t over [0] : tensor<2x32xi1, #warps> -> tensor<32xi1, #reduced_warps> {
    ^bb0(%l: i1, %r: i1):
      %m = arith.ori %l, %r : i1
      kiln.reduce_yield %m : i1
    }
    kiln.store_tile %s, %y[%0] in_bounds [true] : tensor<32xi1, #reduced_warps>, memref<32xi1>
    gpu.return
  }

  // Shuffles move words.
  //
  // CHECK-LABEL: gpu.func @across_lanes
  // CHECK:         %[[WORD:.+]] = arith.extui %[[SENT:.+]] : i1 to i32
  // CHECK-NEXT:    %[[SHUFFLED:.+]] = nvvm.shfl.sync bfly %{{.+}}, %[[WORD]],
  // CHECK-NEXT:    %[[RECEIVED:.+]] = arith.trunci %[[SHUFFLED]] : i32 to i1
  // CHECK-NEXT:    arith.ori %[[SENT]], %[[RECEIVED]] : i1
  gpu.func @across_lanes(%x: memref<2x16xi1>, %y: memref<16xi1>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x16xi1> -> tensor<2x16xi1, #lanes>
    %s = kiln.reduce %t over [0] : tensor<2x16xi1, #lanes> -> tensor<16xi1, #reduced_lanes> {
    ^bb0(%l: i1, %r: i1):
      %m = arith.ori %l, %r : i1
      kiln.reduce_yield %m : i1
    }
    kiln.store_tile %s, %y[%0] in_bounds [true] : tensor<16xi1, #reduced_lanes>, memref<16xi1>
    gpu.return
  }
}
