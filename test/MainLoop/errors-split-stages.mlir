// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-split-stages))' --split-input-file --verify-diagnostics -o /dev/null
//
// Loops whose operand cannot be staged in a ring are refused where the reason stands.

// The second part is read before the first.

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:128]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  gpu.func @ring(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      // expected-error @below {{ring needs loads that read the parts of their buffer one after the other; this one reads part 1 after part -1}}
      %a0 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// The second part is never read.

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:128]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  gpu.func @ring(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      // expected-error @below {{ring: only 1 of the 2 parts are read}}
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// The parts have a gap between them.

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:160]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  gpu.func @ring(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      // expected-error @below {{ring needs a buffer whose 2 parts are contiguous}}
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// Fragments that go elsewhere than to a dot.

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:128]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  gpu.func @ring(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      // expected-error @below {{ring needs dots of the main loop to read all fragments of the buffer}}
      %more = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// Something else than a load reads the buffer, too: here behind the loop.

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:128]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  gpu.func @ring(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    // expected-error @below {{'kiln.alloc_shared' op ring: must only be read by local loads}}
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.async_copy %x[%0, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// A buffer that comes from elsewhere.

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:128]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  gpu.func @ring(%as: !a, %x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      // expected-error @below {{'kiln.async_copy' op must copy to a buffer of this kernel}}
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}
