//===- Distribute.cpp - From tiles to threads -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TilePattern.h"

#include "kiln/Distribution/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace kiln {
#define GEN_PASS_DEF_DISTRIBUTE
#include "kiln/Distribution/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

const TilePatternBase *TilePatternSet::find(Operation *op) const {
  auto found = byName.find(op->getName().getStringRef());
  if (found != byName.end())
    return found->second.get();
  for (auto &[interface, pattern] : byInterface)
    if (op->getName().hasInterface(interface))
      return pattern.get();
  return nullptr;
}

DistributionContext::DistributionContext(gpu::GPUFuncOp kernel,
                                         gpu::GPUFuncOp thread,
                                         const TilePatternSet &patterns,
                                         DistributionStatistics &statistics)
    : patterns(patterns), statistics(statistics),
      numThreads((*kernel.getKnownBlockSize())[0]),
      builder(thread.getBody().front().getTerminator()),
      threads(thread.getBody().front().getTerminator(), kernel.getLoc()),
      fragments(builder, threads),
      shared(builder, threads, kernel->getParentOfType<gpu::GPUModuleOp>()) {
  schedule =
      kernel->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
  for (auto [from, to] :
       llvm::zip_equal(kernel.getArguments(), thread.getArguments()))
    mapping.map(from, to);
}

LogicalResult DistributionContext::distributeBody(Block &from) {
  for (Operation &op : from) {
    if (const TilePatternBase *pattern = patterns.find(&op)) {
      if (failed(pattern->distributeOp(&op, *this)))
        return failure();
      continue;
    }
    if (llvm::any_of(op.getOperandTypes(), llvm::IsaPred<RankedTensorType>))
      return op.emitOpError("not supported on tiles");
    builder.clone(op, mapping);
  }
  return success();
}

/// An empty function on pointers to global memory, in front of the kernel.
static gpu::GPUFuncOp makeThreadFunction(gpu::GPUFuncOp kernel) {
  OpBuilder builder(kernel);
  auto pointer = LLVM::LLVMPointerType::get(kernel.getContext(), 1);
  SmallVector<Type> types(kernel.getNumArguments(), pointer);
  auto made = gpu::GPUFuncOp::create(builder, kernel.getLoc(), kernel.getName(),
                                     builder.getFunctionType(types, {}));
  made->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                builder.getUnitAttr());
  made.setKnownBlockSizeAttr(kernel.getKnownBlockSizeAttr());
  // A kernel's last arguments are what it writes.
  unsigned numWritten = 1;
  if (auto count =
          kernel->getAttrOfType<IntegerAttr>(KilnDialect::kNumWrittenAttrName))
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
  builder.setInsertionPointToEnd(&made.getBody().front());
  gpu::ReturnOp::create(builder, kernel.getLoc());
  return made;
}

/// Replaces a kernel by the function of one thread; returns the bytes of
/// dynamic shared memory that it needs.
static FailureOr<int64_t> distribute(gpu::GPUFuncOp kernel,
                                     const TilePatternSet &patterns,
                                     DistributionStatistics &statistics) {
  if (!kernel.getKnownBlockSize())
    return kernel.emitOpError("needs a known_block_size to be distributed");
  gpu::GPUFuncOp thread = makeThreadFunction(kernel);
  DistributionContext context(kernel, thread, patterns, statistics);
  LogicalResult result = context.distributeBody(kernel.getBody().front());
  context.threads.finish();
  if (failed(result)) {
    thread.erase();
    return failure();
  }
  kernel.erase();
  return context.shared.getBytes();
}

namespace {
struct Distribute : public kiln::impl::DistributeBase<Distribute> {
  void runOnOperation() override {
    TilePatternSet patterns;
    populateControlFlowPatterns(patterns);
    populateElementwisePatterns(patterns);
    populateGlobalMemoryPatterns(patterns);
    populateAsyncCopyPatterns(patterns);
    populateLocalLoadPatterns(patterns);
    populateLocalCopyPatterns(patterns);
    populateLocalTilePatterns(patterns);
    populateConvertLayoutPatterns(patterns);
    populateDotPatterns(patterns);
    populateReducePatterns(patterns);

    DistributionStatistics statistics;
    llvm::DenseMap<StringAttr, int64_t> sharedBytes;
    SmallVector<gpu::GPUFuncOp> kernels;
    getOperation().walk([&](gpu::GPUFuncOp function) {
      if (llvm::any_of(function.getArgumentTypes(), llvm::IsaPred<MemRefType>))
        kernels.push_back(function);
    });
    for (gpu::GPUFuncOp function : kernels) {
      StringAttr name = function.getNameAttr();
      FailureOr<int64_t> bytes = distribute(function, patterns, statistics);
      if (failed(bytes))
        return signalPassFailure();
      sharedBytes[name] = *bytes;
    }
    numLoads += statistics.loads;
    numSharedElements += statistics.sharedElements;
    numMma += statistics.mma;
    auto count = [&](ConversionKind kind) {
      return statistics.conversions[static_cast<size_t>(kind)];
    };
    numInRegisters += count(ConversionKind::Registers);
    numByShuffles += count(ConversionKind::Shuffles);
    numThroughScratch += count(ConversionKind::Scratch);
    getOperation().walk([&](LaunchOp launch) {
      auto it = sharedBytes.find(launch.getKernel().getLeafReference());
      if (it != sharedBytes.end())
        launch.setSharedBytes(it->second);
    });
  }
};
} // namespace
