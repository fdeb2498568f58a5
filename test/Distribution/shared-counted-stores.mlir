// RUN: kiln-compile %s --schedule='#kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 8], chunk = 16, warps = [2, 2, 1], persistent = false, halving = true, paired_stores = true, stores = staged>' --remarks --emit=codegen -o - 2>&1 | FileCheck %s
//
// A result that is stored through shared memory before a reduction exchanges values
// there: the slices lie where operands were, as the schedule was counted, and a barrier
// stands before the reduction, which a thread may come to while others read slices.

// CHECK: given-schedule | {{.*}} SharedBytes=[[BYTES:[0-9]+]]
// CHECK: staged-store
// CHECK: place-shared | {{.*}} Bytes=[[BYTES]],

func.func @main(%x: tensor<1x8x10x4xf16>, %w: tensor<43x3x3x4xf16>) -> (tensor<1x6x8x43xf16>, tensor<1x6x8xf16>) {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<1x6x8x43xf16>
  %z = linalg.fill ins(%zero : f16) outs(%e : tensor<1x6x8x43xf16>) -> tensor<1x6x8x43xf16>
  %c = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x8x10x4xf16>, tensor<43x3x3x4xf16>) outs(%z : tensor<1x6x8x43xf16>) -> tensor<1x6x8x43xf16>
  %es = tensor.empty() : tensor<1x6x8xf16>
  %zs = linalg.fill ins(%zero : f16) outs(%es : tensor<1x6x8xf16>) -> tensor<1x6x8xf16>
  %s = linalg.generic {indexing_maps = [affine_map<(n, h, w, f) -> (n, h, w, f)>, affine_map<(n, h, w, f) -> (n, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%c : tensor<1x6x8x43xf16>) outs(%zs : tensor<1x6x8xf16>) {
  ^bb0(%a: f16, %b: f16):
    %t = arith.addf %a, %b : f16
    linalg.yield %t : f16
  } -> tensor<1x6x8xf16>
  return %c, %s : tensor<1x6x8x43xf16>, tensor<1x6x8xf16>
}
