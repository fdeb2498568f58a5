// RUN: kiln-opt %s --kiln-distribute --split-input-file --verify-diagnostics
//
// What cannot be given to threads is an error at the operation that cannot.

// Reductions pass values between threads, which kiln.reduce does.
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#rows = #kiln.layout<register = [[8]], lane = [[0], [0], [1], [2], [4]], warp = []>
gpu.module @kernels {
  gpu.func @reduction(%x: memref<16x8xf32>, %out: memref<16xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    %e = arith.constant dense<0.0> : tensor<16xf32, #rows>
    // expected-error@+1 {{'linalg.generic' op must be elementwise with a layout to be distributed}}
    %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%t : tensor<16x8xf32, #acc>) outs(%e : tensor<16xf32, #rows>) {
    ^bb1(%i: f32, %j: f32):
      %1 = arith.addf %i, %j : f32
      linalg.yield %1 : f32
    } -> tensor<16xf32, #rows>
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<16xf32, #rows>, memref<16xf32>
    gpu.return
  }
}

// -----

// No thread stores a tile without a layout.
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
gpu.module @kernels {
  gpu.func @store(%out: memref<8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = arith.constant dense<0.0> : tensor<8xf32>
    // expected-error@+1 {{'kiln.store_tile' op needs a layout to be distributed}}
    kiln.store_tile %t, %out[%0] in_bounds [true] : tensor<8xf32>, memref<8xf32>
    gpu.return
  }
}

// -----

// Tiles do not move between threads.
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
gpu.module @kernels {
  gpu.func @unsupported(%x: memref<16x8xf32>, %i: index) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    // expected-error@+1 {{'tensor.extract' op not supported on tiles}}
    %s = tensor.extract %t[%i, %i] : tensor<16x8xf32, #acc>
    memref.store %s, %x[%i, %i] : memref<16x8xf32>
    gpu.return
  }
}

// -----

// Tiles are given out by their layouts.
gpu.module @kernels {
  gpu.func @no_layout(%x: memref<8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    // expected-error@+1 {{'kiln.extract_tile' op needs a layout to be distributed}}
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<8xf32> -> tensor<8xf32>
    kiln.store_tile %t, %x[%0] in_bounds [true] : tensor<8xf32>, memref<8xf32>
    gpu.return
  }
}

// -----

// To how many threads, the kernel says.
gpu.module @kernels {
  // expected-error@+1 {{'gpu.func' op needs a known_block_size to be distributed}}
  gpu.func @no_block_size(%x: memref<4xf32>) kernel {
    gpu.return
  }
}

// -----

// Branches carry no values.
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
gpu.module @kernels {
  gpu.func @condition(%x: memref<1xf32>, %c: i1) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %a = arith.constant 0.0 : f32
    %b = arith.constant 1.0 : f32
    // expected-error@+1 {{'scf.if' op not supported: a condition with results}}
    %s = scf.if %c -> (f32) {
      scf.yield %a : f32
    } else {
      scf.yield %b : f32
    }
    memref.store %s, %x[%0] : memref<1xf32>
    gpu.return
  }
}

// -----

// Fragments of a multiply instruction are words of shared memory.
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
gpu.module @kernels {
  gpu.func @words(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = arith.constant dense<0.0> : tensor<16x8xf32, #a>
    %b = arith.constant dense<0.0> : tensor<8x8xf32, #b>
    // expected-error@+1 {{'kiln.dot' op operands must be loaded from shared memory}}
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// -----

// Eight columns from column 1 on run over the parts of four: offsets do not add up.
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
!parts = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [4:1, 4:256]>>
gpu.module @kernels {
  gpu.func @parts(%out: memref<1xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %as = kiln.alloc_shared offset 0 : !parts
    // expected-error@+1 {{'kiln.local_load' op reads across the parts of a shared dimension}}
    %a = kiln.local_load %as[%0] at [0, 1] step [1, 1] : !parts -> tensor<16x8xf32, #a>
    gpu.return
  }
}

// -----

// Warps meet in memory that has been allocated.
#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0]]>
#reduced = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0]]>
gpu.module @kernels {
  gpu.func @no_scratch(%x: memref<2x32xf32>, %out: memref<32xf32>) kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x32xf32> -> tensor<2x32xf32, #warps>
    // expected-error@+1 {{'kiln.reduce' op combines values of several warps and needs scratch memory; run kiln-allocate-scratch first}}
    %s = kiln.reduce %t over [0] : tensor<2x32xf32, #warps> -> tensor<32xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.addf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<32xf32, #reduced>, memref<32xf32>
    gpu.return
  }
}

// -----

// Buffers have places.
gpu.module @kernels {
  gpu.func @no_place(%out: memref<32xf32>) kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    // expected-error@+1 {{'kiln.alloc_shared' op has no place in shared memory; run kiln-place-shared first}}
    %s = kiln.alloc_shared : !kiln.shared<1 x i8, #kiln.shared_layout<[256:1]>>
    gpu.return
  }
}

// -----

// Values that change their warp meet in memory that has been allocated.
#a = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[32]]>
#b = #kiln.layout<register = [], lane = [[2], [4], [8], [16], [32]], warp = [[1]]>
gpu.module @kernels {
  gpu.func @conversion_without_scratch(%x: memref<64xf32>) kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<64xf32> -> tensor<64xf32, #a>
    // expected-error@+1 {{'kiln.convert_layout' op moves values between warps and needs scratch memory; run kiln-allocate-scratch first}}
    %r = kiln.convert_layout %t : tensor<64xf32, #a> -> tensor<64xf32, #b>
    gpu.return
  }
}

// -----

// Remainders are by positive constants.
gpu.module @kernels {
  gpu.func @remainder(%x: memref<8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %b = gpu.block_id x
    // expected-error@+2 {{modulo by non-positive value is not supported}}
    // expected-error@+1 {{'affine.apply' op has a map that cannot be computed}}
    %i = affine.apply affine_map<(d0) -> (d0 mod -2)>(%b)
    %v = memref.load %x[%i] : memref<8xf32>
    memref.store %v, %x[%0] : memref<8xf32>
    gpu.return
  }
}

// -----

#lanes = #kiln.layout<register = [], lane = [[1], [2], [4], [0], [0]], warp = []>
gpu.module @kernels {
  gpu.func @remainder_in_body(%x: memref<8xi64>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %e = tensor.empty() : tensor<8xi64, #lanes>
    // expected-error@+1 {{modulo by non-positive value is not supported}}
    %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<8xi64, #lanes>) {
    ^bb0(%o: i64):
      %i = linalg.index 0 : index
      // expected-error@+1 {{'affine.apply' op has a map that cannot be computed}}
      %j = affine.apply affine_map<(d0) -> (d0 mod -2)>(%i)
      %k = arith.index_cast %j : index to i64
      linalg.yield %k : i64
    } -> tensor<8xi64, #lanes>
    kiln.store_tile %r, %x[%0] in_bounds [true] : tensor<8xi64, #lanes>, memref<8xi64>
    gpu.return
  }
}

// -----

// What elementwise work reads has a layout, too.
#lanes = #kiln.layout<register = [], lane = [[1], [2], [4], [0], [0]], warp = []>
gpu.module @kernels {
  gpu.func @operand(%x: memref<8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    // expected-error@+1 {{no thread holds this tile: it has no layout}}
    %c = arith.constant dense<1.0> : tensor<8xf32>
    %e = tensor.empty() : tensor<8xf32, #lanes>
    %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%c : tensor<8xf32>) outs(%e : tensor<8xf32, #lanes>) {
    ^bb0(%v: f32, %o: f32):
      linalg.yield %v : f32
    } -> tensor<8xf32, #lanes>
    kiln.store_tile %r, %x[%0] in_bounds [true] : tensor<8xf32, #lanes>, memref<8xf32>
    gpu.return
  }
}

// -----

#lanes = #kiln.layout<register = [[0, 1]], lane = [[1, 0], [2, 0], [4, 0], [0, 2], [0, 4]], warp = []>
gpu.module @kernels {
  gpu.func @bytes(%x: memref<8x8xi8>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %s = kiln.alloc_shared offset 0 : !kiln.shared<1 x i8, #kiln.shared_layout<[8:8], [8:1]>>
    // expected-error@+1 {{'kiln.local_load' op elements must have 16 or 32 bits}}
    %t = kiln.local_load %s[%0] at [0, 0] step [1, 1] : !kiln.shared<1 x i8, #kiln.shared_layout<[8:8], [8:1]>> -> tensor<8x8xi8, #lanes>
    kiln.store_tile %t, %x[%0, %0] in_bounds [true, true] : tensor<8x8xi8, #lanes>, memref<8x8xi8>
    gpu.return
  }
}

// -----

// A word holds two elements of 16 bits.
#lanes = #kiln.layout<register = [], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
gpu.module @kernels {
  gpu.func @half_words(%x: memref<4x8xf16>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %s = kiln.alloc_shared offset 0 : !kiln.shared<1 x f16, #kiln.shared_layout<[4:8], [8:1]>>
    // expected-error@+1 {{'kiln.local_load' op 16-bit fragments need two elements a register}}
    %t = kiln.local_load %s[%0] at [0, 0] step [1, 1] : !kiln.shared<1 x f16, #kiln.shared_layout<[4:8], [8:1]>> -> tensor<4x8xf16, #lanes>
    kiln.store_tile %t, %x[%0, %0] in_bounds [true, true] : tensor<4x8xf16, #lanes>, memref<4x8xf16>
    gpu.return
  }
}
