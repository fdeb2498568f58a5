// RUN: kiln-opt --kiln-lower-reference --split-input-file --verify-diagnostics %s -o /dev/null

// What the host computes has no kernel.
func.func @store(%x: memref<4xf64>, %y: memref<4xf64>) attributes {kiln.num_inputs = 1 : i64} {
  %0 = arith.constant 0 : index
  %v = memref.load %x[%0] : memref<4xf64>
  // expected-error @below {{'memref.store' op has no place in the reference on a GPU}}
  memref.store %v, %y[%0] : memref<4xf64>
  return
}

// -----

// Inputs and constants are read by kernels; what a kernel writes is not ready then.
func.func @load(%x: memref<4xf64>, %y: memref<4xf64>) attributes {kiln.num_inputs = 1 : i64} {
  %0 = arith.constant 0 : index
  %a = memref.alloc() : memref<4xf64>
  // expected-error @below {{'memref.load' op on the host has no place in the reference on a GPU}}
  %v = memref.load %a[%0] : memref<4xf64>
  linalg.fill ins(%v : f64) outs(%y : memref<4xf64>)
  return
}

// -----

func.func @tensors(%x: tensor<4xf64>, %y: tensor<4xf64>) -> tensor<4xf64> attributes {kiln.num_inputs = 1 : i64} {
  // expected-error @below {{'linalg.copy' op must work on buffers here}}
  %r = linalg.copy ins(%x : tensor<4xf64>) outs(%y : tensor<4xf64>) -> tensor<4xf64>
  return %r : tensor<4xf64>
}

// -----

// 2^31 blocks of 256 threads are one too many.
func.func @elements(%y: memref<549755813888xf64>) attributes {kiln.num_inputs = 0 : i64} {
  %v = arith.constant 0.0 : f64
  // expected-error @below {{'linalg.fill' op has too many elements for one launch of the reference on a GPU}}
  linalg.fill ins(%v : f64) outs(%y : memref<549755813888xf64>)
  return
}
