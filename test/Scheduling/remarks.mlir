// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule --remarks-filter=kiln-select-schedule --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s
//
// The remarks: what leaves the kernel, the shared memory of the choice, its tiles,
// and the unit in which the image is copied; why that is below 16 bytes is a
// remark of kiln-stage-operands.

// Rows of 68 f32 are 17 whole units.
// CHECK: remarks.mlir:[[#@LINE+2]]:8: remark: [Passed] schedule | Category:kiln-select-schedule | Function=conv | ImageCopyBytes=16, Result="keeps channels", SharedBytes={{[0-9]+}}, Tiles=320
func.func @whole_units(%x: tensor<1x8x66x68xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x68xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32> {
  ^bb0(%a: tensor<1x8x66x68xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x66xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x68xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32>
    kiln.yield %r : tensor<1x64x64x66xf32>
  }
  return %y : tensor<1x64x64x66xf32>
}

// -----

// CHECK: remarks.mlir:[[#@LINE+2]]:8: remark: [Passed] schedule | Category:kiln-select-schedule | Function=conv | ImageCopyBytes=8, Result="keeps channels", SharedBytes={{[0-9]+}}, Tiles={{[0-9]+}}
func.func @half_units(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// CHECK: remark: [Passed] schedule | Category:kiln-select-schedule | Function=conv | ImageCopyBytes=4, Result="keeps channels", SharedBytes={{[0-9]+}}, Tiles={{[0-9]+}}
func.func @elements(%x: tensor<1x8x67x67xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x65x65xf32>) -> tensor<1x64x65x65xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x67x67xf32>, tensor<64x8x3x3xf32>, tensor<1x64x65x65xf32>) -> tensor<1x64x65x65xf32> {
  ^bb0(%a: tensor<1x8x67x67xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x65x65xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x67x67xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x65x65xf32>) -> tensor<1x64x65x65xf32>
    kiln.yield %r : tensor<1x64x65x65xf32>
  }
  return %y : tensor<1x64x65x65xf32>
}

// -----

// With the channels innermost the width does not matter.
// CHECK: remark: [Passed] schedule | Category:kiln-select-schedule | Function=conv | ImageCopyBytes=16, Result="keeps channels", SharedBytes={{[0-9]+}}, Tiles={{[0-9]+}}
func.func @channels_innermost(%x: tensor<1x67x67x32xf16>, %w: tensor<3x3x32x64xf16>, %o: tensor<1x65x65x64xf32>) -> tensor<1x65x65x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x67x67x32xf16>, tensor<3x3x32x64xf16>, tensor<1x65x65x64xf32>) -> tensor<1x65x65x64xf32> {
  ^bb0(%a: tensor<1x67x67x32xf16>, %b: tensor<3x3x32x64xf16>, %c: tensor<1x65x65x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x67x67x32xf16>, tensor<3x3x32x64xf16>) outs(%c : tensor<1x65x65x64xf32>) -> tensor<1x65x65x64xf32>
    kiln.yield %r : tensor<1x65x65x64xf32>
  }
  return %y : tensor<1x65x65x64xf32>
}

// -----

// Padding shifts the tiles by one element against the units: copies start before it.
// CHECK: remark: [Passed] schedule | Category:kiln-select-schedule | Function=conv | ImageCopyBytes=16, Result="keeps channels", SharedBytes={{[0-9]+}}, Tiles={{[0-9]+}}
func.func @padded(%x: tensor<1x8x64x64xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x64x64xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x8x64x64xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %zero = arith.constant 0.0 : f32
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

// CHECK: remark: [Passed] schedule | Category:kiln-select-schedule | Function=conv | ImageCopyBytes=16, Result=reduced, SharedBytes={{[0-9]+}}, Tiles=12
func.func @reduced(%x: tensor<1x8x66x68xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x66xf32>, %m: tensor<1x64x66xf32>) -> tensor<1x64x66xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<1x8x66x68xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x66xf32>, tensor<1x64x66xf32>) -> tensor<1x64x66xf32> {
  ^bb0(%a: tensor<1x8x66x68xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x66xf32>, %d: tensor<1x64x66xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x68xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<1x64x64x66xf32>) outs(%d : tensor<1x64x66xf32>) dimensions = [1]
    kiln.yield %s : tensor<1x64x66xf32>
  }
  return %y : tensor<1x64x66xf32>
}
