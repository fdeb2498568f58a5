// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s
//
// What the rules choose where no instruction multiplies: a block owns a tile of
// the axes that all results have and walks the others.

// Elementwise: lanes along the innermost axis. With 1 << 20 elements there are
// tiles enough for a word of 16 bytes a thread.
// CHECK: #[[S:[a-z_0-9]+]] = #kiln.loop_schedule<tile = [1, 1024], threads = {{\[\[}}1:1], [256:1]], vector = [1, 4], block = 256>
// CHECK-LABEL: func.func @negate(
// CHECK: kiln.kernel "negate" {{.*}} attributes {schedule = #[[S]]}
func.func @negate(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %y = kiln.kernel "negate" (%x : tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  ^bb0(%a: tensor<1024x1024xf32>):
    %r = linalg.negf ins(%a : tensor<1024x1024xf32>) outs(%a : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
    kiln.yield %r : tensor<1024x1024xf32>
  }
  return %y : tensor<1024x1024xf32>
}

// -----

// A sum over rows of 100: 64 threads with two neighbours each hold a row, four rows a
// block. Words of four would leave lanes of a warp idle.
// CHECK: #[[S:[a-z_0-9]+]] = #kiln.loop_schedule<tile = [4, 128], threads = {{\[\[}}4:64], [64:1]], vector = [1, 2], block = 256>
// CHECK-LABEL: func.func @row_sum(
func.func @row_sum(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

// f64 is multiplied by no instruction: lanes lie along the columns, two of which are a
// word. Taps are registers, so that a thread loads what its two rows of two columns share
// once; channels are walked one by one.
// CHECK: #kiln.loop_schedule<tile = [1, 16, 64, 1, 4, 4], threads = {{\[\[}}1:1], [8:32], [32:1], [1:1], [1:1], [1:1]], vector = [1, 2, 2, 1, 1, 1], block = 256>
// CHECK-LABEL: func.func @f64(
func.func @f64(%x: tensor<1x8x66x66xf64>, %w: tensor<64x8x3x3xf64>, %o: tensor<1x64x64x64xf64>) -> tensor<1x64x64x64xf64> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf64>, tensor<64x8x3x3xf64>, tensor<1x64x64x64xf64>) -> tensor<1x64x64x64xf64> {
  ^bb0(%a: tensor<1x8x66x66xf64>, %b: tensor<64x8x3x3xf64>, %c: tensor<1x64x64x64xf64>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf64>, tensor<64x8x3x3xf64>) outs(%c : tensor<1x64x64x64xf64>) -> tensor<1x64x64x64xf64>
    kiln.yield %r : tensor<1x64x64x64xf64>
  }
  return %y : tensor<1x64x64x64xf64>
}

// -----

// A depthwise convolution in planes: the image is contiguous along the columns, although
// it is read through a window. 14 of 16 lanes have four columns of a row of 56.
// CHECK: #kiln.loop_schedule<tile = [1, 8, 64, 4, 4, 4], threads = {{\[\[}}1:1], [4:16], [16:1], [4:64], [1:1], [1:1]], vector = [1, 2, 4, 1, 1, 1], block = 256>
// CHECK-LABEL: func.func @depthwise_planes(
func.func @depthwise_planes(%x: tensor<8x96x58x58xf32>, %w: tensor<96x3x3xf32>, %o: tensor<8x96x56x56xf32>) -> tensor<8x96x56x56xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x96x58x58xf32>, tensor<96x3x3xf32>, tensor<8x96x56x56xf32>) -> tensor<8x96x56x56xf32> {
  ^bb0(%a: tensor<8x96x58x58xf32>, %b: tensor<96x3x3xf32>, %c: tensor<8x96x56x56xf32>):
    %r = linalg.depthwise_conv_2d_nchw_chw ins(%a, %b : tensor<8x96x58x58xf32>, tensor<96x3x3xf32>) outs(%c : tensor<8x96x56x56xf32>) -> tensor<8x96x56x56xf32>
    kiln.yield %r : tensor<8x96x56x56xf32>
  }
  return %y : tensor<8x96x56x56xf32>
}

// -----

// Channels last: eight f16 are a word, and two columns share four of six taps of a row.
// CHECK: #kiln.loop_schedule<tile = [{{[0-9]+}}, {{[0-9]+}}, {{[0-9]+}}, 32, 4, 4], threads = {{.*}}, [4:1], [1:1], [1:1]], vector = [1, 1, 2, 8, 1, 1], block = 256>
// CHECK-LABEL: func.func @depthwise_channels_last(
func.func @depthwise_channels_last(%x: tensor<8x58x58x96xf16>, %w: tensor<3x3x96xf16>, %o: tensor<8x56x56x96xf16>) -> tensor<8x56x56x96xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x58x58x96xf16>, tensor<3x3x96xf16>, tensor<8x56x56x96xf16>) -> tensor<8x56x56x96xf16> {
  ^bb0(%a: tensor<8x58x58x96xf16>, %b: tensor<3x3x96xf16>, %c: tensor<8x56x56x96xf16>):
    %r = linalg.depthwise_conv_2d_nhwc_hwc ins(%a, %b : tensor<8x58x58x96xf16>, tensor<3x3x96xf16>) outs(%c : tensor<8x56x56x96xf16>) -> tensor<8x56x56x96xf16>
    kiln.yield %r : tensor<8x56x56x96xf16>
  }
  return %y : tensor<8x56x56x96xf16>
}

// -----

// Rows of 55 begin anywhere: no words, but four rows a thread, whose windows overlap.
// CHECK: #kiln.loop_schedule<tile = [1, 8, 64, 2, 4, 4], threads = {{\[\[}}1:1], [2:64], [64:1], [2:128], [1:1], [1:1]], vector = [1, 4, 1, 1, 1, 1], block = 256>
// CHECK-LABEL: func.func @odd_rows(
func.func @odd_rows(%x: tensor<8x96x57x57xf32>, %w: tensor<96x3x3xf32>, %o: tensor<8x96x55x55xf32>) -> tensor<8x96x55x55xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x96x57x57xf32>, tensor<96x3x3xf32>, tensor<8x96x55x55xf32>) -> tensor<8x96x55x55xf32> {
  ^bb0(%a: tensor<8x96x57x57xf32>, %b: tensor<96x3x3xf32>, %c: tensor<8x96x55x55xf32>):
    %r = linalg.depthwise_conv_2d_nchw_chw ins(%a, %b : tensor<8x96x57x57xf32>, tensor<96x3x3xf32>) outs(%c : tensor<8x96x55x55xf32>) -> tensor<8x96x55x55xf32>
    kiln.yield %r : tensor<8x96x55x55xf32>
  }
  return %y : tensor<8x96x55x55xf32>
}

// -----

// A sum over the first axis: the columns keep all threads busy, so that each walks the
// rows by itself, four at a time.
// CHECK: #kiln.loop_schedule<tile = [4, 1024], threads = {{\[\[}}1:1], [256:1]], vector = [1, 4], block = 256>
// CHECK-LABEL: func.func @column_sum(
func.func @column_sum(%x: tensor<100x1048576xf32>, %o: tensor<1048576xf32>) -> tensor<1048576xf32> {
  %y = kiln.kernel "column_sum" (%x, %o : tensor<100x1048576xf32>, tensor<1048576xf32>) -> tensor<1048576xf32> {
  ^bb0(%a: tensor<100x1048576xf32>, %b: tensor<1048576xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<100x1048576xf32>) outs(%b : tensor<1048576xf32>) dimensions = [0]
    kiln.yield %r : tensor<1048576xf32>
  }
  return %y : tensor<1048576xf32>
}

// -----

// Long rows, many of them: 64 values a thread hold a row of 16384.
// CHECK: #kiln.loop_schedule<tile = [1, 16384], threads = {{\[\[}}1:1], [256:1]], vector = [1, 4], block = 256>
// CHECK-LABEL: func.func @long_rows(
func.func @long_rows(%x: tensor<4096x16384xf32>, %o: tensor<4096xf32>) -> tensor<4096xf32> {
  %y = kiln.kernel "row_sum" (%x, %o : tensor<4096x16384xf32>, tensor<4096xf32>) -> tensor<4096xf32> {
  ^bb0(%a: tensor<4096x16384xf32>, %b: tensor<4096xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<4096x16384xf32>) outs(%b : tensor<4096xf32>) dimensions = [1]
    kiln.yield %r : tensor<4096xf32>
  }
  return %y : tensor<4096xf32>
}

// -----

// Means over images of 28x28: seven of eight lanes have a word of a row, four rows a warp
// at a time; seven of them and a half are in flight.
// CHECK: #kiln.loop_schedule<tile = [1, 8, 32, 32], threads = {{\[\[}}1:1], [8:32], [4:8], [8:1]], vector = [1, 1, 1, 4], block = 256>
// CHECK-LABEL: func.func @image_sum(
func.func @image_sum(%x: tensor<32x512x28x28xf32>, %o: tensor<32x512xf32>) -> tensor<32x512xf32> {
  %y = kiln.kernel "image_sum" (%x, %o : tensor<32x512x28x28xf32>, tensor<32x512xf32>) -> tensor<32x512xf32> {
  ^bb0(%a: tensor<32x512x28x28xf32>, %b: tensor<32x512xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<32x512x28x28xf32>) outs(%b : tensor<32x512xf32>) dimensions = [2, 3]
    kiln.yield %r : tensor<32x512xf32>
  }
  return %y : tensor<32x512xf32>
}

// -----

// Shares of 21 channels, in two passes: pixels keep all threads busy, so that each holds
// its channels and none exchanges anything.
// CHECK: #kiln.loop_schedule<tile = [1, 32, 512, 32], threads = {{\[\[}}1:1], [1:1], [256:1], [1:1]], vector = [1, 1, 2, 1], block = 256>
// CHECK-LABEL: func.func @shares(
#image = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#pixel = affine_map<(d0, d1, d2) -> (d0, d2)>
func.func @shares(%x: tensor<16x21x65536xf32>, %o: tensor<16x65536xf32>) -> tensor<16x21x65536xf32> {
  %y = kiln.kernel "shares" (%x, %o : tensor<16x21x65536xf32>, tensor<16x65536xf32>) -> tensor<16x21x65536xf32> {
  ^bb0(%a: tensor<16x21x65536xf32>, %b: tensor<16x65536xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<16x21x65536xf32>) outs(%b : tensor<16x65536xf32>) dimensions = [1]
    %e = tensor.empty() : tensor<16x21x65536xf32>
    %q = linalg.generic {indexing_maps = [#image, #pixel, #image], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %r : tensor<16x21x65536xf32>, tensor<16x65536xf32>) outs(%e : tensor<16x21x65536xf32>) {
    ^bb1(%i: f32, %s: f32, %u: f32):
      %d = arith.divf %i, %s : f32
      linalg.yield %d : f32
    } -> tensor<16x21x65536xf32>
    kiln.yield %q : tensor<16x21x65536xf32>
  }
  return %y : tensor<16x21x65536xf32>
}

// -----

// A transposed copy: a thread has four rows of four columns, so that it loads and stores
// words; eight lanes store 128 bytes of a row and four load 64.
// CHECK: #kiln.loop_schedule<tile = [128, 32], threads = {{\[\[}}32:8], [8:1]], vector = [4, 4], block = 256>
// CHECK-LABEL: func.func @transposed(
func.func @transposed(%x: tensor<4096x4096xf32>, %o: tensor<4096x4096xf32>) -> tensor<4096x4096xf32> {
  %y = kiln.kernel "transposed" (%x, %o : tensor<4096x4096xf32>, tensor<4096x4096xf32>) -> tensor<4096x4096xf32> {
  ^bb0(%a: tensor<4096x4096xf32>, %b: tensor<4096x4096xf32>):
    %r = linalg.transpose ins(%a : tensor<4096x4096xf32>) outs(%b : tensor<4096x4096xf32>) permutation = [1, 0]
    kiln.yield %r : tensor<4096x4096xf32>
  }
  return %y : tensor<4096x4096xf32>
}

// -----

// Taps that have no combiner are walked in order, each with a load of its own: lanes lie
// next to each other, without words.
// CHECK: #kiln.loop_schedule<tile = [{{.*}}, 1], threads = {{.*}}, [1:1]], vector = [1, 1, 1], block = 256>
// CHECK-LABEL: func.func @ordered_taps(
#window = affine_map<(d0, d1, d2) -> (d0, d1 + d2)>
#strip = affine_map<(d0, d1, d2) -> (d0, d1)>
func.func @ordered_taps(%x: tensor<4096x1026xf32>, %o: tensor<4096x1024xf32>) -> tensor<4096x1024xf32> {
  %y = kiln.kernel "ordered_taps" (%x, %o : tensor<4096x1026xf32>, tensor<4096x1024xf32>) -> tensor<4096x1024xf32> {
  ^bb0(%a: tensor<4096x1026xf32>, %b: tensor<4096x1024xf32>):
    %half = arith.constant 0.5 : f32
    %taps = tensor.empty() : tensor<3xf32>
    %r = linalg.generic {indexing_maps = [#window, affine_map<(d0, d1, d2) -> (d2)>, #strip], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %taps : tensor<4096x1026xf32>, tensor<3xf32>) outs(%b : tensor<4096x1024xf32>) {
    ^bb1(%v: f32, %t: f32, %s: f32):
      %m = arith.mulf %s, %half : f32
      %n = arith.addf %m, %v : f32
      linalg.yield %n : f32
    } -> tensor<4096x1024xf32>
    kiln.yield %r : tensor<4096x1024xf32>
  }
  return %y : tensor<4096x1024xf32>
}

// -----

// A body that has no combiner runs in order: its axis has no threads.
// CHECK: #kiln.loop_schedule<tile = [64, 1], threads = {{\[\[}}64:1], [1:{{[0-9]+}}]], vector = [1, 1], block = 64>
// CHECK-LABEL: func.func @horner(
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @horner(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "horner" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %half = arith.constant 0.5 : f32
    %r = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) {
    ^bb1(%v: f32, %s: f32):
      %m = arith.mulf %s, %half : f32
      %t = arith.addf %m, %v : f32
      linalg.yield %t : f32
    } -> tensor<64xf32>
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

// A schedule that is given stays.
// CHECK: #[[S:[a-z_0-9]+]] = #kiln.loop_schedule<tile = [8, 32], threads = {{\[\[}}1:0], [32:1]], vector = [1, 1], block = 32>
// CHECK-LABEL: func.func @given(
// CHECK: kiln.kernel "row_sum" {{.*}} attributes {schedule = #[[S]]}
func.func @given(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [8, 32], threads = [[1:0], [32:1]], vector = [1, 1], block = 32>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
