// RUN: kiln-compile %s --no-cubin --remarks --schedule='#kiln.loop_schedule<tile = [1, 256, 32, 1], threads = [[1:1], [32:1], [32:32], [1:1]], vector = [1, 1, 1, 1], block = 1024>' -o %t 2>&1 | FileCheck %s --check-prefix=BESIDE
// RUN: kiln-compile %s --no-cubin --with-reference --remarks --schedule='#kiln.loop_schedule<tile = [1, 512, 32, 1], threads = [[1:1], [32:1], [32:32], [1:1]], vector = [1, 1, 1, 1], block = 1024>' -o %t 2>&1 | FileCheck %s --check-prefix=AFTER
// RUN: kiln-run %t --device=cpu --verify | FileCheck %s --check-prefix=RIGHT
// RUN: not kiln-compile %s --schedule='#kiln.loop_schedule<tile = [1, 1024, 32, 1], threads = [[1:1], [32:1], [32:32], [1:1]], vector = [1, 1, 1, 1], block = 1024>' --emit=ptx -o %t.ptx 2>&1 | FileCheck %s --check-prefix=REFUSED
//
// A loop schedule fits where the shared memory that one reduction's warps need does;
// kiln-place-shared then never needs more than there is. 32 warps of a maximum and a
// sum in one loop: 32 KiB each lie beside one another, 64 KiB take turns, 128 KiB are
// refused.

// BESIDE: place-shared {{.*}} Buffers=2, Bytes=65536, SharedBetweenBuffers=0
// AFTER: place-shared {{.*}} Buffers=2, Bytes=65536, SharedBetweenBuffers=65536
// RIGHT: 0 findings
// RIGHT: PASS
// REFUSED: scratch-fits.mlir:{{.*}} error: 'kiln.kernel' op the given schedule does not fit: the warps of a block exchange 131072 bytes of a reduction's results in shared memory, rtx4090 has 101376 a block; take smaller tiles along what the results keep, or fewer threads along what is reduced
func.func @main(%x: tensor<2x512x40xf32>, %w: tensor<2xf32>) -> (tensor<2x512xf32>) {
  %n = arith.constant 0xFF800000 : f32
  %v = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x512xf32>
  %z = linalg.fill ins(%v : f32) outs(%e : tensor<2x512xf32>) -> tensor<2x512xf32>
  %l = linalg.fill ins(%n : f32) outs(%e : tensor<2x512xf32>) -> tensor<2x512xf32>
  %i = tensor.empty() : tensor<2x512x40xf32>
  %k = linalg.fill ins(%v : f32) outs(%i : tensor<2x512x40xf32>) -> tensor<2x512x40xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%x, %w : tensor<2x512x40xf32>, tensor<2xf32>) outs(%k : tensor<2x512x40xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.addf %a, %b : f32
    %s = arith.addf %o, %d : f32
    linalg.yield %s : f32
  } -> tensor<2x512x40xf32>
  %m = linalg.reduce {arith.maximumf} ins(%g : tensor<2x512x40xf32>) outs(%l : tensor<2x512xf32>) dimensions = [2]
  %r = linalg.reduce {arith.addf} ins(%g : tensor<2x512x40xf32>) outs(%z : tensor<2x512xf32>) dimensions = [2]
  %f = linalg.sub ins(%m, %r : tensor<2x512xf32>, tensor<2x512xf32>) outs(%e : tensor<2x512xf32>) -> tensor<2x512xf32>
  return %f : tensor<2x512xf32>
}
