//===- Distribute.cpp - From tiles to threads -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Distributor.h"

#include "kiln/Distribution/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace kiln {
#define GEN_PASS_DEF_DISTRIBUTE
#include "kiln/Distribution/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

SmallVector<int64_t> kiln::getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = static_cast<int64_t>(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

LayoutAttr Distributor::getLayout(Value tile) {
  return dyn_cast_or_null<LayoutAttr>(
      cast<RankedTensorType>(tile.getType()).getEncoding());
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

FailureOr<Distributor::Fragment> Distributor::getFragment(Value tile) {
  auto it = fragments.find(tile);
  if (it != fragments.end())
    return it->second;
  return emitError(tile.getLoc())
         << "no thread holds this tile: it has no layout";
}

FailureOr<SmallVector<Value>> Distributor::getScalars(Value tile) {
  FailureOr<Fragment> fragment = getFragment(tile);
  if (failed(fragment))
    return failure();
  if (!fragment->words)
    return fragment->values;
  Type element = cast<RankedTensorType>(tile.getType()).getElementType();
  SmallVector<Value> scalars;
  for (Value word : fragment->values) {
    Location loc = word.getLoc();
    int64_t bits = element.getIntOrFloatBitWidth();
    for (int64_t shift = 0; shift < 32; shift += bits) {
      Value part = word;
      if (shift != 0)
        part = arith::ShRUIOp::create(builder, loc, part, constant32(shift));
      if (bits != 32)
        part = arith::TruncIOp::create(builder, loc,
                                       builder.getIntegerType(bits), part);
      scalars.push_back(element.isInteger() ? part
                                            : arith::BitcastOp::create(
                                                  builder, loc, element, part)
                                                  .getResult());
    }
  }
  return scalars;
}

/// The register of `from` that holds what register `reg` of `layout` needs
/// through `map`.
static int64_t getOperandRegister(LayoutAttr layout, int64_t reg,
                                  LayoutAttr from, AffineMap map) {
  int64_t found = 0;
  for (auto [bit, basis] : llvm::enumerate(layout.getRegisters())) {
    if (!(reg >> bit & 1))
      continue;
    SmallVector<int64_t> steps;
    for (AffineExpr expr : map.getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      steps.push_back(dim ? basis.values()[dim.getPosition()] : 0);
    }
    Basis wanted(steps);
    if (wanted.isZero())
      continue;
    for (auto [operandBit, operandBasis] : llvm::enumerate(from.getRegisters()))
      if (operandBasis == wanted)
        found |= int64_t(1) << operandBit;
  }
  return found;
}

//===----------------------------------------------------------------------===//
// Control flow and scalars
//===----------------------------------------------------------------------===//

LogicalResult Distributor::cloneScalar(Operation *op) {
  for (Value operand : op->getOperands())
    if (isa<RankedTensorType>(operand.getType()))
      return op->emitOpError("not supported on tiles");
  builder.clone(*op, mapping);
  return success();
}

LogicalResult Distributor::distributeDelinearize(Operation *op) {
  auto delinearize = cast<affine::AffineDelinearizeIndexOp>(op);
  Location loc = op->getLoc();
  // Tile numbers fit 32 bits, where division by constants is cheap.
  Value rest = toI32(mapping.lookup(delinearize.getLinearIndex()));
  ArrayRef<int64_t> basis = delinearize.getStaticBasis();
  for (int64_t i = delinearize.getNumResults() - 1; i >= 0; --i) {
    Value digit = rest;
    if (i > 0) {
      Value size = constant32(basis[i - (delinearize.hasOuterBound() ? 0 : 1)]);
      digit = arith::RemUIOp::create(builder, loc, rest, size);
      rest = arith::DivUIOp::create(builder, loc, rest, size);
    }
    mapping.map(delinearize.getResult(i),
                arith::IndexCastUIOp::create(builder, loc,
                                             builder.getIndexType(), digit)
                    .getResult());
  }
  return success();
}

LogicalResult Distributor::distributeIf(scf::IfOp op) {
  if (op.getNumResults() != 0)
    return op.emitOpError("not supported: a condition with results");
  auto made =
      scf::IfOp::create(builder, op.getLoc(), mapping.lookup(op.getCondition()),
                        !op.getElseRegion().empty());
  auto saved = loaded;
  for (auto [from, to] :
       llvm::zip_equal(op->getRegions(), made->getRegions())) {
    if (from.empty())
      continue;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(to.front().getTerminator());
    if (failed(distributeBody(from.front())))
      return failure();
    loaded = saved;
  }
  return success();
}

LogicalResult Distributor::distributeLoop(scf::ForOp loop) {
  SmallVector<Value> inits;
  // For each carried value the number of its scalars; tiles become many.
  SmallVector<int64_t> counts;
  SmallVector<bool> words;
  for (Value init : loop.getInitArgs()) {
    if (!isa<RankedTensorType>(init.getType())) {
      inits.push_back(mapping.lookup(init));
      counts.push_back(-1);
      words.push_back(false);
      continue;
    }
    FailureOr<Fragment> fragment = getFragment(init);
    if (failed(fragment))
      return failure();
    llvm::append_range(inits, fragment->values);
    counts.push_back(fragment->values.size());
    words.push_back(fragment->words);
  }
  auto made = scf::ForOp::create(builder, loop.getLoc(),
                                 mapping.lookup(loop.getLowerBound()),
                                 mapping.lookup(loop.getUpperBound()),
                                 mapping.lookup(loop.getStep()), inits);
  auto bind = [&](ValueRange from, ValueRange scalars) {
    size_t next = 0;
    for (auto [value, count, isWords] : llvm::zip_equal(from, counts, words)) {
      if (count < 0) {
        mapping.map(value, scalars[next++]);
        continue;
      }
      Fragment &fragment = fragments[value];
      fragment.values.assign(scalars.begin() + next,
                             scalars.begin() + next + count);
      fragment.words = isWords;
      next += count;
    }
  };
  auto saved = loaded;
  loaded.clear();
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *body = made.getBody();
    if (!body->empty() && !inits.empty())
      body->clear();
    builder.setInsertionPointToEnd(body);
    if (inits.empty())
      builder.setInsertionPoint(body->getTerminator());
    mapping.map(loop.getInductionVar(), made.getInductionVar());
    bind(loop.getRegionIterArgs(), made.getRegionIterArgs());
    seedCarriedLoads(loop);
    if (failed(distributeBody(*loop.getBody())))
      return failure();
    if (!inits.empty()) {
      SmallVector<Value> yielded;
      for (Value value : loop.getBody()->getTerminator()->getOperands()) {
        if (!isa<RankedTensorType>(value.getType())) {
          yielded.push_back(mapping.lookup(value));
          continue;
        }
        FailureOr<Fragment> fragment = getFragment(value);
        if (failed(fragment))
          return failure();
        llvm::append_range(yielded, fragment->values);
      }
      scf::YieldOp::create(builder, loop.getLoc(), yielded);
    }
  }
  bind(loop.getResults(), made.getResults());
  loaded = saved;
  loaded.clear();
  return success();
}

/// Elementwise ops: the body once for each register of the first result, whose
/// layout is that of the iteration space.
LogicalResult Distributor::distributeStructured(linalg::LinalgOp op) {
  LayoutAttr layout = getLayout(op->getResult(0));
  AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!layout || op.getNumParallelLoops() != op.getNumLoops() ||
      !resultMap.isPermutation())
    return op.emitOpError(
        "must be elementwise with a layout to be distributed");
  // From the first result's coordinates to the loops.
  AffineMap toLoops = inversePermutation(resultMap);
  SmallVector<SmallVector<Value>> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    auto &scalars = operands.emplace_back();
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (!isa<RankedTensorType>(operand.get().getType()) || argument.use_empty())
      continue;
    FailureOr<SmallVector<Value>> found = getScalars(operand.get());
    if (failed(found))
      return failure();
    scalars = *found;
  }
  SmallVector<SmallVector<Value>> results(op->getNumResults());
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg) {
    IRMapping body(mapping);
    for (auto [operand, scalars] :
         llvm::zip_equal(op->getOpOperands(), operands)) {
      BlockArgument argument = op.getMatchingBlockArgument(&operand);
      if (!isa<RankedTensorType>(operand.get().getType())) {
        body.map(argument, mapping.lookup(operand.get()));
        continue;
      }
      if (scalars.empty())
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand).compose(toLoops);
      body.map(argument, scalars[getOperandRegister(
                             layout, reg, getLayout(operand.get()), map)]);
    }
    if (failed(distributeScalars(op, layout, reg, toLoops, body)))
      return failure();
    for (auto [result, yielded] : llvm::zip_equal(
             results, op.getBlock()->getTerminator()->getOperands()))
      result.push_back(body.lookup(yielded));
  }
  for (auto [number, value] : llvm::enumerate(op->getResults())) {
    SmallVector<Value> &values = fragments[value].values;
    values = results[number];
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(number))
                        .compose(toLoops);
    if (map.isIdentity())
      continue;
    // Another order of dimensions may be another order of registers.
    for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg)
      values[getOperandRegister(layout, reg, getLayout(value), map)] =
          results[number][reg];
  }
  return success();
}

/// The scalar ops of a body at one register.
LogicalResult Distributor::distributeScalars(linalg::LinalgOp op,
                                             LayoutAttr layout, int64_t reg,
                                             AffineMap toLoops,
                                             IRMapping &body) {
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (auto apply = dyn_cast<affine::AffineApplyOp>(inner)) {
      auto values = affine::expandAffineMap(
          builder, op.getLoc(), apply.getAffineMap(),
          llvm::map_to_vector(apply.getMapOperands(), [&](Value v) {
            return body.lookupOrDefault(v);
          }));
      if (!values)
        return apply.emitOpError("cannot be expanded");
      body.map(apply.getResult(), values->front());
      continue;
    }
    auto index = dyn_cast<linalg::IndexOp>(inner);
    if (!index) {
      builder.clone(inner, body);
      continue;
    }
    // Constant coordinates of a map are positions of unit loops.
    auto dim = dyn_cast<AffineDimExpr>(toLoops.getResult(index.getDim()));
    Value sum = !dim ? constant32(0)
                     : arith::AddIOp::create(
                           builder, op.getLoc(),
                           getThreadCoordinate(layout, dim.getPosition()),
                           constant32(layout.getCoordinate(
                               reg, 0, 0)[dim.getPosition()]))
                           .getResult();
    body.map(index.getResult(),
             arith::IndexCastUIOp::create(builder, op.getLoc(),
                                          builder.getIndexType(), sum)
                 .getResult());
  }
  return success();
}

LogicalResult Distributor::distributeOp(Operation *op) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<scf::ForOp>([&](auto loop) { return distributeLoop(loop); })
      .Case<scf::IfOp>([&](auto op) { return distributeIf(op); })
      .Case<scf::YieldOp, gpu::ReturnOp>([](auto) { return success(); })
      .Case<affine::AffineDelinearizeIndexOp>(
          [&](auto op) { return distributeDelinearize(op); })
      .Case<affine::AffineApplyOp>([&](affine::AffineApplyOp op) {
        auto values = affine::expandAffineMap(
            builder, op.getLoc(), op.getAffineMap(),
            llvm::map_to_vector(op.getMapOperands(),
                                [&](Value v) { return mapping.lookup(v); }));
        if (!values)
          return failure();
        mapping.map(op.getResult(), values->front());
        return success();
      })
      .Case<linalg::FillOp>([&](linalg::FillOp fill) {
        fragments[fill.getResult(0)].values.assign(
            getLayout(fill.getResult(0)).getNumRegisters(),
            mapping.lookup(fill.getInputs()[0]));
        return success();
      })
      .Case<linalg::LinalgOp>([&](auto op) { return distributeStructured(op); })
      .Case<tensor::EmptyOp>([](auto) { return success(); })
      .Case<arith::ConstantOp>(
          [&](arith::ConstantOp constant) -> LogicalResult {
            auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
            if (!splat)
              return cloneScalar(constant);
            Value scalar = arith::ConstantOp::create(
                builder, constant.getLoc(),
                cast<TypedAttr>(splat.getSplatValue<Attribute>()));
            if (LayoutAttr layout = getLayout(constant))
              fragments[constant].values.assign(layout.getNumRegisters(),
                                                scalar);
            return success();
          })
      .Case<ExtractTileOp>([&](auto op) { return distributeExtract(op); })
      .Case<LoadTileOp>([&](auto op) { return distributeLoad(op); })
      .Case<StoreTileOp>([&](auto op) { return distributeStore(op); })
      .Case<AllocSharedOp>([&](auto op) { return allocate(op); })
      .Case<AsyncCopyOp>([&](auto op) { return distributeAsyncCopy(op); })
      .Case<AsyncCommitOp>([&](auto op) {
        NVVM::CpAsyncCommitGroupOp::create(builder, op.getLoc());
        return success();
      })
      .Case<AsyncWaitOp>([&](AsyncWaitOp op) {
        NVVM::CpAsyncWaitGroupOp::create(
            builder, op.getLoc(), builder.getI32IntegerAttr(op.getPending()));
        return success();
      })
      .Case<BarrierOp>([&](auto op) {
        gpu::BarrierOp::create(builder, op.getLoc());
        loaded.clear();
        return success();
      })
      .Case<LocalLoadOp>([&](auto op) { return distributeLocalLoad(op); })
      .Case<LocalCopyOp>([&](auto op) { return distributeLocalCopy(op); })
      .Case<DotOp>([&](auto op) { return distributeDot(op); })
      .Case<ReduceOp>([&](auto op) { return distributeReduce(op); })
      .Default([&](Operation *op) { return cloneScalar(op); });
}

LogicalResult Distributor::distributeBody(Block &from) {
  for (Operation &op : from)
    if (failed(distributeOp(&op)))
      return failure();
  return success();
}

FailureOr<int64_t> Distributor::run() {
  Attribute attr = function->getAttr(KilnDialect::kScheduleAttrName);
  schedule = dyn_cast_or_null<ScheduleAttr>(attr);
  walksInLoops = isa_and_nonnull<LoopScheduleAttr>(attr);
  if (!function.getKnownBlockSize())
    return function.emitOpError("needs a known_block_size to be distributed");
  Location loc = function.getLoc();
  MLIRContext *context = function.getContext();
  auto pointer = LLVM::LLVMPointerType::get(context, 1);
  builder.setInsertionPoint(function);
  SmallVector<Type> types(function.getNumArguments(), pointer);
  auto made = gpu::GPUFuncOp::create(builder, loc, function.getName(),
                                     builder.getFunctionType(types, {}));
  made->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                builder.getUnitAttr());
  made.setKnownBlockSizeAttr(function.getKnownBlockSizeAttr());
  // A kernel's last arguments are what it writes.
  unsigned numWritten = 1;
  if (auto count = function->getAttrOfType<IntegerAttr>(
          KilnDialect::kNumWrittenAttrName))
    numWritten = count.getInt();
  for (unsigned i = 0; i < types.size(); ++i) {
    made.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                    builder.getUnitAttr());
    made.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(),
                    builder.getI64IntegerAttr(16));
    if (i + numWritten < types.size())
      made.setArgAttr(i, LLVM::LLVMDialect::getReadonlyAttrName(),
                      builder.getUnitAttr());
  }
  Block &entry = made.getBody().front();
  for (auto [from, to] :
       llvm::zip_equal(function.getArguments(), entry.getArguments()))
    mapping.map(from, to);

  builder.setInsertionPointToEnd(&entry);
  Type i32 = builder.getI32Type();
  Value index = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  tid = arith::IndexCastUIOp::create(builder, loc, i32, index);
  lane = arith::AndIOp::create(builder, loc, tid, constant32(31));
  warp = arith::ShRUIOp::create(builder, loc, tid, constant32(5));
  auto end = gpu::ReturnOp::create(builder, loc);
  // Thread numbers go in front of everything that uses them.
  auto anchor = arith::ConstantIntOp::create(builder, loc, 0, 1);
  anchor->moveBefore(end);
  hoisted.setInsertionPoint(anchor);
  builder.setInsertionPoint(end);
  LogicalResult result = distributeBody(function.getBody().front());
  anchor.erase();
  if (failed(result)) {
    made.erase();
    return failure();
  }
  function.erase();
  return sharedBytes;
}

namespace {
struct Distribute : public kiln::impl::DistributeBase<Distribute> {
  void runOnOperation() override {
    Distributor::Statistics statistics;
    llvm::DenseMap<StringAttr, int64_t> sharedBytes;
    SmallVector<gpu::GPUFuncOp> kernels;
    getOperation().walk([&](gpu::GPUFuncOp function) {
      if (llvm::any_of(function.getArgumentTypes(), llvm::IsaPred<MemRefType>))
        kernels.push_back(function);
    });
    for (gpu::GPUFuncOp function : kernels) {
      StringAttr name = function.getNameAttr();
      FailureOr<int64_t> bytes = Distributor(function, statistics).run();
      if (failed(bytes))
        return signalPassFailure();
      sharedBytes[name] = *bytes;
    }
    numLoads += statistics.loads;
    numSharedElements += statistics.sharedElements;
    numMma += statistics.mma;
    getOperation().walk([&](LaunchOp launch) {
      auto it = sharedBytes.find(launch.getKernel().getLeafReference());
      if (it != sharedBytes.end())
        launch.setSharedBytes(it->second);
    });
  }
};
} // namespace
