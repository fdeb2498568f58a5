// RUN: kiln-opt %s --kiln-compile-pipeline | FileCheck %s
// RUN: kiln-opt %s --kiln-compile-pipeline | FileCheck %s --check-prefix=PLAN
//
// Kernels of all functions share one gpu.module, whatever the functions are
// called: the packing kernel of @f is no second @f_pack, and the module itself
// no second @kernels. PTX takes no points in names, and not the name of the
// shared memory.

// CHECK: gpu.module @kernels_0
// CHECK-DAG: llvm.func @f(
// CHECK-DAG: llvm.func @f_pack_1(
// CHECK-DAG: llvm.func @f_pack(
// CHECK-DAG: llvm.func @f_pack_pack(
// CHECK-DAG: llvm.func @kernels(
// CHECK-DAG: llvm.func @a_b(
// CHECK-DAG: llvm.func @a_b_1(
// CHECK-DAG: llvm.func @kernel_dynamic_shared_memory(

// PLAN-LABEL: func.func @f(
// PLAN: kiln.launch @kernels_0::@f_pack_1(
// PLAN: kiln.launch @kernels_0::@f(
func.func @f(%x: tensor<1x8x10x18xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}

// PLAN-LABEL: func.func @f_pack(
// PLAN: kiln.launch @kernels_0::@f_pack_pack(
// PLAN: kiln.launch @kernels_0::@f_pack(
func.func @f_pack(%x: tensor<1x8x10x18xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}

func.func @kernels(%x: tensor<1x8x10x18xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}

func.func @a.b(%x: tensor<1x8x10x18xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}

func.func @a_b(%x: tensor<1x8x10x18xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}

// PLAN-LABEL: func.func @dynamic_shared_memory(
// PLAN: kiln.launch @kernels_0::@kernel_dynamic_shared_memory(
func.func @dynamic_shared_memory(%x: tensor<1x8x10x18xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}

// The packed filter is a constant beside a function of the name that such
// constants have.
// PLAN-LABEL: func.func @constant_0(
// PLAN: memref.get_global @constant_1
func.func @constant_0(%x: tensor<1x8x10x18xf32>, %o: tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32> {
  %w = arith.constant dense<1.0> : tensor<16x8x3x3xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x18xf32>, tensor<16x8x3x3xf32>) outs(%o : tensor<1x16x8x16xf32>) -> tensor<1x16x8x16xf32>
  return %r : tensor<1x16x8x16xf32>
}
