// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// One program for every rule of the verifiers of what staged stores consist of.

// Units of neighbours: register bits that step along the last dimension.
#read = #kiln.layout<register = [[0, 1], [0, 2]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [0, 0]], warp = []>
func.func @vector_size(%t: tensor<4x16xf32, #read>, %m: memref<8x16xf32>, %i: index) {
  // expected-error @below {{vector must be a power of two, not 3}}
  kiln.store_tile %t, %m[%i, %i] in_bounds [true, true] vector 3 : tensor<4x16xf32, #read>, memref<8x16xf32>
  return
}

// -----

#read = #kiln.layout<register = [[0, 1], [0, 2]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [0, 0]], warp = []>
func.func @vector_layout(%t: tensor<4x16xf32, #read>, %m: memref<8x16xf32>, %i: index) {
  // expected-error @below {{vector = 8 needs a layout whose first register bits are neighbours in the last dimension}}
  kiln.store_tile %t, %m[%i, %i] in_bounds [true, true] vector 8 : tensor<4x16xf32, #read>, memref<8x16xf32>
  return
}

// -----

#read = #kiln.layout<register = [[0, 1], [0, 2]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [0, 0]], warp = []>
func.func @vector_rows(%m: memref<8x18xf32>, %i: index) {
  // expected-error @below {{rows of 18 elements are no whole units of 4}}
  %t = kiln.extract_tile %m[%i, %i] in_bounds [true, true] vector 4 : memref<8x18xf32> -> tensor<4x16xf32, #read>
  return
}

// -----

// Tiles in shared memory: those of the buffer, held by threads.
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[4:16, 2:0], [16:1]>>
func.func @write_layout(%t: tensor<8x16xf32>, %s: !s) {
  // expected-error @below {{tile needs a #kiln.layout encoding}}
  kiln.local_write %t to %s at [0, 0] : tensor<8x16xf32>, !s
  return
}

// -----

#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
!s = !kiln.shared<1 x f16, #kiln.shared_layout<[4:16, 2:0], [16:1]>>
func.func @write_element(%t: tensor<8x16xf32, #held>, %s: !s) {
  // expected-error @below {{tile and buffer must have one element type}}
  kiln.local_write %t to %s at [0, 0] : tensor<8x16xf32, #held>, !s
  return
}

// -----

#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[4:16, 2:0], [16:1]>>
func.func @write_rank(%t: tensor<8x16xf32, #held>, %s: !s) {
  // expected-error @below {{tile and coordinate must have the buffer's rank}}
  kiln.local_write %t to %s at [0] : tensor<8x16xf32, #held>, !s
  return
}

// -----

#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[3:16], [16:1]>>
func.func @write_extent(%t: tensor<8x16xf32, #held>, %s: !s) {
  // expected-error @below {{extents of the buffer must be powers of two}}
  kiln.local_write %t to %s at [0, 0] : tensor<8x16xf32, #held>, !s
  return
}

// -----

#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[4:16], [16:1]>>
func.func @write_shape(%t: tensor<8x16xf32, #held>, %s: !s) {
  // expected-error @below {{the buffer must have the tile's shape}}
  kiln.local_write %t to %s at [0, 0] : tensor<8x16xf32, #held>, !s
  return
}

// -----

#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[4:16, 2:0], [16:1]>>
func.func @write_slice(%t: tensor<8x16xf32, #held>, %s: !s) {
  // expected-error @below {{starts no slice at 2 of dimension 0}}
  kiln.local_write %t to %s at [2, 0] : tensor<8x16xf32, #held>, !s
  return
}

// -----

// The slices are rows of four: two of them are in different lanes.
#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[2:16, 4:0], [16:1]>>
func.func @write_threads(%t: tensor<8x16xf32, #held>, %s: !s) {
  // expected-error @below {{slices of dimension 0 would divide threads, not registers}}
  kiln.local_write %t to %s at [0, 0] : tensor<8x16xf32, #held>, !s
  return
}

// -----

#read = #kiln.layout<register = [[0, 1], [0, 2]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [0, 0]], warp = []>
!s = !kiln.shared<1 x f32, #kiln.shared_layout<[4:16, 2:0], [16:1]>>
func.func @read_part(%s: !s) {
  // expected-error @below {{reads no part of dimension 0 at 2, which has 8}}
  %t = kiln.local_read %s at [2, 0] : !s -> tensor<4x16xf32, #read>
  return
}
