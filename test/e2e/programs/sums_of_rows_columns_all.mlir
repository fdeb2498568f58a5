// Results of different shapes: the sum of each row, of each column and of all.
func.func @main(%x: tensor<23x41xf32>) -> (tensor<23xf32>, tensor<41xf32>, tensor<f32>) {
  %zero = arith.constant 0.0 : f32
  %er = tensor.empty() : tensor<23xf32>
  %ec = tensor.empty() : tensor<41xf32>
  %ea = tensor.empty() : tensor<f32>
  %zr = linalg.fill ins(%zero : f32) outs(%er : tensor<23xf32>) -> tensor<23xf32>
  %zc = linalg.fill ins(%zero : f32) outs(%ec : tensor<41xf32>) -> tensor<41xf32>
  %za = linalg.fill ins(%zero : f32) outs(%ea : tensor<f32>) -> tensor<f32>
  %r = linalg.reduce {arith.addf} ins(%x : tensor<23x41xf32>) outs(%zr : tensor<23xf32>) dimensions = [1]
  %c = linalg.reduce {arith.addf} ins(%x : tensor<23x41xf32>) outs(%zc : tensor<41xf32>) dimensions = [0]
  %a = linalg.reduce {arith.addf} ins(%x : tensor<23x41xf32>) outs(%za : tensor<f32>) dimensions = [0, 1]
  return %r, %c, %a : tensor<23xf32>, tensor<41xf32>, tensor<f32>
}
