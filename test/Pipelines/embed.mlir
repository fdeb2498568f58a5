// RUN: kiln-opt %s --kiln-embed-pipeline="bitcode=true sm-count-function=count" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
//
// Upstream's passes lower the rest. With out parameters no buffer of a result is
// allocated or copied: the launch gets the caller's.
// RUN: mlir-opt %t.mlir --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --buffer-results-to-out-params="hoist-static-allocs modify-public-functions" -o %t.buffers.mlir
// RUN: FileCheck %s --check-prefix=BUFFERS < %t.buffers.mlir
// RUN: mlir-opt %t.buffers.mlir --lower-affine --expand-strided-metadata --finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --gpu-to-llvm --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM

// CHECK:       gpu.binary @kernels
// CHECK:       func.func private @conv_min_launch(
// CHECK:         gpu.launch_func async {{.*}} @kernels::@conv_min_pack
// CHECK:         gpu.launch_func async {{.*}} @kernels::@conv_min

// BUFFERS-LABEL: func.func @conv_min(
// BUFFERS-SAME:    %[[X:.+]]: memref<2x16x10x34xf32>, %[[W:.+]]: memref<32x16x3x3xf32>, %[[Y:.+]]: memref<2x1x8x32xf32>)
// BUFFERS-NEXT:    call @conv_min_launch(%[[X]], %[[W]], %[[Y]])
// BUFFERS-NEXT:    return
// BUFFERS-LABEL: func.func @network(
// BUFFERS:         %[[Z:.+]] = memref.alloc() {{.*}}: memref<2x1x8x32xf32>
// BUFFERS:         call @conv_min(%{{.+}}, %{{.+}}, %[[Z]])

// LLVM: @llvm.global_ctors = {{.*}}@kernels_load
// LLVM: define void @conv_min_launch(
// LLVM:   call i32 @count()
// LLVM:   call ptr @mgpuStreamCreate()
// LLVM:   call ptr @mgpuMemAlloc(
// LLVM:   call void @mgpuLaunchKernel(
// LLVM:   call void @mgpuLaunchKernel({{.*}}, i64 3)
// LLVM:   call void @mgpuMemFree(
// LLVM:   call void @mgpuStreamSynchronize(
// LLVM: define {{.*}}@kernels_load
// LLVM:   call ptr @mgpuModuleLoadJIT(ptr @kernels_binary, i32 4)
func.func @conv_min(%image: tensor<2x16x10x34xf32>, %weights: tensor<32x16x3x3xf32>) -> tensor<2x1x8x32xf32> attributes {kiln.embed} {
  %bias = arith.constant dense<0.5> : tensor<32xf32>
  %inf = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<2x32x8x32xf32>
  %init = linalg.broadcast ins(%bias : tensor<32xf32>) outs(%e : tensor<2x32x8x32xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw ins(%image, %weights : tensor<2x16x10x34xf32>, tensor<32x16x3x3xf32>) outs(%init : tensor<2x32x8x32xf32>) -> tensor<2x32x8x32xf32>
  %m = tensor.empty() : tensor<2x8x32xf32>
  %mi = linalg.fill ins(%inf : f32) outs(%m : tensor<2x8x32xf32>) -> tensor<2x8x32xf32>
  %min = linalg.reduce {arith.minimumf} ins(%conv : tensor<2x32x8x32xf32>) outs(%mi : tensor<2x8x32xf32>) dimensions = [1]
  %r = tensor.expand_shape %min [[0, 1], [2], [3]] output_shape [2, 1, 8, 32] : tensor<2x8x32xf32> into tensor<2x1x8x32xf32>
  return %r : tensor<2x1x8x32xf32>
}
func.func @network(%image: tensor<2x16x10x34xf32>, %weights: tensor<32x16x3x3xf32>) -> tensor<2x1x8x32xf32> {
  %y = call @conv_min(%image, %weights) : (tensor<2x16x10x34xf32>, tensor<32x16x3x3xf32>) -> tensor<2x1x8x32xf32>
  return %y : tensor<2x1x8x32xf32>
}
