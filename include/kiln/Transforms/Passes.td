//===- Passes.td - Transforms passes ---------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TRANSFORMS_PASSES_TD
#define KILN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def KilnNormalize : Pass<"kiln-normalize", "::mlir::func::FuncOp"> {
  let summary = "brings exporters' idioms to one form";
  let description = [{
    Needs: a function on tensors, as an exporter writes it (level 0), without
    calls, unless `keep-calls` leaves them to a host. Refuses what the rewrites
    would get wrong: strides and dilations that are not positive, pads by
    negative or computed amounts, parallel loops that write one position several
    times and reduction loops that write several.

    Leaves:
    - contractions (matrix products, convolutions) in whatever form they were
      written: later passes read their maps. A transpose of an operand, also
      behind its padding, is gone: the contraction reads the source through
      another map;
    - f32 accumulators: a contraction whose own result is f16 or bf16 becomes
      one with an f32 result and init, followed by `arith.truncf`;
    - the init of a contraction (where its accumulators start) is a
      `linalg.fill` of a constant, an all-parallel `linalg.generic` (for
      example the broadcast of a bias) or a tensor. A bias that the source adds
      after the contraction stays an elementwise op, since moving it into the
      init would round differently;
    - every other elementwise op, transpose, broadcast, map or reduce as a
      `linalg.generic`; unused operands and results are gone, constants stand
      in the bodies;
    - the loops of a reduction in the order of the dimensions that it writes;
    - chains of elementwise generics of the same iteration space as one
      generic. Nothing is computed twice for that: a producer with several
      users stays, and so does one with a smaller iteration space (work on a
      vector of channels);
    - no `tensor.expand_shape` between a reduction and what consumes it: the
      reshapes are sunk to the function's results, and a `keepdim` reduction
      yields the tensor without the unit dimension;
    - reshapes of a padded tensor in front of its padding, where they leave the
      padded dimensions alone, as exporters split channels into groups;
    - no `cf.assert` (a remark names each that was dropped);
    - no fast-math flags: docs/numerics.md says what may be approximated. Later
      ones are marks of Kiln's own passes.

    ```mlir
    func.func @bias(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
      %e = tensor.empty() : tensor<4x8xf32>
      %rows = linalg.broadcast ins(%b : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
      %sum = linalg.add ins(%x, %rows : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
      return %sum : tensor<4x8xf32>
    }
    // leaves: linalg.generic ... ins(%arg0, %arg1 : tensor<4x8xf32>, tensor<8xf32>) ... arith.addf
    // gone: linalg.broadcast
    ```
    ```
    kiln-opt --kiln-normalize
    ```
  }];
  let options = [Option<"keepCalls", "keep-calls", "bool", "false",
                        "Leave calls that were not inlined">];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numAsserts", "asserts-dropped", "Assertions dropped">,
    Statistic<"numFlags", "flags-dropped", "Ops whose fast-math flags dropped">,
    Statistic<"numWidened", "accumulators-widened",
              "Contractions given f32 accumulators">];
}

def KilnSinkMonotone : Pass<"kiln-sink-monotone", "::mlir::func::FuncOp"> {
  let summary = "moves monotone functions behind min and max reductions";
  let description = [{
    Needs: normalised generics.

    `min_c f(x_c) = f(min_c x_c)` for a non-decreasing `f`, and
    `f(max_c x_c)` for a non-increasing one, bit for bit: rounding is monotone,
    so a function that is monotone in exact arithmetic is monotone as computed.
    Functions that are approximated (exp, exp2, expm1, tanh, erf, and so
    sigmoid) move, too, within the bounds of docs/numerics.md; with
    `rounding=source` they stay.
    The trailing monotone part of an elementwise generic whose only user is a
    min or max reduction moves behind it, where it runs once for each reduced
    element. It moves only when
    - constants prove the direction (a multiplication needs a finite constant
      other than zero; an addend must be finite, since inf - inf is NaN);
    - NaN is treated alike (`minimumf` propagates it, `minnumf` skips it);
    - signed zeros keep their order;
    - the reduction has no index result (rounding creates ties, so the index
      could differ), and starts from the identity of its combiner.
    Remarks (category `kiln-sink-monotone`) say what moved and what did not.

    ```mlir
    func.func @least(%x: tensor<4x8xf32>) -> tensor<4xf32> {
      %two = arith.constant dense<2.0> : tensor<4x8xf32>
      %inf = arith.constant dense<0x7F800000> : tensor<4xf32>
      %twice = arith.mulf %x, %two : tensor<4x8xf32>
      %y = linalg.reduce {arith.minimumf} ins(%twice : tensor<4x8xf32>) outs(%inf : tensor<4xf32>) dimensions = [1]
      return %y : tensor<4xf32>
    }
    // leaves: ins(%arg0 : tensor<4x8xf32>) ... arith.minimumf ... arith.mulf
    ```
    ```
    kiln-opt --kiln-normalize --kiln-sink-monotone
    ```
  }];
  let options = [
    Option<"rounding", "rounding", "std::string", [{"fused"}],
           "fused, or source: change no bit">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numSunk", "ops-sunk", "Scalar ops moved behind a reduction">,
    Statistic<"numFlipped", "reductions-flipped",
              "Reductions turned from min to max or back">];
}

def KilnSimplifyExpressions
    : Pass<"kiln-simplify-expressions", "::mlir::func::FuncOp"> {
  let summary = "writes scalar expressions in a form that costs less";
  let description = [{
    Needs: normalised generics, whose bodies hold whole expressions. What
    `kiln-sink-monotone` moves has moved: behind this pass fewer ops are
    monotone.

    Leaves the same expressions in fewer and cheaper ops:
    - `tanh(log1p(exp x))`, as in mish, as `q / (q + 2)`, `q = e (e + 2)`, `e =
      exp(min(x, 20))`; softplus in any form that exporters write (with
      `log(1 + exp x)`, `max(x, 0) + log1p(exp(-|x|))`, a select for large x or
      for NaN);
    - other softplus as `max(x, 0) + log1p(exp(-|x|))`;
    - `a / (1 + exp z)`, as in sigmoid and silu, by the reciprocal instruction;
    - `1 + tanh u`, as in gelu, as `2 / (1 + exp(-2 u))`;
    - `x / c` as `x * (1 / c)`;
    - `x / y`, where many x are divided by one y as in softmax, as `(x s) * (1 /
      (y s))`, `s` a power of two that keeps the reciprocal normal;
    - a select that clamps as `maximumf` or `minimumf`;
    - factors that are powers of two in one, and `powf` of 2 and 3 as products.

    Results differ from the source's by rounding, within the bounds of
    docs/numerics.md. With `rounding=source` only what keeps every bit is done:
    division by powers of two, and clamps. Expressions of f16 and bf16 are computed in f32.
    `fastmath<afn>` on what it leaves asks for an instruction that flushes
    subnormal numbers, and stands where that does not matter. A remark (category
    `kiln-simplify-expressions`) names each rewrite.

    ```mlir
    func.func @sigmoid(%x: tensor<8xf32>) -> tensor<8xf32> {
      %one = arith.constant dense<1.0> : tensor<8xf32>
      %n = arith.negf %x : tensor<8xf32>
      %e = math.exp %n : tensor<8xf32>
      %d = arith.addf %e, %one : tensor<8xf32>
      %y = arith.divf %one, %d : tensor<8xf32>
      return %y : tensor<8xf32>
    }
    // leaves: math.exp ... math.fma ... arith.divf ... fastmath<afn> ... arith.mulf
    ```
    ```
    kiln-opt --kiln-normalize --kiln-simplify-expressions
    ```
  }];
  let options = [
    Option<"rounding", "rounding", "std::string", [{"fused"}],
           "fused, or source: change no bit">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
  let statistics = [Statistic<"numSimplified", "expressions-simplified",
                              "Expressions rewritten">];
}

def KilnFuse : Pass<"kiln-fuse", "::mlir::ModuleOp"> {
  let summary = "partitions each function into kernels";
  let description = [{
    Needs: functions that `kiln-normalize` has left.

    Around each contraction that an instruction multiplies a `kiln.kernel` grows
    (level 1). What joins:
    - producers that cost nothing: constants, fills, the padding of the first
      operand, elementwise work on small values such as one for each channel,
      and reshapes and slices of those. They are cloned into every kernel that
      needs them;
    - elementwise work on the first operand, before and behind padding: the
      first op reads tensors of its shape, the others their result, besides
      constants; from and to the element type that is multiplied. Tiles are
      staged with zeros where that has none, so that what stands before padding
      must make zero of zero, and all of it a finite number (lib/Analysis/ImageWork
      folds it);
    - consumers, by dependence: elementwise generics over the contraction's
      result, reductions over its channels (any combiner, several results) and
      elementwise generics on the reduced values, also on each channel again.

    A function without such a contraction is one kernel, as far as its ops read
    what others compute one by one: lib/Analysis (KernelSpace) says which axes
    they share. Padding, slices and reshapes of arguments and of elementwise
    work are ways to read a value. What is returned as it came in is copied.

    Results are memory of their own: what a function returns twice is copied too.

    The region is isolated: what it uses from outside becomes an input (image,
    filter, init, then in the order of use), what is used outside becomes a
    result, also beside what reads it inside. Reshapes of results stay outside as
    views.

    Remarks (category `kiln-fuse`) say of each op that it joined, and of each
    neighbour why it did not; the latter also carries the reason as the
    attribute `kiln.not_fused`.

    ```mlir
    func.func @relu_of_product(%a: tensor<16x8xf32>, %b: tensor<8x32xf32>) -> tensor<16x32xf32> {
      %zero = arith.constant dense<0.0> : tensor<16x32xf32>
      %c = linalg.matmul ins(%a, %b : tensor<16x8xf32>, tensor<8x32xf32>) outs(%zero : tensor<16x32xf32>) -> tensor<16x32xf32>
      %r = arith.maximumf %c, %zero : tensor<16x32xf32>
      return %r : tensor<16x32xf32>
    }
    // leaves: kiln.kernel "relu_of_product" (%arg0, %arg1 :
    // leaves: linalg.matmul ... arith.maximumf ... kiln.yield
    ```
    ```
    kiln-opt --kiln-normalize --kiln-fuse
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels", "Kernels made">,
    Statistic<"numFused", "ops-fused", "Ops that joined a kernel">,
    Statistic<"numCuts", "edges-cut",
              "Values between a kernel and an op that did not join it">];
}

def KilnAnnotateArguments
    : Pass<"kiln-annotate-arguments", "::mlir::func::FuncOp"> {
  let summary = "says what random data an argument needs";
  let description = [{
    Needs: linalg ops on tensors, in kernels or not. Changes nothing but
    attributes of the function's arguments; those that are there already stay.

    - `kiln.fan_in` where an argument feeds the second operand or the init of a
      contraction: how many products an element of its result adds up (input
      channels times filter height times width), so that random data can be
      scaled. The largest of several.
    - `kiln.domain`: `#kiln.domain<positive>` where an argument flows into a
      root, a logarithm or the base of a power, `#kiln.domain<nonzero>` where it
      flows into a divisor. Random data from the rest of the numbers would give
      NaN or infinity, and a comparison of those proves nothing. `positive`
      where an argument flows into both.

    One walk from uses to definitions asks of each value what its users need,
    and of the operands what is enough for that: the operand of a cast, a
    reshape, a broadcast or a product has the sign of the result; beside a
    positive addend (an epsilon) a value must not be negative; `exp`, a square
    and a maximum with a positive constant ask for nothing. It stops at
    differences and at contractions.
    Remarks (category `kiln-annotate-arguments`) say which op asks.

    ```mlir
    func.func @roots(%a: tensor<16x8xf32>, %b: tensor<8x32xf32>, %v: tensor<4xf32>) -> (tensor<16x32xf32>, tensor<4xf32>) {
      %zero = arith.constant dense<0.0> : tensor<16x32xf32>
      %c = linalg.matmul ins(%a, %b : tensor<16x8xf32>, tensor<8x32xf32>) outs(%zero : tensor<16x32xf32>) -> tensor<16x32xf32>
      %r = math.sqrt %v : tensor<4xf32>
      return %c, %r : tensor<16x32xf32>, tensor<4xf32>
    }
    // leaves: tensor<8x32xf32> {kiln.fan_in = 8 : i64}, %arg2: tensor<4xf32> {kiln.domain = #kiln.domain<positive>}
    ```
    ```
    kiln-opt --kiln-normalize --kiln-annotate-arguments
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
  let statistics = [
    Statistic<"numDomains", "domains", "Arguments given a domain">];
}

def KilnVerifyKernels : Pass<"kiln-verify-kernels", "::mlir::func::FuncOp"> {
  let summary = "refuses work that no kernel does";
  let description = [{
    Needs: what `kiln-fuse` has left. Changes nothing.

    Errors, at the op, when a function
    - has work outside its kernel, dynamic shapes, empty tensors or control
      flow;
    - has no kernel, or several;
    - returns something that is not a kernel's result or a reshape of one;
    - has a body that reads a tensor at a computed position.

    ```mlir
    func.func @relu_of_product(%a: tensor<16x8xf32>, %b: tensor<8x32xf32>) -> tensor<16x32xf32> {
      %zero = arith.constant dense<0.0> : tensor<16x32xf32>
      %c = linalg.matmul ins(%a, %b : tensor<16x8xf32>, tensor<8x32xf32>) outs(%zero : tensor<16x32xf32>) -> tensor<16x32xf32>
      %r = arith.maximumf %c, %zero : tensor<16x32xf32>
      return %r : tensor<16x32xf32>
    }
    // leaves: kiln.kernel "relu_of_product"
    ```
    ```
    kiln-opt --kiln-normalize --kiln-fuse --kiln-verify-kernels
    ```
  }];
}

#endif // KILN_TRANSFORMS_PASSES_TD
