//===- KernelGroup.cpp - Growing a kernel around a convolution ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace kiln;

bool kiln::isView(Operation *op) {
  return isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp,
                         tensor::CastOp>(op);
}

bool kiln::isSeed(Operation *op) {
  if (!isa<linalg::Conv2DNchwFchwOp, linalg::Conv2DNhwcHwcfOp,
           linalg::Conv2DNhwcFhwcOp>(op))
    return false;
  auto conv = cast<linalg::LinalgOp>(op);
  return conv.hasPureTensorSemantics() && !conv.hasDynamicShape();
}

llvm::SetVector<Value> kiln::getReads(Operation *op) {
  llvm::SetVector<Value> reads(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), reads);
  return reads;
}

namespace {

std::string quoted(Operation *op) {
  return ("'" + op->getName().getStringRef() + "'").str();
}

/// A pad by constant amounts with a constant.
bool isConstantPad(Operation *op) {
  auto pad = dyn_cast<tensor::PadOp>(op);
  return pad && pad.getConstantPaddingValue() && pad.getLow().empty() &&
         pad.getHigh().empty() && pad.getResultType().hasStaticShape();
}

/// Elements of a statically shaped tensor, 1 for a scalar, -1 otherwise.
int64_t getSize(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  if (!type)
    return 1;
  return type.hasStaticShape() ? type.getNumElements() : -1;
}

} // namespace

KernelGroup::KernelGroup(linalg::LinalgOp conv) : conv(conv) {
  channelDim = isa<linalg::Conv2DNchwFchwOp>(conv.getOperation()) ? 1 : 3;
  auto type = cast<ShapedType>(conv->getResult(0).getType());
  smallSize = type.getDimSize(0) * type.getDimSize(channelDim);
  // An op that has to leave takes its dependents with it, so growth starts
  // again without it; every round bans at least one more op.
  do
    grow();
  while (cut());
  orderMembers();
}

bool KernelGroup::costsNothing(Operation *op, bool isTapped) const {
  // Constant data is read from memory like an argument, and so are operands of
  // the convolution, which are staged from there.
  if (op->hasTrait<OpTrait::ConstantLike>() &&
      isa<ShapedType>(op->getResult(0).getType())) {
    SplatElementsAttr splat;
    return !isTapped && matchPattern(op, m_Constant(&splat));
  }
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      isa<tensor::EmptyOp, linalg::FillOp>(op))
    return true;
  if (isTapped) // Every tap would compute it again, so only pads are free.
    return isConstantPad(op);
  if (isView(op)) { // Views of arguments and kernel results stay outside.
    Operation *source = op->getOperand(0).getDefiningOp();
    return source && costsNothing(source, /*isTapped=*/false) &&
           getSize(op->getResult(0)) >= 0;
  }
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return generic.hasPureTensorSemantics() && !generic.hasDynamicShape() &&
           generic.getNumParallelLoops() == generic.getNumLoops() &&
           llvm::all_of(generic.getInputs(), [&](Value input) {
             return getSize(input) <= smallSize;
           });
  // Scalars: casts of constants, extracts of 0-d tensors.
  return isPure(op) && op->getNumRegions() == 0 &&
         llvm::none_of(op->getResultTypes(), llvm::IsaPred<ShapedType>);
}

void KernelGroup::addProducers(Value value, bool isTapped) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != conv->getBlock() || members.contains(op) ||
      banned.contains(op))
    return;
  if (!costsNothing(op, isTapped)) {
    // Whoever reads a large tensor anyway may compute it, once.
    auto generic = dyn_cast<linalg::GenericOp>(op);
    bool exclusive = !isTapped && generic && generic.hasPureTensorSemantics() &&
                     generic.getNumParallelLoops() == generic.getNumLoops() &&
                     llvm::all_of(op->getUsers(), [&](Operation *user) {
                       return members.contains(
                           conv->getBlock()->findAncestorOpInBlock(*user));
                     });
    if (!exclusive) {
      if (isTapped && !isView(op))
        outside.try_emplace(
            op, "it computes an operand that every tap of the convolution "
                "would compute again");
      return;
    }
  }
  members.insert(op);
  producers.insert(op);
  for (Value read : getReads(op))
    addProducers(read, isTapped);
}

std::string KernelGroup::assignRoles(linalg::GenericOp op, Roles &loops) {
  constexpr int kUnknown = -2;
  loops.assign(op.getNumLoops(), kUnknown);
  bool readsReduced = false;
  for (OpOperand &operand : op->getOpOperands()) {
    auto known = roles.find(operand.get());
    if (known == roles.end())
      continue;
    readsReduced |= !llvm::is_contained(known->second, channelDim);
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [expr, role] : llvm::zip_equal(map.getResults(), known->second)) {
      if (isa<AffineConstantExpr>(expr) && role == kUnit)
        continue;
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim)
        return "it does not read the kernel's values one by one";
      int &loop = loops[dim.getPosition()];
      if (loop != kUnknown && loop != role)
        return "it combines values of the kernel from different positions";
      loop = role;
    }
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  static constexpr StringLiteral kNchw[] = {"image", "channel", "row",
                                            "column"};
  static constexpr StringLiteral kNhwc[] = {"image", "row", "column",
                                            "channel"};
  ArrayRef<StringLiteral> names = channelDim == 1 ? ArrayRef(kNchw) : kNhwc;
  for (auto [loop, range, iterator] :
       llvm::zip_equal(loops, ranges, op.getIteratorTypesArray())) {
    if (loop == kUnknown && range == 1)
      loop = kUnit;
    if (loop == kUnknown)
      return "it spreads the kernel's values over further elements";
    if (iterator == utils::IteratorType::reduction && loop != channelDim &&
        loop != kUnit)
      return ("it reduces over the " + names[loop] +
              " dimension of the convolution's output; only a reduction over "
              "the output channels stays within a thread block")
          .str();
  }
  if (readsReduced && llvm::is_contained(loops, channelDim))
    return "it uses a value that is reduced over the channels again for every "
           "channel, which needs a second pass over them";
  return {};
}

std::string KernelGroup::tryJoin(Operation *op) {
  if (auto reason = banned.find(op); reason != banned.end())
    return reason->second;
  if (isSeed(op))
    return "a convolution starts a kernel of its own";
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || !generic.hasPureTensorSemantics())
    return quoted(op) +
           " is neither elementwise nor a reduction over the output channels";
  if (generic.hasDynamicShape())
    return "it has a dynamic shape";
  Roles loops;
  std::string reason = assignRoles(generic, loops);
  if (!reason.empty())
    return reason;

  members.insert(op);
  core.insert(op);
  for (OpOperand &init : generic.getDpsInitsMutable()) {
    Roles &result = roles[generic.getTiedOpResult(&init)];
    result.clear();
    for (AffineExpr expr : generic.getMatchingIndexingMap(&init).getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      result.push_back(dim ? loops[dim.getPosition()] : kUnit);
    }
  }
  for (Value read : getReads(op))
    addProducers(read, /*isTapped=*/false);
  return {};
}

void KernelGroup::grow() {
  roles.clear();
  core.clear();
  producers.clear();
  members.clear();
  core.insert(conv);
  members.insert(conv);
  roles[conv->getResult(0)] = {0, 1, 2, 3};
  addProducers(conv->getOperand(0), /*isTapped=*/true);
  addProducers(conv->getOperand(1), /*isTapped=*/true);
  addProducers(conv->getOperand(2), /*isTapped=*/false);

  // What depends on the kernel but stays outside: nothing behind it can join.
  llvm::DenseSet<Value> behind, reshaped;
  for (Operation &op : llvm::make_range(std::next(conv->getIterator()),
                                        conv->getBlock()->end())) {
    if (op.hasTrait<OpTrait::IsTerminator>())
      break;
    llvm::SetVector<Value> reads = getReads(&op);
    auto readsAny = [&](const auto &set) {
      return llvm::any_of(reads, [&](Value v) { return set.contains(v); });
    };
    bool inside = readsAny(roles);
    if (readsAny(behind)) {
      if (readsAny(reshaped) && !isView(&op))
        outside.try_emplace(&op,
                            "it reads the kernel's result through a reshape");
      else if (inside)
        outside.try_emplace(
            &op, "it also needs a value that is computed behind the kernel");
    } else if (!inside) {
      continue;
    } else if (!isView(&op)) {
      std::string reason = tryJoin(&op);
      if (reason.empty()) {
        outside.erase(&op);
        continue;
      }
      // The reason of the first round is the cause, later ones follow from it.
      outside.try_emplace(&op, reason);
    }
    behind.insert(op.result_begin(), op.result_end());
    if (isView(&op))
      reshaped.insert(op.result_begin(), op.result_end());
  }
}

bool KernelGroup::cut() {
  bool any = false;
  Block *block = conv->getBlock();
  auto isInside = [&](Operation *user) {
    return members.contains(block->findAncestorOpInBlock(*user));
  };
  for (Operation *op : core) {
    if (op == conv)
      continue;
    for (Value read : getReads(op)) {
      if (!roles.contains(read))
        continue;
      auto user = llvm::find_if_not(read.getUsers(), isInside);
      if (user == read.user_end())
        continue;
      std::string &reason = banned[op];
      reason =
          "its operand is also needed outside the kernel, by " + quoted(*user);
      if (auto cause = outside.find(*user); cause != outside.end())
        reason += ", since " + cause->second;
      any = true;
      break;
    }
  }
  // A large producer is only worth its place while nobody else needs it.
  for (Operation *op : producers) {
    if (isConstantPad(op) || costsNothing(op, /*isTapped=*/false) ||
        llvm::all_of(op->getUsers(), isInside))
      continue;
    banned[op] = "its result is also needed outside the kernel";
    any = true;
  }
  return any;
}

void KernelGroup::orderMembers() {
  for (Operation &op : *conv->getBlock()) {
    if (core.contains(&op))
      joined.push_back(&op);
    else if (producers.contains(&op))
      free.push_back(&op);
  }
}
