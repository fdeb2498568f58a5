// RUN: kiln-opt %s --split-input-file --verify-diagnostics
//
// One attribute or type for every rule of the verifiers.

// A target: the module attribute must be one.
// expected-error @below {{'kiln.target' must be a #kiln.target attribute}}
module attributes {kiln.target = "rtx4090"} {}

// -----

// expected-error @below {{a target needs a name}}
module attributes {test.x = #kiln.target<name = "", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// Only the instructions of one architecture are emitted.
// expected-error @below {{unsupported arch "sm_80": Kiln emits sm_89 instructions}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_80", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// Every number must be positive.
// expected-error @below {{sms must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 0, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{shared_per_block must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = -1, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{shared_per_sm must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 0, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{registers_per_sm must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = -1, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{registers_per_thread must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 0, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{threads_per_block must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = -1, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{threads_per_sm must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 0, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{clock_mhz must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = -1, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{bandwidth_gbs must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 0, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{l2_bytes must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = -1, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{tf32_gflops must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 0, f16_gflops = 12>} {}

// -----

// expected-error @below {{f16_gflops must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = -1>} {}

// -----

// expected-error @below {{shared_per_block (9) exceeds shared_per_sm (3)}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 9, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

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

// A layout: the numbers of a warp's lanes have five bits.
// expected-error @below {{a layout has 5 lane bits, not 4}}
module attributes {test.x = #kiln.layout<register = [], lane = [[1], [2], [4], [8]], warp = []>} {}

// -----

// expected-error @below {{a layout has at most 5 warp bits, not 6}}
module attributes {test.x = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [0], [0], [0], [0], [0]]>} {}

// -----

// expected-error @below {{a layout has at most 8 register bits, not 9}}
module attributes {test.x = #kiln.layout<register = [[0], [0], [0], [0], [0], [0], [0], [0], [0]], lane = [[1], [2], [4], [8], [16]], warp = []>} {}

// -----

// expected-error @below {{every step must have 1 coordinates like the first lane step}}
module attributes {test.x = #kiln.layout<register = [[32, 0]], lane = [[1], [2], [4], [8], [16]], warp = []>} {}

// -----

// expected-error @below {{every step must have 1 coordinates like the first lane step}}
module attributes {test.x = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[32, 0]]>} {}

// -----

// expected-error @below {{at most 16 dimensions in a layout}}
module attributes {test.x = #kiln.layout<register = [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]], lane = [[1], [2], [4], [8], [16]], warp = []>} {}

// -----

// expected-error @below {{steps are 0 or powers of two, not 3}}
module attributes {test.x = #kiln.layout<register = [[3]], lane = [[1], [2], [4], [8], [16]], warp = []>} {}

// -----

// expected-error @below {{steps are 0 or powers of two, not -2}}
module attributes {test.x = #kiln.layout<register = [[-2]], lane = [[1], [2], [4], [8], [16]], warp = []>} {}

// -----

// Bits never add to the same place twice, and leave no place out.
// expected-error @below {{two bits step by 16 in dimension 0}}
module attributes {test.x = #kiln.layout<register = [[16]], lane = [[1], [2], [4], [8], [16]], warp = []>} {}

// -----

// expected-error @below {{dimension 1 has a gap in its steps}}
module attributes {test.x = #kiln.layout<register = [[0, 2]], lane = [[1, 0], [2, 0], [4, 0], [8, 0], [16, 0]], warp = []>} {}

// -----

// A shared layout.
// expected-error @below {{a shared layout has 1 to 16 dimensions}}
module attributes {test.x = #kiln.shared_layout<[1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1], [1:1]>} {}

// -----

// expected-error @below {{every dimension needs a size:stride part}}
module attributes {test.x = #kiln.shared_layout<[8:1], []>} {}

// -----

// expected-error @below {{at most 6 parts in a dimension}}
// expected-error @below {{failed to parse Kiln_SharedLayoutAttr parameter 'modes'}}
module attributes {test.x = #kiln.shared_layout<[2:1, 2:2, 2:4, 2:8, 2:16, 2:32, 2:64]>} {}

// -----

// expected-error @below {{sizes are positive and strides not negative}}
module attributes {test.x = #kiln.shared_layout<[0:1]>} {}

// -----

// expected-error @below {{sizes are positive and strides not negative}}
module attributes {test.x = #kiln.shared_layout<[8:-1]>} {}

// -----

// Tiles.
// expected-error @below {{grid, shape and output_dims of tiles must be equally long; they have 2, 1 and 2 numbers}}
module attributes {test.x = #kiln.tiles<grid = [2, 3], shape = [4], output_dims = [0, 1]>} {}

// -----

// expected-error @below {{grid and shape of tiles must be positive}}
module attributes {test.x = #kiln.tiles<grid = [0], shape = [4], output_dims = [0]>} {}

// -----

// expected-error @below {{grid and shape of tiles must be positive}}
module attributes {test.x = #kiln.tiles<grid = [2], shape = [-4], output_dims = [0]>} {}

// -----

// expected-error @below {{output_dims names dimension -1}}
module attributes {test.x = #kiln.tiles<grid = [2], shape = [4], output_dims = [-1]>} {}

// -----

// expected-error @below {{output_dims names dimension 1 twice}}
module attributes {test.x = #kiln.tiles<grid = [2, 3], shape = [4, 4], output_dims = [1, 1]>} {}

// -----

// expected-error @below {{there are more tiles than 64 bits count}}
module attributes {test.x = #kiln.tiles<grid = [4294967296, 4294967296], shape = [1, 1], output_dims = [0, 1]>} {}

// -----

// Attributes of other ops: each where it belongs, and no other.
// expected-error @below {{there is no attribute 'kiln.flops' of an op; there are 'kiln.target', 'kiln.schedule', 'kiln.num_written', 'kiln.num_inputs', 'kiln.not_fused'}}
module attributes {kiln.flops = 1} {}

// -----

// expected-error @below {{'kiln.target' must stand at a module}}
func.func private @f() attributes {kiln.target = 1}

// -----

// expected-error @below {{'kiln.schedule' must stand at a function}}
module attributes {kiln.schedule = 1} {}

// -----

// expected-error @below {{'kiln.schedule' must be a schedule, such as #kiln.schedule}}
func.func private @f() attributes {kiln.schedule = "fast"}

// -----

// expected-error @below {{'kiln.num_written' must be an i64 from 1 to the number of arguments, 2}}
func.func private @f(memref<4xf32>, memref<4xf32>) attributes {kiln.num_written = 0}

// -----

// expected-error @below {{'kiln.num_written' must be an i64 from 1 to the number of arguments, 2}}
func.func private @f(memref<4xf32>, memref<4xf32>) attributes {kiln.num_written = 3}

// -----

// expected-error @below {{'kiln.num_inputs' must be an i64 from 0 to the number of arguments, 1}}
func.func private @f(memref<4xf32>) attributes {kiln.num_inputs = 2}

// -----

// expected-error @below {{'kiln.num_inputs' must be an i64 from 0 to the number of arguments, 1}}
func.func private @f(memref<4xf32>) attributes {kiln.num_inputs = 1 : i32}

// -----

// expected-error @below {{'kiln.not_fused' must be a string}}
func.func private @f() attributes {kiln.not_fused = true}

// -----

// expected-error @below {{there is no attribute 'kiln.fanin' of an argument; there are 'kiln.fan_in', 'kiln.domain'}}
func.func private @f(memref<4xf32> {kiln.fanin = 1})

// -----

// expected-error @below {{there is no attribute 'kiln.fan_in' of a result}}
func.func private @f() -> (tensor<4xf32> {kiln.fan_in = 1})

// -----

// What random data an argument needs.
// expected-error @below {{'kiln.fan_in' of argument 1 must be an i64 of at least 1}}
func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32> {kiln.fan_in = 0 : i64}) { return }

// -----

// expected-error @below {{'kiln.domain' of argument 0 must be #kiln.domain<positive> or #kiln.domain<nonzero>}}
func.func @f(%x: tensor<4xf32> {kiln.domain = "positive"}) { return }

// -----

// A shared buffer.
// expected-error @below {{a shared buffer needs at least one slot}}
module attributes {test.x = !kiln.shared<0 x f32, #kiln.shared_layout<[8:1]>>} {}

// -----

// expected-error @below {{elements of a shared buffer are whole bytes, not 'i4'}}
module attributes {test.x = !kiln.shared<1 x i4, #kiln.shared_layout<[8:1]>>} {}

// -----

// expected-error @below {{elements of a shared buffer are whole bytes, not 'index'}}
module attributes {test.x = !kiln.shared<1 x index, #kiln.shared_layout<[8:1]>>} {}

// -----

// expected-error @below {{tail must not be negative, not -16}}
module attributes {test.x = !kiln.shared<1 x f32, #kiln.shared_layout<[8:1]>, tail = -16>} {}

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
