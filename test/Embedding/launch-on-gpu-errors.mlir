// RUN: kiln-opt %s --kiln-launch-on-gpu --split-input-file --verify-diagnostics

module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @plan(%x: memref<64xf32>) attributes {kiln.num_inputs = 0 : i64} {
    // expected-error @below {{has a grid that depends on the number of multiprocessors; the module has no 'kiln.target', and no function that counts them is named}}
    kiln.launch @kernels::@f(%x : memref<64xf32>) grid [min(16, sm_count), 1, 1] block [32, 1, 1] shared 0
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.binary @kernels [#gpu.object<#nvvm.target, assembly = "">]
  func.func @plan(%x: memref<64xf32>, %i: index) attributes {kiln.num_inputs = 0 : i64} {
    // expected-error @below {{'memref.load' has no place in a launch plan}}
    %v = memref.load %x[%i] : memref<64xf32>
    kiln.launch @kernels::@f(%x : memref<64xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @f(%x: memref<64xf32>) kernel { gpu.return }
  }
  func.func @plan(%x: memref<64xf32>) attributes {kiln.num_inputs = 0 : i64} {
    // expected-error @below {{passes pointers to a kernel that is not in a gpu.binary; run kiln-embed-binary first, or set memref-arguments}}
    kiln.launch @kernels::@f(%x : memref<64xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
    return
  }
}
