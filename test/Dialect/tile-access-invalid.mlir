// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// One program for every rule of the verifiers of the ops on tiles in memory.

// extract_tile: everything is static, and every dimension has an offset and an in_bounds.
func.func @extract_dynamic(%x: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs static shapes, not 'tensor<?x30xf32>'}}
  %t = kiln.extract_tile %x[%i, %i] in_bounds [true, true] : tensor<?x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @extract_offsets(%x: tensor<20x30xf32>, %i: index) {
  // expected-error @below {{needs 2 offsets and in_bounds, one for each dimension of 'tensor<20x30xf32>'}}
  %t = kiln.extract_tile %x[%i] in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @extract_in_bounds(%x: tensor<20x30xf32>, %i: index) {
  // expected-error @below {{needs 2 offsets and in_bounds, one for each dimension of 'tensor<20x30xf32>'}}
  %t = kiln.extract_tile %x[%i, %i] in_bounds [true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @extract_rank(%x: tensor<20x30xf32>, %i: index) {
  // expected-error @below {{tile must have the source's rank and element type}}
  %t = kiln.extract_tile %x[%i, %i] in_bounds [true, true] : tensor<20x30xf32> -> tensor<4xf32>
  return
}

// -----

func.func @extract_element(%x: tensor<20x30xf32>, %i: index) {
  // expected-error @below {{tile must have the source's rank and element type}}
  %t = kiln.extract_tile %x[%i, %i] in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf16>
  return
}

// -----

// The threads hold exactly the tile.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func @extract_layout(%x: tensor<20x30xf32>, %i: index) {
  // expected-error @below {{layout covers [16, 8], but the tensor is}}
  %t = kiln.extract_tile %x[%i, %i] in_bounds [true, true] : tensor<20x30xf32> -> tensor<16x16xf32, #acc>
  return
}

// -----

#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func @extract_layout_rank(%x: tensor<20xf32>, %i: index) {
  // expected-error @below {{layout covers [16, 8], but the tensor is}}
  %t = kiln.extract_tile %x[%i] in_bounds [true] : tensor<20xf32> -> tensor<16xf32, #acc>
  return
}

// -----

// load_tile: the map goes from the tile's axes to the source's dimensions.
func.func @load_offsets(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs an offset and a dimension of the map for each of the tile's 2 dimensions}}
  %t = kiln.load_tile %x[%i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @load_map_dims(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs an offset and a dimension of the map for each of the tile's 2 dimensions}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0) -> (d0, d0)> in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @load_symbols(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs an offset and a dimension of the map for each of the tile's 2 dimensions}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0, d1)[s0] -> (d0, d1 + s0)> in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @load_coordinates(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs a coordinate of the map and an in_bounds for each of the source's 2 dimensions}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0, d1) -> (d0)> in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @load_in_bounds(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs a coordinate of the map and an in_bounds for each of the source's 2 dimensions}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [true] : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @load_element(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{tile must have the source's element type}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [true, true] : tensor<20x30xf32> -> tensor<4x4xf16>
  return
}

// -----

func.func @load_padding(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{padding must have the element type 'f32', not 'f16'}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [true, false] padding 1.0 : f16 : tensor<20x30xf32> -> tensor<4x4xf32>
  return
}

// -----

func.func @load_dynamic(%x: tensor<20x30xf32>, %d: tensor<?x30xf32>, %i: index) {
  // expected-error @below {{needs static shapes, not 'tensor<?x30xf32>'}}
  %t = kiln.load_tile %d[%i, %i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [true, false] : tensor<?x30xf32> -> tensor<4x4xf32>
  return
}

// -----

#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func @load_layout(%x: tensor<20x30xf32>, %i: index) {
  // expected-error @below {{layout covers [16, 8], but the tensor is}}
  %t = kiln.load_tile %x[%i, %i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [true, true] : tensor<20x30xf32> -> tensor<16x16xf32, #acc>
  return
}

// -----

// store_tile: the same rules.
func.func @store_dynamic(%t: tensor<4x4xf32>, %m: memref<?x30xf32>, %i: index) {
  // expected-error @below {{needs static shapes, not 'memref<?x30xf32>'}}
  kiln.store_tile %t, %m[%i, %i] in_bounds [true, true] : tensor<4x4xf32>, memref<?x30xf32>
  return
}

// -----

func.func @store_offsets(%t: tensor<4x4xf32>, %m: memref<20x30xf32>, %i: index) {
  // expected-error @below {{needs 2 offsets and in_bounds, one for each dimension of 'memref<20x30xf32>'}}
  kiln.store_tile %t, %m[%i] in_bounds [true, true] : tensor<4x4xf32>, memref<20x30xf32>
  return
}

// -----

func.func @store_rank(%t: tensor<4xf32>, %m: memref<20x30xf32>, %i: index) {
  // expected-error @below {{tile must have the destination's rank and element type}}
  kiln.store_tile %t, %m[%i, %i] in_bounds [true, true] : tensor<4xf32>, memref<20x30xf32>
  return
}

// -----

func.func @store_element(%t: tensor<4x4xf16>, %m: memref<20x30xf32>, %i: index) {
  // expected-error @below {{tile must have the destination's rank and element type}}
  kiln.store_tile %t, %m[%i, %i] in_bounds [true, true] : tensor<4x4xf16>, memref<20x30xf32>
  return
}

// -----

#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func @store_layout(%t: tensor<4x8xf32, #acc>, %m: memref<20x30xf32>, %i: index) {
  // expected-error @below {{layout covers [16, 8], but the tensor is}}
  kiln.store_tile %t, %m[%i, %i] in_bounds [true, true] : tensor<4x8xf32, #acc>, memref<20x30xf32>
  return
}

// -----

// pack: the layout has a place for every element of a tile.
#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_dynamic(%w: tensor<3x?xf32>) {
  // expected-error @below {{needs static shapes, not 'tensor<3x?xf32>'}}
  %p = kiln.pack %w layout #filter tile_dims [1] : tensor<3x?xf32> -> tensor<3x8xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_rank(%w: tensor<3x5x1xf32>) {
  // expected-error @below {{layout must have the filter's rank}}
  %p = kiln.pack %w layout #filter tile_dims [1] : tensor<3x5x1xf32> -> tensor<3x8xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_tile_dims(%w: tensor<3x5xf32>) {
  // expected-error @below {{tile_dims must be different dimensions of the filter}}
  %p = kiln.pack %w layout #filter tile_dims [2] : tensor<3x5xf32> -> tensor<3x8xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_cut(%w: tensor<5x5xf32>) {
  // expected-error @below {{layout cuts dimension 0 of the filter, which is not in tile_dims}}
  %p = kiln.pack %w layout #filter tile_dims [1] : tensor<5x5xf32> -> tensor<3x8xf32>
  return
}

// -----

// Five channels, two to a chunk: three chunks.
#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_result(%w: tensor<3x5xf32>) {
  // expected-error @below {{the packed filter must be 3x8x'f32', not 'tensor<2x8xf32>'}}
  %p = kiln.pack %w layout #filter tile_dims [1] : tensor<3x5xf32> -> tensor<2x8xf32>
  return
}

// -----

// Tiles along both dimensions: two of filters by three of channels.
#filter = #kiln.shared_layout<[2:1], [2:2]>
func.func @pack_result_tiles(%w: tensor<3x5xf32>) {
  // expected-error @below {{the packed filter must be 6x4x'f32', not 'tensor<3x4xf32>'}}
  %p = kiln.pack %w layout #filter tile_dims [0, 1] : tensor<3x5xf32> -> tensor<3x4xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_tile_dims_twice(%w: tensor<3x5xf32>) {
  // expected-error @below {{tile_dims must be different dimensions of the filter}}
  %p = kiln.pack %w layout #filter tile_dims [1, 1] : tensor<3x5xf32> -> tensor<3x8xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_element(%w: tensor<3x5xf16>) {
  // expected-error @below {{the packed filter must be 3x8x'f16', not 'tensor<3x8xf32>'}}
  %p = kiln.pack %w layout #filter tile_dims [1] : tensor<3x5xf16> -> tensor<3x8xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @pack_round(%w: tensor<3x5xf16>) {
  // expected-error @below {{round_tf32 needs f32 elements, not 'f16'}}
  %p = kiln.pack %w layout #filter tile_dims [1] round_tf32 : tensor<3x5xf16> -> tensor<3x8xf16>
  return
}

// -----

// unpack: the same rules, seen from the other side.
#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @unpack_packed(%p: tensor<2x8xf32>) {
  // expected-error @below {{the packed filter must be 3x8x'f32', not 'tensor<2x8xf32>'}}
  %w = kiln.unpack %p layout #filter tile_dims [1] : tensor<2x8xf32> -> tensor<3x5xf32>
  return
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
func.func @unpack_tile_dims(%p: tensor<3x8xf32>) {
  // expected-error @below {{tile_dims must be different dimensions of the filter}}
  %w = kiln.unpack %p layout #filter tile_dims [-1] : tensor<3x8xf32> -> tensor<3x5xf32>
  return
}
