// RUN: kiln-opt %s --split-input-file -o /dev/null
//
// Layouts that kiln.dot and kiln.reduce take.

// One instruction.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @plain(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// Columns that alternate: the accumulator decides, b follows; two instructions take even and
// odd columns.
#acc = #kiln.layout<register = [[0, 2], [8, 0], [0, 1]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0], [0, 1]], lane = [[1, 0], [2, 0], [0, 2], [0, 4], [0, 8]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @columns(%a: tensor<16x8xf32, #a>, %b: tensor<8x16xf32, #b>, %c: tensor<16x16xf32, #acc>) {
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x16xf32, #b>, tensor<16x16xf32, #acc>
  return
}

// -----

// n over rows and columns, two k-steps, and warps over both m and n.
#acc = #kiln.layout<register = [[0, 0, 1], [8, 0, 0], [16, 0, 0], [0, 1, 0]], lane = [[0, 0, 2], [0, 0, 4], [1, 0, 0], [2, 0, 0], [4, 0, 0]], warp = [[32, 0, 0], [0, 2, 0]]>
#a = #kiln.layout<register = [[8, 0], [0, 4], [0, 8], [16, 0]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = [[32, 0], [0, 0]]>
#b = #kiln.layout<register = [[4, 0, 0], [8, 0, 0], [0, 1, 0]], lane = [[1, 0, 0], [2, 0, 0], [0, 0, 1], [0, 0, 2], [0, 0, 4]], warp = [[0, 0, 0], [0, 2, 0]]>
#mk = affine_map<(m, h, w, k) -> (m, k)>
#kn = affine_map<(m, h, w, k) -> (k, h, w)>
#mn = affine_map<(m, h, w, k) -> (m, h, w)>
func.func @positions(%a: tensor<64x16xf32, #a>, %b: tensor<16x4x8xf32, #b>, %c: tensor<64x4x8xf32, #acc>) {
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<64x16xf32, #a>, tensor<16x4x8xf32, #b>, tensor<64x4x8xf32, #acc>
  return
}

// -----

// A batch that all three have, in registers.
#acc = #kiln.layout<register = [[0, 0, 1], [0, 8, 0], [1, 0, 0]], lane = [[0, 0, 2], [0, 0, 4], [0, 1, 0], [0, 2, 0], [0, 4, 0]], warp = []>
#a = #kiln.layout<register = [[0, 8, 0], [0, 0, 4], [1, 0, 0]], lane = [[0, 0, 1], [0, 0, 2], [0, 1, 0], [0, 2, 0], [0, 4, 0]], warp = []>
#b = #kiln.layout<register = [[0, 4, 0], [1, 0, 0]], lane = [[0, 1, 0], [0, 2, 0], [0, 0, 1], [0, 0, 2], [0, 0, 4]], warp = []>
#mk = affine_map<(b, m, n, k) -> (b, m, k)>
#kn = affine_map<(b, m, n, k) -> (b, k, n)>
#mn = affine_map<(b, m, n, k) -> (b, m, n)>
func.func @batch(%a: tensor<2x16x8xf32, #a>, %b: tensor<2x8x8xf32, #b>, %c: tensor<2x16x8xf32, #acc>) {
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k8_tf32 : tensor<2x16x8xf32, #a>, tensor<2x8x8xf32, #b>, tensor<2x16x8xf32, #acc>
  return
}

// -----

// Pairs of 16-bit elements.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[1, 0], [8, 0]], lane = [[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @f16(%a: tensor<16x16xf16, #a>, %b: tensor<16x8xf16, #b>, %c: tensor<16x8xf32, #acc>) {
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #a>, tensor<16x8xf16, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

// One multiply-add for each register of the accumulator and each k.
#acc = #kiln.layout<register = [[0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [0, 0]], warp = []>
#a = #kiln.layout<register = [[0, 1]], lane = [[0, 0], [0, 0], [1, 0], [2, 0], [0, 0]], warp = []>
#b = #kiln.layout<register = [[1, 0], [0, 4]], lane = [[0, 1], [0, 2], [0, 0], [0, 0], [0, 0]], warp = []>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func @fma(%a: tensor<4x2xf32, #a>, %b: tensor<2x8xf32, #b>, %c: tensor<4x8xf32, #acc>) {
  %d = kiln.dot %a, %b, %c maps [#mk, #kn, #mn] with fma : tensor<4x2xf32, #a>, tensor<2x8xf32, #b>, tensor<4x8xf32, #acc>
  return
}

// -----

// What is left of the accumulator, rows gone: copies in lanes and warps.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = [[16, 0]]>
#y = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = [[0]]>
func.func @reduce(%x: tensor<32x8xf32, #x>) {
  %y = kiln.reduce %x over [0] : tensor<32x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}

// -----

// With halving the highest lane takes the register over.
#x = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#y = #kiln.layout<register = [], lane = [[2], [4], [0], [0], [1]], warp = []>
func.func @reduce_halving(%x: tensor<16x8xf32, #x>) {
  %y = kiln.reduce %x over [0] halving : tensor<16x8xf32, #x> -> tensor<8xf32, #y> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  return
}
