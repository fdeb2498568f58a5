// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// The rules for the layouts of kiln.dot, one program for each.

// The lanes of k and m exchanged in a.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[1, 0], [2, 0], [4, 0], [0, 1], [0, 2]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @k_in_the_lanes_of_m(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{lane bit 0 of a steps by [1, 0]; mma_m16n8k8_tf32 needs [0, 1] there}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// The registers of a in the order of another instruction.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[0, 4], [8, 0]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @registers_of_a(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{register bit 0 of a steps by [0, 4]; mma_m16n8k8_tf32 needs [8, 0] there, as the accumulator has it}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// Eight rows of sixteen.
#acc = #kiln.layout<register = [[0, 1]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @half_a_fragment(%a: tensor<8x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<8x8xf32, #acc>) {
  // expected-error @below {{the accumulator has 1 register bits, mma_m16n8k8_tf32 needs 2}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<8x8xf32, #a>, tensor<8x8xf32, #b>, tensor<8x8xf32, #acc>
  return
}

// -----

// Rows of a that another warp holds.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = [[8, 0]]>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @half_of_a(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{a has 1 register bits, mma_m16n8k8_tf32 needs 2}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// Fragments of 32-bit words do not serve 16-bit elements, two to a word.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4], [0, 8]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0], [8, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @f16_as_tf32(%a: tensor<16x16xf16, #a>, %b: tensor<16x8xf16, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{register bit 0 of a steps by [8, 0]; mma_m16n8k16_f16 needs [0, 1] there}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #a>, tensor<16x8xf16, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// The accumulator's columns alternate, those of b do not.
#acc = #kiln.layout<register = [[0, 2], [8, 0], [0, 1]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0], [0, 8]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @columns_of_b(%a: tensor<16x8xf32, #a>, %b: tensor<8x16xf32, #b>, %c: tensor<16x16xf32, #acc>) {
  // expected-error @below {{lane bit 2 of b steps by [0, 1]; mma_m16n8k8_tf32 needs [0, 2] there, as the accumulator has it}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x16xf32, #b>, tensor<16x16xf32, #acc>
  return
}

// -----

// The accumulator transposed.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[1, 0], [2, 0], [4, 0], [0, 2], [0, 4]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @accumulator_of_m(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{lane bit 0 of the accumulator steps by [1, 0]; mma_m16n8k8_tf32 needs a step along n there, in a dimension that only b shares with it}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// Lanes with copies.
#acc = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [0, 0]], warp = []>
#a = #kiln.layout<register = [[4, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [0, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @accumulator_copies(%a: tensor<8x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<8x8xf32, #acc>) {
  // expected-error @below {{lane bit 4 of the accumulator steps by [0, 0]; mma_m16n8k8_tf32 needs a step along m there}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<8x8xf32, #a>, tensor<8x8xf32, #b>, tensor<8x8xf32, #acc>
  return
}

// -----

// Rows of the accumulator whose a is in another warp.
#acc = #kiln.layout<register = [[0, 1], [8, 0], [16, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = [[16, 0]]>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @more_rows(%a: tensor<32x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<32x8xf32, #acc>) {
  // expected-error @below {{register bit 2 of the accumulator steps by [16, 0], but no register bits of a from bit 2 on add up to [16, 0]}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<32x8xf32, #a>, tensor<8x8xf32, #b>, tensor<32x8xf32, #acc>
  return
}

// -----

// Two k-steps, of which a warp has one each.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4], [0, 8]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = [[8, 0]]>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @more_k(%a: tensor<16x16xf32, #a>, %b: tensor<16x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{sums over d2 in each thread, but no register bit of b from bit 1 on steps by [8, 0]}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x16xf32, #a>, tensor<16x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// Warps that differ in rows of the accumulator differ in rows of a.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[16, 0]]>
#a = #kiln.layout<register = [[8, 0], [0, 4], [16, 0]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @warps(%a: tensor<32x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<32x8xf32, #acc>) {
  // expected-error @below {{warp bit 0 of a steps by [0, 0]; the accumulator's needs [16, 0]}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<32x8xf32, #a>, tensor<8x8xf32, #b>, tensor<32x8xf32, #acc>
  return
}

// -----

// A thread multiplies what it holds: rows of another lane.
#acc = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [0, 0]], warp = []>
#a = #kiln.layout<register = [], lane = [[0, 0], [0, 0], [0, 0], [1, 0], [2, 0]], warp = []>
#b = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [0, 0], [0, 0], [0, 0]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @fma_lanes(%a: tensor<4x1xf32, #a>, %b: tensor<1x8xf32, #b>, %c: tensor<4x8xf32, #acc>) {
  // expected-error @below {{lane bit 2 of a steps by [0, 0]; the accumulator's needs [1, 0]}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with fma : tensor<4x1xf32, #a>, tensor<1x8xf32, #b>, tensor<4x8xf32, #acc>
  return
}

// -----

// Columns that a thread does not have.
#acc = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [0, 0]], warp = []>
#a = #kiln.layout<register = [], lane = [[0, 0], [0, 0], [1, 0], [2, 0], [0, 0]], warp = []>
#b = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 0], [0, 0], [0, 0]], warp = [[0, 4]]>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @fma_registers(%a: tensor<4x1xf32, #a>, %b: tensor<1x8xf32, #b>, %c: tensor<4x8xf32, #acc>) {
  // expected-error @below {{register bit 0 of the accumulator steps by [0, 4], but no register bits of b from bit 0 on add up to [0, 4]}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with fma : tensor<4x1xf32, #a>, tensor<1x8xf32, #b>, tensor<4x8xf32, #acc>
  return
}

// -----

// The sum over lanes is nobody's.
#acc = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [0, 0]], warp = []>
#a = #kiln.layout<register = [], lane = [[0, 0], [0, 0], [1, 0], [2, 0], [0, 0]], warp = [[0, 1]]>
#b = #kiln.layout<register = [[0, 4], [1, 0]], lane = [[0, 1], [0, 2], [0, 0], [0, 0], [0, 0]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @fma_sum(%a: tensor<4x2xf32, #a>, %b: tensor<2x8xf32, #b>, %c: tensor<4x8xf32, #acc>) {
  // expected-error @below {{sums over d2 in each thread, but no register bit of a from bit 0 on steps by [0, 1]}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with fma : tensor<4x2xf32, #a>, tensor<2x8xf32, #b>, tensor<4x8xf32, #acc>
  return
}

// -----

// Operands of different sizes.
#acc = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @extents(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x16xf32, #acc>) {
  // expected-error @below {{d1 has extent 16 in the accumulator, but 8 in another operand}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x16xf32, #acc>
  return
}

// -----

// Elements that nobody reads.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, 0)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @constant(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{takes a at 0 of dimension 1, which must have extent 1, not 8}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// A sum over what b lacks.
#acc = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [0, 0]], warp = []>
#a = #kiln.layout<register = [[0, 1]], lane = [[0, 0], [0, 0], [1, 0], [2, 0], [0, 0]], warp = []>
#b = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [0, 0], [0, 0], [0, 0]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (0, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @sum_of_one(%a: tensor<4x2xf32, #a>, %b: tensor<1x8xf32, #b>, %c: tensor<4x8xf32, #acc>) {
  // expected-error @below {{sums over d2, which only a has}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with fma : tensor<4x2xf32, #a>, tensor<1x8xf32, #b>, tensor<4x8xf32, #acc>
  return
}

// -----

// Two summed dimensions.
#acc = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
#a = #kiln.layout<register = [[0, 1, 0], [0, 0, 1]], lane = [[1, 0, 0], [2, 0, 0], [4, 0, 0], [8, 0, 0], [16, 0, 0]], warp = []>
#b = #kiln.layout<register = [[0, 1, 0], [0, 0, 1]], lane = [[1, 0, 0], [2, 0, 0], [4, 0, 0], [8, 0, 0], [16, 0, 0]], warp = []>
#mk = affine_map<(m, n, k, l) -> (m, k, l)>
#kn = affine_map<(m, n, k, l) -> (m, k, l)>
#mn = affine_map<(m, n, k, l) -> (m)>
func.func @two_sums(%a: tensor<32x2x2xf32, #a>, %b: tensor<32x2x2xf32, #b>, %c: tensor<32xf32, #acc>) {
  // expected-error @below {{sums over d2 and d3; one dimension is supported}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with fma : tensor<32x2x2xf32, #a>, tensor<32x2x2xf32, #b>, tensor<32xf32, #acc>
  return
}

// -----

// Nothing to sum over.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8]], lane = [[0], [0], [1], [2], [4]], warp = []>
#b = #kiln.layout<register = [], lane = [[0], [0], [1], [2], [4]], warp = []>
#mk = affine_map<(m, n, k) -> (m)>
#kn = affine_map<(m, n, k) -> (n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @no_sum(%a: tensor<16xf32, #a>, %b: tensor<8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{sums over no dimension, mma_m16n8k8_tf32 needs one}}
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16xf32, #a>, tensor<8xf32, #b>, tensor<16x8xf32, #acc>
  return
}
