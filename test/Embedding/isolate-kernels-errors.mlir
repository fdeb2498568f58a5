// RUN: kiln-opt %s --kiln-isolate-kernels --split-input-file --verify-diagnostics

// expected-error @below {{nothing to embed: there is no 'kiln.kernel', and no function is marked 'kiln.embed' or named in the options}}
module {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

func.func @dynamic(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{operand #0 of type 'tensor<?xf32>' cannot be passed to a kernel launch; expected a tensor of static shape}}
  %y = kiln.kernel "f" (%x : tensor<?xf32>) -> tensor<?xf32> {
  ^bb0(%a: tensor<?xf32>):
    kiln.yield %a : tensor<?xf32>
  }
  return %y : tensor<?xf32>
}

// -----

func.func @scalar(%x: f32) -> tensor<4xf32> {
  // expected-error @below {{operand #0 of type 'f32' cannot be passed to a kernel launch}}
  %y = kiln.kernel "f" (%x : f32) -> tensor<4xf32> {
  ^bb0(%a: f32):
    %e = tensor.splat %a : tensor<4xf32>
    kiln.yield %e : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

func.func @element(%x: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @below {{operand #0 has elements of type 'i8'; supported are f32, f16, bf16, f64, i64, i32 and i1}}
  %y = kiln.kernel "f" (%x : tensor<4xi8>) -> tensor<4xi8> {
  ^bb0(%a: tensor<4xi8>):
    kiln.yield %a : tensor<4xi8>
  }
  return %y : tensor<4xi8>
}

// -----

module @inner {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @below {{stands in a symbol table of its own; embed into that module, not the one around it}}
    %y = kiln.kernel "f" (%x : tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>):
      kiln.yield %a : tensor<4xf32>
    }
    return %y : tensor<4xf32>
  }
}
func.func private @other()
