//===- AnnotateArguments.cpp - kiln-annotate-arguments --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SignConditions.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"

namespace kiln {
#define GEN_PASS_DEF_KILNANNOTATEARGUMENTS
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// Multiplies two operands and adds the products up.
bool isContraction(linalg::LinalgOp op) {
  return (linalg::isaContractionOpInterface(op) ||
          linalg::isaConvolutionOpInterface(op)) &&
         llvm::any_of(*op.getBlock(), llvm::IsaPred<arith::MulFOp>);
}

/// How many products a result of the contraction `op` adds up; 0: not known.
int64_t countProducts(linalg::LinalgOp op) {
  if (op.hasDynamicShape())
    return 0;
  int64_t count = 1;
  for (auto [extent, iterator] :
       llvm::zip(op.getStaticLoopRanges(), op.getIteratorTypesArray()))
    if (iterator == utils::IteratorType::reduction &&
        llvm::MulOverflow(count, extent, count))
      return 0;
  return count;
}

/// What is asked of the values of one function, gathered from uses backwards.
class Requirements {
public:
  struct SignOf {
    Sign sign = Sign::Any;
    Operation *cause = nullptr; // the op that asks for the strictest part
  };

  /// Each user of a value must have been visited before its definition.
  void visit(Operation *op);

  SignOf getSign(Value value) const { return signs.lookup(value); }
  int64_t getFanIn(Value value) const { return fanIns.lookup(value); }

private:
  /// The value that the operand of a region's op stands for.
  static Value resolve(Value value) {
    while (auto argument = dyn_cast<BlockArgument>(value)) {
      Operation *parent = argument.getOwner()->getParentOp();
      if (!isa<linalg::LinalgOp, KernelOp>(parent))
        break;
      value = parent->getOperand(argument.getArgNumber());
    }
    return value;
  }
  void requireSign(Value value, Sign sign, Operation *cause) {
    if (sign == Sign::Any)
      return;
    SignOf &known = signs[resolve(value)];
    Sign added = sign & ~known.sign;
    known.sign |= sign;
    if (!known.cause || (added & Sign::NotNegative) != Sign::Any)
      known.cause = cause;
  }
  void requireFanIn(Value value, int64_t fanIn) {
    if (fanIn == 0 || !isa<TensorType>(value.getType()))
      return;
    int64_t &known = fanIns[resolve(value)];
    known = std::max(known, fanIn);
  }
  /// Asks of `to` what is asked of `from`.
  void forward(Value from, Value to) {
    SignOf known = getSign(from);
    requireSign(to, known.sign, known.cause);
    requireFanIn(to, getFanIn(from));
  }
  void visitLinalg(linalg::LinalgOp op);

  llvm::DenseMap<Value, SignOf> signs;
  llvm::DenseMap<Value, int64_t> fanIns;
};

void Requirements::visitLinalg(linalg::LinalgOp op) {
  // Nothing is asked through a contraction: that its sum is positive for
  // positive operands would leave no sign to test in image and filter.
  if (isContraction(op)) {
    int64_t products = countProducts(op);
    for (Value operand : op->getOperands().drop_front())
      requireFanIn(operand, products);
    return;
  }
  Operation *yield = op.getBlock()->getTerminator();
  for (auto [result, yielded] :
       llvm::zip(op->getResults(), yield->getOperands())) {
    SignOf known = getSign(result);
    requireSign(yielded, known.sign, known.cause);
    for (Value operand : op->getOperands())
      requireFanIn(operand, getFanIn(result));
  }
}

void Requirements::visit(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return visitLinalg(linalgOp);
  if (auto kernel = dyn_cast<KernelOp>(op)) {
    Operation *yield = kernel.getBody().front().getTerminator();
    for (auto [result, yielded] :
         llvm::zip(kernel.getResults(), yield->getOperands()))
      forward(result, yielded);
    return;
  }
  if (op->getNumResults() == 1 && isa<TensorType>(op->getResult(0).getType()) &&
      isa_and_nonnull<tensor::TensorDialect>(op->getDialect())) {
    // Moves elements: reshapes, casts, slices, padding.
    for (Value operand : op->getOperands())
      if (isa<TensorType>(operand.getType()))
        forward(op->getResult(0), operand);
    return;
  }
  requireDefined(op,
                 [&](Value value, Sign sign) { requireSign(value, sign, op); });
  if (op->getNumResults() != 1)
    return;
  SignOf known = getSign(op->getResult(0));
  requireForResult(op, known.sign, [&](Value value, Sign sign) {
    requireSign(value, sign, known.cause);
  });
}

struct AnnotateArguments
    : kiln::impl::KilnAnnotateArgumentsBase<AnnotateArguments> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    // Backwards, an op before the ops of its regions: users come first.
    Requirements requirements;
    function.walk<WalkOrder::PreOrder, ReverseIterator>(
        [&](Operation *op) { requirements.visit(op); });
    for (BlockArgument argument : function.getArguments()) {
      if (!isa<TensorType>(argument.getType()))
        continue;
      if (int64_t fanIn = requirements.getFanIn(argument))
        annotate(argument, KilnDialect::kFanInAttrName,
                 Builder(&getContext()).getI64IntegerAttr(fanIn));
      Requirements::SignOf known = requirements.getSign(argument);
      if (known.sign == Sign::Any)
        continue;
      Domain domain =
          known.sign == Sign::NotZero ? Domain::Nonzero : Domain::Positive;
      if (annotate(argument, KilnDialect::kDomainAttrName,
                   DomainAttr::get(&getContext(), domain)))
        report(argument, domain, known.cause);
    }
  }

  /// What the source says itself stays.
  bool annotate(BlockArgument argument, StringRef name, Attribute value) {
    func::FuncOp function = getOperation();
    if (function.getArgAttr(argument.getArgNumber(), name))
      return false;
    function.setArgAttr(argument.getArgNumber(), name, value);
    return true;
  }

  void report(BlockArgument argument, Domain domain, Operation *cause) {
    ++numDomains;
    // The body of a named op has no place of its own.
    Location loc = cause->getLoc();
    if (isa<UnknownLoc>(loc))
      loc = cause->getParentOp()->getLoc();
    remark::analysis(loc, remark::RemarkOpts::name("Domain")
                              .category("kiln-annotate-arguments")
                              .function(getOperation().getName()))
        << ("argument " + Twine(argument.getArgNumber()) + " is drawn " +
            stringifyDomain(domain) + " for '" +
            cause->getName().getStringRef() + "'")
               .str();
  }
};

} // namespace
