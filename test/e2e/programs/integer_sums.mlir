// Sums, largest and smallest elements of integers.
func.func @main(%x: tensor<19x5xi32>, %y: tensor<19x5xi64>) -> (tensor<19xi32>, tensor<19xi64>, tensor<19xi32>, tensor<19xi64>) {
  %zero = arith.constant 0 : i32
  %wide = arith.constant 0 : i64
  %low = arith.constant -2147483648 : i32
  %high = arith.constant 9223372036854775807 : i64
  %e = tensor.empty() : tensor<19xi32>
  %f = tensor.empty() : tensor<19xi64>
  %a = linalg.fill ins(%zero : i32) outs(%e : tensor<19xi32>) -> tensor<19xi32>
  %b = linalg.fill ins(%wide : i64) outs(%f : tensor<19xi64>) -> tensor<19xi64>
  %c = linalg.fill ins(%low : i32) outs(%e : tensor<19xi32>) -> tensor<19xi32>
  %d = linalg.fill ins(%high : i64) outs(%f : tensor<19xi64>) -> tensor<19xi64>
  %r = linalg.reduce {arith.addi} ins(%x : tensor<19x5xi32>) outs(%a : tensor<19xi32>) dimensions = [1]
  %s = linalg.reduce {arith.addi} ins(%y : tensor<19x5xi64>) outs(%b : tensor<19xi64>) dimensions = [1]
  %t = linalg.reduce {arith.maxsi} ins(%x : tensor<19x5xi32>) outs(%c : tensor<19xi32>) dimensions = [1]
  %u = linalg.reduce {arith.minsi} ins(%y : tensor<19x5xi64>) outs(%d : tensor<19xi64>) dimensions = [1]
  return %r, %s, %t, %u : tensor<19xi32>, tensor<19xi64>, tensor<19xi32>, tensor<19xi64>
}
