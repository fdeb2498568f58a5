// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s
// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule --remarks-filter=kiln-select-schedule --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// A contraction that no schedule with its instruction takes is a reduction like
// others: blocks walk its taps and channels in loops. The remark says why.

// The search goes on from the smallest that the rules try. A patch of 17 rows and,
// with the stride, 241 columns of 8 channels is too large whatever the tile.
// REMARK: remark: [Missed] schedule {{.*}} Reason="the contraction is multiplied in loops, without the instruction for it: 'linalg.conv_2d_nchw_fchw' op not supported: none of {{[0-9]+}} schedules fits; the least demanding does not because tile = [16, 1, 8], chunk = 8 and stages = 1 need at least {{[0-9]+}} bytes of shared memory, rtx4090 has 101376 a block", Threads=256
// CHECK-LABEL: func.func @large_window
// CHECK: schedule = #loop_schedule
func.func @large_window(%x: tensor<1x8x76x1149xf32>, %w: tensor<128x8x17x17xf32>, %o: tensor<1x128x60x36xf32>) -> tensor<1x128x60x36xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x76x1149xf32>, tensor<128x8x17x17xf32>, tensor<1x128x60x36xf32>) -> tensor<1x128x60x36xf32> {
  ^bb0(%a: tensor<1x8x76x1149xf32>, %b: tensor<128x8x17x17xf32>, %c: tensor<1x128x60x36xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<[1, 32]> : tensor<2xi64>} ins(%a, %b : tensor<1x8x76x1149xf32>, tensor<128x8x17x17xf32>) outs(%c : tensor<1x128x60x36xf32>) -> tensor<1x128x60x36xf32>
    kiln.yield %r : tensor<1x128x60x36xf32>
  }
  return %y : tensor<1x128x60x36xf32>
}

// -----

// Only zeros come for free when a tile is read.
// REMARK: remark: [Missed] schedule {{.*}} op not supported: padding must be a constant zero of static size
// CHECK-LABEL: func.func @padding
// CHECK: schedule = #loop_schedule
func.func @padding(%x: tensor<1x8x64x64xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x64x64xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x8x64x64xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %zero = arith.constant 1.0 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x8x64x64xf32> to tensor<1x8x66x66xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%p, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Only the rows and columns of a tile's patch may reach beyond the image.
// REMARK: remark: [Missed] schedule {{.*}} around rows and columns; pad batch and channels outside the program
// CHECK-LABEL: func.func @padded_batch
// CHECK: schedule = #loop_schedule
func.func @padded_batch(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<2x64x64x64xf32>) -> tensor<2x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<2x64x64x64xf32>) -> tensor<2x64x64x64xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<2x64x64x64xf32>):
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %a low[1, 0, 0, 0] high[0, 0, 0, 0] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x8x66x66xf32> to tensor<2x8x66x66xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%p, %b : tensor<2x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<2x64x64x64xf32>) -> tensor<2x64x64x64xf32>
    kiln.yield %r : tensor<2x64x64x64xf32>
  }
  return %y : tensor<2x64x64x64xf32>
}

// -----

// Copies put zeros where the image has nothing, and work on it is done on those:
// the exponential would make ones of them. kiln-fuse does not take such work.
// REMARK: remark: [Missed] schedule {{.*}} what computes the image before it is padded must keep zeros
// CHECK-LABEL: func.func @work_before_padding
// CHECK: schedule = #loop_schedule
func.func @work_before_padding(%x: tensor<1x8x6x6xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x6x6xf32>, tensor<16x8x3x3xf32>, tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32> {
  ^bb0(%a: tensor<1x8x6x6xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<1x16x6x6xf32>):
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x8x6x6xf32>
    %x1 = linalg.exp ins(%a : tensor<1x8x6x6xf32>) outs(%e : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
    %p = tensor.pad %x1 low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x8x6x6xf32> to tensor<1x8x8x8xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%p, %b : tensor<1x8x8x8xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
    kiln.yield %r : tensor<1x16x6x6xf32>
  }
  return %y : tensor<1x16x6x6xf32>
}
