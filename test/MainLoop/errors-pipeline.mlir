// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-pipeline-main-loop))' --split-input-file --verify-diagnostics -o /dev/null
//
// A schedule that asks of the main loop what it cannot give is refused at the loop.

// Copies can be spread over as many k-steps as there are.
#ahead = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], lookahead = 1, early_barrier = true, spread = 3>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a16 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:20], [16:1]>>
!b16 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>
gpu.module @kernels {
  gpu.func @ahead(%x: memref<512x64xf32>, %w: memref<64x8xf32>, %out: memref<512x8xf32>) kernel attributes {kiln.schedule = #ahead} {
    %as = kiln.alloc_shared : !a16
    %bs = kiln.alloc_shared : !b16
    %0 = arith.constant 0 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %block = gpu.block_id x
    %blocks = gpu.grid_dim x
    %32 = arith.constant 32 : index
    scf.for %tile = %block to %32 step %blocks {
      %16 = arith.constant 16 : index
      %64 = arith.constant 64 : index
      %row = affine.apply affine_map<(d0) -> (d0 * 16)>(%tile)
      // expected-error @below {{spread = 3 exceeds the 2 dots of an iteration}}
      %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
        kiln.async_copy %x[%row, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<512x64xf32> -> !a16
        kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b16
        kiln.async_commit
        kiln.async_wait 0
        kiln.barrier
        %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a16 -> tensor<16x8xf32, #a>
        %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b16 -> tensor<8x8xf32, #b>
        %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a16 -> tensor<16x8xf32, #a>
        %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b16 -> tensor<8x8xf32, #b>
        %d1 = kiln.dot %a1, %b1, %d maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        kiln.barrier
        scf.yield %d1 : tensor<16x8xf32, #acc>
      }
      kiln.store_tile %r, %out[%row, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<512x8xf32>
    }
    gpu.return
  }
}

// -----

// A tile is transposed while the next one is copied.
#half = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], transpose = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#ah = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#bh = #kiln.layout<register = [[1, 0], [8, 0]], lane = [[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!ah = !kiln.shared<2 x f16, #kiln.shared_layout<[16:24], [16:1]>>
!rows = !kiln.shared<1 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!turned = !kiln.shared<2 x f16, #kiln.shared_layout<[8:1, 2:64], [8:8]>>
gpu.module @kernels {
  gpu.func @transposed(%x: memref<16x64xf16>, %w: memref<64x8xf16>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #half} {
    %as = kiln.alloc_shared : !ah
    %rows = kiln.alloc_shared : !rows
    %turned = kiln.alloc_shared : !turned
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    // expected-error @below {{a transposed tile needs two slots of its source where an iteration has one segment}}
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 8 : memref<16x64xf16> -> !ah
      kiln.async_copy %w[%k, %0] to %rows[%0] in_bounds [true, true] vector 8 : memref<64x8xf16> -> !rows
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      kiln.local_copy %rows[%0] to %turned[%0] : !rows -> !turned
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !ah -> tensor<16x16xf16, #ah>
      %b = kiln.local_load %turned[%0] at [0, 0] step [1, 1] : !turned -> tensor<16x8xf16, #bh>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #ah>, tensor<16x8xf16, #bh>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// What is transposed must have been copied.
#half = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], transpose = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#ah = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#bh = #kiln.layout<register = [[1, 0], [8, 0]], lane = [[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!ah = !kiln.shared<2 x f16, #kiln.shared_layout<[16:24], [16:1]>>
!rows = !kiln.shared<2 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!turned = !kiln.shared<2 x f16, #kiln.shared_layout<[8:1, 2:64], [8:8]>>
gpu.module @kernels {
  gpu.func @transposed(%x: memref<16x64xf16>, %w: memref<64x8xf16>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #half} {
    %as = kiln.alloc_shared : !ah
    %rows = kiln.alloc_shared : !rows
    %turned = kiln.alloc_shared : !turned
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      // expected-error @below {{must follow the copy to its source in the first segment of the main loop}}
      kiln.local_copy %rows[%0] to %turned[%0] : !rows -> !turned
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 8 : memref<16x64xf16> -> !ah
      kiln.async_copy %w[%k, %0] to %rows[%0] in_bounds [true, true] vector 8 : memref<64x8xf16> -> !rows
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !ah -> tensor<16x16xf16, #ah>
      %b = kiln.local_load %turned[%0] at [0, 0] step [1, 1] : !turned -> tensor<16x8xf16, #bh>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #ah>, tensor<16x8xf16, #bh>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// What is loaded must have been copied.
#half = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], transpose = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#ah = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#bh = #kiln.layout<register = [[1, 0], [8, 0]], lane = [[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!ah = !kiln.shared<2 x f16, #kiln.shared_layout<[16:24], [16:1]>>
!rows = !kiln.shared<2 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!turned = !kiln.shared<2 x f16, #kiln.shared_layout<[8:1, 2:64], [8:8]>>
gpu.module @kernels {
  gpu.func @transposed(%x: memref<16x64xf16>, %w: memref<64x8xf16>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #half} {
    %as = kiln.alloc_shared : !ah
    %rows = kiln.alloc_shared : !rows
    %turned = kiln.alloc_shared : !turned
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 8 : memref<16x64xf16> -> !ah
      kiln.async_copy %w[%k, %0] to %rows[%0] in_bounds [true, true] vector 8 : memref<64x8xf16> -> !rows
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !ah -> tensor<16x16xf16, #ah>
      // expected-error @below {{reads a buffer that the main loop has not copied to}}
      %b = kiln.local_load %turned[%0] at [0, 0] step [1, 1] : !turned -> tensor<16x8xf16, #bh>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #ah>, tensor<16x8xf16, #bh>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// The accumulator must run through all dots of the body.
#look = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], lookahead = 1>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a2 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!b2 = !kiln.shared<2 x f32, #kiln.shared_layout<[8:8], [8:1]>>
gpu.module @kernels {
  gpu.func @two_stages(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #look} {
    %as = kiln.alloc_shared : !a2
    %bs = kiln.alloc_shared : !b2
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    // expected-error @below {{lookahead needs a body that is one chain of dots on fragments of its own}}
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a2
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b2
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a2 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b2 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %init : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// With fragments loaded ahead only dots and their loads are kept.
#look = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], lookahead = 1>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a2 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!b2 = !kiln.shared<2 x f32, #kiln.shared_layout<[8:8], [8:1]>>
gpu.module @kernels {
  gpu.func @two_stages(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #look} {
    %as = kiln.alloc_shared : !a2
    %bs = kiln.alloc_shared : !b2
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    // expected-error @below {{lookahead needs a body that is one chain of dots on fragments of its own}}
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a2
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b2
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a2 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b2 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// Slots are what pipelining deals out.
#look = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], lookahead = 1>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a2 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!b2 = !kiln.shared<2 x f32, #kiln.shared_layout<[8:8], [8:1]>>
gpu.module @kernels {
  gpu.func @two_stages(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #look} {
    %as = kiln.alloc_shared : !a2
    %bs = kiln.alloc_shared : !b2
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      // expected-error @below {{must fill slot 0 as a whole in each iteration; is the loop pipelined already?}}
      kiln.async_copy %x[%0, %k] to %as[%1] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a2
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b2
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a2 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b2 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}
