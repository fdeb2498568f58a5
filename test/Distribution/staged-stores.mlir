// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared))' --mlir-print-local-scope | FileCheck %s --check-prefix=PLACE
// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-place-shared),kiln-distribute)' | FileCheck %s
//
// Slices of results in shared memory: where they lie, and how a thread moves them.

#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#rows = #kiln.layout<register = [[0, 1]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#one = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [1, 0], [2, 0]], warp = []>
!staged = !kiln.shared<2 x f32, #kiln.shared_layout<[8:24], [24:1]>>
!slices = !kiln.shared<1 x f32, #kiln.shared_layout<[8:8, 2:0], [8:1]>>

gpu.module @kernels {
  // The operands are read in a loop; the slices come behind it and a barrier, so they take
  // over the operands' bytes.
  //
  // PLACE-LABEL: gpu.func @behind_the_loop
  // PLACE-NEXT:    kiln.alloc_shared offset 0 : <2 x f32
  // PLACE-NEXT:    kiln.alloc_shared offset 0 : <1 x f32
  gpu.func @behind_the_loop(%x: memref<64x64xf32>, %y: memref<16x8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %a = kiln.alloc_shared : !staged
    %s = kiln.alloc_shared : !slices
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %4 = arith.constant 4 : index
    scf.for %i = %0 to %4 step %1 {
      kiln.async_copy %x[%0, %i] to %a[%0] in_bounds [true, true] vector 4 : memref<64x64xf32> -> !staged
      kiln.async_commit
      kiln.async_wait 0
    }
    %t = kiln.extract_tile %y[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    kiln.barrier
    kiln.local_write %t to %s at [0, 0] : tensor<16x8xf32, #acc>, !slices
    kiln.barrier
    %r = kiln.local_read %s at [0, 0] : !slices -> tensor<8x8xf32, #rows>
    kiln.store_tile %r, %y[%0, %0] in_bounds [true, true] : tensor<8x8xf32, #rows>, memref<16x8xf32>
    gpu.return
  }

  // Without the barrier another thread may still read operands.
  //
  // PLACE-LABEL: gpu.func @no_barrier
  // PLACE-NEXT:    kiln.alloc_shared offset 0 : <2 x f32
  // PLACE-NEXT:    kiln.alloc_shared offset 1536 : <1 x f32
  gpu.func @no_barrier(%x: memref<64x64xf32>, %y: memref<16x8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %a = kiln.alloc_shared : !staged
    %s = kiln.alloc_shared : !slices
    %0 = arith.constant 0 : index
    kiln.async_copy %x[%0, %0] to %a[%0] in_bounds [true, true] vector 4 : memref<64x64xf32> -> !staged
    kiln.async_commit
    kiln.async_wait 0
    %t = kiln.extract_tile %y[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    kiln.local_write %t to %s at [0, 0] : tensor<16x8xf32, #acc>, !slices
    kiln.barrier
    %r = kiln.local_read %s at [0, 0] : !slices -> tensor<8x8xf32, #rows>
    kiln.store_tile %r, %y[%0, %0] in_bounds [true, true] : tensor<8x8xf32, #rows>, memref<16x8xf32>
    gpu.return
  }

  // Around both goes a loop over tiles: copies for the next tile are under way beside the
  // slices of this one.
  //
  // PLACE-LABEL: gpu.func @copies_ahead
  // PLACE-NEXT:    kiln.alloc_shared offset 0 : <2 x f32
  // PLACE-NEXT:    kiln.alloc_shared offset 1536 : <1 x f32
  gpu.func @copies_ahead(%x: memref<64x64xf32>, %y: memref<16x8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %a = kiln.alloc_shared : !staged
    %s = kiln.alloc_shared : !slices
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %4 = arith.constant 4 : index
    scf.for %i = %0 to %4 step %1 {
      kiln.async_copy %x[%0, %i] to %a[%0] in_bounds [true, true] vector 4 : memref<64x64xf32> -> !staged
      kiln.async_commit
      kiln.async_wait 0
      %t = kiln.extract_tile %y[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
      kiln.barrier
      kiln.local_write %t to %s at [0, 0] : tensor<16x8xf32, #acc>, !slices
      kiln.barrier
      %r = kiln.local_read %s at [0, 0] : !slices -> tensor<8x8xf32, #rows>
      kiln.store_tile %r, %y[%0, %0] in_bounds [true, true] : tensor<8x8xf32, #rows>, memref<16x8xf32>
    }
    gpu.return
  }

  // A thread has two neighbours of two rows; a slice has one of them, which goes and comes
  // in units of 8 bytes. Row 8 of the tile lies 256 bytes further on in memory: a constant
  // behind one address.
  //
  // CHECK-LABEL: gpu.func @units
  // CHECK:         %[[HELD:.+]] = llvm.load
  // CHECK:         llvm.load
  // CHECK:         llvm.store {{.*}} {alignment = 8 : i64} : vector<2xf32>, !llvm.ptr<3>
  // CHECK-NOT:     llvm.store
  // CHECK:         gpu.barrier
  // CHECK:         %[[UNIT:.+]] = llvm.load {{.*}} {alignment = 8 : i64} : !llvm.ptr<3> -> vector<2xf32>
  // CHECK-NOT:     llvm.load
  // CHECK:         llvm.getelementptr %{{.+}}[64] : (!llvm.ptr<1>) -> !llvm.ptr<1>, f32
  // CHECK:         llvm.store {{.*}} {alignment = 8 : i64} : vector<2xf32>, !llvm.ptr<1>
  gpu.func @units(%x: memref<16x8xf32>, %y: memref<16x8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %s = kiln.alloc_shared : !slices
    %0 = arith.constant 0 : index
    %8 = affine.apply affine_map<(d0) -> (d0 + 8)>(%0)
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    kiln.local_write %t to %s at [8, 0] : tensor<16x8xf32, #acc>, !slices
    kiln.barrier
    %r = kiln.local_read %s at [0, 0] : !slices -> tensor<8x8xf32, #rows>
    kiln.store_tile %r, %y[%8, %0] in_bounds [true, true] vector 2 : tensor<8x8xf32, #rows>, memref<16x8xf32>
    gpu.return
  }

  // A loop over pieces moves the address in the buffer; a lane of single elements reads them.
  //
  // CHECK-LABEL: gpu.func @moved
  // CHECK:         %[[BYTES:.+]] = arith.muli %{{.+}}, %{{.+}} : i32
  // CHECK:         llvm.load {{.*}} {alignment = 4 : i64} : !llvm.ptr<3> -> f32
  gpu.func @moved(%y: memref<16x8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %s = kiln.alloc_shared : !slices
    %0 = arith.constant 0 : index
    %4 = arith.constant 4 : index
    %8 = arith.constant 8 : index
    scf.for %i = %0 to %8 step %4 {
      %elements = affine.apply affine_map<(d0) -> (d0 * 8)>(%i)
      %r = kiln.local_read %s at [0, 0] moved %elements : !slices -> tensor<4x8xf32, #one>
      kiln.store_tile %r, %y[%i, %0] in_bounds [true, true] : tensor<4x8xf32, #one>, memref<16x8xf32>
    }
    gpu.return
  }
}
