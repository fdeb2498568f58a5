//===- SimplifyExpressions.cpp - kiln-simplify-expressions ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"
#include "kiln/Transforms/Monotonicity.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace kiln {
#define GEN_PASS_DEF_KILNSIMPLIFYEXPRESSIONS
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// What all rewrites do: expressions of f16 and bf16 are computed in f32.
template <typename Op>
struct Simplify : OpRewritePattern<Op> {
  Simplify(MLIRContext *context, unsigned &count)
      : OpRewritePattern<Op>(context), count(count) {}

protected:
  static Value widen(PatternRewriter &rewriter, Location loc, Value x) {
    if (x.getType().isF32())
      return x;
    return arith::ExtFOp::create(rewriter, loc, rewriter.getF32Type(), x);
  }
  static Value f32(PatternRewriter &rewriter, Location loc, double value) {
    return arith::ConstantOp::create(
        rewriter, loc, rewriter.getF32FloatAttr(static_cast<float>(value)));
  }
  static Value reciprocal(PatternRewriter &rewriter, Location loc, Value y) {
    return arith::DivFOp::create(rewriter, loc, f32(rewriter, loc, 1), y,
                                 arith::FastMathFlags::afn);
  }
  LogicalResult replace(PatternRewriter &rewriter, Operation *op, Value value,
                        StringRef what) const {
    remark::passed(op->getLoc(), remark::RemarkOpts::name("Simplified")
                                     .category("kiln-simplify-expressions"))
        << what;
    Type type = op->getResult(0).getType();
    if (value.getType() != type)
      value = arith::TruncFOp::create(rewriter, op->getLoc(), type, value);
    rewriter.replaceOp(op, value);
    ++count;
    return success();
  }

  unsigned &count;
};

/// tanh(log1p(exp x)) = q / (q + 2) with q = e (e + 2), e = exp x. From x = 20
/// on it is 1, in which form e^2 does not overflow.
struct TanhOfSoftplus : Simplify<math::TanhOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(math::TanhOp op,
                                PatternRewriter &rewriter) const override {
    Value x = matchSoftplus(op.getOperand());
    if (!x || !isSimplified(op.getType()))
      return failure();
    Location loc = op.getLoc();
    Value two = f32(rewriter, loc, 2);
    x = arith::MinimumFOp::create(rewriter, loc, widen(rewriter, loc, x),
                                  f32(rewriter, loc, 20));
    Value e = math::ExpOp::create(rewriter, loc, x);
    Value q = arith::MulFOp::create(
        rewriter, loc, e, arith::AddFOp::create(rewriter, loc, e, two));
    Value r =
        reciprocal(rewriter, loc, arith::AddFOp::create(rewriter, loc, q, two));
    return replace(rewriter, op, arith::MulFOp::create(rewriter, loc, q, r),
                   "tanh of softplus is a rational function of exp");
  }
};

/// log1p(exp x) = max(x, 0) + log1p(exp(-|x|)): nothing overflows, the
/// logarithm is of at most 2, and no select is needed for large x.
template <typename Op>
struct Softplus : Simplify<Op> {
  using Simplify<Op>::Simplify;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Value result = op->getResult(0);
    Value x = matchSoftplus(result);
    if (!x || isNegatedMagnitude(x) || !isSimplified(result.getType()))
      return failure();
    // What it is a part of is a larger match.
    for (Operation *user : result.getUsers())
      if (isa<math::TanhOp>(user) ||
          (isa<arith::SelectOp>(user) && matchSoftplus(user->getResult(0))))
        return failure();
    Location loc = op.getLoc();
    x = this->widen(rewriter, loc, x);
    Value e = math::ExpOp::create(
        rewriter, loc,
        arith::NegFOp::create(rewriter, loc,
                              math::AbsFOp::create(rewriter, loc, x)));
    Value ramp = arith::MaximumFOp::create(rewriter, loc, x,
                                           this->f32(rewriter, loc, 0));
    Value sum = arith::AddFOp::create(rewriter, loc, ramp,
                                      math::Log1pOp::create(rewriter, loc, e));
    return this->replace(rewriter, op, sum,
                         "softplus takes a logarithm of at most 2");
  }
};

/// a / (1 + exp z) = (a / 4) * (1 / (1/4 + exp(z) / 4)): the reciprocal is
/// never subnormal, so that the instruction that flushes is right.
struct DivideBySigmoidal : Simplify<arith::DivFOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(arith::DivFOp op,
                                PatternRewriter &rewriter) const override {
    Value z = matchOnePlusExp(op.getRhs());
    if (!z || !isSimplified(op.getType()))
      return failure();
    Location loc = op.getLoc();
    Value quarter = f32(rewriter, loc, 0.25);
    Value e = math::ExpOp::create(rewriter, loc, widen(rewriter, loc, z));
    Value r = reciprocal(
        rewriter, loc, math::FmaOp::create(rewriter, loc, e, quarter, quarter));
    Value a = quarter;
    if (!isConstant(op.getLhs(), 1))
      a = arith::MulFOp::create(rewriter, loc,
                                widen(rewriter, loc, op.getLhs()), quarter);
    return replace(rewriter, op, arith::MulFOp::create(rewriter, loc, a, r),
                   "a sigmoid divides by one instruction");
  }
};

/// 1 + tanh u = 2 / (1 + exp(-2u)), without the cancellation; half of it and
/// 1/2 likewise.
struct OnePlusTanh : Simplify<arith::AddFOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(arith::AddFOp op,
                                PatternRewriter &rewriter) const override {
    if (!isSimplified(op.getType()))
      return failure();
    auto [u, scale] = matchScaledOnePlusTanh(op);
    if (!u)
      return failure();
    Location loc = op.getLoc();
    constexpr double kLog2e = 1.4426950408889634;
    Value t = arith::MulFOp::create(rewriter, loc, widen(rewriter, loc, u),
                                    f32(rewriter, loc, -2 * kLog2e));
    // Where its argument is large enough to be rounded coarsely the exponential
    // is far below 1, or so is the result, which the source's sum rounds away.
    Value e = math::Exp2Op::create(rewriter, loc, t, arith::FastMathFlags::afn);
    Value r = reciprocal(
        rewriter, loc,
        arith::AddFOp::create(rewriter, loc, e, f32(rewriter, loc, 1)));
    if (scale != 0.5)
      r = arith::MulFOp::create(rewriter, loc, r,
                                f32(rewriter, loc, 2 * scale));
    return replace(rewriter, op, r, "1 + tanh is a reciprocal of 1 + exp");
  }
};

/// x / c = x * (1 / c). Bit for bit where c is a power of two, else the
/// constant is rounded too.
struct DivideByConstant : Simplify<arith::DivFOp> {
  DivideByConstant(MLIRContext *context, unsigned &count, bool exactOnly)
      : Simplify(context, count), exactOnly(exactOnly) {}

  LogicalResult matchAndRewrite(arith::DivFOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<APFloat> divisor = getConstant(op.getRhs());
    if (!divisor || !divisor->isFiniteNonZero() ||
        op.getFastmath() != arith::FastMathFlags::none)
      return failure();
    Location loc = op.getLoc();
    APFloat inverse(0.0);
    if (divisor->getExactInverse(&inverse)) {
      Value factor = arith::ConstantOp::create(
          rewriter, loc, rewriter.getFloatAttr(op.getType(), inverse));
      return replace(rewriter, op,
                     arith::MulFOp::create(rewriter, loc, op.getLhs(), factor),
                     "division by a power of two is a multiplication");
    }
    if (exactOnly || !isSimplified(op.getType()))
      return failure();
    float rounded = 1 / static_cast<float>(divisor->convertToDouble());
    if (!std::isnormal(rounded))
      return failure();
    return replace(rewriter, op,
                   arith::MulFOp::create(rewriter, loc,
                                         widen(rewriter, loc, op.getLhs()),
                                         f32(rewriter, loc, rounded)),
                   "division by a constant is a multiplication");
  }

  bool exactOnly;
};

/// Constant factors that are powers of two meet: a (b x) = (a b) x, and
/// (a x) (b y) = x y where a b = 1.
struct MultiplyByPowersOfTwo : Simplify<arith::MulFOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(arith::MulFOp op,
                                PatternRewriter &rewriter) const override {
    auto [x, a] = matchScaled(op.getLhs());
    auto [y, b] = matchScaled(op.getRhs());
    if (x && y && a * b == 1)
      return replace(rewriter, op,
                     arith::MulFOp::create(rewriter, op.getLoc(), x, y),
                     "factors that are powers of two cancel");
    auto [inner, c] = matchScaled(op.getResult());
    auto [innermost, d] = inner ? matchScaled(inner) : Scaled();
    if (!innermost)
      return failure();
    Value product = innermost;
    if (c * d != 1)
      product = arith::MulFOp::create(
          rewriter, op.getLoc(), product,
          arith::ConstantOp::create(
              rewriter, op.getLoc(),
              rewriter.getFloatAttr(op.getType(), c * d)));
    return replace(rewriter, op, product,
                   "factors that are powers of two are one");
  }
};

/// A relu as exporters write it, by one instruction instead of two.
struct SelectToExtremum : Simplify<arith::SelectOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(arith::SelectOp op,
                                PatternRewriter &rewriter) const override {
    auto clamp = matchClampingSelect(
        op, [](Value value) { return !getConstant(value); });
    if (!clamp)
      return failure();
    Location loc = op.getLoc();
    Value result = clamp->isMaximum
                       ? Value(arith::MaximumFOp::create(
                             rewriter, loc, clamp->variable, clamp->bound))
                       : Value(arith::MinimumFOp::create(
                             rewriter, loc, clamp->variable, clamp->bound));
    return replace(rewriter, op, result, "a select is a minimum or maximum");
  }
};

/// x / y = (x s) * (1 / (y s)) where many x are divided by one y, as in
/// softmax: what depends on y alone is computed once. The power of two s keeps
/// y s and its reciprocal normal.
struct DivideByShared : Simplify<arith::DivFOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(arith::DivFOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getLhs(), y = op.getRhs();
    if (!isSimplified(op.getType()) || getConstant(x) || getConstant(y) ||
        op.getFastmath() != arith::FastMathFlags::none || !isShared(y) ||
        isShared(x))
      return failure();
    Location loc = op.getLoc();
    x = widen(rewriter, loc, x);
    y = widen(rewriter, loc, y);
    // Numbers of f16 are far from both ends.
    if (!op.getType().isF16()) {
      Value magnitude = math::AbsFOp::create(rewriter, loc, y);
      auto choose = [&](arith::CmpFPredicate predicate, double bound,
                        double scale, Value other) -> Value {
        Value beyond = arith::CmpFOp::create(
            rewriter, loc, predicate, magnitude, f32(rewriter, loc, bound));
        return arith::SelectOp::create(rewriter, loc, beyond,
                                       f32(rewriter, loc, scale), other);
      };
      Value scale = choose(arith::CmpFPredicate::OGT, 0x1p100, 0x1p-64,
                           f32(rewriter, loc, 1));
      scale = choose(arith::CmpFPredicate::OLT, 0x1p-100, 0x1p64, scale);
      x = arith::MulFOp::create(rewriter, loc, x, scale);
      y = arith::MulFOp::create(rewriter, loc, y, scale);
    }
    Value inverse =
        arith::DivFOp::create(rewriter, loc, f32(rewriter, loc, 1), y);
    return replace(rewriter, op,
                   arith::MulFOp::create(rewriter, loc, x, inverse),
                   "one reciprocal serves all elements of a broadcast");
  }
};

/// Small whole powers by multiplication.
struct SmallPower : Simplify<math::PowFOp> {
  using Simplify::Simplify;

  LogicalResult matchAndRewrite(math::PowFOp op,
                                PatternRewriter &rewriter) const override {
    bool isCube = isConstant(op.getRhs(), 3);
    if (!isSimplified(op.getType()) || (!isCube && !isConstant(op.getRhs(), 2)))
      return failure();
    Location loc = op.getLoc();
    Value x = widen(rewriter, loc, op.getLhs());
    Value product = arith::MulFOp::create(rewriter, loc, x, x);
    if (isCube)
      product = arith::MulFOp::create(rewriter, loc, product, x);
    return replace(rewriter, op, product, "a small power is a product");
  }
};

struct SimplifyExpressions
    : kiln::impl::KilnSimplifyExpressionsBase<SimplifyExpressions> {
  using KilnSimplifyExpressionsBase::KilnSimplifyExpressionsBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (failed(verifyRounding(rounding, [&] { return function.emitError(); })))
      return signalPassFailure();
    bool exactOnly = rounding == "source";
    unsigned count = 0;
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<DivideByConstant>(context, count, exactOnly);
    patterns.add<SelectToExtremum>(context, count);
    if (!exactOnly)
      patterns
          .add<TanhOfSoftplus, Softplus<math::Log1pOp>, Softplus<math::LogOp>,
               Softplus<arith::SelectOp>, DivideBySigmoidal, OnePlusTanh,
               MultiplyByPowersOfTwo, DivideByShared, SmallPower>(context,
                                                                  count);
    if (failed(applyPatternsGreedily(function, std::move(patterns)))) {
      function.emitError("simplification does not reach a fixed point");
      return signalPassFailure();
    }
    numSimplified += count;
  }
};

} // namespace
