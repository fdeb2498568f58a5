// RUN: kiln-opt %s --kiln-set-target | FileCheck %s --check-prefix=ADA
// RUN: kiln-opt %s --kiln-set-target=target=h100 | FileCheck %s --check-prefix=H100
// RUN: kiln-opt %s --kiln-set-target=target=h200 | FileCheck %s --check-prefix=H200
// RUN: not kiln-opt %s --kiln-set-target=target=abacus 2>&1 | FileCheck %s --check-prefix=ERROR
// RUN: not kiln-opt %s --kiln-set-target=target=rtx3090 2>&1 | FileCheck %s --check-prefix=OLD

// ADA: #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, threads_per_sm = 1536, clock_mhz = 2520,
// ADA-SAME: halved_accumulation = 1
// The instructions stay those of sm_89, so a block has no more shared memory.
// H100: #kiln.target<name = "h100", arch = "sm_90", sms = 132, shared_per_block = 101376, shared_per_sm = 233472, threads_per_sm = 2048, blocks_per_sm = 32
// The rate of mma.sync.
// H100-SAME: tf32_gflops = 321000
// H200: name = "h200"{{.*}}bandwidth_gbs = 4800
// ERROR: error: unknown target 'abacus'; known are rtx4090, h100, h200, {{.*}}, l4, or a file with a #kiln.target
// OLD: error: target 'rtx3090' is sm_86, which cannot run kernels for sm_89; choose one of rtx4090, h100
module {}
