// RUN: kiln-opt %s --kiln-tile-reduction --mlir-print-local-scope | FileCheck %s
//
// The convolution of a tile becomes a loop over chunks of input channels that
// carries the accumulator. The tiles of the operands are read anew for each chunk.

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 4, warps = [1, 1, 1]>

// Ten channels in chunks of 4: the last chunk overhangs, so that the channels are
// not in bounds; they read as zero.
//
// CHECK-LABEL: func @nchw
// CHECK:       ^bb0(%[[X:.+]]: tensor<1x10x3x18xf32>, %[[W:.+]]: tensor<4x10x3x3xf32>, %[[O:.+]]: tensor<1x4x1x16xf32>):
// CHECK:       scf.forall (%[[N:.+]], %[[ROW:.+]], %{{.+}}) in (1, 1, 2)
// CHECK:         %[[AT:.+]] = affine.apply
// CHECK-NEXT:    %[[INIT:.+]] = kiln.extract_tile %[[O]]
// CHECK-DAG:     %[[BEGIN:.+]] = arith.constant 0 : index
// CHECK-DAG:     %[[END:.+]] = arith.constant 10 : index
// CHECK-DAG:     %[[STEP:.+]] = arith.constant 4 : index
// CHECK:         %[[TILE:.+]] = scf.for %[[C:.+]] = %[[BEGIN]] to %[[END]] step %[[STEP]] iter_args(%[[ACC:.+]] = %[[INIT]]) -> (tensor<1x4x1x8xf32>) {
// CHECK-NEXT:      %[[IMAGE:.+]] = kiln.extract_tile %[[X]][%[[N]], %[[C]], %[[ROW]], %[[AT]]] in_bounds [true, false, true, true] : tensor<1x10x3x18xf32> -> tensor<1x4x3x10xf32>
// CHECK-NEXT:      %[[FILTER:.+]] = kiln.extract_tile %[[W]][%{{.+}}, %[[C]], %{{.+}}, %{{.+}}] in_bounds [true, false, true, true] : tensor<4x10x3x3xf32> -> tensor<4x4x3x3xf32>
// CHECK-NEXT:      %[[SUM:.+]] = linalg.conv_2d_nchw_fchw ins(%[[IMAGE]], %[[FILTER]] : {{.*}}) outs(%[[ACC]] : tensor<1x4x1x8xf32>)
// CHECK-NEXT:      scf.yield %[[SUM]]
// CHECK:         tensor.parallel_insert_slice %[[TILE]]
func.func @nchw(%x: tensor<1x10x3x18xf32>, %w: tensor<4x10x3x3xf32>, %o: tensor<1x4x1x16xf32>) -> tensor<1x4x1x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x10x3x18xf32>, tensor<4x10x3x3xf32>, tensor<1x4x1x16xf32>) -> tensor<1x4x1x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x10x3x18xf32>, %b: tensor<4x10x3x3xf32>, %c: tensor<1x4x1x16xf32>):
    %0 = arith.constant 0 : index
    %r = scf.forall (%i, %j, %k) in (1, 1, 2) shared_outs(%out = %c) -> (tensor<1x4x1x16xf32>) {
      %at = affine.apply affine_map<(d0) -> (d0 * 8)>(%k)
      %image = kiln.extract_tile %a[%i, %0, %j, %at] in_bounds [true, true, true, true] : tensor<1x10x3x18xf32> -> tensor<1x10x3x10xf32>
      %filter = kiln.extract_tile %b[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<4x10x3x3xf32> -> tensor<4x10x3x3xf32>
      %init = kiln.extract_tile %c[%i, %0, %j, %at] in_bounds [true, true, true, true] : tensor<1x4x1x16xf32> -> tensor<1x4x1x8xf32>
      %t = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x10x3x10xf32>, tensor<4x10x3x3xf32>) outs(%init : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %t into %out[0, 0, 0, %at] [1, 4, 1, 8] [1, 1, 1, 1] : tensor<1x4x1x8xf32> into tensor<1x4x1x16xf32>
      }
    }
    kiln.yield %r : tensor<1x4x1x16xf32>
  }
  return %y : tensor<1x4x1x16xf32>
}

// Eight channels are two whole chunks; they lie in dimension 3 of the image and 2
// of the filter.
//
// CHECK-LABEL: func @nhwc
// CHECK:       scf.for %[[C:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args
// CHECK-NEXT:    kiln.extract_tile %{{.+}}[%{{.+}}, %{{.+}}, %{{.+}}, %[[C]]] in_bounds [true, true, true, true] : tensor<1x1x8x8xf32> -> tensor<1x1x8x4xf32>
// CHECK-NEXT:    kiln.extract_tile %{{.+}}[%{{.+}}, %{{.+}}, %[[C]], %{{.+}}] in_bounds [true, true, true, true] : tensor<1x1x8x4xf32> -> tensor<1x1x4x4xf32>
func.func @nhwc(%x: tensor<1x1x8x8xf32>, %w: tensor<1x1x8x4xf32>, %o: tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x1x8x8xf32>, tensor<1x1x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x1x8x8xf32>, %b: tensor<1x1x8x4xf32>, %c: tensor<1x1x8x4xf32>):
    %0 = arith.constant 0 : index
    %image = kiln.extract_tile %a[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x1x8x8xf32> -> tensor<1x1x8x8xf32>
    %filter = kiln.extract_tile %b[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x1x8x4xf32> -> tensor<1x1x8x4xf32>
    %t = linalg.conv_2d_nhwc_hwcf ins(%image, %filter : tensor<1x1x8x8xf32>, tensor<1x1x8x4xf32>) outs(%c : tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32>
    kiln.yield %t : tensor<1x1x8x4xf32>
  }
  return %y : tensor<1x1x8x4xf32>
}

// In a loop over channel tiles the filter's tile stays where that loop is, and what the
// chunk loop starts with is made anew for each of them.
//
// CHECK-LABEL: func @channel_loop
// CHECK:       ^bb0(%[[X:.+]]: tensor<1x8x1x8xf32>, %[[W:.+]]: tensor<8x8x1x1xf32>,
// CHECK:       scf.for %[[F:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args(%[[MAX:.+]] = %{{.+}}) -> (tensor<1x1x8xf32>) {
// CHECK:         %[[INIT:.+]] = linalg.fill {{.*}} -> tensor<1x4x1x8xf32>
// CHECK:         %[[TILE:.+]] = scf.for %[[C:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args(%{{.+}} = %[[INIT]])
// CHECK-NEXT:      kiln.extract_tile %[[X]][%{{.+}}, %[[C]], %{{.+}}, %{{.+}}]
// CHECK-NEXT:      kiln.extract_tile %[[W]][%[[F]], %[[C]], %{{.+}}, %{{.+}}] in_bounds [true, true, true, true] : tensor<8x8x1x1xf32> -> tensor<4x4x1x1xf32>
// CHECK:         }
// CHECK:         linalg.reduce { arith.maximumf } ins(%[[TILE]] : {{.*}}) outs(%[[MAX]] :
func.func @channel_loop(%x: tensor<1x8x1x8xf32>, %w: tensor<8x8x1x1xf32>, %o: tensor<1x1x8xf32>) -> tensor<1x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x1x8xf32>, tensor<8x8x1x1xf32>, tensor<1x1x8xf32>) -> tensor<1x1x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x8x1x8xf32>, %b: tensor<8x8x1x1xf32>, %c: tensor<1x1x8xf32>):
    %0 = arith.constant 0 : index
    %4 = arith.constant 4 : index
    %8 = arith.constant 8 : index
    %t = scf.for %f = %0 to %8 step %4 iter_args(%max = %c) -> (tensor<1x1x8xf32>) {
      %image = kiln.extract_tile %a[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x8x1x8xf32> -> tensor<1x8x1x8xf32>
      %filter = kiln.extract_tile %b[%f, %0, %0, %0] in_bounds [true, true, true, true] : tensor<8x8x1x1xf32> -> tensor<4x8x1x1xf32>
      %e = tensor.empty() : tensor<1x4x1x8xf32>
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
      %r = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x8xf32>, tensor<4x8x1x1xf32>) outs(%init : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
      %m = linalg.reduce { arith.maximumf } ins(%r : tensor<1x4x1x8xf32>) outs(%max : tensor<1x1x8xf32>) dimensions = [1]
      scf.yield %m : tensor<1x1x8xf32>
    }
    kiln.yield %t : tensor<1x1x8xf32>
  }
  return %y : tensor<1x1x8xf32>
}

// What is computed on the image's tile is computed on that of each chunk.
//
// CHECK-LABEL: func @prepared
// CHECK:       scf.for
// CHECK-NEXT:    %[[BOX:.+]] = kiln.extract_tile {{.*}} -> tensor<1x1x8x4xf32>
// CHECK-NEXT:    %[[EMPTY:.+]] = tensor.empty() : tensor<1x1x8x4xf32>
// CHECK-NEXT:    %[[ABS:.+]] = linalg.generic {{.*}} ins(%[[BOX]] : {{.*}}) outs(%[[EMPTY]] :
// CHECK:           math.absf
// CHECK:         kiln.extract_tile {{.*}} -> tensor<1x1x4x4xf32>
// CHECK-NEXT:    linalg.conv_2d_nhwc_hwcf ins(%[[ABS]],
func.func @prepared(%x: tensor<1x1x8x8xf32>, %w: tensor<1x1x8x4xf32>, %o: tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x1x8x8xf32>, tensor<1x1x8x4xf32>, tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x1x8x8xf32>, %b: tensor<1x1x8x4xf32>, %c: tensor<1x1x8x4xf32>):
    %0 = arith.constant 0 : index
    %box = kiln.extract_tile %a[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x1x8x8xf32> -> tensor<1x1x8x8xf32>
    %e = tensor.empty() : tensor<1x1x8x8xf32>
    %image = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%box : tensor<1x1x8x8xf32>) outs(%e : tensor<1x1x8x8xf32>) {
    ^bb1(%v: f32, %u: f32):
      %abs = math.absf %v : f32
      linalg.yield %abs : f32
    } -> tensor<1x1x8x8xf32>
    %filter = kiln.extract_tile %b[%0, %0, %0, %0] in_bounds [true, true, true, true] : tensor<1x1x8x4xf32> -> tensor<1x1x8x4xf32>
    %t = linalg.conv_2d_nhwc_hwcf ins(%image, %filter : tensor<1x1x8x8xf32>, tensor<1x1x8x4xf32>) outs(%c : tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32>
    kiln.yield %t : tensor<1x1x8x4xf32>
  }
  return %y : tensor<1x1x8x4xf32>
}
