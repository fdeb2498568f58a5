// The instructions of a level-4 kernel in PTX; the kernel stands in
// test/Conversion/lower-to-nvvm.mlir.
// RUN: kiln-compile --from=launch-plan --emit=ptx %S/../Conversion/lower-to-nvvm.mlir | FileCheck %s

// CHECK: .version 7.8
// CHECK-NEXT: .target sm_89{{$}}
// CHECK: .extern .shared .align 128 .b8 dynamic_shared_memory[];
// CHECK: .visible .entry multiply(
// CHECK-NEXT: .param .u64 .ptr .global .align 16
// CHECK: .maxntid 32, 1, 1
// CHECK: .minnctapersm 2
// CHECK: .loc 1 33
// CHECK: cp.async.cg.shared.global
// CHECK: cp.async.commit_group;
// CHECK: cp.async.wait_group 0;
// CHECK: bar.sync 0;
// CHECK: .loc 1 49
// CHECK: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
// CHECK: min.NaN.f32
// CHECK: min.f32
// CHECK: shfl.sync.bfly.b32
// CHECK: st.global.b32
// CHECK: .file 1 "{{.*}}lower-to-nvvm.mlir"
