// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-lower-to-nvvm))' --split-input-file --verify-diagnostics

gpu.module @kernels {
  // expected-error@+1 {{memory attributions are not supported; use the dynamic shared memory global}}
  gpu.func @attribution() workgroup(%s: memref<4xf32, 3>) kernel {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error@+1 {{argument 0 of type 'memref<4xf32>' has no form in PTX; kernels take pointers and scalars}}
  gpu.func @memref(%m: memref<4xf32>) kernel {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @memory(%p: !llvm.ptr<1>) kernel {
    // expected-error@+1 {{failed to legalize operation 'memref.alloca' that was explicitly marked illegal}}
    %m = memref.alloca() : memref<4xf32>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error@+1 {{kernels return nothing}}
  gpu.func @result(%x: f32) -> f32 {
    gpu.return %x : f32
  }
}
