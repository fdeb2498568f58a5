// RUN: split-file %s %t
// RUN: not kiln-opt %t/empty.mlir --kiln-select-schedule 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-select-schedule=precision=f8 2>&1 | FileCheck %s --check-prefix=PRECISION
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-select-schedule='schedule="#kiln.schedule<fast>"' 2>&1 | FileCheck %s --check-prefix=TEXT
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-select-schedule='schedule="#kiln.schedule<contraction = fma, tile = [3, 1, 8], chunk = 1, warps = [1, 1, 1]>"' 2>&1 | FileCheck %s --check-prefix=RULE
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target --kiln-select-schedule='schedule="4 : i32"' 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not kiln-opt %t/threads.mlir --kiln-select-schedule 2>&1 | FileCheck %s --check-prefix=THREADS
//
// Errors about the options and the target.

// TARGET: error: no 'kiln.target' on the module; run kiln-set-target first
// PRECISION: error: unknown precision 'f8'; known are tf32, tf32x3, f32
// TEXT: #kiln.schedule<fast>:1:20: error: expected '='
// TEXT: error: '#kiln.schedule<fast>' is not a #kiln.schedule or #kiln.loop_schedule attribute
// RULE: error: tile = [3, 1, 8] must be three powers of two
// RULE: is not a #kiln.schedule or #kiln.loop_schedule attribute
// KIND: error: '4 : i32' is not a #kiln.schedule or #kiln.loop_schedule attribute
// THREADS: error: {{.*}}the given schedule does not fit: warps = [1, 2, 1] give 64 threads a block, small allows 32

//--- empty.mlir
module {}

//--- threads.mlir
module attributes {kiln.target = #kiln.target<name = "small", arch = "sm_89",
    sms = 1, shared_per_block = 1000, shared_per_sm = 1000, registers_per_sm = 65536,
    registers_per_thread = 255, threads_per_block = 32, threads_per_sm = 32,
    clock_mhz = 1, bandwidth_gbs = 1, l2_bytes = 1, tf32_gflops = 1, f16_gflops = 1>} {
  func.func @threads(%x: tensor<1x8x10x10xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> {
    %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 2, 8], chunk = 8, warps = [1, 2, 1]>} {
    ^bb0(%a: tensor<1x8x10x10xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<1x16x8x8xf32>):
      %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
      kiln.yield %r : tensor<1x16x8x8xf32>
    }
    return %y : tensor<1x16x8x8xf32>
  }
}
