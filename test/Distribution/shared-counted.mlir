// RUN: kiln-compile %s --schedule='#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [32, 2, 16], chunk = 8, warps = [2, 1, 1], halving = true>' --remarks --emit=codegen -o - 2>&1 | FileCheck %s
//
// Schedule selection counts the bytes that kiln-place-shared then needs: three
// reductions, the last of which takes the place of the first.

// CHECK: given-schedule | {{.*}} SharedBytes=[[BYTES:[0-9]+]]
// CHECK: place-shared | {{.*}} Buffers=5, Bytes=[[BYTES]], SharedBetweenBuffers=256
// CHECK: kiln.launch @kernels::@main({{.*}} shared [[BYTES]]
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<24x8x3x3xf32>) -> tensor<2x6x9xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<2x6x9xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %zr_v = arith.constant 0.0 : f32
  %zr_e = tensor.empty() : tensor<2x6x9xf32>
  %zr = linalg.fill ins(%zr_v : f32) outs(%zr_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x24x6x9xf32>) outs(%lo : tensor<2x6x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<2x6x9xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %m : tensor<2x24x6x9xf32>, tensor<2x6x9xf32>) outs(%z_e : tensor<2x24x6x9xf32>) {
  ^bb0(%v: f32, %k: f32, %u: f32):
    %s = arith.subf %v, %k : f32
    linalg.yield %s : f32
  } -> tensor<2x24x6x9xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%d : tensor<2x24x6x9xf32>) outs(%zr : tensor<2x6x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %q = math.exp %v : f32
    %s2 = arith.addf %q, %u : f32
    linalg.yield %s2 : f32
  } -> tensor<2x6x9xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %s : tensor<2x24x6x9xf32>, tensor<2x6x9xf32>) outs(%z_e : tensor<2x24x6x9xf32>) {
  ^bb0(%v: f32, %k: f32, %u: f32):
    %p = arith.mulf %v, %k : f32
    linalg.yield %p : f32
  } -> tensor<2x24x6x9xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%q : tensor<2x24x6x9xf32>) outs(%lo : tensor<2x6x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %w1 = arith.maximumf %v, %u : f32
    linalg.yield %w1 : f32
  } -> tensor<2x6x9xf32>
  return %o : tensor<2x6x9xf32>
}
