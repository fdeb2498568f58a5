// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// The rules for the layouts of kiln.reduce, one program for each.

// Columns in another order than the input has them.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#y = #kiln.layout<register = [[4]], lane = [[2], [1], [0], [0], [0]], warp = []>
func.func @order(%x: tensor<16x8xf32, #x>) {
  // expected-error @below {{register bit 0 of the result steps by [4]; the reduction leaves [1]}}
  %y = kiln.reduce %x over [0] : tensor<16x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// Without halving the lanes that stepped in rows hold copies.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#y = #kiln.layout<register = [], lane = [[2], [4], [0], [0], [1]], warp = []>
func.func @lanes(%x: tensor<16x8xf32, #x>) {
  // expected-error @below {{the result has 0 register bits; the reduction leaves 1}}
  %y = kiln.reduce %x over [0] : tensor<16x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// With halving the highest lane takes over first.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#y = #kiln.layout<register = [], lane = [[2], [4], [0], [1], [0]], warp = []>
func.func @halving(%x: tensor<16x8xf32, #x>) {
  // expected-error @below {{lane bit 3 of the result steps by [1]; the reduction leaves [0]}}
  %y = kiln.reduce %x over [0] halving : tensor<16x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// Every warp has a part of the result, or a copy.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[16, 0]]>
#y = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = []>
func.func @warps(%x: tensor<32x8xf32, #x>) {
  // expected-error @below {{the result has 0 warp bits; the reduction leaves 1}}
  %y = kiln.reduce %x over [0] : tensor<32x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// Registers on a diagonal.
#x = #kiln.layout<register = [[1, 1]], lane = [[0, 2], [0, 4], [2, 0], [4, 0], [8, 0]], warp = []>
#y = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = []>
func.func @mixed(%x: tensor<16x8xf32, #x>) {
  // expected-error @below {{register bit 0 of the input steps by [1, 1], in a reduced and in another dimension at once}}
  %y = kiln.reduce %x over [0] : tensor<16x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// Registers with copies.
#x = #kiln.layout<register = [[0, 0], [0, 1]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#y = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = []>
func.func @copies(%x: tensor<8x8xf32, #x>) {
  // expected-error @below {{register bit 0 of the input steps by nothing: registers with copies cannot be reduced}}
  %y = kiln.reduce %x over [0] : tensor<8x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// A layout on one side only.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func @one_side(%x: tensor<16x8xf32, #x>) {
  // expected-error @below {{needs a #kiln.layout encoding on inputs and results or on none}}
  %y = kiln.reduce %x over [0] : tensor<16x8xf32, #x> -> tensor<8xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

// Scratch memory is what the warps need: a buffer for each result, of 4 bytes for each of
// 32 lanes of two warps.
#x = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0]]>
#y = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0]]>
!scratch = !kiln.shared<1 x i8, #kiln.shared_layout<[128:1]>>
func.func @scratch_size(%x: tensor<2x32xf32, #x>, %s: !scratch) {
  // expected-error @below {{has a scratch buffer of type '!kiln.shared<1 x i8, <[128:1]>>', it needs '!kiln.shared<1 x i8, <[256:1]>>'}}
  %y = kiln.reduce %x over [0] scratch(%s : !scratch) : tensor<2x32xf32, #x> -> tensor<32xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %m = arith.addf %l, %r : f32
    kiln.reduce_yield %m : f32
  }
  return
}

// -----

#x = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0]]>
#y = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0]]>
!scratch = !kiln.shared<1 x i8, #kiln.shared_layout<[256:1]>>
func.func @scratch_number(%x: tensor<2x32xf32, #x>, %s: !scratch) {
  // expected-error @below {{has 2 scratch buffers, it needs 1}}
  %y = kiln.reduce %x over [0] scratch(%s, %s : !scratch, !scratch) : tensor<2x32xf32, #x> -> tensor<32xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %m = arith.addf %l, %r : f32
    kiln.reduce_yield %m : f32
  }
  return
}

// -----

// Within a warp there is nothing to exchange.
#x = #kiln.layout<register = [], lane = [[1, 0], [2, 0], [4, 0], [8, 0], [16, 0]], warp = []>
#y = #kiln.layout<register = [], lane = [[0], [0], [0], [0], [0]], warp = []>
!scratch = !kiln.shared<1 x i8, #kiln.shared_layout<[128:1]>>
func.func @scratch_in_the_warp(%x: tensor<32x1xf32, #x>, %s: !scratch) {
  // expected-error @below {{has 1 scratch buffers, it needs 0}}
  %y = kiln.reduce %x over [0] scratch(%s : !scratch) : tensor<32x1xf32, #x> -> tensor<1xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %m = arith.addf %l, %r : f32
    kiln.reduce_yield %m : f32
  }
  return
}
