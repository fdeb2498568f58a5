// RUN: kiln-opt %s --kiln-outline-kernels --verify-diagnostics -o /dev/null
//
// Two kernels of one name, as only a hand can write them: passes number theirs.

#layout = #kiln.shared_layout<[4:1], [2:4]>
func.func @twice(%x: tensor<3x5xf32>) -> (tensor<3x8xf32>, tensor<3x8xf32>) {
  %p = kiln.kernel "pack" (%x : tensor<3x5xf32>) -> tensor<3x8xf32> role<pack> {
  ^bb0(%a: tensor<3x5xf32>):
    %q = kiln.pack %a layout #layout tile_dims [1] : tensor<3x5xf32> -> tensor<3x8xf32>
    kiln.yield %q : tensor<3x8xf32>
  }
  // expected-error @below {{has the name of another kernel, "pack"}}
  %r = kiln.kernel "pack" (%x : tensor<3x5xf32>) -> tensor<3x8xf32> role<pack> {
  ^bb0(%a: tensor<3x5xf32>):
    %q = kiln.pack %a layout #layout tile_dims [1] : tensor<3x5xf32> -> tensor<3x8xf32>
    kiln.yield %q : tensor<3x8xf32>
  }
  return %p, %r : tensor<3x8xf32>, tensor<3x8xf32>
}
