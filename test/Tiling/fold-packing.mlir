// RUN: kiln-opt %s --split-input-file --kiln-fold-packing | FileCheck %s
// RUN: kiln-opt %s --split-input-file --kiln-fold-packing --remarks-filter=kiln-fold-packing --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// A packing kernel on a constant is evaluated. The filters here have two
// dimensions, output channels by input channels, and rows of a few elements. The
// packed bytes stand behind the module, little-endian: the first four say how they
// are aligned, then 1.0 is 0000803F.

// Row q holds the channels of chunk q: both filters at channel 2q, then both at
// channel 2q + 1. Rounding to tf32 adds 0x1000, half of the last bit that counts,
// and leaves the 13 bits that the tensor core ignores: 1.0 stays 1.0 (3F801), what is
// just below half a step above it goes down (3F801FFF), half goes up (3F802), to the
// next tf32. The canonical NaN and infinity stay. There is no channel 3.
//
// REMARK: :[[@LINE+17]]:8: remark: {{.*}}the filter is constant and was packed at compile time
// CHECK-LABEL: func @rounding
// CHECK-NEXT:    %[[ROWS:.+]] = arith.constant dense_resource<[[NAME:.+]]> : tensor<2x4xf32>
// CHECK-NEXT:    return %[[ROWS]]
// CHECK:       [[NAME]]: "0x08000000
// CHECK-SAME:    {{^}}0010803F
// CHECK-SAME:    {{^}}FFFFFF7F
// CHECK-SAME:    {{^}}FF1F803F
// CHECK-SAME:    {{^}}0010807F
// CHECK-SAME:    {{^}}0020803F
// CHECK-SAME:    {{^}}001080BF
// CHECK-SAME:    {{^}}00000000
// CHECK-SAME:    {{^}}00000000"
#pairs = #kiln.shared_layout<[2:1], [2:2]>
func.func @rounding() -> tensor<2x4xf32> {
  %w = arith.constant dense<[[1.0, 0x3F800FFF, 0x3F801000],
                             [0x7FFFFFFF, 0x7F800000, -1.0]]> : tensor<2x3xf32>
  %p = kiln.kernel "rounding" (%w : tensor<2x3xf32>) -> tensor<2x4xf32> role<pack> {
  ^bb0(%f: tensor<2x3xf32>):
    %rows = kiln.pack %f layout #pairs tile_dims [1] round_tf32 : tensor<2x3xf32> -> tensor<2x4xf32>
    kiln.yield %rows : tensor<2x4xf32>
  }
  return %p : tensor<2x4xf32>
}

// -----

// A chunk of four channels where the filter has three, and four filters where it has
// two: what is not there is zero. Sixteen bits are never rounded; 3C00 is 1.0. Channels
// 0 and 1 lie side by side, 2 and 3 behind those of all filters.
//
// CHECK-LABEL: func @padding
// CHECK:       dense_resource<[[NAME:.+]]> : tensor<1x16xf16>
// CHECK:       [[NAME]]: "0x08000000
// CHECK-SAME:    {{^}}003C0040
// CHECK-SAME:    {{^}}00440045
// CHECK-SAME:    {{^}}00000000
// CHECK-SAME:    {{^}}00000000
// CHECK-SAME:    {{^}}00420000
// CHECK-SAME:    {{^}}00460000
// CHECK-SAME:    {{^}}00000000
// CHECK-SAME:    {{^}}00000000"
#units = #kiln.shared_layout<[4:2], [2:1, 2:8]>
func.func @padding() -> tensor<1x16xf16> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf16>
  %p = kiln.kernel "padding" (%w : tensor<2x3xf16>) -> tensor<1x16xf16> role<pack> {
  ^bb0(%f: tensor<2x3xf16>):
    %rows = kiln.pack %f layout #units tile_dims [1] : tensor<2x3xf16> -> tensor<1x16xf16>
    kiln.yield %rows : tensor<1x16xf16>
  }
  return %p : tensor<1x16xf16>
}

// -----

// A splat has one element in the IR, all of them in the rows.
//
// CHECK-LABEL: func @splat
// CHECK:       dense_resource<[[NAME:.+]]> : tensor<2x4xbf16>
// CHECK:       [[NAME]]: "0x08000000
// CHECK-SAME:    {{^}}803F803F
// CHECK-SAME:    {{^}}803F803F
// CHECK-SAME:    {{^}}803F803F
// CHECK-SAME:    {{^}}00000000"
#pairs = #kiln.shared_layout<[2:1], [2:2]>
func.func @splat() -> tensor<2x4xbf16> {
  %w = arith.constant dense<1.0> : tensor<2x3xbf16>
  %p = kiln.kernel "splat" (%w : tensor<2x3xbf16>) -> tensor<2x4xbf16> role<pack> {
  ^bb0(%f: tensor<2x3xbf16>):
    %rows = kiln.pack %f layout #pairs tile_dims [1] : tensor<2x3xbf16> -> tensor<2x4xbf16>
    kiln.yield %rows : tensor<2x4xbf16>
  }
  return %p : tensor<2x4xbf16>
}

// -----

// Exporters keep weights in resources; reshapes and casts of one move nothing. The
// chunks run over the first dimension, and without round_tf32 every bit stays.
//
// CHECK-LABEL: func @resource
// CHECK-NEXT:    arith.constant dense_resource<[[NAME:.+]]> : tensor<2x2xf32>
// CHECK-NEXT:    return
// CHECK:       [[NAME]]: "0x08000000
// CHECK-SAME:    {{^}}0000803F
// CHECK-SAME:    {{^}}00000040
// CHECK-SAME:    {{^}}FF0F803F
// CHECK-SAME:    {{^}}FFFFFFFF"
#one = #kiln.shared_layout<[1:2], [2:1]>
func.func @resource() -> tensor<2x2xf32> {
  %r = arith.constant dense_resource<weights> : tensor<4xf32>
  %e = tensor.expand_shape %r [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  %d = tensor.cast %e : tensor<2x2xf32> to tensor<?x2xf32>
  %w = tensor.cast %d : tensor<?x2xf32> to tensor<2x2xf32>
  %p = kiln.kernel "resource" (%w : tensor<2x2xf32>) -> tensor<2x2xf32> role<pack> {
  ^bb0(%f: tensor<2x2xf32>):
    %rows = kiln.pack %f layout #one tile_dims [0] : tensor<2x2xf32> -> tensor<2x2xf32>
    kiln.yield %rows : tensor<2x2xf32>
  }
  return %p : tensor<2x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F00000040FF0F803FFFFFFFFF"
    }
  }
#-}

// -----

// The original stays where something else reads it.
//
// CHECK-LABEL: func @read_twice
// CHECK-DAG:     %[[W:.+]] = arith.constant dense<[{{.+}}]> : tensor<1x2xf32>
// CHECK-DAG:     %[[ROWS:.+]] = arith.constant dense_resource<{{.+}}> : tensor<2x1xf32>
// CHECK:         return %[[W]], %[[ROWS]]
#one = #kiln.shared_layout<[1:1], [1:1]>
func.func @read_twice() -> (tensor<1x2xf32>, tensor<2x1xf32>) {
  %w = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %p = kiln.kernel "read_twice" (%w : tensor<1x2xf32>) -> tensor<2x1xf32> role<pack> {
  ^bb0(%f: tensor<1x2xf32>):
    %rows = kiln.pack %f layout #one tile_dims [1] : tensor<1x2xf32> -> tensor<2x1xf32>
    kiln.yield %rows : tensor<2x1xf32>
  }
  return %w, %p : tensor<1x2xf32>, tensor<2x1xf32>
}

// -----

// An argument is packed on the device, and so is a constant whose bytes are not in
// the input.
//
// REMARK-NOT:  Function=argument
// REMARK-NOT:  Function=missing
// CHECK-LABEL: func @kept
// CHECK-SAME:    %[[W:.+]]: tensor<2x2xf32>
// CHECK:         kiln.kernel "argument" (%[[W]]
// CHECK-NEXT:    ^bb0
// CHECK-NEXT:      kiln.pack
// CHECK:         kiln.kernel "missing"
// CHECK-NEXT:    ^bb0
// CHECK-NEXT:      kiln.pack
#one = #kiln.shared_layout<[2:1], [1:1]>
func.func @kept(%w: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %m = arith.constant dense_resource<missing> : tensor<2x2xf32>
  %p = kiln.kernel "argument" (%w : tensor<2x2xf32>) -> tensor<2x2xf32> role<pack> {
  ^bb0(%f: tensor<2x2xf32>):
    %rows = kiln.pack %f layout #one tile_dims [1] : tensor<2x2xf32> -> tensor<2x2xf32>
    kiln.yield %rows : tensor<2x2xf32>
  }
  %q = kiln.kernel "missing" (%m : tensor<2x2xf32>) -> tensor<2x2xf32> role<pack> {
  ^bb0(%f: tensor<2x2xf32>):
    %rows = kiln.pack %f layout #one tile_dims [1] : tensor<2x2xf32> -> tensor<2x2xf32>
    kiln.yield %rows : tensor<2x2xf32>
  }
  return %p, %q : tensor<2x2xf32>, tensor<2x2xf32>
}
