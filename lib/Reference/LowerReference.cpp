//===- LowerReference.cpp - One plain kernel for each linalg op -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Grid.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Reference/Passes.h"

#include "ReferenceMath.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

namespace kiln {
#define GEN_PASS_DEF_KILNLOWERREFERENCE
#include "kiln/Reference/Passes.h.inc"
} // namespace kiln

using namespace mlir;

static constexpr int64_t kBlockSize = 256;
static constexpr int64_t kMaxBlocks = (int64_t(1) << 31) - 1;

namespace {

class Lowering {
public:
  Lowering(func::FuncOp entry, gpu::GPUModuleOp kernels)
      : entry(entry), kernels(kernels), rewriter(entry.getContext()) {}

  /// Replaces `op` by a launch of a kernel made of it.
  LogicalResult lower(linalg::LinalgOp op);
  int64_t getNumKernels() const { return numKernels; }

private:
  /// Collects what a kernel needs of the host: `buffers` as arguments, `copies`
  /// to be repeated in it, in order.
  LogicalResult collect(Operation *user, Value value, SetVector<Value> &buffers,
                        SetVector<Operation *> &copies);
  /// Parallel loops outermost, else a reduction would run between kernels.
  linalg::LinalgOp putParallelLoopsFirst(linalg::LinalgOp op);
  void fillKernel(gpu::GPUFuncOp kernel, linalg::LinalgOp op,
                  int64_t numThreads);

  func::FuncOp entry;
  gpu::GPUModuleOp kernels;
  IRRewriter rewriter;
  int64_t numKernels = 0;
};

} // namespace

LogicalResult Lowering::collect(Operation *user, Value value,
                                SetVector<Value> &buffers,
                                SetVector<Operation *> &copies) {
  Operation *definition = value.getDefiningOp();
  if (isa<BaseMemRefType>(value.getType()) &&
      (!definition || isa<memref::AllocOp, memref::GetGlobalOp>(definition))) {
    buffers.insert(value);
    return success();
  }
  if (!definition || copies.contains(definition))
    return success();
  if (!isa<ViewLikeOpInterface, arith::ConstantOp>(definition) &&
      !isPure(definition)) {
    // Elements of inputs and constants never change.
    auto load = dyn_cast<memref::LoadOp>(definition);
    bool isConstant =
        load && (isa<BlockArgument>(load.getMemRef()) ||
                 load.getMemRef().getDefiningOp<memref::GetGlobalOp>());
    if (!isConstant)
      return definition->emitOpError("on the host has no place in the "
                                     "reference on a GPU");
  }
  for (Value operand : definition->getOperands())
    if (failed(collect(user, operand, buffers, copies)))
      return failure();
  copies.insert(definition);
  return success();
}

linalg::LinalgOp Lowering::putParallelLoopsFirst(linalg::LinalgOp op) {
  rewriter.setInsertionPoint(op);
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    FailureOr<linalg::GenericOp> general =
        linalg::generalizeNamedOp(rewriter, op);
    assert(succeeded(general) && "every named op has a body");
    generic = *general;
  }
  SmallVector<unsigned> order, reductions;
  for (auto [loop, iterator] :
       llvm::enumerate(generic.getIteratorTypesArray())) {
    if (iterator == utils::IteratorType::parallel)
      order.push_back(loop);
    else
      reductions.push_back(loop);
  }
  order.append(reductions);
  if (llvm::is_sorted(order))
    return cast<linalg::LinalgOp>(generic.getOperation());
  rewriter.setInsertionPoint(generic);
  FailureOr<linalg::GenericOp> moved =
      linalg::interchangeGenericOp(rewriter, generic, order);
  assert(succeeded(moved) && "a permutation");
  return cast<linalg::LinalgOp>(moved->getOperation());
}

void Lowering::fillKernel(gpu::GPUFuncOp kernel, linalg::LinalgOp op,
                          int64_t numThreads) {
  Location loc = op.getLoc();
  rewriter.setInsertionPoint(op);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  };
  Value block = gpu::BlockIdOp::create(rewriter, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(rewriter, loc, gpu::Dimension::x);
  Value first = arith::MulIOp::create(rewriter, loc, block, index(kBlockSize));
  Value number = arith::AddIOp::create(rewriter, loc, first, thread);
  Value fits = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ult,
                                     number, index(numThreads));
  auto guard = scf::IfOp::create(rewriter, loc, fits, /*withElse=*/false);
  rewriter.moveOpBefore(op, guard.thenBlock()->getTerminator());
  rewriter.setInsertionPoint(op);
  [[maybe_unused]] FailureOr<linalg::LinalgLoops> loops =
      linalg::linalgOpToParallelLoops(rewriter, op);
  assert(succeeded(loops) && "it works on buffers");
  rewriter.eraseOp(op);

  // Without parallel loops one thread does all.
  scf::ParallelOp parallel;
  for (Operation &inner : *guard.thenBlock())
    if (auto found = dyn_cast<scf::ParallelOp>(inner))
      parallel = found;
  if (!parallel)
    return;
  std::vector<unsigned> all(parallel.getNumLoops());
  std::iota(all.begin(), all.end(), 0u);
  rewriter.setInsertionPoint(parallel);
  collapseParallelLoops(rewriter, parallel, {all});
  for (Operation &inner : *guard.thenBlock())
    if (auto found = dyn_cast<scf::ParallelOp>(inner))
      parallel = found;
  // The loop runs from 0 to numThreads by 1 now: a thread for each turn.
  Block *body = parallel.getBody();
  rewriter.eraseOp(body->getTerminator());
  rewriter.inlineBlockBefore(body, parallel, number);
  rewriter.eraseOp(parallel);
}

LogicalResult Lowering::lower(linalg::LinalgOp original) {
  Location loc = original.getLoc();
  if (!original.hasPureBufferSemantics())
    return original.emitOpError("must work on buffers here");
  SetVector<Value> buffers, captured, written;
  SetVector<Operation *> copies;
  captured.insert_range(original->getOperands());
  getUsedValuesDefinedAbove(original->getRegions(), captured);
  for (Value value : captured)
    if (failed(collect(original, value, buffers, copies)))
      return failure();
  // What a kernel writes are its last arguments.
  SetVector<Operation *> views;
  for (Value init : original.getDpsInits())
    if (failed(collect(original, init, written, views)))
      return failure();
  buffers.set_subtract(written);
  buffers.insert_range(written);
  int64_t numWritten = written.size();

  int64_t numThreads = 1;
  for (auto [extent, iterator] : llvm::zip(original.getStaticLoopRanges(),
                                           original.getIteratorTypesArray()))
    if (iterator == utils::IteratorType::parallel)
      numThreads *= extent;
  int64_t numBlocks = llvm::divideCeil(numThreads, kBlockSize);
  if (numBlocks > kMaxBlocks)
    return original.emitOpError("has too many elements for one launch of the "
                                "reference on a GPU");
  if (numThreads == 0) {
    rewriter.eraseOp(original);
    return success();
  }

  // PTX knows fewer names than MLIR.
  std::string name;
  for (char c : entry.getSymName())
    name += llvm::isAlnum(c) ? c : '_';
  name = ("reference_" + Twine(name) + "_" + Twine(numKernels)).str();
  rewriter.setInsertionPointToEnd(&kernels.getBodyRegion().front());
  SmallVector<Type> types =
      llvm::map_to_vector(buffers, [](Value v) { return v.getType(); });
  auto kernel = gpu::GPUFuncOp::create(rewriter, loc, name,
                                       rewriter.getFunctionType(types, {}));
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                  rewriter.getUnitAttr());
  kernel.setKnownBlockSizeAttr(
      rewriter.getDenseI32ArrayAttr({int32_t(kBlockSize), 1, 1}));
  // Every buffer is passed once, so that they never overlap.
  for (unsigned i = 0; i != types.size(); ++i)
    kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                      rewriter.getUnitAttr());
  rewriter.setInsertionPointToStart(&kernel.getBody().front());
  IRMapping mapping;
  mapping.map(buffers.getArrayRef(), kernel.getArguments());
  for (Operation *copy : copies)
    rewriter.clone(*copy, mapping);
  Operation *cloned = rewriter.clone(*original, mapping);
  gpu::ReturnOp::create(rewriter, loc);
  fillKernel(kernel, putParallelLoopsFirst(cast<linalg::LinalgOp>(cloned)),
             numThreads);

  rewriter.setInsertionPoint(original);
  auto symbol =
      SymbolRefAttr::get(rewriter.getContext(), kernels.getName(),
                         {FlatSymbolRefAttr::get(rewriter.getContext(), name)});
  OperationState state(loc, kiln::LaunchOp::getOperationName());
  kiln::LaunchOp::build(
      rewriter, state, symbol, buffers.getArrayRef(),
      kiln::makeGrid(rewriter.getContext(), numBlocks),
      rewriter.getDenseI64ArrayAttr({kBlockSize, 1, 1}),
      rewriter.getI64IntegerAttr(0),
      kiln::RoleAttr::get(rewriter.getContext(), kiln::Role::Compute),
      kiln::KernelSchedule(), ArrayAttr(), IntegerAttr(),
      rewriter.getI64IntegerAttr(numWritten));
  rewriter.create(state);
  rewriter.eraseOp(original);
  ++numKernels;
  return success();
}

namespace {

struct LowerReference : kiln::impl::KilnLowerReferenceBase<LowerReference> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    func::FuncOp entry;
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!function->hasAttr(kiln::KilnDialect::kNumInputsAttrName))
        continue;
      if (entry) {
        function.emitError("a second function with 'kiln.num_inputs'");
        return signalPassFailure();
      }
      entry = function;
    }
    if (!entry || entry.isExternal() || !entry.getBody().hasOneBlock()) {
      module.emitError("needs one function with 'kiln.num_inputs', of one "
                       "block");
      return signalPassFailure();
    }
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                    builder.getUnitAttr());
    // The user may have a function of that name.
    OpBuilder detached(module.getContext());
    auto kernels =
        gpu::GPUModuleOp::create(detached, entry.getLoc(), "reference");
    SymbolTable(module).insert(kernels, module.getBody()->begin());
    Lowering lowering(entry, kernels);
    for (Operation &op : llvm::make_early_inc_range(entry.front())) {
      Operation *work = &op;
      if (auto copy = dyn_cast<memref::CopyOp>(op)) {
        builder.setInsertionPoint(copy);
        work = linalg::makeMemRefCopyOp(builder, copy.getLoc(),
                                        copy.getSource(), copy.getTarget());
        copy.erase();
      }
      if (auto linalgOp = dyn_cast<linalg::LinalgOp>(work)) {
        if (failed(lowering.lower(linalgOp)))
          return signalPassFailure();
        continue;
      }
      if (!isa<memref::AllocOp, memref::DeallocOp, memref::GetGlobalOp,
               memref::LoadOp, ViewLikeOpInterface, func::ReturnOp>(work) &&
          !isPure(work)) {
        work->emitOpError("has no place in the reference on a GPU");
        return signalPassFailure();
      }
    }
    numKernels += lowering.getNumKernels();
    if (failed(kiln::lowerReferenceMath(kernels)))
      return signalPassFailure();
    // What the kernels repeat is not needed here any more.
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(entry.front())))
      if (op.use_empty() && isDead(&op))
        op.erase();
  }

private:
  static bool isDead(Operation *op) {
    return isa<memref::LoadOp, memref::AllocOp, memref::GetGlobalOp>(op) ||
           isOpTriviallyDead(op);
  }
};

} // namespace
