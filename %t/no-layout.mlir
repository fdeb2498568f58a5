gpu.module @kernels {
  gpu.func @f(%x: memref<8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<8xf32> -> tensor<8xf32>
    kiln.store_tile %t, %x[%0] in_bounds [true] : tensor<8xf32>, memref<8xf32>
    gpu.return
  }
}

