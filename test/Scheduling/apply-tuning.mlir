// RUN: sed 's/@VERSION@/%kiln_version/' %S/Inputs/tuning.jsonl > %t.jsonl
// RUN: kiln-opt %s --kiln-set-target --kiln-apply-tuning='database=%t.jsonl' --kiln-select-schedule --remarks-filter=kiln-apply-tuning --remark-format=emitRemark 2> %t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARKS < %t.remarks
// RUN: kiln-opt %s --kiln-set-target --kiln-apply-tuning='database=%t.jsonl precision=f32' --remarks-filter=kiln-apply-tuning --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=F32
// RUN: kiln-opt %s --kiln-set-target=target=h100 --kiln-apply-tuning='database=%t.jsonl' --remarks-filter=kiln-apply-tuning --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=H100
// RUN: not kiln-opt %s --kiln-set-target --kiln-apply-tuning='database=%t.none' 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not kiln-opt %s --kiln-apply-tuning='database=%t.jsonl' 2>&1 | FileCheck %s --check-prefix=NO-TARGET
// RUN: kiln-opt %s --kiln-set-target --kiln-apply-tuning | FileCheck %s --check-prefix=EMPTY
//
// A kernel takes the schedule of the best supported entry of the database: the
// one measured on a card, not the one that a model says is faster. The fingerprints
// in the file hold on every machine. What the database has nothing for, the rules
// choose.

// REMARKS: .jsonl:3:1: warning: this line of the tuning database is skipped: not JSON
// REMARKS: apply-tuning.mlir:[[#@LINE+5]]:8: remark: [Passed] tuned | Category:kiln-apply-tuning | Function=sums | Device="NVIDIA GeForce RTX 4090", Gain="20.0 %", Measured=cuda, Schedule="#kiln.loop_schedule<tile = [2, 128], {{.*}}>", Source={{.*}}.jsonl:2
// CHECK: [[TUNED:#loop_schedule[0-9]*]] = #kiln.loop_schedule<tile = [2, 128], threads = {{\[\[}}2:128], [128:1]], vector = [1, 1], block = 256>
// CHECK: [[GIVEN:#loop_schedule[0-9]*]] = #kiln.loop_schedule<tile = [1, 32]
// CHECK: kiln.kernel "sums" {{.*}}schedule = [[TUNED]]}
func.func @sums(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "sums" (%x : tensor<64x1000xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x1000xf32>):
    %zero = arith.constant dense<0.0> : tensor<64xf32>
    %s = linalg.reduce {arith.addf} ins(%a : tensor<64x1000xf32>) outs(%zero : tensor<64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// The same program, whatever its values and kernel are called; but what stands on
// the kernel stays, without a remark.
// REMARKS-NOT: Function=given
// CHECK: kiln.kernel "given" {{.*}}schedule = [[GIVEN]]}
// EMPTY: kiln.kernel "sums" (%arg0 : tensor<64x1000xf32>) -> tensor<64xf32> {
func.func @given(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "given" (%x : tensor<64x1000xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [1, 32], threads = [[1:1], [32:1]], vector = [1, 1], block = 32>} {
  ^bb0(%other: tensor<64x1000xf32>):
    %start = arith.constant dense<0.0> : tensor<64xf32>
    %sum = linalg.reduce {arith.addf} ins(%other : tensor<64x1000xf32>) outs(%start : tensor<64xf32>) dimensions = [1]
    kiln.yield %sum : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// An entry that cannot be used is passed over, for another reason on each target
// and in each precision; the rules choose.
// REMARKS: remark: [Missed] not-tuned | Category:kiln-apply-tuning | Function=conv | Program=1-{{[0-9a-f]+}}, Reason="the entry in {{.*}}.jsonl:4 was made by Kiln 0.0.1, this is Kiln {{[0-9.]+}}"
// F32: Function=sums | Program={{.*}}, Reason="no entry for this program on rtx4090 with precision f32"
// F32: Function=conv | Program={{.*}}, Reason="the schedule in {{.*}}.jsonl:5 cannot be used: 'linalg.conv_2d_nchw_fchw' op the given schedule does not fit: contraction = mma_m16n8k8_tf32 rounds, precision=f32 is exact; ask for precision=tf32"
// H100: Function=sums | Program={{.*}}, Reason="the schedule in {{.*}}.jsonl:7 cannot be used: 'kiln.kernel' op the given schedule does not fit: #kiln.schedule needs a contraction {{.*}}"
// H100: Function=conv | Program={{.*}}, Reason="the schedule in {{.*}}.jsonl:6 cannot be used: {{.*}}later{{.*}}"
// MISSING: error: cannot read the tuning database '{{.*}}.none': No such file or directory
// NO-TARGET: error: no 'kiln.target' on the module; run kiln-set-target first
// CHECK: kiln.kernel "conv" {{.*}}schedule = #schedule}
func.func @conv(%x: tensor<1x8x66x68xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x68xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32> {
  ^bb0(%a: tensor<1x8x66x68xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x66xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x68xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x66xf32>) -> tensor<1x64x64x66xf32>
    kiln.yield %r : tensor<1x64x64x66xf32>
  }
  return %y : tensor<1x64x64x66xf32>
}
