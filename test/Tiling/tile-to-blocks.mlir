// RUN: kiln-opt %s --kiln-tile-to-blocks --split-input-file --mlir-print-local-scope | FileCheck %s
//
// A kernel becomes an scf.forall over tiles of its results, each of which is stored into
// the memory of its result: batch, rows, columns, and output channels where a tile does
// not hold them all. Those that are reduced become a loop in the tile instead.

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
// A tile of 2 x 8 outputs reads a patch of 4 x 10: neighbouring tiles read the two
// rows and columns between them both.
//
// CHECK-LABEL: func @halo
// CHECK:       kiln.kernel "conv"
// CHECK-NEXT:  ^bb0(%[[X:.+]]: tensor<2x3x6x18xf32>, %[[W:.+]]: tensor<4x3x3x3xf32>, %[[O:.+]]: tensor<2x4x4x16xf32>):
// CHECK-NEXT:    %[[OUT:.+]] = kiln.output 0 : memref<2x4x4x16xf32>
// CHECK-NEXT:    scf.forall (%[[N:.+]], %[[ROW:.+]], %[[COLUMN:.+]]) in (2, 2, 2) {
// CHECK-DAG:     %[[Y0:.+]] = affine.apply affine_map<(d0) -> (d0 * 2)>(%[[ROW]])
// CHECK-DAG:     %[[X0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[COLUMN]])
// CHECK:         %[[PATCH:.+]] = kiln.extract_tile %[[X]][%[[N]], %{{.+}}, %{{.+}}, %{{.+}}] in_bounds [true, true, true, true] : tensor<2x3x6x18xf32> -> tensor<1x3x4x10xf32>
// CHECK:         %[[FILTER:.+]] = kiln.extract_tile %[[W]]{{.*}} -> tensor<4x3x3x3xf32>
// CHECK:         %[[INIT:.+]] = kiln.extract_tile %[[O]][%[[N]], %{{.+}}, %[[Y0]], %[[X0]]] in_bounds [true, true, true, true] : tensor<2x4x4x16xf32> -> tensor<1x4x2x8xf32>
// CHECK:         %[[TILE:.+]] = linalg.conv_2d_nchw_fchw ins(%[[PATCH]], %[[FILTER]] : {{.*}}) outs(%[[INIT]] : tensor<1x4x2x8xf32>)
// CHECK:         kiln.store_tile %[[TILE]], %[[OUT]][%[[N]], %{{.+}}, %[[Y0]], %[[X0]]] in_bounds [true, true, true, true] : tensor<1x4x2x8xf32>, memref<2x4x4x16xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    kiln.yield{{$}}
func.func @halo(%x: tensor<2x3x6x18xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x16xf32>) -> tensor<2x4x4x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<2x3x6x18xf32>, tensor<4x3x3x3xf32>, tensor<2x4x4x16xf32>) -> tensor<2x4x4x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<2x3x6x18xf32>, %b: tensor<4x3x3x3xf32>, %c: tensor<2x4x4x16xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<2x3x6x18xf32>, tensor<4x3x3x3xf32>) outs(%c : tensor<2x4x4x16xf32>) -> tensor<2x4x4x16xf32>
    kiln.yield %r : tensor<2x4x4x16xf32>
  }
  return %y : tensor<2x4x4x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
// Padding is an offset of the patch: the stride's 2 * 2 rows a tile, less the row
// of padding; what lies outside reads as zero, so that the patch is not in bounds.
// The second tile of 8 columns overhangs the result's 10: two are stored.
//
// CHECK-LABEL: func @padded
// CHECK-NOT:   tensor.pad
// CHECK:       scf.forall (%[[N:.+]], %[[ROW:.+]], %[[COLUMN:.+]]) in (1, 2, 2)
// CHECK-DAG:     %[[Y:.+]] = affine.apply affine_map<(d0) -> (d0 * 4 - 1)>(%[[ROW]])
// CHECK-DAG:     %[[X:.+]] = affine.apply affine_map<(d0) -> (d0 * 16 - 1)>(%[[COLUMN]])
// CHECK:         kiln.extract_tile %{{.+}}[%[[N]], %{{.+}}, %[[Y]], %[[X]]] in_bounds [true, true, false, false] : tensor<1x3x7x19xf32> -> tensor<1x3x5x17xf32>
// CHECK:         kiln.extract_tile %{{.*}} in_bounds [true, true, true, false] : tensor<1x4x4x10xf32> -> tensor<1x4x2x8xf32>
// CHECK:         %[[TILE:.+]] = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>}
// CHECK:         kiln.store_tile %[[TILE]], %{{.*}} in_bounds [true, true, true, false] : tensor<1x4x2x8xf32>, memref<1x4x4x10xf32>
func.func @padded(%x: tensor<1x3x7x19xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<1x4x4x10xf32>) -> tensor<1x4x4x10xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x3x7x19xf32>, tensor<4x3x3x3xf32>, tensor<1x4x4x10xf32>) -> tensor<1x4x4x10xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x3x7x19xf32>, %b: tensor<4x3x3x3xf32>, %c: tensor<1x4x4x10xf32>):
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x3x7x19xf32> to tensor<1x3x9x21xf32>
    %r = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>} ins(%p, %b : tensor<1x3x9x21xf32>, tensor<4x3x3x3xf32>) outs(%c : tensor<1x4x4x10xf32>) -> tensor<1x4x4x10xf32>
    kiln.yield %r : tensor<1x4x4x10xf32>
  }
  return %y : tensor<1x4x4x10xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
#position = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// Everything behind the convolution comes along on tiles. Three channels are padded
// to four: the filter and the bias overhang, and for the fourth channel the maximum
// takes what it ignores, whatever the body computes before. An index counts within the
// whole result.
//
// CHECK-LABEL: func @epilogue
// CHECK:       scf.forall (%[[N:.+]], %[[ROW:.+]], %[[COLUMN:.+]]) in (1, 2, 2)
// CHECK:         %[[X0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[COLUMN]])
// CHECK:         kiln.extract_tile %{{.*}} in_bounds [false, true, true, true] : tensor<3x2x1x1xf32> -> tensor<4x2x1x1xf32>
// CHECK:         %[[CONV:.+]] = linalg.conv_2d_nchw_fchw
// CHECK:         %[[BIAS:.+]] = kiln.extract_tile %{{.*}} in_bounds [false] : tensor<3xf32> -> tensor<4xf32>
// CHECK:         %[[MASK:.+]] = kiln.extract_tile %{{.+}}[%[[ROW]], %[[X0]]] in_bounds [true, true] : tensor<2x16xf32> -> tensor<1x8xf32>
// CHECK:         %[[SCALED:.+]] = linalg.generic {{.*}} ins(%[[CONV]], %[[BIAS]], %[[MASK]] : tensor<1x4x1x8xf32>, tensor<4xf32>, tensor<1x8xf32>)
// CHECK:           %[[INDEX:.+]] = linalg.index 3
// CHECK:           arith.addi %[[INDEX]], %[[X0]]
// CHECK:         %[[MAX:.+]] = linalg.generic {{.*}}"reduction"{{.*}} ins(%[[SCALED]] : tensor<1x4x1x8xf32>) outs(%{{.+}} : tensor<1x1x8xf32>)
// CHECK:           ^bb0(%[[IN:.+]]: f32, %[[OUT:.+]]: f32):
// CHECK:           %[[SQUARE:.+]] = arith.mulf %[[IN]], %[[IN]]
// CHECK:           %[[CHANNEL:.+]] = linalg.index 1
// CHECK:           %[[THREE:.+]] = arith.constant 3 : index
// CHECK:           %[[REAL:.+]] = arith.cmpi ult, %[[CHANNEL]], %[[THREE]]
// CHECK:           %[[LOWEST:.+]] = arith.constant 0xFF800000 : f32
// CHECK:           %[[TAKEN:.+]] = arith.select %[[REAL]], %[[SQUARE]], %[[LOWEST]]
// CHECK:           arith.maximumf %[[TAKEN]], %[[OUT]]
// CHECK:         kiln.store_tile %[[MAX]], %{{.+}}[%[[N]], %[[ROW]], %[[X0]]] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x2x16xf32>
func.func @epilogue(%x: tensor<1x2x2x16xf32>, %w: tensor<3x2x1x1xf32>, %bias: tensor<3xf32>, %mask: tensor<2x16xf32>) -> tensor<1x2x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %bias, %mask : tensor<1x2x2x16xf32>, tensor<3x2x1x1xf32>, tensor<3xf32>, tensor<2x16xf32>) -> tensor<1x2x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x16xf32>, %b: tensor<3x2x1x1xf32>, %v: tensor<3xf32>, %m: tensor<2x16xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x3x2x16xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x3x2x16xf32>) -> tensor<1x3x2x16xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x16xf32>, tensor<3x2x1x1xf32>) outs(%f : tensor<1x3x2x16xf32>) -> tensor<1x3x2x16xf32>
    %s = linalg.generic {indexing_maps = [#id, #channel, #position, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %v, %m : tensor<1x3x2x16xf32>, tensor<3xf32>, tensor<2x16xf32>) outs(%e : tensor<1x3x2x16xf32>) {
    ^bb0(%in: f32, %bv: f32, %mv: f32, %out: f32):
      %0 = arith.addf %in, %bv : f32
      %1 = arith.mulf %0, %mv : f32
      %2 = linalg.index 3 : index
      %3 = arith.index_cast %2 : index to i32
      %4 = arith.sitofp %3 : i32 to f32
      %5 = arith.addf %1, %4 : f32
      linalg.yield %5 : f32
    } -> tensor<1x3x2x16xf32>
    %lowest = arith.constant 0xFF800000 : f32
    %e3 = tensor.empty() : tensor<1x2x16xf32>
    %f3 = linalg.fill ins(%lowest : f32) outs(%e3 : tensor<1x2x16xf32>) -> tensor<1x2x16xf32>
    %q = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%s : tensor<1x3x2x16xf32>) outs(%f3 : tensor<1x2x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.mulf %in, %in : f32
      %1 = arith.maximumf %0, %out : f32
      linalg.yield %1 : f32
    } -> tensor<1x2x16xf32>
    kiln.yield %q : tensor<1x2x16xf32>
  }
  return %y : tensor<1x2x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// The same with the channels innermost; a sum ignores zero.
//
// CHECK-LABEL: func @nhwc_sum
// CHECK:       scf.forall (%[[N:.+]], %[[ROW:.+]], %[[COLUMN:.+]]) in (1, 2, 2)
// CHECK:         kiln.extract_tile %{{.+}}[%[[N]], %[[ROW]], %{{.+}}, %{{.+}}] {{.*}} -> tensor<1x1x8x2xf32>
// CHECK:         linalg.generic
// CHECK:           linalg.index 3
// CHECK:           %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
// CHECK:           %[[TAKEN:.+]] = arith.select %{{.+}}, %{{.+}}, %[[ZERO]]
// CHECK:           arith.addf %[[TAKEN]]
// CHECK:         kiln.store_tile %{{.+}}, %{{.+}}[%[[N]], %[[ROW]], %{{.+}}] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x2x16xf32>
func.func @nhwc_sum(%x: tensor<1x2x16x2xf32>, %w: tensor<1x1x2x3xf32>, %o: tensor<1x2x16x3xf32>, %o3: tensor<1x2x16xf32>) -> tensor<1x2x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %o3 : tensor<1x2x16x2xf32>, tensor<1x1x2x3xf32>, tensor<1x2x16x3xf32>, tensor<1x2x16xf32>) -> tensor<1x2x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x16x2xf32>, %b: tensor<1x1x2x3xf32>, %c: tensor<1x2x16x3xf32>, %d: tensor<1x2x16xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x2x16x2xf32>, tensor<1x1x2x3xf32>) outs(%c : tensor<1x2x16x3xf32>) -> tensor<1x2x16x3xf32>
    %q = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%r : tensor<1x2x16x3xf32>) outs(%d : tensor<1x2x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %in, %out : f32
      linalg.yield %0 : f32
    } -> tensor<1x2x16xf32>
    kiln.yield %q : tensor<1x2x16xf32>
  }
  return %y : tensor<1x2x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
#id3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// Ten channels in tiles of 4, all of them reduced: a loop in the block that carries
// what both reductions have so far. What has channels is in the loop, at offsets of its
// variable; the last tile overhangs by two channels, which the reductions ignore. What
// has none any more follows the loop.
//
// CHECK-LABEL: func @channel_loop
// CHECK:       ^bb0(%[[X:.+]]: tensor<1x2x2x16xf32>, %[[W:.+]]: tensor<10x2x1x1xf32>, %[[BIASES:.+]]: tensor<10xf32>, %[[START:.+]]: tensor<1x2x16xf32>):
// CHECK:       scf.forall (%[[N:.+]], %[[ROW:.+]], %[[COLUMN:.+]]) in (1, 2, 2)
// CHECK:         %[[X0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[COLUMN]])
// CHECK:         %[[LOWEST:.+]] = linalg.fill {{.*}} -> tensor<1x1x8xf32>
// CHECK:         %[[SUM0:.+]] = kiln.extract_tile %[[START]][%[[N]], %[[ROW]], %[[X0]]] {{.*}} -> tensor<1x1x8xf32>
// CHECK-DAG:     %[[BEGIN:.+]] = arith.constant 0 : index
// CHECK-DAG:     %[[END:.+]] = arith.constant 10 : index
// CHECK-DAG:     %[[STEP:.+]] = arith.constant 4 : index
// CHECK:         %[[TOTAL:.+]]:2 = scf.for %[[F:.+]] = %[[BEGIN]] to %[[END]] step %[[STEP]] iter_args(%[[MAX:.+]] = %[[LOWEST]], %[[SUM:.+]] = %[[SUM0]]) -> (tensor<1x1x8xf32>, tensor<1x1x8xf32>) {
// CHECK:           kiln.extract_tile %[[X]]{{.*}} -> tensor<1x2x1x8xf32>
// CHECK:           kiln.extract_tile %[[W]][%[[F]], %{{.+}}, %{{.+}}, %{{.+}}] in_bounds [false, true, true, true] : tensor<10x2x1x1xf32> -> tensor<4x2x1x1xf32>
// CHECK:           %[[CONV:.+]] = linalg.conv_2d_nchw_fchw
// CHECK:           %[[BIAS:.+]] = kiln.extract_tile %[[BIASES]][%[[F]]] in_bounds [false] : tensor<10xf32> -> tensor<4xf32>
// CHECK:           %[[BIASED:.+]] = linalg.generic {{.*}} ins(%[[CONV]], %[[BIAS]] : tensor<1x4x1x8xf32>, tensor<4xf32>)
// CHECK:             %[[INDEX:.+]] = linalg.index 1
// CHECK:             arith.addi %[[INDEX]], %[[F]]
// CHECK:           %[[NEWMAX:.+]] = linalg.generic {{.*}}"reduction"{{.*}} ins(%[[BIASED]] : tensor<1x4x1x8xf32>) outs(%[[MAX]] : tensor<1x1x8xf32>)
// CHECK:             %[[CHANNEL:.+]] = linalg.index 1
// CHECK-NEXT:        %[[OFALL:.+]] = arith.addi %[[CHANNEL]], %[[F]]
// CHECK-NEXT:        %[[TEN:.+]] = arith.constant 10 : index
// CHECK-NEXT:        %[[VALID:.+]] = arith.cmpi ult, %[[OFALL]], %[[TEN]]
// CHECK:             %[[MASKED:.+]] = arith.select %[[VALID]]
// CHECK-NEXT:        arith.maximumf %[[MASKED]]
// CHECK:           %[[NEWSUM:.+]] = linalg.generic {{.*}}"reduction"{{.*}} outs(%[[SUM]] : tensor<1x1x8xf32>)
// CHECK:             arith.addf
// CHECK:           scf.yield %[[NEWMAX]], %[[NEWSUM]]
// CHECK:         }
// CHECK:         %[[DIFFERENCE:.+]] = linalg.generic {{.*}} ins(%[[TOTAL]]#0, %[[TOTAL]]#1 :
// CHECK:           arith.subf
// CHECK:         kiln.store_tile %[[DIFFERENCE]], %{{.+}}[%[[N]], %[[ROW]], %[[X0]]] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x2x16xf32>
func.func @channel_loop(%x: tensor<1x2x2x16xf32>, %w: tensor<10x2x1x1xf32>, %bias: tensor<10xf32>, %start: tensor<1x2x16xf32>) -> tensor<1x2x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %bias, %start : tensor<1x2x2x16xf32>, tensor<10x2x1x1xf32>, tensor<10xf32>, tensor<1x2x16xf32>) -> tensor<1x2x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x16xf32>, %b: tensor<10x2x1x1xf32>, %v: tensor<10xf32>, %t: tensor<1x2x16xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x10x2x16xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x10x2x16xf32>) -> tensor<1x10x2x16xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x16xf32>, tensor<10x2x1x1xf32>) outs(%f : tensor<1x10x2x16xf32>) -> tensor<1x10x2x16xf32>
    %s = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %v : tensor<1x10x2x16xf32>, tensor<10xf32>) outs(%e : tensor<1x10x2x16xf32>) {
    ^bb0(%in: f32, %bv: f32, %out: f32):
      %0 = arith.addf %in, %bv : f32
      %1 = linalg.index 1 : index
      %2 = arith.index_cast %1 : index to i32
      %3 = arith.sitofp %2 : i32 to f32
      %4 = arith.addf %0, %3 : f32
      linalg.yield %4 : f32
    } -> tensor<1x10x2x16xf32>
    %lowest = arith.constant 0xFF800000 : f32
    %e3 = tensor.empty() : tensor<1x2x16xf32>
    %f3 = linalg.fill ins(%lowest : f32) outs(%e3 : tensor<1x2x16xf32>) -> tensor<1x2x16xf32>
    %max = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%s : tensor<1x10x2x16xf32>) outs(%f3 : tensor<1x2x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.maximumf %in, %out : f32
      linalg.yield %0 : f32
    } -> tensor<1x2x16xf32>
    %sum = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%s : tensor<1x10x2x16xf32>) outs(%t : tensor<1x2x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.addf %in, %out : f32
      linalg.yield %0 : f32
    } -> tensor<1x2x16xf32>
    %q = linalg.generic {indexing_maps = [#id3, #id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%max, %sum : tensor<1x2x16xf32>, tensor<1x2x16xf32>) outs(%e3 : tensor<1x2x16xf32>) {
    ^bb0(%m: f32, %n: f32, %out: f32):
      %0 = arith.subf %m, %n : f32
      linalg.yield %0 : f32
    } -> tensor<1x2x16xf32>
    kiln.yield %q : tensor<1x2x16xf32>
  }
  return %y : tensor<1x2x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
// A result that keeps its channels has tiles along them, numbered before all others:
// three blocks behind one another read the same patch of the image. The third stores
// two of its four channels.
//
// CHECK-LABEL: func @channel_tiles
// CHECK:       ^bb0(%[[X:.+]]: tensor<1x2x1x8xf32>, %[[W:.+]]: tensor<10x2x1x1xf32>, %[[O:.+]]: tensor<1x10x1x8xf32>):
// CHECK:       scf.forall (%[[N:.+]], %[[ROW:.+]], %[[COLUMN:.+]], %[[TILE:.+]]) in (1, 1, 1, 3)
// CHECK:         %[[F:.+]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[TILE]])
// CHECK:         kiln.extract_tile %[[W]][%[[F]], %{{.+}}, %{{.+}}, %{{.+}}] in_bounds [false, true, true, true]
// CHECK:         kiln.extract_tile %[[O]][%{{.+}}, %[[F]], %{{.+}}, %{{.+}}] in_bounds [true, false, true, true] : tensor<1x10x1x8xf32> -> tensor<1x4x1x8xf32>
// CHECK-NOT:     scf.for
// CHECK:         kiln.store_tile %{{.+}}, %{{.+}}[%[[N]], %[[F]], %[[ROW]], %{{.+}}] in_bounds [true, false, true, true] : tensor<1x4x1x8xf32>, memref<1x10x1x8xf32>
func.func @channel_tiles(%x: tensor<1x2x1x8xf32>, %w: tensor<10x2x1x1xf32>, %o: tensor<1x10x1x8xf32>) -> tensor<1x10x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x8xf32>, tensor<10x2x1x1xf32>, tensor<1x10x1x8xf32>) -> tensor<1x10x1x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<10x2x1x1xf32>, %c: tensor<1x10x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x1x8xf32>, tensor<10x2x1x1xf32>) outs(%c : tensor<1x10x1x8xf32>) -> tensor<1x10x1x8xf32>
    kiln.yield %r : tensor<1x10x1x8xf32>
  }
  return %y : tensor<1x10x1x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#position = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#id3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// Channels innermost. Eight are whole tiles: nothing is masked. The mask for each
// position is read in the loop and again behind it: no tile leaves the loop but what it
// carries.
//
// CHECK-LABEL: func @nhwc_channel_loop
// CHECK:       ^bb0(%[[X:.+]]: tensor<1x1x8x2xf32>, %[[W:.+]]: tensor<1x1x2x8xf32>, %[[O:.+]]: tensor<1x1x8x8xf32>, %[[MASK:.+]]: tensor<1x1x8xf32>):
// CHECK:         %[[MIN:.+]] = scf.for %[[F:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args
// CHECK:           kiln.extract_tile %[[W]][%{{.+}}, %{{.+}}, %{{.+}}, %[[F]]] in_bounds [true, true, true, true] : tensor<1x1x2x8xf32> -> tensor<1x1x2x4xf32>
// CHECK:           kiln.extract_tile %[[O]][%{{.+}}, %{{.+}}, %{{.+}}, %[[F]]] in_bounds [true, true, true, true]
// CHECK:           kiln.extract_tile %[[MASK]]
// CHECK-NOT:       arith.select
// CHECK:           scf.yield
// CHECK:         }
// CHECK:         %[[AGAIN:.+]] = kiln.extract_tile %[[MASK]]
// CHECK:         linalg.generic {{.*}} ins(%[[MIN]], %[[AGAIN]] :
func.func @nhwc_channel_loop(%x: tensor<1x1x8x2xf32>, %w: tensor<1x1x2x8xf32>, %o: tensor<1x1x8x8xf32>, %m: tensor<1x1x8xf32>) -> tensor<1x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<1x1x8x2xf32>, tensor<1x1x2x8xf32>, tensor<1x1x8x8xf32>, tensor<1x1x8xf32>) -> tensor<1x1x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x1x8x2xf32>, %b: tensor<1x1x2x8xf32>, %c: tensor<1x1x8x8xf32>, %d: tensor<1x1x8xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x1x8x2xf32>, tensor<1x1x2x8xf32>) outs(%c : tensor<1x1x8x8xf32>) -> tensor<1x1x8x8xf32>
    %e = tensor.empty() : tensor<1x1x8x8xf32>
    %s = linalg.generic {indexing_maps = [#id, #position, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %d : tensor<1x1x8x8xf32>, tensor<1x1x8xf32>) outs(%e : tensor<1x1x8x8xf32>) {
    ^bb0(%in: f32, %mv: f32, %out: f32):
      %0 = arith.mulf %in, %mv : f32
      linalg.yield %0 : f32
    } -> tensor<1x1x8x8xf32>
    %highest = arith.constant 0x7F800000 : f32
    %e3 = tensor.empty() : tensor<1x1x8xf32>
    %f3 = linalg.fill ins(%highest : f32) outs(%e3 : tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
    %min = linalg.generic {indexing_maps = [#id, #kept], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%s : tensor<1x1x8x8xf32>) outs(%f3 : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = arith.minimumf %in, %out : f32
      linalg.yield %0 : f32
    } -> tensor<1x1x8xf32>
    %q = linalg.generic {indexing_maps = [#id3, #id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%min, %d : tensor<1x1x8xf32>, tensor<1x1x8xf32>) outs(%e3 : tensor<1x1x8xf32>) {
    ^bb0(%in: f32, %mv: f32, %out: f32):
      %0 = arith.addf %in, %mv : f32
      linalg.yield %0 : f32
    } -> tensor<1x1x8xf32>
    kiln.yield %q : tensor<1x1x8xf32>
  }
  return %y : tensor<1x1x8xf32>
}
