// RUN: sed 's/@VERSION@/%kiln_version/' %S/../Scheduling/Inputs/tuning.jsonl > %t.jsonl
// RUN: kiln-opt %s --kiln-embed-pipeline=tuning-db=%t.jsonl --remarks-filter=kiln-apply-tuning --remark-format=emitRemark 2> %t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARKS < %t.remarks
// RUN: kiln-opt %s --kiln-embed-pipeline | FileCheck %s --check-prefix=RULES
//
// Kernels in the module of a host take measured schedules as those of an artifact
// do; the database is that of Scheduling/apply-tuning.mlir.

// REMARKS: remark: [Passed] tuned | Category:kiln-apply-tuning | Function=sums
// CHECK:     gpu.binary @kernels
// CHECK-SAME: schedule = "#kiln.loop_schedule<tile = [2, 128],
// RULES:     gpu.binary @kernels
// RULES-NOT: tile = [2, 128]
func.func @host(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "sums" (%x : tensor<64x1000xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x1000xf32>):
    %zero = arith.constant dense<0.0> : tensor<64xf32>
    %s = linalg.reduce {arith.addf} ins(%a : tensor<64x1000xf32>) outs(%zero : tensor<64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
