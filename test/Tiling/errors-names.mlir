// RUN: kiln-opt %s --kiln-outline-kernels --verify-diagnostics -o /dev/null
//
// Two kernels of one name, as only a hand can write them: passes number theirs.

#rows = #kiln.loop_schedule<tile = [8], threads = [[8:1]], vector = [1], block = 32>
func.func @twice(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %p = kiln.kernel "copy" (%x : tensor<8xf32>) -> tensor<8xf32> attributes {schedule = #rows} {
  ^bb0(%a: tensor<8xf32>):
    %out = kiln.output 0 : memref<8xf32>
    scf.forall (%i) in (1) {
      %t = kiln.extract_tile %a[%i] in_bounds [true] : tensor<8xf32> -> tensor<8xf32>
      kiln.store_tile %t, %out[%i] in_bounds [true] : tensor<8xf32>, memref<8xf32>
    }
    kiln.yield
  }
  // expected-error @below {{has the name of another kernel, "copy"}}
  %r = kiln.kernel "copy" (%x : tensor<8xf32>) -> tensor<8xf32> attributes {schedule = #rows} {
  ^bb0(%a: tensor<8xf32>):
    %out = kiln.output 0 : memref<8xf32>
    scf.forall (%i) in (1) {
      %t = kiln.extract_tile %a[%i] in_bounds [true] : tensor<8xf32> -> tensor<8xf32>
      kiln.store_tile %t, %out[%i] in_bounds [true] : tensor<8xf32>, memref<8xf32>
    }
    kiln.yield
  }
  return %p, %r : tensor<8xf32>, tensor<8xf32>
}
