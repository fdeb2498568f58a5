// Elementwise work in bf16, each step rounded.
#id = affine_map<(d0, d1) -> (d0, d1)>
#last = affine_map<(d0, d1) -> (d1)>
func.func @main(%x: tensor<13x77xbf16>, %y: tensor<77xbf16>) -> tensor<13x77xbf16> {
  %e = tensor.empty() : tensor<13x77xbf16>
  %zero = arith.constant 0.0 : bf16
  %r = linalg.generic {indexing_maps = [#id, #last, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %y : tensor<13x77xbf16>, tensor<77xbf16>) outs(%e : tensor<13x77xbf16>) {
  ^bb0(%a: bf16, %b: bf16, %o: bf16):
    %m = arith.mulf %a, %b : bf16
    %s = arith.addf %m, %a : bf16
    %t = arith.maximumf %s, %zero : bf16
    linalg.yield %t : bf16
  } -> tensor<13x77xbf16>
  return %r : tensor<13x77xbf16>
}
