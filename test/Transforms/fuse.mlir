// RUN: kiln-opt %s --kiln-fuse --split-input-file | FileCheck %s
// RUN: kiln-opt %s --kiln-fuse --split-input-file --remarks-filter=kiln-fuse --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Producers that cost nothing are cloned into the region, in which nothing
// from outside is read; image, filter and init lead the inputs.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#chan = affine_map<(d0, d1, d2, d3) -> (d1)>
#vec = affine_map<(d0) -> (d0)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-LABEL: func.func @whole_kernel(
// CHECK-SAME: %[[S:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>,
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<4x3x3x3xf32>, %[[X:[a-z0-9]+]]: tensor<2x3x6x7xf32>)
// CHECK-NEXT: %[[K:.*]] = kiln.kernel "whole_kernel" (%[[X]], %[[W]], %[[B]], %[[S]] :
// CHECK-NEXT: ^bb0(%[[KX:[a-z0-9]+]]: {{.*}}, %[[KW:[a-z0-9]+]]: {{.*}}, %[[KB:[a-z0-9]+]]: {{.*}}, %[[KS:[a-z0-9]+]]: tensor<4xf32>):
// CHECK: %[[SQRT:.*]] = linalg.generic {{.*}} ins(%[[KS]]
// CHECK: %[[START:.*]] = linalg.fill
// CHECK: %[[INIT:.*]] = linalg.generic {{.*}} ins(%[[KB]]
// CHECK: %[[PAD:.*]] = tensor.pad %[[KX]]
// CHECK: %[[CONV:.*]] = linalg.conv_2d_nchw_fchw ins(%[[PAD]], %[[KW]] {{.*}} outs(%[[INIT]]
// CHECK: %[[MUL:.*]] = linalg.generic {{.*}} ins(%[[CONV]], %[[SQRT]]
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[MUL]] {{.*}} outs(%[[START]]
// CHECK: %[[TAIL:.*]] = linalg.generic {{.*}} ins(%[[SUM]]
// CHECK: kiln.yield %[[TAIL]] : tensor<2x6x7xf32>
// CHECK: return %[[K]]
// REMARK: [Passed] Joined | {{.*}} Function=whole_kernel | Remark="'linalg.conv_2d_nchw_fchw' joined the kernel"
// REMARK-COUNT-3: [Passed] Joined | {{.*}} Function=whole_kernel | Remark="'linalg.generic' joined the kernel"
// REMARK-NOT: NotJoined {{.*}} Function=whole_kernel
func.func @whole_kernel(%s: tensor<4xf32>, %b: tensor<4xf32>, %w: tensor<4x3x3x3xf32>, %x: tensor<2x3x6x7xf32>) -> tensor<2x6x7xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x4x6x7xf32>
  %ev = tensor.empty() : tensor<4xf32>
  %er = tensor.empty() : tensor<2x6x7xf32>
  %sqrt = linalg.generic {indexing_maps = [#vec, #vec], iterator_types = ["parallel"]} ins(%s : tensor<4xf32>) outs(%ev : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %q = math.sqrt %in : f32
    linalg.yield %q : f32
  } -> tensor<4xf32>
  %start = linalg.fill ins(%zero : f32) outs(%er : tensor<2x6x7xf32>) -> tensor<2x6x7xf32>
  %bias = linalg.generic {indexing_maps = [#chan, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%b : tensor<4xf32>) outs(%e : tensor<2x4x6x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x6x7xf32>
  %pad = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<2x3x6x7xf32> to tensor<2x3x8x9xf32>
  %conv = linalg.conv_2d_nchw_fchw ins(%pad, %w : tensor<2x3x8x9xf32>, tensor<4x3x3x3xf32>) outs(%bias : tensor<2x4x6x7xf32>) -> tensor<2x4x6x7xf32>
  %mul = linalg.generic {indexing_maps = [#all, #chan, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %sqrt : tensor<2x4x6x7xf32>, tensor<4xf32>) outs(%e : tensor<2x4x6x7xf32>) {
  ^bb0(%in: f32, %q: f32, %out: f32):
    %m = arith.mulf %in, %q : f32
    linalg.yield %m : f32
  } -> tensor<2x4x6x7xf32>
  %sum = linalg.generic {indexing_maps = [#all, #reduced], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%mul : tensor<2x4x6x7xf32>) outs(%start : tensor<2x6x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.addf %in, %out : f32
    linalg.yield %a : f32
  } -> tensor<2x6x7xf32>
  %abs = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%sum : tensor<2x6x7xf32>) outs(%er : tensor<2x6x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.absf %in : f32
    linalg.yield %a : f32
  } -> tensor<2x6x7xf32>
  return %abs : tensor<2x6x7xf32>
}

// -----

// A value that is needed outside as well is a further result.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @needed_outside(
// CHECK: %[[K:.*]]:2 = kiln.kernel "needed_outside"
// CHECK: %[[CONV:.*]] = linalg.conv_2d_nchw_fchw
// CHECK: %[[ABS:.*]] = linalg.generic {{.*}} ins(%[[CONV]]
// CHECK: kiln.yield %[[CONV]], %[[ABS]]
// CHECK: return %[[K]]#0, %[[K]]#1
// REMARK: [Passed] Joined | {{.*}} Function=needed_outside | Remark="'linalg.generic' joined the kernel"
// REMARK-NOT: NotJoined {{.*}} Function=needed_outside
func.func @needed_outside(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> (tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>) {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %abs = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv : tensor<2x4x4x5xf32>) outs(%o : tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.absf %in : f32
    linalg.yield %a : f32
  } -> tensor<2x4x4x5xf32>
  return %conv, %abs : tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>
}

// -----

// Softmax: the maximum is used again for every channel, which a block holds.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-LABEL: func.func @reused_reduction(
// CHECK: kiln.kernel
// CHECK: arith.maximumf
// CHECK: arith.subf
// CHECK: kiln.yield
// REMARK-NOT: NotJoined {{.*}} Function=reused_reduction
func.func @reused_reduction(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>, %i: tensor<2x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %max = linalg.generic {indexing_maps = [#all, #reduced], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%conv : tensor<2x4x4x5xf32>) outs(%i : tensor<2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.maximumf %in, %out : f32
    linalg.yield %a : f32
  } -> tensor<2x4x5xf32>
  %sub = linalg.generic {indexing_maps = [#all, #reduced, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %max : tensor<2x4x4x5xf32>, tensor<2x4x5xf32>) outs(%o : tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %a = arith.subf %in, %m : f32
    linalg.yield %a : f32
  } -> tensor<2x4x4x5xf32>
  return %sub : tensor<2x4x4x5xf32>
}

// -----

// More channels than a block holds end the kernel before the reduction.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-LABEL: func.func @many_channels(
// CHECK: kiln.kernel
// CHECK-NOT: arith.subf
// CHECK: kiln.yield
// CHECK: kiln.not_fused = "it uses a value that is reduced over dimension 1 of the result of 'linalg.conv_2d_nchw_fchw' again at every position of it: a block holds at most 256 positions at once, 300 need a second pass over them"
// CHECK: arith.subf
// REMARK: [Missed] NotJoined | {{.*}} Function=many_channels | Remark="'linalg.generic' did not join the kernel: it uses a value that is reduced over dimension 1 of the result of 'linalg.conv_2d_nchw_fchw' again at every position of it
func.func @many_channels(%x: tensor<2x3x6x7xf32>, %w: tensor<300x3x3x3xf32>, %o: tensor<2x300x4x5xf32>, %i: tensor<2x4x5xf32>) -> tensor<2x300x4x5xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<300x3x3x3xf32>) outs(%o : tensor<2x300x4x5xf32>) -> tensor<2x300x4x5xf32>
  %max = linalg.generic {indexing_maps = [#all, #reduced], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%conv : tensor<2x300x4x5xf32>) outs(%i : tensor<2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.maximumf %in, %out : f32
    linalg.yield %a : f32
  } -> tensor<2x4x5xf32>
  %sub = linalg.generic {indexing_maps = [#all, #reduced, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %max : tensor<2x300x4x5xf32>, tensor<2x4x5xf32>) outs(%o : tensor<2x300x4x5xf32>) {
  ^bb0(%in: f32, %m: f32, %out: f32):
    %a = arith.subf %in, %m : f32
    linalg.yield %a : f32
  } -> tensor<2x300x4x5xf32>
  return %sub : tensor<2x300x4x5xf32>
}

// -----

// A reduction over rows and columns, and an op between two kernels. The kernel
// moves in front of its users. What prepares the image joins.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#space = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
// CHECK-LABEL: func.func @neighbours(
// CHECK: %[[K0:.*]]:2 = kiln.kernel "neighbours" (%arg0,
// CHECK: math.absf
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: math.absf
// CHECK: kiln.yield
// CHECK: %[[MEAN:.*]] = linalg.generic {{.*}} ins(%[[K0]]#0
// CHECK: kiln.not_fused = "it reduces over dimension 2 of the result of 'linalg.conv_2d_nchw_fchw'; only a reduction over dimension 1 stays within a thread block"
// CHECK: %[[K1:.*]] = kiln.kernel "neighbours_1" (%[[K0]]#0
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: kiln.yield
// CHECK: return %[[MEAN]], %[[K0]]#1, %[[K1]]
func.func @neighbours(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %v: tensor<4x4x1x1xf32>, %o: tensor<2x4x4x5xf32>, %i: tensor<2x4xf32>, %y: tensor<2x3x6x7xf32>) -> (tensor<2x4xf32>, tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>) {
  %relu = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x3x6x7xf32>) outs(%y : tensor<2x3x6x7xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = math.absf %in : f32
    linalg.yield %a : f32
  } -> tensor<2x3x6x7xf32>
  %conv:1 = linalg.conv_2d_nchw_fchw ins(%relu, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %two:2 = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv#0 : tensor<2x4x4x5xf32>) outs(%o, %o : tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %out: f32, %out2: f32):
    %a = math.absf %in : f32
    linalg.yield %a, %in : f32, f32
  } -> (tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>)
  %mean = linalg.generic {indexing_maps = [#all, #space], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%two#0 : tensor<2x4x4x5xf32>) outs(%i : tensor<2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.addf %in, %out : f32
    linalg.yield %a : f32
  } -> tensor<2x4xf32>
  %second = linalg.conv_2d_nchw_fchw ins(%two#0, %v : tensor<2x4x4x5xf32>, tensor<4x4x1x1xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %mean, %two#1, %second : tensor<2x4xf32>, tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>
}

// -----

// Elementwise work on the image joins, before and behind its padding: the tiles are
// staged as they lie in memory, with zeros for the padding. What comes before it
// keeps zero, what comes behind need not.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @prepared(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x3x4x5xf32>, %[[W:[a-z0-9]+]]: tensor<4x3x3x3xf32>,
// CHECK-NEXT: kiln.kernel "prepared" (%[[X]], %[[W]], %{{.+}} :
// CHECK-NEXT: ^bb0(%[[IMAGE:.+]]: tensor<2x3x4x5xf32>,
// CHECK: %[[SILU:.+]] = linalg.generic {{.*}} ins(%[[IMAGE]] :
// CHECK: %[[PADDED:.+]] = tensor.pad %[[SILU]]
// CHECK: %[[SHIFTED:.+]] = linalg.generic {{.*}} ins(%[[PADDED]],
// CHECK: linalg.conv_2d_nchw_fchw ins(%[[SHIFTED]],
func.func @prepared(%x: tensor<2x3x4x5xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ones = arith.constant dense<1.0> : tensor<f32>
  %e = tensor.empty() : tensor<2x3x4x5xf32>
  %silu = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x3x4x5xf32>) outs(%e : tensor<2x3x4x5xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = arith.negf %v : f32
    %g = math.exp %n : f32
    %d = math.fma %g, %one, %one : f32
    %q = arith.divf %v, %d : f32
    linalg.yield %q : f32
  } -> tensor<2x3x4x5xf32>
  %p = tensor.pad %silu low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<2x3x4x5xf32> to tensor<2x3x6x7xf32>
  %f = tensor.empty() : tensor<2x3x6x7xf32>
  %s = linalg.generic {indexing_maps = [#all, affine_map<(d0, d1, d2, d3) -> ()>, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%p, %ones : tensor<2x3x6x7xf32>, tensor<f32>) outs(%f : tensor<2x3x6x7xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %a = arith.addf %v, %c : f32
    linalg.yield %a : f32
  } -> tensor<2x3x6x7xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%s, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// -----

// A reshape of the image passes the work in front of it and meets the argument.
#all = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @reshaped(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32>,
// CHECK: %[[ROWS:.+]] = tensor.expand_shape %[[X]]
// CHECK-NEXT: kiln.kernel "reshaped" (%[[ROWS]],
// CHECK: math.absf
// CHECK: linalg.batch_matmul
func.func @reshaped(%x: tensor<8x6xf32>, %w: tensor<2x6x5xf32>, %o: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %e = tensor.empty() : tensor<8x6xf32>
  %a = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x6xf32>) outs(%e : tensor<8x6xf32>) {
  ^bb0(%v: f32, %u: f32):
    %0 = math.absf %v : f32
    linalg.yield %0 : f32
  } -> tensor<8x6xf32>
  %r = tensor.expand_shape %a [[0, 1], [2]] output_shape [2, 4, 6] : tensor<8x6xf32> into tensor<2x4x6xf32>
  %y = linalg.batch_matmul ins(%r, %w : tensor<2x4x6xf32>, tensor<2x6x5xf32>) outs(%o : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  return %y : tensor<2x4x5xf32>
}

// -----

// Tensors of the image's shape are staged beside each other.
#all = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @summed(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32>, %[[Y:[a-z0-9]+]]: tensor<8x6xf32>, %[[W:[a-z0-9]+]]: tensor<6x5xf32>
// CHECK: kiln.kernel "summed" (%[[X]], %[[Y]], %[[W]],
// CHECK: arith.addf
// CHECK: linalg.matmul
func.func @summed(%x: tensor<8x6xf32>, %y: tensor<8x6xf32>, %w: tensor<6x5xf32>, %o: tensor<8x5xf32>) -> tensor<8x5xf32> {
  %e = tensor.empty() : tensor<8x6xf32>
  %a = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %y : tensor<8x6xf32>, tensor<8x6xf32>) outs(%e : tensor<8x6xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %0 = arith.addf %v, %b : f32
    linalg.yield %0 : f32
  } -> tensor<8x6xf32>
  %r = linalg.matmul ins(%a, %w : tensor<8x6xf32>, tensor<6x5xf32>) outs(%o : tensor<8x5xf32>) -> tensor<8x5xf32>
  return %r : tensor<8x5xf32>
}

// -----

// Padding is copied as zeros: what comes before it must keep them.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @moves_zero(
// CHECK: kiln.not_fused = "it computes the image of 'linalg.conv_2d_nchw_fchw' before it is padded, and what it makes of zero is not zero, as which padding is copied; compute it outside the program"
// CHECK: math.cos
// CHECK: kiln.kernel
// CHECK: tensor.pad
// REMARK: {{.*}} Function=moves_zero | Remark="'linalg.generic' did not join the kernel: it computes the image of
func.func @moves_zero(%x: tensor<2x3x4x5xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x4x5xf32>
  %c = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x3x4x5xf32>) outs(%e : tensor<2x3x4x5xf32>) {
  ^bb0(%v: f32, %u: f32):
    %a = math.cos %v : f32
    linalg.yield %a : f32
  } -> tensor<2x3x4x5xf32>
  %p = tensor.pad %c low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<2x3x4x5xf32> to tensor<2x3x6x7xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// -----

// A chunk of channels reaches beyond the last one, where zero weights meet what the
// work makes of zero.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @infinite(
// CHECK: kiln.not_fused = "it computes the image of 'linalg.conv_2d_nchw_fchw' beyond its last channel too, where tiles are zero, and what it makes of zero is not known to be finite; compute it outside the program"
// CHECK: math.log
// CHECK: kiln.kernel
func.func @infinite(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %e = tensor.empty() : tensor<2x3x6x7xf32>
  %c = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x3x6x7xf32>) outs(%e : tensor<2x3x6x7xf32>) {
  ^bb0(%v: f32, %u: f32):
    %a = math.log %v : f32
    linalg.yield %a : f32
  } -> tensor<2x3x6x7xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%c, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// -----

// Tiles are staged in the type that is multiplied.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @extended(
// CHECK: kiln.not_fused = "it computes the image of 'linalg.conv_2d_nchw_fchw' from f16; tiles of the image are staged as f32, as it is multiplied; compute it outside the program"
// CHECK: arith.extf
// CHECK: kiln.kernel
func.func @extended(%x: tensor<2x3x6x7xf16>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %e = tensor.empty() : tensor<2x3x6x7xf32>
  %c = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x3x6x7xf16>) outs(%e : tensor<2x3x6x7xf32>) {
  ^bb0(%v: f16, %u: f32):
    %a = arith.extf %v : f16 to f32
    linalg.yield %a : f32
  } -> tensor<2x3x6x7xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%c, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// -----

// Fragments know the elements of a position and nothing beside them: tensors that are
// read elsewhere are none of the image's.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
// CHECK-LABEL: func.func @scaled(
// CHECK: kiln.not_fused = "it computes the image of 'linalg.conv_2d_nchw_fchw', which is copied from memory; on the way only elementwise work on tensors of the image's shape, with constants, is done; compute it outside the program"
// CHECK: arith.mulf
// CHECK: kiln.kernel
func.func @scaled(%x: tensor<2x3x6x7xf32>, %s: tensor<3xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %e = tensor.empty() : tensor<2x3x6x7xf32>
  %c = linalg.generic {indexing_maps = [#all, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %s : tensor<2x3x6x7xf32>, tensor<3xf32>) outs(%e : tensor<2x3x6x7xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %a = arith.mulf %v, %b : f32
    linalg.yield %a : f32
  } -> tensor<2x3x6x7xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%c, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %y : tensor<2x4x4x5xf32>
}

// -----

// Names are made fit for PTX and stay distinct across functions.
// CHECK: kiln.kernel "conv_a" (
// CHECK: kiln.kernel "conv_a_1" (
func.func @"conv.a"(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %conv : tensor<2x4x4x5xf32>
}
func.func @conv_a(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  return %conv : tensor<2x4x4x5xf32>
}

// -----

// The chain between two ops of the kernel may stand in any order, and an op
// outside that reads the kernel early moves behind it.
// CHECK-LABEL: func.func @early_reader(
// CHECK: %[[K:.*]] = kiln.kernel
// CHECK: arith.negf
// CHECK: kiln.yield
// CHECK: tensor.collapse_shape %[[K]]
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
func.func @early_reader(%x: tensor<2x3x6x7xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x4x5xf32>, %r: tensor<2x4x4x5xf32>) -> tensor<8x4x5xf32> {
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x3x6x7xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
  %neg = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<2x4x4x5xf32>) outs(%o : tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.negf %in : f32
    linalg.yield %a : f32
  } -> tensor<2x4x4x5xf32>
  %add = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %neg : tensor<2x4x4x5xf32>, tensor<2x4x4x5xf32>) outs(%o : tensor<2x4x4x5xf32>) {
  ^bb0(%in: f32, %n: f32, %out: f32):
    %a = arith.addf %in, %n : f32
    linalg.yield %a : f32
  } -> tensor<2x4x4x5xf32>
  %flat = tensor.collapse_shape %add [[0, 1], [2], [3]] : tensor<2x4x4x5xf32> into tensor<8x4x5xf32>
  return %flat : tensor<8x4x5xf32>
}

// -----

// Results are memory of their own: what is returned again is a copy, behind the
// reshapes that it is returned through.
// CHECK-LABEL: func.func @returned_twice(
// CHECK: %[[K:.*]]:2 = kiln.kernel "returned_twice"
// CHECK: %[[EXP:.*]] = linalg.generic
// CHECK: math.exp
// CHECK: %[[COPY:.*]] = linalg.generic {{.*}} ins(%[[EXP]] : tensor<4x8xf32>)
// CHECK-NEXT: ^bb0(%[[IN:.*]]: f32,
// CHECK-NEXT: linalg.yield %[[IN]]
// CHECK: kiln.yield %[[EXP]], %[[COPY]]
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[K]]#1
// CHECK-NEXT: return %[[K]]#0, %[[FLAT]]
#rows = affine_map<(d0, d1) -> (d0, d1)>
func.func @returned_twice(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<32xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.exp %in : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %flat = tensor.collapse_shape %y [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  return %y, %flat : tensor<4x8xf32>, tensor<32xf32>
}

// -----

// A reshape of elementwise work that the function returns stays outside, and what it
// reshapes is a result; the kernel has its own where it reads on behind it.
// CHECK-LABEL: func.func @view_returned(
// CHECK: %[[K:.*]]:2 = kiln.kernel "view_returned"
// CHECK: %[[EXP:.*]] = linalg.generic
// CHECK: math.exp
// CHECK: %[[INSIDE:.*]] = tensor.collapse_shape %[[EXP]]
// CHECK: %[[NEG:.*]] = linalg.generic {{.*}} ins(%[[INSIDE]] :
// CHECK: kiln.yield %[[EXP]], %[[NEG]]
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[K]]#0
// CHECK-NEXT: return %[[FLAT]], %[[K]]#1
#rows = affine_map<(d0, d1) -> (d0, d1)>
#flat = affine_map<(d0) -> (d0)>
func.func @view_returned(%x: tensor<4x8xf32>) -> (tensor<32xf32>, tensor<32xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %ef = tensor.empty() : tensor<32xf32>
  %y = linalg.generic {indexing_maps = [#rows, #rows], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.exp %in : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  %flat = tensor.collapse_shape %y [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %z = linalg.generic {indexing_maps = [#flat, #flat], iterator_types = ["parallel"]} ins(%flat : tensor<32xf32>) outs(%ef : tensor<32xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.negf %in : f32
    linalg.yield %0 : f32
  } -> tensor<32xf32>
  return %flat, %z : tensor<32xf32>, tensor<32xf32>
}
