// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-attach-line-info))' --mlir-print-debuginfo | FileCheck %s --implicit-check-not='name = "third"'

// CHECK-DAG: #[[FILE:.*]] = #llvm.di_file<"net.mlir" in "models">
// CHECK-DAG: #[[UNIT:.*]] = #llvm.di_compile_unit<id = distinct[0]<>, {{.*}}file = #[[FILE]]{{.*}}emissionKind = DebugDirectivesOnly>
// CHECK-DAG: #llvm.di_subprogram<{{.*}}compileUnit = #[[UNIT]], {{.*}}name = "first"{{.*}}line = 7
// CHECK-DAG: #llvm.di_subprogram<{{.*}}compileUnit = #[[UNIT]], {{.*}}name = "second"{{.*}}line = 9
gpu.module @kernels {
  llvm.func @first() attributes {nvvm.kernel} {
    llvm.return loc("models/net.mlir":8:3)
  } loc("models/net.mlir":7:3)
  llvm.func @second() attributes {nvvm.kernel} {
    llvm.return
  } loc(fused["models/net.mlir":9:3, "other.mlir":1:1])
  // No place, no scope.
  llvm.func @third() attributes {nvvm.kernel} {
    llvm.return
  } loc(unknown)
}
