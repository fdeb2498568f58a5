// RUN: kiln-opt %s --kiln-launch-on-gpu=sm-count-function=count --verify-diagnostics
//
// The host's function must count.

module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target, assembly = "">]
  // expected-error @below {{'count' is to count multiprocessors; it must be a function of type '() -> i32'}}
  func.func private @count() -> i64
  func.func @plan(%x: memref<64xf32>) attributes {kiln.num_inputs = 0 : i64} {
    kiln.launch @kernels::@f(%x : memref<64xf32>) grid [min(16, sm_count), 1, 1] block [32, 1, 1] shared 0
    return
  }
}
