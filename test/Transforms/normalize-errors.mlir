// RUN: kiln-opt %s --kiln-normalize --split-input-file --verify-diagnostics

// Where a single row or tap never applies them, linalg itself accepts negative
// strides and dilations.
func.func @stride(%x: tensor<2x3x3x3xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x1x1xf32>) -> tensor<2x4x1x1xf32> {
  // expected-error @+1 {{strides must be positive, not -2}}
  %conv = linalg.conv_2d_nchw_fchw {strides = dense<-2> : tensor<2xi64>} ins(%x, %w : tensor<2x3x3x3xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x1x1xf32>) -> tensor<2x4x1x1xf32>
  return %conv : tensor<2x4x1x1xf32>
}

// -----

// Every windowed op, not only convolutions.
func.func @pooling(%x: tensor<1x4x1x1xf32>, %w: tensor<1x1xf32>, %o: tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32> {
  // expected-error @+1 {{strides must be positive, not -1}}
  %pool = linalg.pooling_nchw_sum {strides = dense<-1> : tensor<2xi64>} ins(%x, %w : tensor<1x4x1x1xf32>, tensor<1x1xf32>) outs(%o : tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
  return %pool : tensor<1x4x1x1xf32>
}

// -----

func.func @dilation(%x: tensor<2x6x7x3xf32>, %w: tensor<1x1x3x4xf32>, %o: tensor<2x6x7x4xf32>) -> tensor<2x6x7x4xf32> {
  // expected-error @+1 {{dilations must be positive, not -1}}
  %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<-1> : tensor<2xi64>} ins(%x, %w : tensor<2x6x7x3xf32>, tensor<1x1x3x4xf32>) outs(%o : tensor<2x6x7x4xf32>) -> tensor<2x6x7x4xf32>
  return %conv : tensor<2x6x7x4xf32>
}

// -----

// A pad that moves the image by one column does not change the type, so
// canonicalization would drop it.
func.func @shift(%x: tensor<1x8x10x10xf32>) -> tensor<1x8x10x10xf32> {
  %z = arith.constant 0.0 : f32
  // expected-error @+1 {{'tensor.pad' op pads the low end of dimension 3 by -1; supported are constant amounts of 0 or more}}
  %p = tensor.pad %x low[0, 0, 0, -1] high[0, 0, 0, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %z : f32
  } : tensor<1x8x10x10xf32> to tensor<1x8x10x10xf32>
  return %p : tensor<1x8x10x10xf32>
}

// -----

// Two pads whose amounts would be added up, and a crop is forgotten.
func.func @crop_then_pad(%x: tensor<8xf32>) -> tensor<8xf32> {
  %z = arith.constant 0.0 : f32
  // expected-error @+1 {{pads the high end of dimension 0 by -2}}
  %p = tensor.pad %x low[0] high[-2] {
  ^bb0(%a: index):
    tensor.yield %z : f32
  } : tensor<8xf32> to tensor<6xf32>
  %q = tensor.pad %p low[0] high[2] {
  ^bb0(%a: index):
    tensor.yield %z : f32
  } : tensor<6xf32> to tensor<8xf32>
  return %q : tensor<8xf32>
}

// -----

// Operands that are constant in the end.
func.func @folded_amounts(%x: tensor<8xf32>) -> tensor<8xf32> {
  %z = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : index
  %i = arith.index_cast %c2 : i64 to index
  %n = arith.subi %i, %c3 : index
  // expected-error @+1 {{pads the high end of dimension 0 by -1}}
  %p = tensor.pad %x low[%c1] high[%n] {
  ^bb0(%a: index):
    tensor.yield %z : f32
  } : tensor<8xf32> to tensor<8xf32>
  return %p : tensor<8xf32>
}

// -----

func.func @computed_amount(%x: tensor<8xf32>, %a: tensor<i64>) -> tensor<8xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.extract %a[] : tensor<i64>
  %i = arith.index_cast %e : i64 to index
  // expected-error @+1 {{pads the low end of dimension 0 by an amount that is computed when the program runs}}
  %p = tensor.pad %x low[%i] high[0] {
  ^bb0(%k: index):
    tensor.yield %z : f32
  } : tensor<8xf32> to tensor<8xf32>
  return %p : tensor<8xf32>
}

// -----

// A minimum over the columns whose loop is not said to reduce.
func.func @parallel_loop_reduces(%x: tensor<4x8xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{writes a position of its result several times in parallel loop d1, which its map does not have; make it a reduction}}
  %r = linalg.generic {indexing_maps = [affine_map<(a, b) -> (a, b)>, affine_map<(a, b) -> (a)>], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%o : tensor<4xf32>) {
  ^bb0(%v: f32, %u: f32):
    %m = arith.minimumf %v, %u : f32
    linalg.yield %m : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @reduction_loop_is_parallel(%x: tensor<4x8xf32>, %y: tensor<2xf32>, %o: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // expected-error @+1 {{moves along its result in reduction loop d1; make it parallel}}
  %r = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b)>, affine_map<(a, b, c) -> (c)>, affine_map<(a, b, c) -> (a, b)>], iterator_types = ["parallel", "reduction", "reduction"]} ins(%x, %y : tensor<4x8xf32>, tensor<2xf32>) outs(%o : tensor<4x8xf32>) {
  ^bb0(%v: f32, %w: f32, %u: f32):
    %s = arith.addf %v, %w : f32
    %m = arith.addf %u, %s : f32
    linalg.yield %m : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
