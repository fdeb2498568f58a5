// RUN: kiln-opt %s --kiln-fuse-in-place --split-input-file --verify-diagnostics

// expected-error @below {{cannot embed 'f': it has no body}}
func.func private @f(tensor<4xf32>) -> tensor<4xf32> attributes {kiln.embed}

// -----

func.func private @print(tensor<4xf32>) -> tensor<4xf32>
func.func @nothing(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kiln.embed} {
  // expected-error @below {{'func.call' does not run in the program's kernel}}
  %y = call @print(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error @below {{argument #0 of type 'tensor<?xf32>' has a dynamic shape, which is not supported}}
func.func @dynamic(%x: tensor<?xf32>) -> tensor<?xf32> attributes {kiln.embed} {
  %y = math.exp %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// expected-error @below {{control flow is not supported: the function must be one block}}
func.func @blocks(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kiln.embed} {
  cf.br ^next
^next:
  return %x : tensor<4xf32>
}
