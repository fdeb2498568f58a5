// A card that Kiln does not know is a file with one #kiln.target.
// RUN: split-file %s %t
// RUN: kiln-opt %t/empty.mlir --kiln-set-target=target=%t/card.txt | FileCheck %s
// CHECK: #kiln.target<name = "mine", arch = "sm_89", sms = 10,
// CHECK-SAME: base_mhz = 900

// What is wrong is said by field, at its place in the file.
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/missing.txt 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: missing.txt:1:{{[0-9]+}}: error: struct is missing required parameter: sms
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/misspelt.txt 2>&1 | FileCheck %s --check-prefix=MISSPELT
// MISSPELT: misspelt.txt:1:{{[0-9]+}}: error: duplicate or unknown struct parameter name: multiprocessors
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/impossible.txt 2>&1 | FileCheck %s --check-prefix=IMPOSSIBLE
// IMPOSSIBLE: impossible.txt:{{[0-9:]+}}: error: registers_per_thread must lie between 1 and 255, not 512
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/two.txt 2>&1 | FileCheck %s --check-prefix=TWO
// TWO: error: target file '{{.*}}two.txt' must hold one #kiln.target<...> and nothing else
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/number.txt 2>&1 | FileCheck %s --check-prefix=TWO2
// TWO2: error: target file '{{.*}}number.txt' must hold one #kiln.target<...> and nothing else
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/none.txt 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: target file cannot open input file '{{.*}}none.txt': No such file or directory
// RUN: not kiln-opt %t/empty.mlir --kiln-set-target=target=%t/old.txt 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: error: target 'mine' is sm_86, which cannot run kernels for sm_89

//--- empty.mlir
module {}
//--- card.txt
#kiln.target<name = "mine", arch = "sm_89", sms = 10, shared_per_block = 101376, shared_per_sm = 102400,
  threads_per_sm = 1536, clock_mhz = 2000, base_mhz = 900, bandwidth_gbs = 100, l2_bytes = 1048576,
  tf32_gflops = 5000, f16_gflops = 10000>
//--- missing.txt
#kiln.target<name = "mine", arch = "sm_89", shared_per_block = 101376>
//--- misspelt.txt
#kiln.target<name = "mine", arch = "sm_89", multiprocessors = 10>
//--- impossible.txt
#kiln.target<name = "mine", arch = "sm_89", sms = 10, shared_per_block = 101376, shared_per_sm = 102400, registers_per_thread = 512, threads_per_sm = 1536, clock_mhz = 2000, bandwidth_gbs = 100, l2_bytes = 1048576, tf32_gflops = 5000, f16_gflops = 10000>
//--- two.txt
#kiln.target<name = "mine", arch = "sm_89", sms = 10, shared_per_block = 101376, shared_per_sm = 102400, threads_per_sm = 1536, clock_mhz = 2000, bandwidth_gbs = 100, l2_bytes = 1048576, tf32_gflops = 5000, f16_gflops = 10000>
1 : i32
//--- number.txt
1 : i32
//--- old.txt
#kiln.target<name = "mine", arch = "sm_86", sms = 10, shared_per_block = 101376, shared_per_sm = 102400, threads_per_sm = 1536, clock_mhz = 2000, bandwidth_gbs = 100, l2_bytes = 1048576, tf32_gflops = 5000, f16_gflops = 10000>
