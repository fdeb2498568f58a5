// RUN: kiln-opt %s --mlir-print-local-scope | FileCheck %s
// RUN: kiln-opt %s --canonicalize --mlir-print-local-scope | FileCheck %s --check-prefix=FOLDED

#pairs = #kiln.layout<register = [[1]], lane = [[0], [2], [4], [8], [16]], warp = []>
#lanes = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>

// CHECK-LABEL: func.func @convert
// CHECK: kiln.convert_layout %{{.+}} : tensor<32xf32, #kiln.layout<register = {{\[\[}}1]], {{.+}}> -> tensor<32xf32, #kiln.layout<register = [], {{.+}}>
func.func @convert(%t: tensor<32xf32, #pairs>) -> tensor<32xf32, #lanes> {
  %r = kiln.convert_layout %t : tensor<32xf32, #pairs> -> tensor<32xf32, #lanes>
  return %r : tensor<32xf32, #lanes>
}

// FOLDED-LABEL: func.func @same
// FOLDED-NEXT: return %arg0
func.func @same(%t: tensor<32xf32, #lanes>) -> tensor<32xf32, #lanes> {
  %r = kiln.convert_layout %t : tensor<32xf32, #lanes> -> tensor<32xf32, #lanes>
  return %r : tensor<32xf32, #lanes>
}
