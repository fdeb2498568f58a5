// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-assign-layouts))' | FileCheck %s
//
// The layout of every tile value follows from that of the accumulator, here one
// mma.m16n8k8: two neighbouring columns and filters f and f + 8 in a thread, a
// quarter of the lanes over columns, the others over filters.
//
// CHECK-DAG: #[[ACC:.+]] = #kiln.layout<register = {{\[\[}}0, 0, 0, 1], [0, 8, 0, 0]], lane = {{\[\[}}0, 0, 0, 2], [0, 0, 0, 4], [0, 1, 0, 0], [0, 2, 0, 0], [0, 4, 0, 0]], warp = []>
// CHECK-DAG: #[[CHANNEL:.+]] = #kiln.layout<register = {{\[\[}}8]], lane = {{\[\[}}0], [0], [1], [2], [4]], warp = []>
// CHECK-DAG: #[[POSITION:.+]] = #kiln.layout<register = {{\[\[}}0, 1]], lane = {{\[\[}}0, 2], [0, 4], [0, 0], [0, 0], [0, 0]], warp = []>
// CHECK-DAG: #[[COPIES:.+]] = #kiln.layout<register = {{\[\[}}0, 0, 1]], lane = {{\[\[}}0, 0, 2], [0, 0, 4], [0, 0, 0], [0, 0, 0], [0, 0, 0]], warp = []>
// CHECK-DAG: #[[HALVED:.+]] = #kiln.layout<register = [], lane = {{\[\[}}0, 0, 2], [0, 0, 4], [0, 0, 0], [0, 0, 0], [0, 0, 1]], warp = []>

#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#halving = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], halving = true>
!image = !kiln.shared<1 x f32, #kiln.shared_layout<[1:0], [8:8], [1:8], [8:1]>>
!filter = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1], [1:0], [1:0]>>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
#position = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
#id3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>

gpu.module @kernels {
  // The loop carries the accumulator in its layout. A bias for each channel is read in
  // what is left of the layout without the columns, a mask for each position in what
  // is left without the channels: every thread reads what it needs and no more.
  //
  // CHECK-LABEL: gpu.func @elementwise
  // CHECK-SAME:  (%[[BIASES:.+]]: memref<16xf32>, %[[MASKS:.+]]: memref<1x8xf32>,
  // CHECK:         %[[INIT:.+]] = arith.constant dense<0.000000e+00> : tensor<1x16x1x8xf32, #[[ACC]]>
  // CHECK:         %[[CONV:.+]] = scf.for {{.*}} iter_args(%[[SUM:.+]] = %[[INIT]]) -> (tensor<1x16x1x8xf32, #[[ACC]]>)
  // CHECK:           linalg.conv_2d_nchw_fchw {{.*}} outs(%[[SUM]] : tensor<1x16x1x8xf32, #[[ACC]]>) -> tensor<1x16x1x8xf32, #[[ACC]]>
  // CHECK-DAG:     %[[BIAS:.+]] = kiln.extract_tile %[[BIASES]]{{.*}} -> tensor<16xf32, #[[CHANNEL]]>
  // CHECK-DAG:     %[[MASK:.+]] = kiln.extract_tile %[[MASKS]]{{.*}} -> tensor<1x8xf32, #[[POSITION]]>
  // CHECK:         %[[SCALED:.+]] = linalg.generic {{.*}} ins(%[[CONV]], %[[BIAS]], %[[MASK]] :
  // CHECK-NOT:     linalg.generic
  // CHECK:         kiln.store_tile %[[SCALED]], {{.*}} : tensor<1x16x1x8xf32, #[[ACC]]>
  gpu.func @elementwise(%bias: memref<16xf32>, %mask: memref<1x8xf32>, %out: memref<1x16x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
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
    %b = kiln.extract_tile %bias[%0] in_bounds [true] : memref<16xf32> -> tensor<16xf32>
    %m = kiln.extract_tile %mask[%0, %0] in_bounds [true, true] : memref<1x8xf32> -> tensor<1x8xf32>
    %e = tensor.empty() : tensor<1x16x1x8xf32>
    %s = linalg.generic {indexing_maps = [#id, #channel, #position, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %b, %m : tensor<1x16x1x8xf32>, tensor<16xf32>, tensor<1x8xf32>) outs(%e : tensor<1x16x1x8xf32>) {
    ^bb0(%in: f32, %bv: f32, %mv: f32, %o: f32):
      %1 = arith.addf %in, %bv : f32
      %2 = arith.mulf %1, %mv : f32
      linalg.yield %2 : f32
    } -> tensor<1x16x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x16x1x8xf32>, memref<1x16x1x8xf32>
    gpu.return
  }

  // A reduction over the channels drops them from the layout: lanes that held other
  // channels of the same positions hold copies. Minus infinity adds nothing to a
  // maximum, so that the start value is gone.
  //
  // CHECK-LABEL: gpu.func @maximum
  // CHECK:         %[[CONV:.+]] = scf.for
  // CHECK-NOT:     linalg.fill
  // CHECK:         %[[MAX:.+]] = kiln.reduce %[[CONV]] over [1] : tensor<1x16x1x8xf32, #[[ACC]]> -> tensor<1x1x8xf32, #[[COPIES]]> {
  // CHECK-NEXT:    ^bb0(%[[L:.+]]: f32, %[[R:.+]]: f32):
  // CHECK-NEXT:      %[[M:.+]] = arith.maximumf %[[L]], %[[R]]
  // CHECK-NEXT:      kiln.reduce_yield %[[M]]
  // CHECK-NOT:     linalg.generic
  // CHECK:         kiln.store_tile %[[MAX]], {{.*}} : tensor<1x1x8xf32, #[[COPIES]]>
  gpu.func @maximum(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #schedule} {
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
    %lowest = arith.constant 0xFF800000 : f32
    %e = tensor.empty() : tensor<1x1x8xf32>
    %f = linalg.fill ins(%lowest : f32) outs(%e : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %q = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%f : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.maximumf %in, %o : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %q, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }

  // With halving the last register bit moves to the last lane bit that would hold
  // copies: each lane ends with one column of its own. What the body computes before
  // it combines is a tile of its own, and a start value that counts is added once.
  //
  // CHECK-LABEL: gpu.func @sum_of_squares
  // CHECK:         %[[CONV:.+]] = scf.for
  // CHECK:         %[[START:.+]] = kiln.extract_tile %{{.*}} -> tensor<1x1x8xf32, #[[HALVED]]>
  // CHECK:         %[[SQUARES:.+]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%[[CONV]] :
  // CHECK:           arith.mulf
  // CHECK:         %[[SUM:.+]] = kiln.reduce %[[SQUARES]] over [1] halving : tensor<1x16x1x8xf32, #[[ACC]]> -> tensor<1x1x8xf32, #[[HALVED]]> {
  // CHECK:           arith.addf
  // CHECK:         %[[TOTAL:.+]] = linalg.generic {{.*}} ins(%[[START]], %[[SUM]] :
  // CHECK:           arith.addf
  // CHECK:         kiln.store_tile %[[TOTAL]],
  gpu.func @sum_of_squares(%start: memref<1x1x8xf32>, %out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #halving} {
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
    %f = kiln.extract_tile %start[%0, %0, %0] in_bounds [true, true, true] : memref<1x1x8xf32> -> tensor<1x1x8xf32>
    %q = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%f : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.mulf %in, %in : f32
      %2 = arith.addf %1, %o : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %q, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }

  // A loop over channel tiles carries what the reduction has so far, in the layout that
  // the reduction leaves; each tile's result is combined with it. The start value is
  // made in that layout, once.
  //
  // CHECK-LABEL: gpu.func @channel_loop
  // CHECK:         %[[START:.+]] = linalg.fill {{.*}} -> tensor<1x1x8xf32, #[[HALVED]]>
  // CHECK:         %[[TOTAL:.+]] = scf.for {{.*}} iter_args(%[[SOFAR:.+]] = %[[START]]) -> (tensor<1x1x8xf32, #[[HALVED]]>)
  // CHECK:           %[[CONV:.+]] = scf.for {{.*}} -> (tensor<1x16x1x8xf32, #[[ACC]]>)
  // CHECK:           %[[MAX:.+]] = kiln.reduce %[[CONV]] over [1] halving
  // CHECK:           %[[NEXT:.+]] = linalg.generic {{.*}} ins(%[[SOFAR]], %[[MAX]] : tensor<1x1x8xf32, #[[HALVED]]>, tensor<1x1x8xf32, #[[HALVED]]>)
  // CHECK:             arith.maximumf
  // CHECK:           scf.yield %[[NEXT]] : tensor<1x1x8xf32, #[[HALVED]]>
  // CHECK:         %[[TAIL:.+]] = linalg.generic {{.*}} ins(%[[TOTAL]] : tensor<1x1x8xf32, #[[HALVED]]>)
  // CHECK:         kiln.store_tile %[[TAIL]],
  gpu.func @channel_loop(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #halving} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %16 = arith.constant 16 : index
    %40 = arith.constant 40 : index
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %lowest = arith.constant 0xFF800000 : f32
    %e = tensor.empty() : tensor<1x1x8xf32>
    %f = linalg.fill ins(%lowest : f32) outs(%e : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %t = scf.for %i = %0 to %40 step %16 iter_args(%max = %f) -> (tensor<1x1x8xf32>) {
      %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
        %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
        %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
        %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
        scf.yield %d : tensor<1x16x1x8xf32>
      }
      %q = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%max : tensor<1x1x8xf32>) {
      ^bb0(%in: f32, %o: f32):
        %1 = arith.maximumf %in, %o : f32
        linalg.yield %1 : f32
      } -> tensor<1x1x8xf32>
      scf.yield %q : tensor<1x1x8xf32>
    }
    %s = linalg.generic {indexing_maps = [#id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%t : tensor<1x1x8xf32>) outs(%e : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.negf %in : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }

  // Every thread takes the maximum from all of its filters, and one of its two columns
  // joins the sum, which is halved: the maximum is computed once, with copies.
  //
  // CHECK-LABEL: gpu.func @two_uses
  // CHECK:         %[[MAX:.+]] = kiln.reduce %{{.+}} over [1] : {{.*}} -> tensor<1x1x8xf32, #[[COPIES]]>
  // CHECK:         %[[OWN:.+]] = kiln.convert_layout %[[MAX]] : tensor<1x1x8xf32, #[[COPIES]]> -> tensor<1x1x8xf32, #[[HALVED]]>
  // CHECK:         linalg.generic {{.*}} ins(%{{.+}}, %[[MAX]] :
  // CHECK:         %[[SUM:.+]] = kiln.reduce %{{.+}} over [1] halving : {{.*}} -> tensor<1x1x8xf32, #[[HALVED]]>
  // CHECK-NOT:     = kiln.reduce
  // CHECK:         linalg.generic {{.*}} ins(%[[SUM]], %[[OWN]] :
  gpu.func @two_uses(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #halving} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %lowest = arith.constant 0xFF800000 : f32
    %zero = arith.constant 0.0 : f32
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    %e3 = tensor.empty() : tensor<1x1x8xf32>
    %e4 = tensor.empty() : tensor<1x16x1x8xf32>
    %least = linalg.fill ins(%lowest : f32) outs(%e3 : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %none = linalg.fill ins(%zero : f32) outs(%e3 : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %max = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%least : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.maximumf %in, %o : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    %d = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %max : tensor<1x16x1x8xf32>, tensor<1x1x8xf32>) outs(%e4 : tensor<1x16x1x8xf32>) {
    ^bb0(%in: f32, %k: f32, %o: f32):
      %1 = arith.subf %in, %k : f32
      linalg.yield %1 : f32
    } -> tensor<1x16x1x8xf32>
    %sum = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%d : tensor<1x16x1x8xf32>) outs(%none : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.addf %in, %o : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    %s = linalg.generic {indexing_maps = [#id3, #id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%sum, %max : tensor<1x1x8xf32>, tensor<1x1x8xf32>) outs(%e3 : tensor<1x1x8xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %1 = arith.addf %a, %b : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }

  // Where the halved one is asked for first, the copies come from it.
  //
  // CHECK-LABEL: gpu.func @halved_first
  // CHECK:         %[[MAX:.+]] = kiln.reduce %{{.+}} over [1] halving : {{.*}} -> tensor<1x1x8xf32, #[[HALVED]]>
  // CHECK:         %[[ALL:.+]] = kiln.convert_layout %[[MAX]] : tensor<1x1x8xf32, #[[HALVED]]> -> tensor<1x1x8xf32, #[[COPIES]]>
  // CHECK:         linalg.generic {{.*}} ins(%{{.+}}, %[[ALL]] :
  // CHECK:         %[[SUM:.+]] = kiln.reduce %{{.+}} over [1] halving
  // CHECK:         linalg.generic {{.*}} ins(%[[MAX]], %[[SUM]] :
  gpu.func @halved_first(%out: memref<1x1x8xf32>) kernel attributes {kiln.schedule = #halving} {
    %x = kiln.alloc_shared : !image
    %w = kiln.alloc_shared : !filter
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %lowest = arith.constant 0xFF800000 : f32
    %zero = arith.constant 0.0 : f32
    %init = arith.constant dense<0.0> : tensor<1x16x1x8xf32>
    %r = scf.for %c = %0 to %8 step %8 iter_args(%acc = %init) -> (tensor<1x16x1x8xf32>) {
      %image = kiln.staged %x[%0] : !image -> tensor<1x8x1x8xf32>
      %filter = kiln.staged %w[%0] : !filter -> tensor<16x8x1x1xf32>
      %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%acc : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
      scf.yield %d : tensor<1x16x1x8xf32>
    }
    %e3 = tensor.empty() : tensor<1x1x8xf32>
    %e4 = tensor.empty() : tensor<1x16x1x8xf32>
    %least = linalg.fill ins(%lowest : f32) outs(%e3 : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %none = linalg.fill ins(%zero : f32) outs(%e3 : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %max = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x16x1x8xf32>) outs(%least : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.maximumf %in, %o : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    %d = linalg.generic {indexing_maps = [#id, #kept, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %max : tensor<1x16x1x8xf32>, tensor<1x1x8xf32>) outs(%e4 : tensor<1x16x1x8xf32>) {
    ^bb0(%in: f32, %k: f32, %o: f32):
      %1 = arith.subf %in, %k : f32
      linalg.yield %1 : f32
    } -> tensor<1x16x1x8xf32>
    %sum = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%d : tensor<1x16x1x8xf32>) outs(%none : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %o: f32):
      %1 = arith.addf %in, %o : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    %s = linalg.generic {indexing_maps = [#id3, #id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%max, %sum : tensor<1x1x8xf32>, tensor<1x1x8xf32>) outs(%e3 : tensor<1x1x8xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %1 = arith.addf %a, %b : f32
      linalg.yield %1 : f32
    } -> tensor<1x1x8xf32>
    kiln.store_tile %s, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x8xf32>
    gpu.return
  }
}
