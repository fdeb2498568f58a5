// RUN: kiln-opt %examples/conv_scale_min.mlir --kiln-normalize --kiln-sink-monotone --kiln-fuse --mlir-pass-statistics --mlir-pass-statistics-display=list -o /dev/null 2>&1 | FileCheck %s
// RUN: kiln-opt %examples/conv_scale_min_nhwc_f16.mlir --kiln-normalize --kiln-sink-monotone --kiln-fuse --mlir-pass-statistics --mlir-pass-statistics-display=list -o /dev/null 2>&1 | FileCheck %s --check-prefix=F16

// CHECK: KilnFuse
// CHECK-DAG: 0 edges-cut
// CHECK-DAG: 1 kernels
// CHECK-DAG: 2 ops-fused
// CHECK: KilnNormalize
// CHECK-DAG: 0 accumulators-widened
// CHECK: KilnSinkMonotone
// CHECK-DAG: 1 ops-sunk
// CHECK-DAG: 0 reductions-flipped
// F16: 1 accumulators-widened
