// RUN: kiln-opt --kiln-gpu-reference %examples/conv_scale_min.mlir | FileCheck %s
// RUN: kiln-opt --kiln-gpu-reference=precision=f32 %examples/conv_scale_min.mlir | FileCheck %s --check-prefix=F32
// RUN: kiln-opt --kiln-gpu-reference %examples/conv_scale_min_nhwc_f16.mlir | FileCheck %s --check-prefix=F16

// The whole program in level 4: only llvm and nvvm ops within the kernels.
// CHECK: gpu.module @reference
// CHECK: llvm.func @reference_[[NAME:.*]]_0(%{{.*}}: !llvm.ptr {llvm.noalias}{{.*}}gpu.kernel{{.*}}nvvm.kernel{{.*}}nvvm.maxntid = array<i32: 256, 1, 1>
// CHECK: llvm.func @reference_[[NAME]]_1
// CHECK-COUNT-2: llvm.bitcast %{{.*}} : f32 to i32
// CHECK: llvm.fmul %{{.*}} : f64
// CHECK: llvm.fadd %{{.*}} : f64
// CHECK: llvm.store %{{.*}} : f64, !llvm.ptr
// CHECK-NOT: memref.load
// CHECK-NOT: unrealized_conversion_cast
// CHECK: func.func @[[NAME]](%[[X:.*]]: memref<64x64x256x256xf32>, %[[W:.*]]: memref<128x64x3x3xf32>, %[[B:.*]]: memref<128xf32>, %[[Y:.*]]: memref<64x1x254x254xf64>)
// CHECK-SAME: kiln.num_inputs = 3
// CHECK: %[[WORK:.*]] = memref.alloc() {{.*}} : memref<64x128x254x254xf64>
// CHECK: kiln.launch {{.*}}(%[[B]], %[[WORK]]
// CHECK: kiln.launch {{.*}}(%[[X]], %[[W]], %[[WORK]] {{.*}} grid [2064512, 1, 1] block [256, 1, 1] shared 0
// CHECK: kiln.launch {{.*}}(%[[WORK]], %[[Y]]
// CHECK: return

// F32-NOT: llvm.bitcast
// F16: llvm.fpext %{{.*}} : f16 to f64
