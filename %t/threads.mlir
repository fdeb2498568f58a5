module attributes {kiln.target = #kiln.target<name = "small", arch = "sm_89",
    sms = 1, shared_per_block = 1000, shared_per_sm = 1000, registers_per_sm = 65536,
    registers_per_thread = 255, threads_per_block = 32, threads_per_sm = 32,
    clock_mhz = 1, bandwidth_gbs = 1, l2_bytes = 1, tf32_gflops = 1, f16_gflops = 1>} {
  func.func @threads(%x: tensor<1x8x10x10xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> {
    %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 2, 8], chunk = 8, warps = [1, 2, 1]>} {
    ^bb0(%a: tensor<1x8x10x10xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<1x16x8x8xf32>):
      %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
      kiln.yield %r : tensor<1x16x8x8xf32>
    }
    return %y : tensor<1x16x8x8xf32>
  }
}
