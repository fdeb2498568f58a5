// RUN: kiln-opt %s --kiln-merge-isolated --split-input-file --verify-diagnostics | FileCheck %s

// A definition takes the place of its declaration, other symbols get names that
// the host lacks, and its uses follow. What both declare, the host has once.
//
// CHECK:       module attributes {gpu.container_module}
// CHECK:       memref.global "private" constant @constant_0 : memref<2xf32>
// CHECK:       func.func @host
// CHECK:         call @f_launch
// CHECK:       module @other
// CHECK:       memref.global "private" constant @constant_0_0 : memref<4xf32>
// CHECK:       gpu.binary @kernels_0
// CHECK:       func.func private @f_launch(%{{.*}}: memref<4xf32>) {
// CHECK:         call @count()
// CHECK:         memref.get_global @constant_0_0
// CHECK:         gpu.launch_func @kernels_0::@f
// CHECK-NOT:   kiln.isolated
func.func private @count() -> i32
func.func private @f_launch(memref<4xf32>)
func.func private @kernels()
memref.global "private" constant @constant_0 : memref<2xf32> = dense<1.0>
func.func @host(%x: memref<4xf32>) {
  call @f_launch(%x) : (memref<4xf32>) -> ()
  return
}
module @other {}
module attributes {gpu.container_module, kiln.isolated} {
  func.func private @count() -> i32
  memref.global "private" constant @constant_0 : memref<4xf32> = dense<1.0>
  gpu.binary @kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @f_launch(%x: memref<4xf32>) {
    %n = func.call @count() : () -> i32
    %i = arith.index_cast %n : i32 to index
    %c = memref.get_global @constant_0 : memref<4xf32>
    gpu.launch_func @kernels::@f blocks in (%i, %i, %i) threads in (%i, %i, %i) args(%c : memref<4xf32>, %x : memref<4xf32>)
    return
  }
}

// -----

// expected-error @below {{'count' is not a function of type '() -> i32', which the kernels' launches need}}
func.func private @count() -> i64
module attributes {kiln.isolated} {
  // expected-note @below {{for this}}
  func.func private @count() -> i32
}
