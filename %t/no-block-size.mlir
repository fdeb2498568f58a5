gpu.module @kernels {
  gpu.func @f(%x: memref<4xf32>) kernel {
    gpu.return
  }
}

