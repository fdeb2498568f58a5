// RUN: kiln-opt %s | kiln-opt | FileCheck %s
//
// Every attribute and type prints what it read. They print as aliases in front
// of the module, in an order of MLIR's choosing.

module {
  // A card. All numbers are given: nothing is looked up at compile time.
  // CHECK-DAG: #[[target:.+]] = #kiln.target<name = "card", arch = "sm_89", sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4, registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64, clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11, f16_gflops = 12>
  // CHECK-DAG: module attributes {kiln.target = #[[target]]}
  module attributes {kiln.target = #kiln.target<name = "card", arch = "sm_89",
      sms = 1, shared_per_block = 2, shared_per_sm = 3, registers_per_sm = 4,
      registers_per_thread = 5, threads_per_block = 32, threads_per_sm = 64,
      clock_mhz = 8, bandwidth_gbs = 9, l2_bytes = 10, tf32_gflops = 11,
      f16_gflops = 12>} {}

  // The first four decisions are always written; of the others only those that
  // differ from the defaults.
  // CHECK-DAG: #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 1, 4]>
  module attributes {test.defaults = #kiln.schedule<
      contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8,
      warps = [2, 1, 4], stages = 2, persistent = true, columns = plain,
      weights = packed, lookahead = 0, early_barrier = false,
      spread = 1, halving = false, paired_stores = false>} {}

  // CHECK-DAG: #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 16, warps = [1, 2, 1], persistent = false, columns = even_odd, weights = strided, lookahead = 1, early_barrier = true, spread = 3, halving = true, paired_stores = true, stores = staged, channels = adjacent>
  module attributes {test.all = #kiln.schedule<
      contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 16,
      warps = [1, 2, 1], persistent = false, columns = even_odd,
      weights = strided, lookahead = 1, early_barrier = true, spread = 3,
      halving = true, paired_stores = true, stores = staged, channels = adjacent>} {}
  // CHECK-DAG: #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [64, 4, 16], chunk = 16, warps = [1, 1, 1], stages = 3>
  module attributes {test.x = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [64, 4, 16], chunk = 16, warps = [1, 1, 1], stages = 3>} {}

  // The other multiply instructions.
  // CHECK-DAG: #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
  // CHECK-DAG: #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1]>
  // CHECK-DAG: #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1]>
  module attributes {
    test.fma = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>,
    test.f16 = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1]>,
    test.bf16 = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1]>} {}

  // A kernel without a staged contraction: lists over its axes, of which it may have
  // none. An axis of one thread has any stride.
  // CHECK-DAG: #kiln.loop_schedule<tile = [4, 64, 64], threads = {{\[\[}}4:64], [64:1], [64:1]], vector = [1, 1, 1], block = 256>
  // CHECK-DAG: #kiln.loop_schedule<tile = [8, 1], threads = {{\[\[}}4:1], [1:0]], vector = [2, 1], block = 32>
  // CHECK-DAG: #kiln.loop_schedule<tile = [], threads = [], vector = [], block = 1024>
  module attributes {
    test.softmax = #kiln.loop_schedule<tile = [4, 64, 64], threads = [[4:64], [64:1], [64:1]], vector = [1, 1, 1], block = 256>,
    test.ordered = #kiln.loop_schedule<tile = [8, 1], threads = [[4:1], [1:0]], vector = [2, 1], block = 32>,
    test.scalar = #kiln.loop_schedule<tile = [], threads = [], vector = [], block = 1024>} {}

  // The accumulator of one mma.m16n8k8; a reduced tile whose lanes hold copies.
  // CHECK-DAG: #kiln.layout<register = {{\[\[}}0, 1], [8, 0]], lane = {{\[\[}}0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
  // CHECK-DAG: #kiln.layout<register = [], lane = {{\[\[}}1], [2], [0], [0], [0]], warp = {{\[\[}}4]]>
  module attributes {
    test.accumulator = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>,
    test.copies = #kiln.layout<register = [], lane = [[1], [2], [0], [0], [0]], warp = [[4]]>} {}

  // CHECK-DAG: func.func private @data(tensor<4xf32> {kiln.domain = #kiln.domain<positive>, kiln.fan_in = 9 : i64}, tensor<4xf32> {kiln.domain = #kiln.domain<nonzero>})
  func.func private @data(tensor<4xf32> {kiln.domain = #kiln.domain<positive>, kiln.fan_in = 9 : i64}, tensor<4xf32> {kiln.domain = #kiln.domain<nonzero>})

  // Each where it belongs: counts of arguments and a schedule at a function, why an op
  // joined no kernel at the op.
  // CHECK-DAG: func.func private @entry(memref<4xf32>, memref<4xf32>) attributes {kiln.num_inputs = 2 : i64}
  func.func private @entry(memref<4xf32>, memref<4xf32>) attributes {kiln.num_inputs = 2}
  // CHECK-DAG: func.func private @kernel(memref<4xf32>, memref<4xf32>) attributes {kiln.num_written = 1 : i64, kiln.schedule = #schedule{{[0-9]*}}}
  func.func private @kernel(memref<4xf32>, memref<4xf32>) attributes {kiln.num_written = 1, kiln.schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>}
  // CHECK-DAG: module attributes {kiln.not_fused = "it stands alone"}
  module attributes {kiln.not_fused = "it stands alone"} {}

  // CHECK-DAG: #kiln.tiles<grid = [2, 3], shape = [4, 8], output_dims = [3, 0]>
  // CHECK-DAG: #kiln.tiles<grid = [], shape = [], output_dims = []>
  module attributes {
    test.tiles = #kiln.tiles<grid = [2, 3], shape = [4, 8], output_dims = [3, 0]>,
    test.one = #kiln.tiles<grid = [], shape = [], output_dims = []>} {}

  // CHECK-DAG: #[[shared:.+]] = #kiln.shared_layout<[8:1, 2:2720], [10:272], [34:8]>
  // CHECK-DAG: !kiln.shared<2 x f16, #[[shared]]>
  module attributes {test.buffer = !kiln.shared<2 x f16, #kiln.shared_layout<[8:1, 2:2720], [10:272], [34:8]>>} {}
  // CHECK-DAG: !kiln.shared<2 x f16, #[[shared]], tail = 64>
  module attributes {test.tailed = !kiln.shared<2 x f16, #kiln.shared_layout<[8:1, 2:2720], [10:272], [34:8]>, tail = 64>} {}
}
