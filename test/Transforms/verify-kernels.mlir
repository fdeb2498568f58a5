// RUN: kiln-opt %s --kiln-verify-kernels --split-input-file --verify-diagnostics

// Nothing but views of kernel results beside the kernel: good. An input may be
// a view of an argument.
func.func @good(%x: tensor<3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<1x4x4x5xf32>) -> tensor<4x4x5xf32> {
  %e = tensor.expand_shape %x [[0, 1], [2], [3]] output_shape [1, 3, 6, 7] : tensor<3x6x7xf32> into tensor<1x3x6x7xf32>
  %k = kiln.kernel "good" (%e, %w, %o : tensor<1x3x6x7xf32>, tensor<4x3x3x3xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32> {
  ^bb0(%a: tensor<1x3x6x7xf32>, %b: tensor<4x3x3x3xf32>, %c: tensor<1x4x4x5xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%c : tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    kiln.yield %r : tensor<1x4x4x5xf32>
  }
  %v = tensor.collapse_shape %k [[0, 1], [2], [3]] : tensor<1x4x4x5xf32> into tensor<4x4x5xf32>
  return %v : tensor<4x4x5xf32>
}

// -----

// Ops that kiln-fuse has left outside of a kernel, for whatever reason.
// expected-note @+1 {{1 more op(s) of 'pooling' are outside of a kernel}}
func.func @pooling(%x: tensor<1x3x6x7xf32>, %d: tensor<2x2xf32>, %o: tensor<1x3x5x6xf32>) -> tensor<1x3x5x6xf32> {
  // expected-error @+1 {{unsupported: 'linalg.pooling_nchw_sum' does not run in the program's kernel: a kernel around a contraction computes that and what reads its result, and before it elementwise work alone}}
  %p = linalg.pooling_nchw_sum ins(%x, %d : tensor<1x3x6x7xf32>, tensor<2x2xf32>) outs(%o : tensor<1x3x5x6xf32>) -> tensor<1x3x5x6xf32>
  %q = linalg.exp ins(%p : tensor<1x3x5x6xf32>) outs(%o : tensor<1x3x5x6xf32>) -> tensor<1x3x5x6xf32>
  return %q : tensor<1x3x5x6xf32>
}

// -----

// The padding before it is not what is wrong.
// expected-note @+1 {{1 more op(s)}}
func.func @depthwise(%x: tensor<1x3x6x7xf32>, %w: tensor<3x3x3xf32>, %o: tensor<1x3x6x7xf32>) -> tensor<1x3x6x7xf32> {
  %zero = arith.constant 0.0 : f32
  %pad = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x3x6x7xf32> to tensor<1x3x8x9xf32>
  // expected-error @+1 {{unsupported: 'linalg.depthwise_conv_2d_nchw_chw' does not run in the program's kernel}}
  %p = linalg.depthwise_conv_2d_nchw_chw ins(%pad, %w : tensor<1x3x8x9xf32>, tensor<3x3x3xf32>) outs(%o : tensor<1x3x6x7xf32>) -> tensor<1x3x6x7xf32>
  return %p : tensor<1x3x6x7xf32>
}

// -----

func.func @grouped(%x: tensor<1x2x3x6x7xf32>, %w: tensor<2x4x3x3x3xf32>, %o: tensor<1x2x4x4x5xf32>) -> tensor<1x2x4x4x5xf32> {
  // expected-error @+1 {{'linalg.conv_2d_ngchw_gfchw' does not run in the program's kernel: a program is one kernel, which computes one contraction at most}}
  %p = linalg.conv_2d_ngchw_gfchw ins(%x, %w : tensor<1x2x3x6x7xf32>, tensor<2x4x3x3x3xf32>) outs(%o : tensor<1x2x4x4x5xf32>) -> tensor<1x2x4x4x5xf32>
  return %p : tensor<1x2x4x4x5xf32>
}

// -----

func.func @matmul(%x: tensor<4x5xf32>, %w: tensor<5x6xf32>, %o: tensor<4x6xf32>) -> tensor<4x6xf32> {
  // expected-error @+1 {{'linalg.matmul' does not run in the program's kernel: a program is one kernel, which computes one contraction at most}}
  %p = linalg.matmul ins(%x, %w : tensor<4x5xf32>, tensor<5x6xf32>) outs(%o : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %p : tensor<4x6xf32>
}

// -----

func.func @softmax(%x: tensor<4x5xf32>, %o: tensor<4x5xf32>) -> tensor<4x5xf32> {
  // expected-error @+1 {{'linalg.softmax' does not run in the program's kernel}}
  %p = linalg.softmax dimension(1) ins(%x : tensor<4x5xf32>) outs(%o : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %p : tensor<4x5xf32>
}

// -----

func.func @not_fused(%x: tensor<4x5xf32>, %o: tensor<4x5xf32>) -> tensor<4x5xf32> {
  // expected-error @+1 {{'linalg.exp' does not run in the program's kernel: it stands on its head}}
  %p = linalg.exp {kiln.not_fused = "it stands on its head"} ins(%x : tensor<4x5xf32>) outs(%o : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %p : tensor<4x5xf32>
}

// -----

// expected-error @+1 {{unsupported: 'nothing' computes nothing}}
func.func @nothing(%x: tensor<4x5xf32>) -> tensor<4x5xf32> {
  return %x : tensor<4x5xf32>
}

// -----

func.func @returns_argument(%x: tensor<1xf32>) -> (tensor<1xf32>, tensor<1xf32>) {
  %k = kiln.kernel "k" (%x : tensor<1xf32>) -> tensor<1xf32> {
  ^bb0(%a: tensor<1xf32>):
    kiln.yield %a : tensor<1xf32>
  }
  // expected-error @+1 {{unsupported: result #1 is not computed by a kernel: it is a constant, or returned as it came in; leave it out}}
  return %k, %x : tensor<1xf32>, tensor<1xf32>
}

// -----

func.func @two(%x: tensor<1xf32>) -> tensor<1xf32> {
  // expected-note @+1 {{the first kernel computes this}}
  %k = kiln.kernel "k" (%x : tensor<1xf32>) -> tensor<1xf32> {
  ^bb0(%a: tensor<1xf32>):
    kiln.yield %a : tensor<1xf32>
  }
  // expected-error @+1 {{unsupported: 'kiln.kernel' needs a second kernel; a program is one kernel, which computes one contraction at most}}
  %l = kiln.kernel "l" (%k : tensor<1xf32>) -> tensor<1xf32> {
  ^bb0(%a: tensor<1xf32>):
    kiln.yield %a : tensor<1xf32>
  }
  return %l : tensor<1xf32>
}

// -----

// Of two kernels with contractions the second is named, by its contraction.
func.func @two_contractions(%x: tensor<4x5xf32>, %w: tensor<5x5xf32>, %o: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %k = kiln.kernel "k" (%x, %w, %o : tensor<4x5xf32>, tensor<5x5xf32>, tensor<4x5xf32>) -> tensor<4x5xf32> {
  ^bb0(%a: tensor<4x5xf32>, %b: tensor<5x5xf32>, %c: tensor<4x5xf32>):
    // expected-note @+1 {{the first kernel computes this}}
    %r = linalg.matmul ins(%a, %b : tensor<4x5xf32>, tensor<5x5xf32>) outs(%c : tensor<4x5xf32>) -> tensor<4x5xf32>
    kiln.yield %r : tensor<4x5xf32>
  }
  %l = kiln.kernel "l" (%k, %w, %o : tensor<4x5xf32>, tensor<5x5xf32>, tensor<4x5xf32>) -> tensor<4x5xf32> {
  ^bb0(%a: tensor<4x5xf32>, %b: tensor<5x5xf32>, %c: tensor<4x5xf32>):
    %abs = linalg.abs ins(%b : tensor<5x5xf32>) outs(%b : tensor<5x5xf32>) -> tensor<5x5xf32>
    // expected-error @+1 {{unsupported: 'linalg.matmul' needs a second kernel}}
    %r = linalg.matmul ins(%a, %abs : tensor<4x5xf32>, tensor<5x5xf32>) outs(%c : tensor<4x5xf32>) -> tensor<4x5xf32>
    kiln.yield %r : tensor<4x5xf32>
  }
  return %l : tensor<4x5xf32>
}

// -----

// What the instructions do not multiply is verified like any other op.
func.func @integers(%x: tensor<1x3x6x7xi8>, %w: tensor<4x3x3x3xi8>, %o: tensor<1x4x4x5xi32>) -> tensor<1x4x4x5xi32> {
  %k = kiln.kernel "k" (%x, %w, %o : tensor<1x3x6x7xi8>, tensor<4x3x3x3xi8>, tensor<1x4x4x5xi32>) -> tensor<1x4x4x5xi32> {
  ^bb0(%a: tensor<1x3x6x7xi8>, %b: tensor<4x3x3x3xi8>, %c: tensor<1x4x4x5xi32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x3x6x7xi8>, tensor<4x3x3x3xi8>) outs(%c : tensor<1x4x4x5xi32>) -> tensor<1x4x4x5xi32>
    kiln.yield %r : tensor<1x4x4x5xi32>
  }
  return %k : tensor<1x4x4x5xi32>
}

// -----

// expected-error @+1 {{argument #1 of type 'tensor<?xf32>' has a dynamic shape, which is not supported}}
func.func @dynamic(%x: tensor<4xf32>, %y: tensor<?xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{result #0 of type 'tensor<*xf32>' is an unranked tensor, which is not supported}}
func.func @unranked(%x: tensor<4xf32>) -> tensor<*xf32> {
  %y = tensor.cast %x : tensor<4xf32> to tensor<*xf32>
  return %y : tensor<*xf32>
}

// -----

// expected-error @+1 {{has a dimension of size 0: there is nothing to compute}}
func.func @empty(%x: tensor<4x0xf32>) -> tensor<4x0xf32> {
  return %x : tensor<4x0xf32>
}

// -----

// expected-error @+1 {{control flow is not supported: the function must be one block}}
func.func @branches(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^next
^next:
  return %x : tensor<4xf32>
}

// -----

func.func private @declared(tensor<?xf32>)

// -----

// A kernel begins with its contraction: what reduces before it is another's work.
func.func @sums_before(%x: tensor<16x8xf32>, %w: tensor<8x32x4xf32>) -> tensor<16x32xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x32xf32>
  %start = linalg.fill ins(%zero : f32) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  // expected-error @below {{unsupported: 'linalg.reduce' does not run in the program's kernel: a kernel around a contraction computes that and what reads its result, and before it elementwise work alone}}
  %sums = linalg.reduce {arith.addf} ins(%w : tensor<8x32x4xf32>) outs(%start : tensor<8x32xf32>) dimensions = [2]
  %y = kiln.kernel "product" (%x, %sums : tensor<16x8xf32>, tensor<8x32xf32>) -> tensor<16x32xf32> {
  ^bb0(%a: tensor<16x8xf32>, %b: tensor<8x32xf32>):
    %z = arith.constant 0.0 : f32
    %ep = tensor.empty() : tensor<16x32xf32>
    %i = linalg.fill ins(%z : f32) outs(%ep : tensor<16x32xf32>) -> tensor<16x32xf32>
    %p = linalg.matmul ins(%a, %b : tensor<16x8xf32>, tensor<8x32xf32>) outs(%i : tensor<16x32xf32>) -> tensor<16x32xf32>
    kiln.yield %p : tensor<16x32xf32>
  }
  return %y : tensor<16x32xf32>
}
