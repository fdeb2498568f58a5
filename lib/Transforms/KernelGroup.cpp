//===- KernelGroup.cpp - Which ops run in one kernel ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"

#include "ImageChain.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
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
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  if (!structured || !structured.hasPureTensorSemantics())
    return false;
  FailureOr<ContractionView> view = ContractionView::match(op);
  return succeeded(view) && view->hasInstruction();
}

llvm::SetVector<Value> kiln::getReads(Operation *op) {
  llvm::SetVector<Value> reads(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), reads);
  return reads;
}

namespace {

std::string quoted(Operation *op) {
  return ("'" + getSourceName(op) + "'").str();
}

/// A pad by constant amounts with a constant.
bool isConstantPad(Operation *op) {
  auto pad = dyn_cast<tensor::PadOp>(op);
  Attribute value;
  return pad && pad.getConstantPaddingValue() &&
         matchPattern(pad.getConstantPaddingValue(), m_Constant(&value)) &&
         pad.getLow().empty() && pad.getHigh().empty() &&
         pad.getResultType().hasStaticShape();
}

/// A slice at constant places.
bool isConstantSlice(Operation *op) {
  auto slice = dyn_cast<tensor::ExtractSliceOp>(op);
  return slice && slice.getOffsets().empty() && slice.getSizes().empty() &&
         slice.getStrides().empty() && slice.getSourceType().hasStaticShape() &&
         llvm::all_of(slice.getStaticStrides(),
                      [](int64_t stride) { return stride > 0; });
}

bool isElementwise(Operation *op) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  return structured && structured.hasPureTensorSemantics() &&
         !structured.hasDynamicShape() &&
         structured.getNumParallelLoops() == structured.getNumLoops();
}

bool isDenseConstant(Operation *op) {
  SplatElementsAttr splat;
  return op->hasTrait<OpTrait::ConstantLike>() &&
         isa<ShapedType>(op->getResult(0).getType()) &&
         !matchPattern(op, m_Constant(&splat));
}

/// Why an op that is no linalg op does not run in the kernel whose values it
/// needs.
std::string getUnstructuredReason(Operation *op) {
  if (isa<tensor::PadOp, tensor::ExtractSliceOp>(op))
    return "it moves values that the kernel computes to other positions; "
           "supported are constant pads and slices of arguments and of "
           "elementwise work";
  return "supported are linalg ops on tensors, constant pads, slices at "
         "constant places and reshapes of arguments and results";
}

/// Elements of a statically shaped tensor, 1 for a scalar, -1 otherwise.
int64_t getSize(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  if (!type)
    return 1;
  return type.hasStaticShape() ? type.getNumElements() : -1;
}

} // namespace

KernelGroup::KernelGroup(const ContractionView &view)
    : block(view.op->getBlock()), contraction(view) {
  auto type = view.getOutType();
  smallSize = type.getDimSize(view.out.f);
  for (auto [dim, extent] : llvm::enumerate(type.getShape())) {
    int64_t place = dim;
    if (place != view.out.f && place != view.out.h && place != view.out.w)
      smallSize *= extent;
  }
  // An op that has to leave takes its dependents with it, so growth starts
  // again without it; every round bans at least one more op.
  do
    grow();
  while (cut());
  orderMembers();
}

KernelGroup::KernelGroup(Block &block) : block(&block) {
  grow();
  orderMembers();
}

bool KernelGroup::isExclusive(Operation *op) const {
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    return members.contains(block->findAncestorOpInBlock(*user));
  });
}

bool KernelGroup::isOutside(OpOperand &use) const {
  Operation *user = block->findAncestorOpInBlock(*use.getOwner());
  return !members.contains(user) || kept.contains(user);
}

bool KernelGroup::costsNothing(Operation *op, bool isStaged) const {
  // Constant data is read from memory like an argument, and so are operands of
  // the contraction, which are staged from there.
  if (op->hasTrait<OpTrait::ConstantLike>() &&
      isa<ShapedType>(op->getResult(0).getType()))
    return !isStaged && !isDenseConstant(op);
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      isa<tensor::EmptyOp, linalg::FillOp>(op))
    return true;
  if (isStaged) // Copies to shared memory compute nothing; padding is theirs.
    return isConstantPad(op);
  if (isView(op)) { // Views of arguments and kernel results stay outside.
    Operation *source = op->getOperand(0).getDefiningOp();
    return source && costsNothing(source, /*isStaged=*/false) &&
           getSize(op->getResult(0)) >= 0;
  }
  if (isConstantSlice(op)) {
    Operation *source = op->getOperand(0).getDefiningOp();
    return !source || costsNothing(source, /*isStaged=*/false);
  }
  if (isElementwise(op))
    return llvm::all_of(op->getOperands(), [&](Value input) {
      Operation *source = input.getDefiningOp();
      return getSize(input) <= smallSize ||
             isa_and_nonnull<tensor::EmptyOp, linalg::FillOp>(source);
    });
  // Scalars: casts of constants.
  return isPure(op) && op->getNumRegions() == 0 &&
         llvm::none_of(op->getResultTypes(), llvm::IsaPred<ShapedType>);
}

/// Why what computes `value`, an operand of the contraction, is not computed on
/// its way from memory.
std::string KernelGroup::getStagedReason(Value value) const {
  std::string name = quoted(contraction->op);
  if (value == contraction->getFilter())
    return "it computes an operand of " + name +
           ", whose operands are copied from memory as they are; compute it "
           "outside the program";
  return "it computes the image of " + name +
         ", which is copied from memory; on the way only elementwise work on "
         "tensors of the image's shape, with constants, is done; compute it "
         "outside the program";
}

void KernelGroup::addProducers(Value value, bool isStaged) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != block || members.contains(op))
    return;
  if (auto reason = banned.find(op); reason != banned.end()) {
    if (isStaged)
      outside.try_emplace(op, reason->second);
    return;
  }
  if (!costsNothing(op, isStaged)) {
    // Whoever reads a large tensor anyway may compute it, once.
    if (isStaged || !isElementwise(op) || !isExclusive(op)) {
      if (isStaged && !isView(op) && !isDenseConstant(op))
        outside.try_emplace(op, getStagedReason(value));
      return;
    }
  }
  members.insert(op);
  producers.insert(op);
  for (Value read : getReads(op))
    addProducers(read, isStaged);
}

void KernelGroup::addImage() {
  ImageChain chain(*contraction, [&](Operation *op) {
    return op->getBlock() == block && !banned.contains(op) &&
           (!isa<tensor::PadOp>(op) || isConstantPad(op));
  });
  for (const auto &[op, reason] : chain.refused)
    outside.try_emplace(op, reason);
  for (Operation *op : chain.ops) {
    members.insert(op);
    producers.insert(op);
  }
  for (Operation *op : chain.ops)
    for (Value read : getReads(op))
      if (!llvm::is_contained(ImageChain::getSources(op), read))
        addProducers(read, /*isStaged=*/false);
  if (chain.ops.empty())
    return addProducers(chain.source, /*isStaged=*/true);
  for (Value read : ImageChain::getSources(chain.ops.back()))
    addProducers(read, /*isStaged=*/true);
}

std::string KernelGroup::tryJoin(Operation *op) {
  if (auto reason = banned.find(op); reason != banned.end())
    return reason->second;
  if (isSeed(op))
    return "a second contraction starts a kernel of its own";
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  if (!structured || !structured.hasPureTensorSemantics())
    return getUnstructuredReason(op);
  std::string reason = space.add(structured);
  if (!reason.empty())
    return reason;
  members.insert(op);
  core.insert(op);
  for (Value read : getReads(op))
    addProducers(read, /*isStaged=*/false);
  return {};
}

void KernelGroup::grow() {
  core.clear();
  producers.clear();
  members.clear();
  if (contraction)
    growAroundContraction();
  else
    growInBlock();
}

void KernelGroup::growAroundContraction() {
  Operation *seed = contraction->op;
  space = KernelSpace(*contraction);
  core.insert(seed);
  members.insert(seed);
  addImage();
  // What computes the filter runs once, when it is packed.
  if (Operation *op = contraction->getFilter().getDefiningOp();
      op && isElementwise(op) && op->hasOneUse())
    addProducers(contraction->getFilter(), /*isStaged=*/false);
  else
    addProducers(contraction->getFilter(), /*isStaged=*/true);
  addProducers(contraction->getInit(), /*isStaged=*/false);

  // What depends on the kernel but stays outside: nothing behind it can join.
  llvm::DenseSet<Value> behind, reshaped;
  for (Operation &op :
       llvm::make_range(std::next(seed->getIterator()), block->end())) {
    if (op.hasTrait<OpTrait::IsTerminator>())
      break;
    llvm::SetVector<Value> reads = getReads(&op);
    auto readsAny = [&](const auto &set) {
      return llvm::any_of(reads, [&](Value v) { return set.contains(v); });
    };
    bool inside =
        llvm::any_of(reads, [&](Value v) { return space.isAnchored(v); });
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

bool KernelGroup::isPointwise(Operation *op) const {
  if (op->hasTrait<OpTrait::ConstantLike>())
    return !isDenseConstant(op);
  if (isa<tensor::EmptyOp>(op))
    return true;
  if (isView(op)) // Of an argument it stays outside, where it costs nothing.
    return members.contains(op->getOperand(0).getDefiningOp());
  if (isElementwise(op) || isConstantPad(op) || isConstantSlice(op))
    return llvm::none_of(op->getOperands(),
                         [&](Value value) { return space.isAnchored(value); });
  return isPure(op) && op->getNumRegions() == 0 &&
         llvm::none_of(op->getResultTypes(), llvm::IsaPred<ShapedType>);
}

/// All that one kernel can compute of a block without contraction, from its
/// start.
void KernelGroup::growInBlock() {
  space = KernelSpace();
  llvm::DenseSet<Value> behind, reshaped;
  for (Operation &op : block->without_terminator()) {
    llvm::SetVector<Value> reads = getReads(&op);
    auto readsAny = [&](const auto &set) {
      return llvm::any_of(reads, [&](Value v) { return set.contains(v); });
    };
    auto readsAnchored = llvm::any_of(
        reads, [&](Value value) { return space.isAnchored(value); });
    std::string reason;
    if (readsAny(behind)) {
      reason = readsAny(reshaped)
                   ? "it reads the kernel's result through a reshape"
                   : "it also needs a value that is computed behind the kernel";
      if (!isView(&op))
        outside.try_emplace(&op, reason);
    } else if (isView(&op) && readsAnchored) {
      reshaped.insert(op.result_begin(), op.result_end());
    } else if (isView(&op) && !isPointwise(&op)) {
      continue;
    } else if (isPointwise(&op)) {
      members.insert(&op);
      producers.insert(&op);
      continue;
    } else if (isDenseConstant(&op)) {
      continue;
    } else {
      auto structured = dyn_cast<linalg::LinalgOp>(op);
      reason = !structured || !structured.hasPureTensorSemantics()
                   ? getUnstructuredReason(&op)
                   : space.add(structured);
      if (reason.empty()) {
        members.insert(&op);
        core.insert(&op);
        continue;
      }
      outside.try_emplace(&op, reason);
    }
    behind.insert(op.result_begin(), op.result_end());
  }
  keepOutside();
  for (Operation *op : core)
    producers.remove(op);
}

void KernelGroup::keepOutside() {
  kept.clear();
  SmallVector<Operation *> all = llvm::to_vector(producers);
  for (Operation *op : llvm::reverse(all)) {
    auto isKept = [&](OpOperand &use) { return isOutside(use); };
    if (llvm::none_of(op->getUses(), isKept))
      continue;
    if (isElementwise(op)) {
      core.insert(op);
    } else if (llvm::all_of(op->getUses(), isKept)) {
      members.erase(op);
      producers.remove(op);
    } else {
      kept.insert(op);
    }
  }
}

bool KernelGroup::cut() {
  bool any = false;
  // A large producer is only worth its place while nobody else needs it.
  for (Operation *op : producers) {
    if (isConstantPad(op) || costsNothing(op, /*isStaged=*/false) ||
        isExclusive(op))
      continue;
    banned[op] = "its result is also needed outside the kernel";
    any = true;
  }
  return any;
}

void KernelGroup::orderMembers() {
  for (Operation &op : *block)
    if (core.contains(&op))
      joined.push_back(&op);
}
