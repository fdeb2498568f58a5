// RUN: kiln-opt %s --kiln-normalize --remarks-filter=kiln-normalize --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s

// CHECK: normalize-remarks.mlir:[[#@LINE+7]]:5: remark: {{.*}} AssertDropped {{.*}}"assertion dropped: zero element"
#vec = affine_map<(d0) -> (d0)>
func.func @assert(%x: tensor<3xf32>, %e: tensor<3xf32>) -> tensor<3xf32> {
  %zero = arith.constant 0.0 : f32
  %r = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%x : tensor<3xf32>) outs(%e : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %ok = arith.cmpf one, %in, %zero : f32
    cf.assert %ok, "zero element"
    %s = math.sqrt %in : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}
