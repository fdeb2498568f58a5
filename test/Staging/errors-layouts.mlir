// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-assign-layouts))' --split-input-file --verify-diagnostics
//
// What gives a tile no layout is an error at the operation that does not.

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

// -----

// The chunk loop carries what the contraction adds to.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
gpu.module @kernels {
  gpu.func @other_init(%out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    // expected-error@+1 {{'scf.for' op must carry the accumulator of one contraction}}
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%init : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }
}

// -----

// A reduction beside the contraction, of what has no layout.
#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#column = affine_map<(d0, d1, d2, d3) -> (d3)>
gpu.module @kernels {
  gpu.func @beside(%y: memref<8x4xf32>, %out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
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
    %t = kiln.extract_tile %y[%0, %0] in_bounds [true, true] : memref<8x4xf32> -> tensor<8x4xf32>
    %zero = arith.constant dense<0.0> : tensor<8xf32>
    // expected-error@+1 {{'linalg.reduce' op has no layout: it depends on no tile that has one}}
    %sum = linalg.reduce {arith.addf} ins(%t : tensor<8x4xf32>) outs(%zero : tensor<8xf32>) dimensions = [1]
    %e = tensor.empty() : tensor<1x16x1x8xf32>
    %s = linalg.generic {indexing_maps = [#id, #column, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %sum : tensor<1x16x1x8xf32>, tensor<8xf32>) outs(%e : tensor<1x16x1x8xf32>) {
    ^bb1(%a: f32, %b: f32, %o: f32):
      %v = arith.addf %a, %b : f32
      linalg.yield %v : f32
    } -> tensor<1x16x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }
}
