// RUN: kiln-opt %s --split-input-file --verify-diagnostics
//
// One schedule for every rule of their verifiers.

// A schedule: tile and warps over output channels, rows and columns.
// expected-error @below {{tile = [64, 4] must be three powers of two: output channels, rows, columns}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4], chunk = 8, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{tile = [64, 3, 16] must be three powers of two}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 3, 16], chunk = 8, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{tile = [64, 0, 16] must be three powers of two}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 0, 16], chunk = 8, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{warps = [1, 1] must be three powers of two: over channels, rows, columns}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1]>} {}

// -----

// expected-error @below {{warps = [1, 3, 1] must be three powers of two}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 3, 1]>} {}

// -----

// expected-error @below {{warps = [4, 4, 4] are more than the 32 warps of a block}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [256, 8, 64], chunk = 8, warps = [4, 4, 4]>} {}

// -----

// Their product does not fit into 64 bits.
// expected-error @below {{warps = [4294967296, 4294967296, 1] are more than the 32 warps of a block}}
module attributes {test.x = #kiln.schedule<contraction = fma, tile = [4294967296, 4294967296, 8], chunk = 8, warps = [4294967296, 4294967296, 1]>} {}

// -----

// Every warp needs a part of the tile.
// expected-error @below {{tile = [64, 4, 16] has 4 rows for 8 warps}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 8, 1]>} {}

// -----

// expected-error @below {{tile = [2, 1, 8] has 2 channels for 4 warps}}
module attributes {test.x = #kiln.schedule<contraction = fma, tile = [2, 1, 8], chunk = 8, warps = [4, 1, 1]>} {}

// -----

// expected-error @below {{tile = [2, 1, 2] has 2 columns for 4 warps}}
module attributes {test.x = #kiln.schedule<contraction = fma, tile = [2, 1, 2], chunk = 8, warps = [1, 1, 4]>} {}

// -----

// A chunk is whole k-steps of the instruction: 1, 8 or 16 channels.
// expected-error @below {{chunk must be a power of two and a multiple of the instruction's k (8), not 4}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 4, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{instruction's k (8), not 24}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 24, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{instruction's k (1), not 0}}
module attributes {test.x = #kiln.schedule<contraction = fma, tile = [64, 4, 16], chunk = 0, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{instruction's k (16), not 8}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1]>} {}

// -----

// expected-error @below {{instruction's k (16), not 8}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1]>} {}

// -----

// What one mma instruction computes is the least that a warp can do.
// expected-error @below {{tile = [16, 4, 16] on warps = [2, 1, 1] gives a warp 8 channels, mma needs at least 16}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 4, 16], chunk = 8, warps = [2, 1, 1]>} {}

// -----

// expected-error @below {{tile = [64, 4, 8] on warps = [1, 1, 2] gives a warp 4 columns, mma needs at least 8}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 8], chunk = 8, warps = [1, 1, 2]>} {}

// -----

// Even and odd columns alternate between two instructions.
// expected-error @below {{tile = [64, 4, 8] on warps = [1, 1, 1] gives a warp 8 columns, columns = even_odd needs at least 16}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 8], chunk = 8, warps = [1, 1, 1], columns = even_odd>} {}

// -----

// expected-error @below {{columns = even_odd is a layout of 32-bit mma operands, contraction = mma_m16n8k16_f16 has none}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 16], chunk = 16, warps = [1, 1, 1], columns = even_odd>} {}

// -----

// expected-error @below {{columns = even_odd is a layout of 32-bit mma operands, contraction = fma has none}}
module attributes {test.x = #kiln.schedule<contraction = fma, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], columns = even_odd>} {}

// -----

// expected-error @below {{channels = adjacent is a layout of mma fragments, contraction = fma has none}}
module attributes {test.x = #kiln.schedule<contraction = fma, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], channels = adjacent>} {}

// -----

// The main loop.
// expected-error @below {{stages must be 1 to 4, not 0}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], stages = 0>} {}

// -----

// expected-error @below {{stages must be 1 to 4, not 5}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], stages = 5>} {}

// -----

// expected-error @below {{lookahead must be 0 or 1, not 2}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], lookahead = 2>} {}

// -----

// expected-error @below {{lookahead must be 0 or 1, not -1}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], lookahead = -1>} {}

// -----

// expected-error @below {{early_barrier = true needs lookahead = 1, not 0: the last k-step's fragments must be in registers}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], early_barrier = true>} {}

// -----

// expected-error @below {{spread must be positive, not 0}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], spread = 0>} {}

// -----

// expected-error @below {{lookahead = 1 needs stages = 2 or more, not 1: with one slot nothing runs ahead}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], stages = 1, lookahead = 1>} {}

// -----

// expected-error @below {{ring must be 0 or 2 to 8, not 1}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], ring = 1>} {}

// -----

// expected-error @below {{ring = 3 needs weights = packed: parts of a strided filter are not contiguous}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], weights = strided, ring = 3>} {}

// -----

// expected-error @below {{ring = 3 needs stages = 2 or more, not 1}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], stages = 1, ring = 3>} {}

// -----

// expected-error @below {{transpose = true moves 16-bit elements, contraction = mma_m16n8k8_tf32 has others}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], transpose = true>} {}

// -----

// expected-error @below {{spread = 2 needs early_barrier = true: without it all copies of a stage are issued at once}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], spread = 2>} {}

// -----

// expected-error @below {{peel = true needs early_barrier = true}}
module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 1, 1], peel = true>} {}

// -----

// A loop schedule: an entry for each axis.
// expected-error @below {{tile, threads and vector need an entry for each axis: they have 2, 1 and 2}}
module attributes {test.x = #kiln.loop_schedule<tile = [8, 32], threads = [[32:1]], vector = [1, 1], block = 32>} {}

// -----

// expected-error @below {{tile, threads and vector need an entry for each axis: they have 1, 1 and 2}}
module attributes {test.x = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [1, 1], block = 32>} {}

// -----

// Warps are whole, and bits of the thread's number are shared out.
// expected-error @below {{block must be a power of two from 32 to 1024, not 16}}
module attributes {test.x = #kiln.loop_schedule<tile = [16], threads = [[16:1]], vector = [1], block = 16>} {}

// -----

// expected-error @below {{block must be a power of two from 32 to 1024, not 96}}
module attributes {test.x = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [1], block = 96>} {}

// -----

// expected-error @below {{block must be a power of two from 32 to 1024, not 2048}}
module attributes {test.x = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [1], block = 2048>} {}

// -----

// expected-error @below {{threads of axis 0 must be one size:stride}}
module attributes {test.x = #kiln.loop_schedule<tile = [32], threads = [[4:1, 8:4]], vector = [1], block = 32>} {}

// -----

// expected-error @below {{tile, threads and vector of axis 0 must be powers of two}}
module attributes {test.x = #kiln.loop_schedule<tile = [24], threads = [[8:1]], vector = [1], block = 32>} {}

// -----

// expected-error @below {{tile, threads and vector of axis 1 must be powers of two}}
module attributes {test.x = #kiln.loop_schedule<tile = [1, 32], threads = [[1:0], [12:1]], vector = [1, 1], block = 32>} {}

// -----

// expected-error @below {{tile, threads and vector of axis 0 must be powers of two}}
module attributes {test.x = #kiln.loop_schedule<tile = [32], threads = [[8:1]], vector = [3], block = 32>} {}

// -----

// expected-error @below {{tile, threads and vector of axis 0 must be powers of two}}
module attributes {test.x = #kiln.loop_schedule<tile = [0], threads = [[1:0]], vector = [1], block = 32>} {}

// -----

// expected-error @below {{axis 0 has 32 threads of 2 positions, its tile only 32}}
module attributes {test.x = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [2], block = 32>} {}

// -----

// expected-error @below {{threads 8:3 of axis 0 do not lie in a block of 32}}
module attributes {test.x = #kiln.loop_schedule<tile = [8], threads = [[8:3]], vector = [1], block = 32>} {}

// -----

// expected-error @below {{threads 8:0 of axis 0 do not lie in a block of 32}}
module attributes {test.x = #kiln.loop_schedule<tile = [8], threads = [[8:0]], vector = [1], block = 32>} {}

// -----

// expected-error @below {{threads 8:8 of axis 0 do not lie in a block of 32}}
module attributes {test.x = #kiln.loop_schedule<tile = [8], threads = [[8:8]], vector = [1], block = 32>} {}
