// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// One program for every rule of the verifiers of the ops on shared memory.

// async_copy: a box like those of the tiles, into a buffer of the same kind.
#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @copy_dynamic(%x: memref<?x64xf32>, %s: !s, %i: index) {
  // expected-error @below {{needs static shapes}}
  kiln.async_copy %x[%i, %i] to %s[%i] in_bounds [true, true] vector 4 : memref<?x64xf32> -> !s
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @copy_offsets(%x: memref<64x64xf32>, %s: !s, %i: index) {
  // expected-error @below {{needs 2 offsets and in_bounds}}
  kiln.async_copy %x[%i] to %s[%i] in_bounds [true, true] vector 4 : memref<64x64xf32> -> !s
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @copy_element(%x: memref<64x64xf16>, %s: !s, %i: index) {
  // expected-error @below {{source and buffer must have one element type}}
  kiln.async_copy %x[%i, %i] to %s[%i] in_bounds [true, true] vector 4 : memref<64x64xf16> -> !s
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @copy_rank(%x: memref<4x64x64xf32>, %s: !s, %i: index) {
  // expected-error @below {{buffer must have the source's rank}}
  kiln.async_copy %x[%i, %i, %i] to %s[%i] in_bounds [true, true, true] vector 4 : memref<4x64x64xf32> -> !s
  return
}

// -----

// The units that the hardware copies.
#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @copy_units(%x: memref<64x64xf32>, %s: !s, %i: index) {
  // expected-error @below {{units must be 2, 4, 8 or 16 bytes, not 20}}
  kiln.async_copy %x[%i, %i] to %s[%i] in_bounds [true, true] vector 5 : memref<64x64xf32> -> !s
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @copy_slot(%x: memref<64x64xf32>, %s: !s, %i: index) {
  %two = arith.constant 2 : index
  // expected-error @below {{slot 2 of a buffer with 2 slots}}
  kiln.async_copy %x[%i, %i] to %s[%two] in_bounds [true, true] vector 4 : memref<64x64xf32> -> !s
  return
}

// -----

// async_wait.
func.func @wait() {
  // expected-error @below {{pending groups must not be negative, not -1}}
  kiln.async_wait -1
  return
}

// -----

// staged: at most a whole slot.
#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @staged_extent(%s: !s, %i: index) {
  // expected-error @below {{tile 'tensor<8x21xf32>' is no part of a slot of [8, 20] 'f32'}}
  %t = kiln.staged %s[%i] : !s -> tensor<8x21xf32>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @staged_origin(%s: !s, %i: index) {
  // expected-error @below {{tile 'tensor<8x18xf32>' is no part of a slot of [8, 20] 'f32'}}
  %t = kiln.staged %s[%i] at [0, 3] : !s -> tensor<8x18xf32>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @staged_before(%s: !s, %i: index) {
  // expected-error @below {{is no part of a slot}}
  %t = kiln.staged %s[%i] at [0, -1] : !s -> tensor<8x18xf32>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @staged_rank(%s: !s, %i: index) {
  // expected-error @below {{is no part of a slot}}
  %t = kiln.staged %s[%i] : !s -> tensor<8xf32>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @staged_element(%s: !s, %i: index) {
  // expected-error @below {{is no part of a slot}}
  %t = kiln.staged %s[%i] : !s -> tensor<8x20xf16>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @staged_slot(%s: !s) {
  %minus = arith.constant -1 : index
  // expected-error @below {{slot -1 of a buffer with 2 slots}}
  %t = kiln.staged %s[%minus] : !s -> tensor<8x20xf32>
  return
}

// -----

// local_load: fragments that lie in the slot.
#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
func.func @load_layout(%s: !s, %i: index) {
  // expected-error @below {{result needs a #kiln.layout encoding}}
  %f = kiln.local_load %s[%i] at [0, 0] step [1, 1] : !s -> tensor<8x8xf32>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_element(%s: !s, %i: index) {
  // expected-error @below {{result and buffer must have one element type}}
  %f = kiln.local_load %s[%i] at [0, 0] step [1, 1] : !s -> tensor<8x8xf16, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_round(%s: !kiln.shared<2 x f16, #s>, %i: index) {
  // expected-error @below {{round_tf32 needs f32 elements, not 'f16'}}
  %f = kiln.local_load %s[%i] at [0, 0] step [1, 1] round_tf32 : !kiln.shared<2 x f16, #s> -> tensor<8x8xf16, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_offsets(%s: !s, %i: index) {
  // expected-error @below {{result, offsets and strides must have the buffer's rank}}
  %f = kiln.local_load %s[%i] at [0] step [1, 1] : !s -> tensor<8x8xf32, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_strides(%s: !s, %i: index) {
  // expected-error @below {{result, offsets and strides must have the buffer's rank}}
  %f = kiln.local_load %s[%i] at [0, 0] step [1] : !s -> tensor<8x8xf32, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_negative(%s: !s, %i: index) {
  // expected-error @below {{reads element -1 of dimension 1}}
  %f = kiln.local_load %s[%i] at [0, -1] step [1, 1] : !s -> tensor<8x8xf32, #b>
  return
}

// -----

// Eight columns from the sixth, every second one: the last is column 20.
#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_beyond(%s: !s, %i: index) {
  // expected-error @below {{reads element 20 of dimension 1, which has 20}}
  %f = kiln.local_load %s[%i] at [0, 6] step [1, 2] : !s -> tensor<8x8xf32, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_step(%s: !s, %i: index) {
  // expected-error @below {{steps must be positive, not 0}}
  %f = kiln.local_load %s[%i] at [0, 0] step [1, 0] : !s -> tensor<8x8xf32, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_encoding(%s: !s, %i: index) {
  // expected-error @below {{layout covers [8, 8], but the tensor is}}
  %f = kiln.local_load %s[%i] at [0, 0] step [1, 1] : !s -> tensor<4x8xf32, #b>
  return
}

// -----

#s = #kiln.shared_layout<[8:20], [20:1]>
!s = !kiln.shared<2 x f32, #s>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
func.func @load_slot(%s: !s) {
  %three = arith.constant 3 : index
  // expected-error @below {{slot 3 of a buffer with 2 slots}}
  %f = kiln.local_load %s[%three] at [0, 0] step [1, 1] : !s -> tensor<8x8xf32, #b>
  return
}

// -----

// async_copy: rows are copied in whole units ..
#r = #kiln.shared_layout<[8:6], [6:1]>
!r = !kiln.shared<1 x f32, #r>
func.func @rows(%x: memref<64x64xf32>, %s: !r, %i: index) {
  // expected-error @below {{rows of 6 elements are no whole units of 4}}
  kiln.async_copy %x[%i, %i] to %s[%i] in_bounds [true, true] vector 4 : memref<64x64xf32> -> !r
  return
}

// -----

// .. and rounds are a first and a last number.
#r = #kiln.shared_layout<[8:8], [8:1]>
!r = !kiln.shared<1 x f32, #r>
func.func @rounds(%x: memref<64x64xf32>, %s: !r, %i: index) {
  // expected-error @below {{rounds must be a first and a last number}}
  kiln.async_copy %x[%i, %i] to %s[%i] in_bounds [true, true] vector 4 rounds [2, 1] : memref<64x64xf32> -> !r
  return
}

// -----

// local_copy: whole matrices of 16-bit elements change their contiguous dimension.
!s = !kiln.shared<1 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!d = !kiln.shared<1 x f16, #kiln.shared_layout<[8:1], [8:8]>>
func.func @local_copy_shapes(%s: !s, %d: !d, %i: index) {
  // expected-error @below {{source and destination must have one shape and one element type}}
  kiln.local_copy %s[%i] to %d[%i] : !s -> !d
  return
}

// -----

!s = !kiln.shared<1 x f32, #kiln.shared_layout<[16:8], [8:1]>>
!d = !kiln.shared<1 x f32, #kiln.shared_layout<[8:1, 2:64], [8:8]>>
func.func @local_copy_element(%s: !s, %d: !d, %i: index) {
  // expected-error @below {{elements must have 16 bits}}
  kiln.local_copy %s[%i] to %d[%i] : !s -> !d
  return
}

// -----

!s = !kiln.shared<1 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!d = !kiln.shared<1 x f16, #kiln.shared_layout<[16:8], [8:1]>>
func.func @local_copy_same(%s: !s, %d: !d, %i: index) {
  // expected-error @below {{must turn a dimension that is contiguous in the source into another one that is contiguous in the destination, in units of 8}}
  kiln.local_copy %s[%i] to %d[%i] : !s -> !d
  return
}

// -----

!s = !kiln.shared<1 x f16, #kiln.shared_layout<[8:12], [12:1]>>
!d = !kiln.shared<1 x f16, #kiln.shared_layout<[8:1], [12:8]>>
func.func @local_copy_matrices(%s: !s, %d: !d, %i: index) {
  // expected-error @below {{must move whole matrices of 8 by 8 elements with aligned rows}}
  kiln.local_copy %s[%i] to %d[%i] : !s -> !d
  return
}

// -----

!s = !kiln.shared<1 x f16, #kiln.shared_layout<[8:12], [8:1]>>
!d = !kiln.shared<1 x f16, #kiln.shared_layout<[8:1], [8:8]>>
func.func @local_copy_aligned(%s: !s, %d: !d, %i: index) {
  // expected-error @below {{must move whole matrices of 8 by 8 elements with aligned rows}}
  kiln.local_copy %s[%i] to %d[%i] : !s -> !d
  return
}

// -----

!s = !kiln.shared<1 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!d = !kiln.shared<1 x f16, #kiln.shared_layout<[8:1, 2:64], [8:8]>>
func.func @local_copy_rounds(%s: !s, %d: !d, %i: index) {
  // expected-error @below {{rounds must be a first and a last number}}
  kiln.local_copy %s[%i] to %d[%i] rounds [2, 1] : !s -> !d
  return
}

// -----

// alloc_shared: buffers start aligned, for 16-byte copies and in bank 0.
func.func @alloc_offset() {
  // expected-error @below {{offset must be a multiple of 128 bytes and not negative, not 64}}
  %s = kiln.alloc_shared offset 64 : !kiln.shared<1 x i8, #kiln.shared_layout<[512:1]>>
  return
}

// -----

func.func @alloc_before() {
  // expected-error @below {{offset must be a multiple of 128 bytes and not negative, not -128}}
  %s = kiln.alloc_shared offset -128 : !kiln.shared<1 x i8, #kiln.shared_layout<[512:1]>>
  return
}

// -----

// Buffers that are read together are alike.
!s = !kiln.shared<2 x f32, #kiln.shared_layout<[8:16], [16:1]>>
!t = !kiln.shared<1 x f32, #kiln.shared_layout<[8:16], [16:1]>>
func.func @others(%s: !s, %t: !t, %i: index) {
  // expected-error @+1 {{other buffers must be of type}}
  %v = kiln.staged %s with %t : !t [%i] : !s -> tensor<8x16xf32> computing {
  ^bb0(%e: f32, %f: f32):
    %h = arith.addf %e, %f : f32
    kiln.compute_yield %h : f32
  }
  return
}

// -----

// What is computed of an element is one of its type.
!s = !kiln.shared<2 x f32, #kiln.shared_layout<[8:16], [16:1]>>
func.func @computing(%s: !s, %i: index) {
  // expected-error @+1 {{computes each element in one block that takes and yields 'f32'}}
  %t = kiln.staged %s[%i] : !s -> tensor<8x16xf32> computing {
  ^bb0(%e: f32):
    %h = arith.truncf %e : f32 to f16
    kiln.compute_yield %h : f16
  }
  return
}
