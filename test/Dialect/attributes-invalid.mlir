// RUN: kiln-opt %s --split-input-file --verify-diagnostics
//
// One attribute or type for every rule of the verifiers.

// A target: the module attribute must be one.
// expected-error @below {{'kiln.target' must be a #kiln.target attribute}}
module attributes {kiln.target = "rtx4090"} {}

// -----

// expected-error @below {{a target needs a name}}
module attributes {test.x = #kiln.target<name = "", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// Other architectures have other units of allocation.
// expected-error @below {{unsupported arch "sm_75": the known ones are sm_80, sm_86, sm_89, sm_90}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_75", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// Every number must be positive.
// expected-error @below {{sms must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 0, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{shared_per_block must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = -1, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{shared_per_sm must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 0, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{registers_per_sm must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = -1, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{registers_per_thread must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 0, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{threads_per_block must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = -1, threads_per_sm = 7, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{threads_per_sm must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 6, threads_per_sm = 0, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{clock_mhz must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = -1, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{bandwidth_gbs must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 0, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{l2_bytes must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = -1, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{tf32_gflops must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 0, f16_gflops = 12>} {}

// -----

// expected-error @below {{f16_gflops must be positive, not -1}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = -1>} {}

// -----

// expected-error @below {{shared_per_block (9) exceeds shared_per_sm (3)}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 9, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{threads_per_block (1024) exceeds threads_per_sm (64)}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{threads_per_sm must be a multiple of 32, not 1025}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 1025, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>} {}

// -----

// expected-error @below {{registers_per_thread must lie between 1 and 255, not 300}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 1536, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12, registers_per_thread = 300>} {}

// -----

// expected-error @below {{copy_gbs (10) exceeds bandwidth_gbs (9)}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 1536, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12, copy_gbs = 10>} {}

// -----

// expected-error @below {{dram_latency (100) is below l2_latency (279)}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 1536, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12, dram_latency = 100>} {}

// -----

// expected-error @below {{halved_accumulation must lie between 0 and 1, not 2}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 1536, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12, halved_accumulation = 2>} {}

// -----

// expected-error @below {{sfu_lanes must be positive, not 0}}
module attributes {test.x = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, threads_per_sm = 1536, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12, sfu_lanes = 0>} {}

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
// expected-error @below {{there is no attribute 'kiln.flops' of an op; there are 'kiln.target', 'kiln.schedule', 'kiln.num_written', 'kiln.num_inputs', 'kiln.not_fused', 'kiln.embed', 'kiln.isolated', 'kiln.libdevice'}}
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

// expected-error @below {{'kiln.embed' must be a unit attribute}}
func.func private @f() attributes {kiln.embed = "yes"}

// -----

// expected-error @below {{'kiln.embed' must stand at a function}}
module attributes {kiln.embed} {}

// -----

// expected-error @below {{'kiln.isolated' must stand at a module}}
func.func private @f() attributes {kiln.isolated}

// -----

// expected-error @below {{'kiln.libdevice' must stand at a module}}
func.func @libdevice() attributes {kiln.libdevice = "libdevice.10.bc"} {
  return
}

// -----

// expected-error @below {{'kiln.libdevice' must be a string, the path of a bitcode file}}
module attributes {kiln.libdevice} {
}
