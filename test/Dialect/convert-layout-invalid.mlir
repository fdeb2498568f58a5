// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null

#a = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
func.func @shape(%t: tensor<32xf32, #a>) {
  // expected-error @below {{source and result must have one shape and one element type}}
  %r = kiln.convert_layout %t : tensor<32xf32, #a> -> tensor<32xf16, #a>
  return
}

// -----

#a = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
func.func @encoding(%t: tensor<32xf32, #a>) {
  // expected-error @below {{source and result need a #kiln.layout encoding}}
  %r = kiln.convert_layout %t : tensor<32xf32, #a> -> tensor<32xf32>
  return
}

// -----

// One block has the same warps before and after.
#a = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
#b = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0]]>
func.func @warps(%t: tensor<32xf32, #a>) {
  // expected-error @below {{source has 0 warp bits, the result 1}}
  %r = kiln.convert_layout %t : tensor<32xf32, #a> -> tensor<32xf32, #b>
  return
}

// -----

// Steps may move, not change: here a lane steps by [1, 1].
#a = #kiln.layout<register = [[1, 0]], lane = [[0, 1], [0, 0], [0, 0], [0, 0], [0, 0]], warp = []>
#b = #kiln.layout<register = [], lane = [[1, 1], [0, 0], [0, 0], [0, 0], [0, 0]], warp = []>
func.func @steps(%t: tensor<2x2xf32, #a>) {
  // expected-error @below {{source and result must have the same steps, and no registers with copies}}
  %r = kiln.convert_layout %t : tensor<2x2xf32, #a> -> tensor<2x2xf32, #b>
  return
}

// -----

// Lanes exchange by shuffles.
#a = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
#b = #kiln.layout<register = [], lane = [[2], [1], [4], [8], [16]], warp = []>
!scratch = !kiln.shared<1 x i8, #kiln.shared_layout<[128:1]>>
func.func @scratch(%t: tensor<32xf32, #a>, %s: !scratch) {
  // expected-error @below {{has 1 scratch buffers, it needs 0}}
  %r = kiln.convert_layout %t scratch(%s : !scratch) : tensor<32xf32, #a> -> tensor<32xf32, #b>
  return
}
