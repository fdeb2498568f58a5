// RUN: kiln-opt --pass-pipeline='builtin.module(func.func(kiln-promote-to-f64{precision=tf32}))' --split-input-file %s | FileCheck %s
// RUN: kiln-opt --pass-pipeline='builtin.module(func.func(kiln-promote-to-f64{precision=f32}))' --split-input-file %s | FileCheck %s --check-prefix=F32

// The operands of the convolution are extended and rounded; all else is f64.
// CHECK-LABEL: func.func @conv(
// CHECK-SAME: %[[X:.*]]: tensor<1x8x6x6xf32>, %[[W:.*]]: tensor<16x8x3x3xf32>) -> tensor<1x16x4x4xf64>
// CHECK: arith.constant 0.000000e+00 : f64
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<16x8x3x3xf32>)
// CHECK: arith.extf %{{.*}} : f32 to f64
// CHECK: %[[SINGLE:.*]] = arith.truncf %{{.*}} : f64 to f32
// CHECK-NEXT: %[[BITS:.*]] = arith.bitcast %[[SINGLE]] : f32 to i32
// CHECK: arith.addi %[[BITS]], %c4096_i32
// CHECK: arith.andi %{{.*}}, %c-8192_i32
// CHECK: %[[NAN:.*]] = arith.cmpf uno, %[[SINGLE]], %[[SINGLE]]
// CHECK-NEXT: arith.select %[[NAN]], %[[SINGLE]]
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK-SAME: -> tensor<1x16x4x4xf64>
// F32-LABEL: func.func @conv(
// F32-NOT: arith.bitcast
// F32: linalg.conv_2d_nchw_fchw {{.*}} -> tensor<1x16x4x4xf64>
func.func @conv(%x: tensor<1x8x6x6xf32>, %w: tensor<16x8x3x3xf32>) -> tensor<1x16x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %c = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
      ins(%x, %w : tensor<1x8x6x6xf32>, tensor<16x8x3x3xf32>)
      outs(%i : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  return %c : tensor<1x16x4x4xf32>
}

// -----

// Depthwise: no matrix product, no rounding.
// CHECK-LABEL: func.func @depthwise(
// CHECK-NOT: arith.bitcast
// CHECK: linalg.depthwise_conv_2d_nchw_chw
func.func @depthwise(%x: tensor<1x8x6x6xf32>, %w: tensor<8x3x3xf32>, %i: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %c = linalg.depthwise_conv_2d_nchw_chw
      {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
      ins(%x, %w : tensor<1x8x6x6xf32>, tensor<8x3x3xf32>)
      outs(%i : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %c : tensor<1x8x4x4xf32>
}

// -----

#id = affine_map<(d0) -> (d0)>

// Casts between floats vanish, asserts go, dense constants change.
// CHECK-LABEL: func.func @casts(
// CHECK-NOT: cf.assert
// CHECK: arith.constant dense<[1.000000e+00, 2.500000e+00]> : tensor<2xf64>
// CHECK-NOT: arith.truncf
// CHECK: math.sqrt %{{.*}} : f64
// CHECK-NOT: arith.truncf
func.func @casts(%x: tensor<2xf16>) -> tensor<2xf16> {
  %k = arith.constant dense<[1.0, 2.5]> : tensor<2xf16>
  %e = tensor.empty() : tensor<2xf16>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%x, %k : tensor<2xf16>, tensor<2xf16>) outs(%e : tensor<2xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %true = arith.cmpf one, %a, %b : f16
    cf.assert %true, "zero"
    %wide = arith.extf %a : f16 to f32
    %root = math.sqrt %wide : f32
    %narrow = arith.truncf %root : f32 to f16
    %y = arith.addf %narrow, %b : f16
    linalg.yield %y : f16
  } -> tensor<2xf16>
  return %r : tensor<2xf16>
}

// -----

// A pad reads its source where that is; the argument keeps its type.
// CHECK-LABEL: func.func @pad(
// CHECK-SAME: %[[X:.*]]: tensor<4x5xf32>
// CHECK-NOT: tensor.pad
// CHECK: linalg.generic
// CHECK: %[[ROW:.*]] = linalg.index 0
// CHECK: %[[SHIFTED:.*]] = arith.subi %[[ROW]], %c1
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %[[SHIFTED]], %c4
// CHECK: %[[SAFE:.*]] = arith.select %[[INSIDE]], %[[SHIFTED]], %c0
// CHECK: %[[COLUMN:.*]] = linalg.index 1
// CHECK: %[[ELEMENT:.*]] = tensor.extract %[[X]][%[[SAFE]], %[[COLUMN]]] : tensor<4x5xf32>
// CHECK: arith.extf %[[ELEMENT]] : f32 to f64
// CHECK: arith.select %[[INSIDE]]
func.func @pad(%x: tensor<4x5xf32>) -> tensor<6x5xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[1, 0] high[1, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<4x5xf32> to tensor<6x5xf32>
  return %p : tensor<6x5xf32>
}
