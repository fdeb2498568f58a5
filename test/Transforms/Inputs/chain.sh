# Prints a matrix product whose init, and whose logarithm, is the end of a chain
# of $1 sums v + transpose(v).
cat <<'END'
#id = affine_map<(i, j) -> (i, j)>
#turned = affine_map<(i, j) -> (j, i)>
func.func @chain(%x: tensor<4x4xf32>, %v0: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %e = tensor.empty() : tensor<4x4xf32>
END
for i in $(seq "$1"); do
  cat <<END
  %v$i = linalg.generic {indexing_maps = [#id, #turned, #id], iterator_types = ["parallel", "parallel"]}
      ins(%v$((i - 1)), %v$((i - 1)) : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x4xf32>
END
done
cat <<END
  %y = linalg.matmul ins(%x, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%v$1 : tensor<4x4xf32>) -> tensor<4x4xf32>
  %log = linalg.log ins(%v$1 : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y, %log : tensor<4x4xf32>, tensor<4x4xf32>
}
END
