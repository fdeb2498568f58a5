#one = #kiln.shared_layout<[2:1], [1:1]>
func.func @short() -> tensor<2x2xf32> {
  %w = arith.constant dense_resource<weights> : tensor<2x2xf32>
  %p = kiln.kernel "short" (%w : tensor<2x2xf32>) -> tensor<2x2xf32> attributes {role = "pack"} {
  ^bb0(%f: tensor<2x2xf32>):
    %rows = kiln.pack %f layout #one tile_dims [1] : tensor<2x2xf32> -> tensor<2x2xf32>
    kiln.yield %rows : tensor<2x2xf32>
  }
  return %p : tensor<2x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F00000040"
    }
  }
#-}
