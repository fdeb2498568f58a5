// RUN: split-file %s %t
// RUN: kiln-opt %t/layouts.mlir --pass-pipeline='builtin.module(gpu.module(kiln-assign-layouts))' --split-input-file --verify-diagnostics
// RUN: kiln-opt %t/distribute.mlir --kiln-distribute --split-input-file --verify-diagnostics
//
// Tiles that threads cannot hold, or not compute, are errors at the operation that
// makes them.

//--- layouts.mlir
// Layouts come from the convolution.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
gpu.module @kernels {
  gpu.func @independent(%out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    // expected-error@+1 {{'kiln.store_tile' op stores a tile that does not depend on the contraction}}
    kiln.store_tile %init, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }
}

// -----

// Each thread would need elements of its own of the constant.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
gpu.module @kernels {
  gpu.func @no_splat(%out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    // expected-error@+1 {{'arith.constant' op not supported: a constant tile that is no splat}}
    %bias = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]> : tensor<16xf32>
    %s = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %bias : tensor<1x16x1x8xf32>, tensor<16xf32>) outs(%init : tensor<1x16x1x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %1 = arith.addf %i, %j : f32
      linalg.yield %1 : f32
    } -> tensor<1x16x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }
}

// -----

// Partial results of two operations in turn cannot be combined.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
gpu.module @kernels {
  gpu.func @two_combiners(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    %start = arith.constant dense<0.0> : tensor<1x1x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction of several positions at a time must combine each result by one associative operation, or a value and its index}}
    %s = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%start : tensor<1x1x8xf32>) {
    ^bb1(%i: f32, %j: f32):
      %1 = arith.addf %j, %i : f32
      %2 = arith.mulf %1, %i : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }
}

// -----

// A difference depends on the order: that of partial results is not the whole's.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
gpu.module @kernels {
  gpu.func @difference(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    %start = arith.constant dense<0.0> : tensor<1x1x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction of several positions at a time must combine each result by one associative operation, or a value and its index}}
    %s = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%start : tensor<1x1x8xf32>) {
    ^bb1(%i: f32, %j: f32):
      %1 = arith.subf %j, %i : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }
}

// -----

// A maximum of partial sums is not that of all.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
gpu.module @kernels {
  gpu.func @two_results(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    %start = arith.constant dense<0.0> : tensor<1x1x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction of several positions at a time must combine each result by one associative operation, or a value and its index}}
    %s:2 = linalg.generic {indexing_maps = [#id, #kept, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%start, %start : tensor<1x1x8xf32>, tensor<1x1x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %1 = arith.addf %i, %j : f32
      %2 = arith.maximumf %1, %k : f32
      linalg.yield %1, %2 : f32, f32
    } -> (tensor<1x1x8xf32>, tensor<1x1x8xf32>)
    kiln.store_tile %s#0, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }
}

// -----

// A tile comes from an operation of the kernel.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
gpu.module @kernels {
  // expected-error@+1 {{a tile of no known origin}}
  gpu.func @argument(%init: tensor<1x16x1x8xf32>, %out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }
}

// -----

// Threads cannot reshape their tiles.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
gpu.module @kernels {
  gpu.func @reshape(%out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %flat = arith.constant dense<0.0> : tensor<16x8xf32>
    // expected-error@+1 {{'tensor.expand_shape' op not supported on tiles}}
    %init = tensor.expand_shape %flat [[0, 1], [2, 3]] output_shape [1, 16, 1, 8] : tensor<16x8xf32> into tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }
}

// -----

// A layout has no dimension that does not come from the iteration.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#unit = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3, 0)>
gpu.module @kernels {
  gpu.func @result_map(%out: memref<1x16x1x8x1xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    %five = arith.constant dense<0.0> : tensor<1x16x1x8x1xf32>
    // expected-error@+1 {{'linalg.generic' op not supported on tiles: result map must be a permutation}}
    %s = linalg.generic {indexing_maps = [#id, #unit], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%five : tensor<1x16x1x8x1xf32>) {
    ^bb1(%i: f32, %j: f32):
      linalg.yield %i : f32
    } -> tensor<1x16x1x8x1xf32>
    kiln.store_tile %s, %out[%0, %0, %0, %0, %0] in_bounds [true, true, true, true, true] : tensor<1x16x1x8x1xf32>, memref<1x16x1x8x1xf32>
    gpu.return
  }
}

// -----

// The same with a loop schedule whose threads hold parts of a row.
#schedule = #kiln.loop_schedule<tile = [1, 32], threads = [[1:0], [32:1]], vector = [1, 1], block = 32>
#tile = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = []>
#row = #kiln.layout<register = [], lane = [[0], [0], [0], [0], [0]], warp = []>
#id = affine_map<(d0, d1) -> (d0, d1)>
#kept = affine_map<(d0, d1) -> (d0)>
gpu.module @kernels {
  gpu.func @loop_pair(%x: memref<1x32xf32>, %out: memref<1xf32>) kernel attributes {kiln.schedule = #schedule} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<1x32xf32> -> tensor<1x32xf32, #tile>
    %start = arith.constant dense<0.0> : tensor<1xf32, #row>
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction of several positions at a time must combine each result by one associative operation, or a value and its index}}
    %s:2 = linalg.generic {indexing_maps = [#id, #kept, #kept], iterator_types = ["parallel", "reduction"]} ins(%t : tensor<1x32xf32, #tile>) outs(%start, %start : tensor<1xf32, #row>, tensor<1xf32, #row>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %1 = arith.addf %i, %j : f32
      %2 = arith.maximumf %1, %k : f32
      linalg.yield %1, %2 : f32, f32
    } -> (tensor<1xf32, #row>, tensor<1xf32, #row>)
    kiln.store_tile %s#0, %out[%0] in_bounds [true] : tensor<1xf32, #row>, memref<1xf32>
    gpu.return
  }
}

// -----

// A kernel with a loop schedule has the layouts of its tiles from tiling.
#schedule = #kiln.loop_schedule<tile = [1, 32], threads = [[1:0], [32:1]], vector = [1, 1], block = 32>
gpu.module @kernels {
  gpu.func @loop_layout(%x: memref<1x32xf32>, %out: memref<1xf32>) kernel attributes {kiln.schedule = #schedule} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<1x32xf32> -> tensor<1x32xf32>
    %start = arith.constant dense<0.0> : tensor<1xf32>
    // expected-error@+1 {{'linalg.reduce' op has no layout}}
    %s = linalg.reduce { arith.addf } ins(%t : tensor<1x32xf32>) outs(%start : tensor<1xf32>) dimensions = [1]
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<1xf32>, memref<1xf32>
    gpu.return
  }
}

//--- distribute.mlir
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
    %as = kiln.alloc_shared : !parts
    // expected-error@+1 {{'kiln.local_load' op reads across the parts of a shared dimension}}
    %a = kiln.local_load %as[%0] at [0, 1] step [1, 1] : !parts -> tensor<16x8xf32, #a>
    gpu.return
  }
}
