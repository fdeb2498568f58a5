// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-stage-operands))' --mlir-print-local-scope | FileCheck %s
//
// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-stage-operands))' --remarks-filter=kiln-stage-operands --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// The operands of the convolution go through shared memory. The loop is left
// unpipelined: copy, wait, barrier, compute, barrier, all in slot 0 of the
// schedule's stages.

#tf32 = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 2, 8], chunk = 8, warps = [1, 1, 1]>
#f16 = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 2, 8], chunk = 16, warps = [1, 1, 1], stages = 3>
#strided = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 4, warps = [1, 1, 1], stages = 1, weights = strided>
#transposed = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 2, 8], chunk = 16, warps = [1, 1, 1], stages = 1, transpose = true>
#packed_half = #kiln.shared_layout<[8:32, 2:2], [2:1, 4:8, 2:4], [3:256], [3:768]>
#packed = #kiln.shared_layout<[8:16, 2:1], [4:4, 2:2], [3:384], [3:128]>

gpu.module @kernels {
  // The patch's rows of 10 are padded to 12, three units of 16 bytes, and its planes of
  // 4 * 12 to 56, so that the 8 channels of a fragment load meet different banks. The
  // padding may reach beyond the image: the columns are no longer in bounds. A chunk of
  // the packed filter is row c / 8 of its buffer, copied as it is.
  //
  // CHECK-LABEL: gpu.func @packed
  // CHECK-SAME:  (%[[X:.+]]: memref<1x16x34x36xf32>, %[[W:.+]]: memref<2x1152xf32>
  // CHECK-DAG:     %[[FILTER:.+]] = kiln.alloc_shared : <2 x f32, <[8:16, 2:1], [4:4, 2:2], [3:384], [3:128]>{{(, tail = [0-9]+)?}}>
  // CHECK-DAG:     %[[IMAGE:.+]] = kiln.alloc_shared : <2 x f32, <[1:0], [8:56], [4:12], [12:1]>{{(, tail = [0-9]+)?}}>
  // CHECK-NOT:     kiln.unpack
  // CHECK:         %[[Y:.+]] = gpu.block_id y
  // CHECK:         %[[X0:.+]] = affine.apply
  // CHECK:         scf.for %[[C:.+]] = {{.*}} iter_args(%[[ACC:.+]] = %{{.+}})
  // CHECK:           %[[SLOT:.+]] = arith.constant 0 : index
  // CHECK-NEXT:      kiln.async_copy %[[X]][%{{.+}}, %[[C]], %[[Y]], %[[X0]]] to %[[IMAGE]][%[[SLOT]]] in_bounds [true, true, true, false] vector 4 :
  // CHECK:           %[[EIGHT:.+]] = arith.constant 8 : index
  // CHECK-NEXT:      %[[ROW:.+]] = arith.divui %[[C]], %[[EIGHT]]
  // CHECK:           kiln.async_copy %[[W]][%[[ROW]], %{{.+}}] to %[[FILTER]][%[[SLOT]]] in_bounds [true, true] vector 4 flat :
  // CHECK-NEXT:      kiln.async_commit
  // CHECK-NEXT:      kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      %[[PATCH:.+]] = kiln.staged %[[IMAGE]][%[[SLOT]]] : {{.*}} -> tensor<1x8x4x10xf32>
  // CHECK-NEXT:      %[[CHUNK:.+]] = kiln.staged %[[FILTER]][%[[SLOT]]] : {{.*}} -> tensor<16x8x3x3xf32>
  // CHECK-NEXT:      %[[SUM:.+]] = linalg.conv_2d_nchw_fchw ins(%[[PATCH]], %[[CHUNK]] : {{.*}}) outs(%[[ACC]] :
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      scf.yield %[[SUM]]
  gpu.func @packed(%x: memref<1x16x34x36xf32>, %w: memref<2x1152xf32>, %out: memref<1x16x32x32xf32>) kernel attributes {kiln.schedule = #tf32} {
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %16 = arith.constant 16 : index
    %y = gpu.block_id y
    %bx = gpu.block_id x
    %x0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%bx)
    %view = kiln.unpack %w layout #packed tile_dims [1] : memref<2x1152xf32> -> tensor<16x16x3x3xf32>
    %init = kiln.extract_tile %out[%0, %0, %y, %x0] in_bounds [true, true, true, true] : memref<1x16x32x32xf32> -> tensor<1x16x2x8xf32>
    %r = scf.for %c = %0 to %16 step %8 iter_args(%acc = %init) -> (tensor<1x16x2x8xf32>) {
      %image = kiln.extract_tile %x[%0, %c, %y, %x0] in_bounds [true, true, true, true] : memref<1x16x34x36xf32> -> tensor<1x8x4x10xf32>
      %filter = kiln.extract_tile %view[%0, %c, %0, %0] in_bounds [true, true, true, true] : tensor<16x16x3x3xf32> -> tensor<16x8x3x3xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x4x10xf32>, tensor<16x8x3x3xf32>) outs(%acc : tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32>
      scf.yield %d : tensor<1x16x2x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %y, %x0] in_bounds [true, true, true, true] : tensor<1x16x2x8xf32>, memref<1x16x32x32xf32>
    gpu.return
  }

  // What is computed on the image's tile becomes part of the staged value; constants
  // come along.
  //
  // CHECK-LABEL: gpu.func @prepared
  // CHECK:           kiln.async_copy %{{.+}} to %[[IMAGE:.+]][%[[SLOT:.+]]] in_bounds [true, true, true, false] vector 4 :
  // CHECK:           %[[PATCH:.+]] = kiln.staged %[[IMAGE]][%[[SLOT]]] : {{.*}} -> tensor<1x8x4x10xf32> computing {
  // CHECK-NEXT:      ^bb0(%[[E:.+]]: f32):
  // CHECK-NEXT:        %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
  // CHECK-NEXT:        %[[RELU:.+]] = arith.maximumf %[[E]], %[[ZERO]] : f32
  // CHECK-NEXT:        kiln.compute_yield %[[RELU]] : f32
  // CHECK-NOT:       linalg.generic
  // CHECK:           linalg.conv_2d_nchw_fchw ins(%[[PATCH]],
  gpu.func @prepared(%x: memref<1x16x34x36xf32>, %w: memref<2x1152xf32>, %out: memref<1x16x32x32xf32>) kernel attributes {kiln.schedule = #tf32} {
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %16 = arith.constant 16 : index
    %zero = arith.constant 0.0 : f32
    %view = kiln.unpack %w layout #packed tile_dims [1] : memref<2x1152xf32> -> tensor<16x16x3x3xf32>
    %init = kiln.extract_tile %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : memref<1x16x32x32xf32> -> tensor<1x16x2x8xf32>
    %r = scf.for %c = %0 to %16 step %8 iter_args(%acc = %init) -> (tensor<1x16x2x8xf32>) {
      %box = kiln.extract_tile %x[%0, %c, %0, %0] in_bounds [true, true, true, true] : memref<1x16x34x36xf32> -> tensor<1x8x4x10xf32>
      %e = tensor.empty() : tensor<1x8x4x10xf32>
      %image = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%box : tensor<1x8x4x10xf32>) outs(%e : tensor<1x8x4x10xf32>) {
      ^bb0(%v: f32, %u: f32):
        %relu = arith.maximumf %v, %zero : f32
        linalg.yield %relu : f32
      } -> tensor<1x8x4x10xf32>
      %filter = kiln.extract_tile %view[%0, %c, %0, %0] in_bounds [true, true, true, true] : tensor<16x16x3x3xf32> -> tensor<16x8x3x3xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x4x10xf32>, tensor<16x8x3x3xf32>) outs(%acc : tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32>
      scf.yield %d : tensor<1x16x2x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x2x8xf32>, memref<1x16x32x32xf32>
    gpu.return
  }

  // Padding moves the tiles' first column off the units of 16 bytes: whole units are
  // copied from three columns before it on, and the tile lies behind these.
  //
  // CHECK-LABEL: gpu.func @padded
  // CHECK-DAG:     %[[IMAGE:.+]] = kiln.alloc_shared : <2 x f32, <[1:0], [8:{{[0-9]+}}], [4:16], [16:1]>{{(, tail = [0-9]+)?}}>
  // CHECK:         scf.for
  // CHECK:           %[[FIRST:.+]] = affine.apply affine_map<()[s0] -> (s0 * 8 - 4)>()[%{{.+}}]
  // CHECK-NEXT:      kiln.async_copy %{{.+}}[%{{.+}}, %{{.+}}, %{{.+}}, %[[FIRST]]] to %[[IMAGE]][%{{.+}}] in_bounds [true, true, false, false] vector 4 :
  // CHECK:           kiln.staged %[[IMAGE]][%{{.+}}] at [0, 0, 0, 3] : {{.*}} -> tensor<1x8x4x10xf32>
  gpu.func @padded(%x: memref<1x16x32x32xf32>, %w: memref<2x1152xf32>, %out: memref<1x16x32x32xf32>) kernel attributes {kiln.schedule = #tf32} {
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %16 = arith.constant 16 : index
    %y = gpu.block_id y
    %bx = gpu.block_id x
    %x0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%bx)
    %before = affine.apply affine_map<(d0) -> (d0 * 8 - 1)>(%bx)
    %above = affine.apply affine_map<(d0) -> (d0 - 1)>(%y)
    %view = kiln.unpack %w layout #packed tile_dims [1] : memref<2x1152xf32> -> tensor<16x16x3x3xf32>
    %init = kiln.extract_tile %out[%0, %0, %y, %x0] in_bounds [true, true, true, true] : memref<1x16x32x32xf32> -> tensor<1x16x2x8xf32>
    %r = scf.for %c = %0 to %16 step %8 iter_args(%acc = %init) -> (tensor<1x16x2x8xf32>) {
      %image = kiln.extract_tile %x[%0, %c, %above, %before] in_bounds [true, true, false, false] : memref<1x16x32x32xf32> -> tensor<1x8x4x10xf32>
      %filter = kiln.extract_tile %view[%0, %c, %0, %0] in_bounds [true, true, true, true] : tensor<16x16x3x3xf32> -> tensor<16x8x3x3xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x4x10xf32>, tensor<16x8x3x3xf32>) outs(%acc : tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32>
      scf.yield %d : tensor<1x16x2x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %y, %x0] in_bounds [true, true, true, true] : tensor<1x16x2x8xf32>, memref<1x16x32x32xf32>
    gpu.return
  }

  // Rows of 9 elements start anywhere: units of 4 bytes, and a remark says so. Six
  // channels in chunks of 4 overhang and keep their in_bounds. A strided filter keeps
  // its order; its rows of two elements are units of 8 bytes.
  //
  // CHECK-LABEL: gpu.func @strided
  // CHECK-DAG:     %[[FILTER:.+]] = kiln.alloc_shared : <1 x f32, <[4:8], [4:2], [1:2], [2:1]>{{(, tail = [0-9]+)?}}>
  // CHECK-DAG:     %[[IMAGE:.+]] = kiln.alloc_shared : <1 x f32, <[1:0], [4:9], [1:9], [9:1]>{{(, tail = [0-9]+)?}}>
  // CHECK:         kiln.async_copy %{{.*}} to %[[IMAGE]][%{{.+}}] in_bounds [true, false, true, true] vector 1 :
  // CHECK:         kiln.async_copy %{{.*}} to %[[FILTER]][%{{.+}}] in_bounds [true, false, true, true] vector 2 :
  //
  // REMARK-NOT: remark
  // REMARK: stage-operands.mlir:[[#@LINE+8]]:16: remark: [Missed] copy-width {{.*}}Function=strided{{.*}}"the image is copied in units of 4 bytes, not 16: its rows of 9 elements or their offsets are not multiples of 4"
  // REMARK-NOT: remark
  gpu.func @strided(%x: memref<1x6x1x9xf32>, %w: memref<4x6x1x2xf32>, %out: memref<1x4x1x8xf32>) kernel attributes {kiln.schedule = #strided} {
    %0 = arith.constant 0 : index
    %4 = arith.constant 4 : index
    %6 = arith.constant 6 : index
    %init = kiln.extract_tile %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : memref<1x4x1x8xf32> -> tensor<1x4x1x8xf32>
    %r = scf.for %c = %0 to %6 step %4 iter_args(%acc = %init) -> (tensor<1x4x1x8xf32>) {
      %image = kiln.extract_tile %x[%0, %c, %0, %0] in_bounds [true, false, true, true] : memref<1x6x1x9xf32> -> tensor<1x4x1x9xf32>
      %filter = kiln.extract_tile %w[%0, %c, %0, %0] in_bounds [true, false, true, true] : memref<4x6x1x2xf32> -> tensor<4x4x1x2xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x4x1x9xf32>, tensor<4x4x1x2xf32>) outs(%acc : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
      scf.yield %d : tensor<1x4x1x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x4x1x8xf32>, memref<1x4x1x8xf32>
    gpu.return
  }

  // Channels innermost: a unit is 8 channels of one position, and the two units of a
  // chunk lie in planes of their own. Three stages.
  //
  // CHECK-LABEL: gpu.func @nhwc
  // CHECK-DAG:     %[[IMAGE:.+]] = kiln.alloc_shared : <3 x f16, <[1:0], [4:80], [10:8], [8:1, 2:320]>{{(, tail = [0-9]+)?}}>
  // CHECK:         scf.for %[[C:[a-z0-9_]+]] =
  // CHECK:           kiln.async_copy %{{.+}}[%{{.+}}, %{{.+}}, %{{.+}}, %[[C]]] to %[[IMAGE]][%{{.+}}] in_bounds [true, true, false, true] vector 8 :
  // CHECK:           kiln.staged %[[IMAGE]][%{{.+}}] : {{.*}} -> tensor<1x4x10x16xf16>
  gpu.func @nhwc(%x: memref<1x4x11x32xf16>, %w: memref<3x3x32x16xf16>, %out: memref<1x2x9x16xf32>) kernel attributes {kiln.schedule = #f16} {
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %32 = arith.constant 32 : index
    %x0 = gpu.block_id x
    %init = kiln.extract_tile %out[%0, %0, %x0, %0] in_bounds [true, true, false, true] : memref<1x2x9x16xf32> -> tensor<1x2x8x16xf32>
    %r = scf.for %c = %0 to %32 step %16 iter_args(%acc = %init) -> (tensor<1x2x8x16xf32>) {
      %image = kiln.extract_tile %x[%0, %0, %x0, %c] in_bounds [true, true, false, true] : memref<1x4x11x32xf16> -> tensor<1x4x10x16xf16>
      %filter = kiln.extract_tile %w[%0, %0, %c, %0] in_bounds [true, true, true, true] : memref<3x3x32x16xf16> -> tensor<3x3x16x16xf16>
      %d = linalg.conv_2d_nhwc_hwcf ins(%image, %filter : tensor<1x4x10x16xf16>, tensor<3x3x16x16xf16>) outs(%acc : tensor<1x2x8x16xf32>) -> tensor<1x2x8x16xf32>
      scf.yield %d : tensor<1x2x8x16xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %x0, %0] in_bounds [true, true, false, true] : tensor<1x2x8x16xf32>, memref<1x2x9x16xf32>
    gpu.return
  }

  // Planes of 16-bit channels are staged as they lie, rows of 10 padded to 16 and planes
  // of 4 * 16 to 72, an odd number of 16-byte units: the eight rows of a matrix meet
  // different banks. Then they are transposed: eight channels of a position are 16 bytes.
  // One slot of the source is enough where nothing runs ahead.
  //
  // CHECK-LABEL: gpu.func @transposed
  // CHECK-DAG:     %[[RAW:.+]] = kiln.alloc_shared : <1 x f16, <[1:0], [16:72], [4:16], [16:1]>{{(, tail = [0-9]+)?}}>
  // CHECK-DAG:     %[[IMAGE:.+]] = kiln.alloc_shared : <1 x f16, <[1:0], [8:1, 2:{{[0-9]+}}], [4:128], [16:8]>{{(, tail = [0-9]+)?}}>
  // CHECK:         scf.for
  // CHECK:           kiln.async_copy %{{.+}} to %[[RAW]][%[[SLOT:.+]]] in_bounds [true, true, true, false] vector 8 :
  // CHECK:           kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      kiln.local_copy %[[RAW]][%[[SLOT]]] to %[[IMAGE]][%[[SLOT]]]
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      kiln.staged %[[IMAGE]][%[[SLOT]]] : {{.*}} -> tensor<1x16x4x10xf16>
  gpu.func @transposed(%x: memref<1x32x34x40xf16>, %w: memref<2x2304xf16>, %out: memref<1x16x32x32xf32>) kernel attributes {kiln.schedule = #transposed} {
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %32 = arith.constant 32 : index
    %y = gpu.block_id y
    %bx = gpu.block_id x
    %x0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%bx)
    %view = kiln.unpack %w layout #packed_half tile_dims [1] : memref<2x2304xf16> -> tensor<16x32x3x3xf16>
    %init = kiln.extract_tile %out[%0, %0, %y, %x0] in_bounds [true, true, true, true] : memref<1x16x32x32xf32> -> tensor<1x16x2x8xf32>
    %r = scf.for %c = %0 to %32 step %16 iter_args(%acc = %init) -> (tensor<1x16x2x8xf32>) {
      %image = kiln.extract_tile %x[%0, %c, %y, %x0] in_bounds [true, true, true, true] : memref<1x32x34x40xf16> -> tensor<1x16x4x10xf16>
      %filter = kiln.extract_tile %view[%0, %c, %0, %0] in_bounds [true, true, true, true] : tensor<16x32x3x3xf16> -> tensor<16x16x3x3xf16>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x16x4x10xf16>, tensor<16x16x3x3xf16>) outs(%acc : tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32>
      scf.yield %d : tensor<1x16x2x8xf32>
    }
    kiln.store_tile %r, %out[%0, %0, %y, %x0] in_bounds [true, true, true, true] : tensor<1x16x2x8xf32>, memref<1x16x32x32xf32>
    gpu.return
  }

  // Three tiles of 16 output channels, of two chunks each: a row of the packed buffer for
  // each, numbered channel tile first.
  //
  // CHECK-LABEL: gpu.func @channel_tiles
  // CHECK-SAME:  (%{{.+}}: memref<1x16x34x36xf32>, %[[W:.+]]: memref<6x1152xf32>
  // CHECK:         scf.for %[[F:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args
  // CHECK:           scf.for %[[C:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args
  // CHECK:             %[[SIXTEEN:.+]] = arith.constant 16 : index
  // CHECK-NEXT:        %[[TILE:.+]] = arith.divui %[[F]], %[[SIXTEEN]]
  // CHECK-NEXT:        %[[EIGHT:.+]] = arith.constant 8 : index
  // CHECK-NEXT:        %[[CHUNK:.+]] = arith.divui %[[C]], %[[EIGHT]]
  // CHECK-NEXT:        %[[TWO:.+]] = arith.constant 2 : index
  // CHECK-NEXT:        %[[FIRST:.+]] = arith.muli %[[TILE]], %[[TWO]]
  // CHECK-NEXT:        %[[ROW:.+]] = arith.addi %[[FIRST]], %[[CHUNK]]
  // CHECK:             kiln.async_copy %[[W]][%[[ROW]], %{{.+}}] to
  gpu.func @channel_tiles(%x: memref<1x16x34x36xf32>, %w: memref<6x1152xf32>, %out: memref<1x16x32x32xf32>) kernel attributes {kiln.schedule = #tf32} {
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %16 = arith.constant 16 : index
    %40 = arith.constant 40 : index
    %view = kiln.unpack %w layout #packed tile_dims [0, 1] : memref<6x1152xf32> -> tensor<40x16x3x3xf32>
    %init = kiln.extract_tile %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : memref<1x16x32x32xf32> -> tensor<1x16x2x8xf32>
    %s = scf.for %f = %0 to %40 step %16 iter_args(%all = %init) -> (tensor<1x16x2x8xf32>) {
      %r = scf.for %c = %0 to %16 step %8 iter_args(%acc = %all) -> (tensor<1x16x2x8xf32>) {
        %image = kiln.extract_tile %x[%0, %c, %0, %0] in_bounds [true, true, true, true] : memref<1x16x34x36xf32> -> tensor<1x8x4x10xf32>
        %filter = kiln.extract_tile %view[%f, %c, %0, %0] in_bounds [false, true, true, true] : tensor<40x16x3x3xf32> -> tensor<16x8x3x3xf32>
        %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x4x10xf32>, tensor<16x8x3x3xf32>) outs(%acc : tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32>
        scf.yield %d : tensor<1x16x2x8xf32>
      }
      scf.yield %r : tensor<1x16x2x8xf32>
    }
    kiln.store_tile %s, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x2x8xf32>, memref<1x16x32x32xf32>
    gpu.return
  }
}
