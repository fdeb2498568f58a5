// RUN: kiln-opt %s --kiln-set-libdevice=path=%s --kiln-check-supported --split-input-file | FileCheck %s
// RUN: kiln-opt %s --kiln-set-libdevice=path=none --split-input-file | FileCheck %s --check-prefix=NONE
// NONE-NOT: set-libdevice.mlir

// Only where a function comes from nowhere else.
// CHECK: module attributes {kiln.libdevice = "{{.*}}set-libdevice.mlir"}
// CHECK: math.atan2
func.func @atan2(%x: f32, %y: f32) -> f32 {
  %0 = math.atan2 %x, %y : f32
  return %0 : f32
}

// -----

// CHECK: module {
// CHECK: math.tanh
func.func @own(%x: f32) -> f32 {
  %0 = math.tanh %x : f32
  return %0 : f32
}

// -----

// CHECK: module attributes {kiln.libdevice
func.func @wide(%x: f64) -> f64 {
  %0 = math.tanh %x : f64
  return %0 : f64
}

// -----

// One that the module names stays.
// CHECK: module attributes {kiln.libdevice = "mine.bc"}
module attributes {kiln.libdevice = "mine.bc"} {
  func.func @named(%x: f32) -> f32 {
    %0 = math.cbrt %x : f32
    return %0 : f32
  }
}
