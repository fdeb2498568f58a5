// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// One program for every rule of the verifiers of kiln.dot and kiln.reduce.

// dot: three operands with layouts, and a map for each.
#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @dot_maps(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{needs three maps, for a, b and the accumulator}}
  %d = kiln.dot %a, %b, %c maps [#km, #kn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @dot_layout(%a: tensor<16x8xf32>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{operands need #kiln.layout encodings}}
  %d = kiln.dot %a, %b, %c maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#k = affine_map<(d0, d1, d2) -> (d2)>
func.func @dot_rank(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{each map must have its operand's rank}}
  %d = kiln.dot %a, %b, %c maps [#km, #k, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#two = affine_map<(d0, d1) -> (d0, d1)>
func.func @dot_dims(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{maps must take the same iteration dimensions to different dimensions of their operands}}
  %d = kiln.dot %a, %b, %c maps [#km, #two, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#twice = affine_map<(d0, d1, d2) -> (d2, d2)>
func.func @dot_permutation(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{maps must take the same iteration dimensions to different dimensions of their operands}}
  %d = kiln.dot %a, %b, %c maps [#km, #twice, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @dot_encoding(%a: tensor<32x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{layout covers [16, 8], but the tensor is}}
  %d = kiln.dot %a, %b, %c maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<32x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @dot_operand(%a: tensor<16x8xf32, #a>, %b: tensor<8x8xf32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{mma_m16n8k16_f16 does not multiply 'f32'}}
  %d = kiln.dot %a, %b, %c maps [#km, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @dot_integers(%a: tensor<16x8xi32, #a>, %b: tensor<8x8xi32, #b>, %c: tensor<16x8xf32, #acc>) {
  // expected-error @below {{fma does not multiply 'i32'}}
  %d = kiln.dot %a, %b, %c maps [#km, #kn, #mn] with fma : tensor<16x8xi32, #a>, tensor<8x8xi32, #b>, tensor<16x8xf32, #acc>
  return
}

// -----

#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @dot_accumulator(%a: tensor<16x8xf16, #a>, %b: tensor<8x8xf16, #b>, %c: tensor<16x8xf16, #acc>) {
  // expected-error @below {{mma_m16n8k16_f16 does not accumulate in 'f16'}}
  %d = kiln.dot %a, %b, %c maps [#km, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x8xf16, #a>, tensor<8x8xf16, #b>, tensor<16x8xf16, #acc>
  return
}

// -----

// reduce: inputs of one shape, without the reduced dimensions in the results.
func.func @reduce_results(%x: tensor<4x8xf32>) {
  // expected-error @below {{needs as many results as inputs, at least one}}
  %y:2 = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<8xf32>, tensor<8xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_nothing(%x: tensor<4x8xf32>) {
  // expected-error @below {{needs different dimensions of the inputs to reduce over, not []}}
  %y = kiln.reduce %x over [] : tensor<4x8xf32> -> tensor<4x8xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_dim(%x: tensor<4x8xf32>) {
  // expected-error @below {{needs different dimensions of the inputs to reduce over, not [2]}}
  %y = kiln.reduce %x over [2] : tensor<4x8xf32> -> tensor<4x8xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_twice(%x: tensor<4x8xf32>) {
  // expected-error @below {{needs different dimensions of the inputs to reduce over, not [0, 0]}}
  %y = kiln.reduce %x over [0, 0] : tensor<4x8xf32> -> tensor<8xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_inputs(%x: tensor<4x8xf32>, %n: tensor<5x8xf32>) {
  // expected-error @below {{inputs must have one shape and layout}}
  %y:2 = kiln.reduce %x, %n over [0] : tensor<4x8xf32>, tensor<5x8xf32> -> tensor<8xf32>, tensor<8xf32> {
  ^bb0(%l: f32, %m: f32, %r: f32, %s: f32):
    kiln.reduce_yield %l, %m : f32, f32
  }
  return
}

// -----

func.func @reduce_shape(%x: tensor<4x8xf32>) {
  // expected-error @below {{result shape must be the input's without the reduced dimensions}}
  %y = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<4xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_element(%x: tensor<4x8xf32>) {
  // expected-error @below {{results must have their inputs' element types}}
  %y = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<8xf16> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func @reduce_layout(%x: tensor<4x8xf32, #acc>) {
  // expected-error @below {{layout covers [16, 8], but the tensor is}}
  %y = kiln.reduce %x over [0] : tensor<4x8xf32, #acc> -> tensor<8xf32> {
  ^bb0(%l: f32, %r: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

// The combiner takes two partial results and gives one.
func.func @reduce_arguments(%x: tensor<4x8xf32>) {
  // expected-error @below {{combiner takes two values for each input, the left ones first}}
  %y = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<8xf32> {
  ^bb0(%l: f32):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_argument_types(%x: tensor<4x8xf32>) {
  // expected-error @below {{combiner takes two values for each input}}
  %y = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<8xf32> {
  ^bb0(%l: f32, %r: f16):
    kiln.reduce_yield %l : f32
  }
  return
}

// -----

func.func @reduce_terminator(%x: tensor<4x8xf32>) {
  // expected-error @below {{combiner must end in 'kiln.reduce_yield'}}
  %y = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<8xf32> {
  ^bb0(%l: f32, %r: f32):
    func.return
  }
  return
}

// -----

func.func @reduce_yield(%x: tensor<4x8xf32>) {
  %y = kiln.reduce %x over [0] : tensor<4x8xf32> -> tensor<8xf32> {
  ^bb0(%l: f32, %r: f32):
    // expected-error @below {{must yield one value for each input, of its element type}}
    kiln.reduce_yield %l, %r : f32, f32
  }
  return
}

// -----

func.func @reduce_parent(%x: f32) {
  // expected-error @below {{expects parent op 'kiln.reduce'}}
  kiln.reduce_yield %x : f32
}
