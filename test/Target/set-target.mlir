// RUN: kiln-opt %s --kiln-set-target | FileCheck %s --check-prefix=ADA
// RUN: kiln-opt %s --kiln-set-target=target=h100 | FileCheck %s --check-prefix=H100
// RUN: kiln-opt %s --kiln-set-target=target=h200 | FileCheck %s --check-prefix=H200
// RUN: not kiln-opt %s --kiln-set-target=target=abacus 2>&1 | FileCheck %s --check-prefix=ERROR

// ADA: #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400
// The instructions stay those of sm_89, so a block has no more shared memory.
// H100: #kiln.target<name = "h100", arch = "sm_89", sms = 132, shared_per_block = 101376, shared_per_sm = 233472
// H200: name = "h200"{{.*}}bandwidth_gbs = 4800
// ERROR: error: unknown target 'abacus'; known are rtx4090, h100, h200
module {}
