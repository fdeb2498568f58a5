// RUN: kiln-opt %s --kiln-fusion-stage --kiln-schedule-stage --remarks-filter=kiln-select-schedule --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=SELECTED
// RUN: kiln-opt %s --kiln-fusion-stage --kiln-schedule-stage --kiln-codegen-stage | FileCheck %s --check-prefix=RESERVED
//
// What selection counts is what the kernel reserves: the image's two slots with
// their tails, the filter's two slots, and a float for each position of each warp of
// the reduction. A schedule that fits is never refused later.

// SELECTED: SharedBytes=100352
// RESERVED: kiln.launch @kernels::@conv({{.*}} shared 100352
func.func @conv(%x: tensor<16x16x34x68xf32>, %w: tensor<128x16x3x3xf32>, %o: tensor<16x128x32x66xf32>, %i: tensor<16x32x66xf32>) -> tensor<16x32x66xf32> {
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<16x16x34x68xf32>, tensor<128x16x3x3xf32>) outs(%o : tensor<16x128x32x66xf32>) -> tensor<16x128x32x66xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(n, f, h, w) -> (n, f, h, w)>, affine_map<(n, f, h, w) -> (n, h, w)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<16x128x32x66xf32>) outs(%i : tensor<16x32x66xf32>) {
  ^bb0(%in: f32, %out: f32):
    %s = arith.minimumf %in, %out : f32
    linalg.yield %s : f32
  } -> tensor<16x32x66xf32>
  return %m : tensor<16x32x66xf32>
}
