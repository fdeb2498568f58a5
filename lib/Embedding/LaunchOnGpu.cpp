//===- LaunchOnGpu.cpp - kiln-launch-on-gpu -------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "PlanModules.h"

#include "kiln/Embedding/Passes.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Machine/Targets.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"

namespace kiln {
#define GEN_PASS_DEF_LAUNCHONGPU
#include "kiln/Embedding/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// Kernels read up to this many bytes at once from where a buffer starts.
constexpr int64_t kBufferAlignment = 16;

struct Options {
  func::FuncOp smCount; ///< null: the number of the target
  bool unifiedMemory;
  bool async;
  bool memrefArguments;
};

/// Rewrites one launch plan.
class Launcher {
public:
  Launcher(func::FuncOp function, const Options &options)
      : function(function), options(options), builder(function.getContext()) {}

  LogicalResult run();
  int64_t getNumLaunches() const { return numLaunches; }

private:
  void launch(LaunchOp op);
  FailureOr<Value> getSmCount(LaunchOp op);
  FailureOr<gpu::KernelDim3> computeGrid(LaunchOp op);
  LogicalResult computeGrids();
  void copyConstant(memref::GetGlobalOp constant);
  Value allocate(Location loc, MemRefType type);
  Value getArgument(Value buffer);
  /// A constant at the start of the function, one for each number.
  Value getIndex(int64_t number);
  void release(Operation *end);

  /// Types of results and operands of the next op of the chain.
  Type getTokenType() {
    return options.async ? gpu::AsyncTokenType::get(function.getContext())
                         : Type();
  }
  SmallVector<Value> getDependencies() {
    return token ? SmallVector<Value>{token} : SmallVector<Value>();
  }
  void setToken(Value next) {
    if (options.async)
      token = next;
  }

  func::FuncOp function;
  const Options &options;
  OpBuilder builder;
  Value smCount;
  Value token;
  DenseMap<int64_t, Value> constants;
  DenseMap<Operation *, gpu::KernelDim3> grids;
  SmallVector<Value> allocated;
  int64_t numLaunches = 0, bytes = 0;
};

} // namespace

Value Launcher::getIndex(int64_t number) {
  Value &constant = constants[number];
  if (!constant) {
    OpBuilder start = OpBuilder::atBlockBegin(&function.getBody().front());
    constant = arith::ConstantIndexOp::create(start, function.getLoc(), number);
  }
  return constant;
}

FailureOr<Value> Launcher::getSmCount(LaunchOp op) {
  if (smCount)
    return smCount;
  Location loc = function.getLoc();
  if (options.smCount) {
    auto call = func::CallOp::create(builder, loc, options.smCount);
    smCount = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                         call.getResult(0));
    return smCount;
  }
  TargetAttr target = getTarget(function->getParentOfType<ModuleOp>());
  if (!target)
    return op.emitOpError("has a grid that depends on the number of "
                          "multiprocessors; the module has no 'kiln.target', "
                          "and no function that counts them is named");
  smCount = getIndex(target.getSms());
  return smCount;
}

FailureOr<gpu::KernelDim3> Launcher::computeGrid(LaunchOp op) {
  SmallVector<Value> sizes;
  for (unsigned dim = 0; dim < 3; ++dim) {
    AffineMap map = op.getGridSize(dim);
    if (map.isSingleConstant()) {
      sizes.push_back(getIndex(map.getSingleConstantResult()));
      continue;
    }
    SmallVector<Value> symbols;
    if (map.getNumSymbols() == 1) {
      FailureOr<Value> count = getSmCount(op);
      if (failed(count))
        return failure();
      symbols.push_back(*count);
    }
    if (map.getNumResults() == 1)
      sizes.push_back(
          affine::AffineApplyOp::create(builder, op.getLoc(), map, symbols));
    else
      sizes.push_back(
          affine::AffineMinOp::create(builder, op.getLoc(), map, symbols));
  }
  return gpu::KernelDim3{sizes[0], sizes[1], sizes[2]};
}

/// What may fail comes before anything on the card starts.
LogicalResult Launcher::computeGrids() {
  builder.setInsertionPointToStart(&function.getBody().front());
  for (LaunchOp op : function.getOps<LaunchOp>()) {
    // The verifier compares launches with what a gpu.module holds.
    if (!options.memrefArguments &&
        !SymbolTable::lookupNearestSymbolFrom<gpu::BinaryOp>(
            op, op.getKernel().getRootReference()))
      return op.emitOpError("passes pointers to a kernel that is not in a "
                            "gpu.binary; run kiln-embed-binary first, or set "
                            "memref-arguments");
    FailureOr<gpu::KernelDim3> grid = computeGrid(op);
    if (failed(grid))
      return failure();
    grids[op] = *grid;
  }
  return success();
}

Value Launcher::allocate(Location loc, MemRefType type) {
  bytes += type.getNumElements() *
           llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  if (options.unifiedMemory)
    return allocated.emplace_back(
        memref::AllocOp::create(builder, loc, type,
                                builder.getI64IntegerAttr(kBufferAlignment))
            .getResult());
  auto alloc =
      gpu::AllocOp::create(builder, loc, type, getTokenType(),
                           getDependencies(), ValueRange(), ValueRange());
  // Upstream's deallocation pass would free it as memory of the host.
  alloc->setAttr(bufferization::BufferizationDialect::kManualDeallocation,
                 builder.getUnitAttr());
  setToken(alloc.getAsyncToken());
  return allocated.emplace_back(alloc.getMemref());
}

void Launcher::copyConstant(memref::GetGlobalOp constant) {
  if (options.unifiedMemory) {
    auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
        constant, constant.getNameAttr());
    if (global && global.getAlignment().value_or(1) < kBufferAlignment)
      global.setAlignment(kBufferAlignment);
    return;
  }
  builder.setInsertionPointAfter(constant);
  Location loc = constant.getLoc();
  Value copy = allocate(loc, constant.getType());
  constant.getResult().replaceAllUsesWith(copy);
  auto memcpy = gpu::MemcpyOp::create(builder, loc, getTokenType(),
                                      getDependencies(), copy, constant);
  setToken(memcpy.getAsyncToken());
}

/// What a kernel takes for a buffer.
Value Launcher::getArgument(Value buffer) {
  if (options.memrefArguments || !isa<MemRefType>(buffer.getType()))
    return buffer;
  Location loc = buffer.getLoc();
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, buffer);
  Value number =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), address);
  return LLVM::IntToPtrOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), number);
}

void Launcher::launch(LaunchOp op) {
  Location loc = op.getLoc();
  builder.setInsertionPoint(op);
  auto block = llvm::map_to_vector(
      op.getBlock(), [&](int64_t size) { return getIndex(size); });
  Value shared;
  if (op.getSharedBytes() != 0)
    shared = arith::ConstantIntOp::create(builder, loc, op.getSharedBytes(),
                                          /*width=*/32);
  auto arguments = llvm::map_to_vector(
      op.getArguments(), [&](Value buffer) { return getArgument(buffer); });
  auto launched = gpu::LaunchFuncOp::create(
      builder, loc, op.getKernel(), grids[op],
      gpu::KernelDim3{block[0], block[1], block[2]}, shared, arguments,
      getTokenType(), getDependencies());
  setToken(launched.getAsyncToken());
  op.erase();
  ++numLaunches;
}

/// Frees what was allocated and waits for the card.
void Launcher::release(Operation *end) {
  builder.setInsertionPoint(end);
  Location loc = end->getLoc();
  auto wait = [&] {
    if (token)
      gpu::WaitOp::create(builder, loc, Type(), getDependencies());
  };
  if (options.unifiedMemory) {
    wait();
    for (Value memory : allocated)
      memref::DeallocOp::create(builder, loc, memory);
    return;
  }
  for (Value memory : allocated) {
    auto dealloc = gpu::DeallocOp::create(builder, loc, getTokenType(),
                                          getDependencies(), memory);
    dealloc->setAttr(bufferization::BufferizationDialect::kManualDeallocation,
                     builder.getUnitAttr());
    setToken(dealloc.getAsyncToken());
  }
  wait();
}

LogicalResult Launcher::run() {
  if (!function.getBody().hasOneBlock())
    return function.emitError("a launch plan has one block");
  Block &body = function.getBody().front();
  for (Operation &op : body)
    if (!isa<LaunchOp, memref::AllocOp, memref::DeallocOp, memref::GetGlobalOp,
             memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp,
             arith::ConstantOp, func::ReturnOp>(op))
      return op.emitError("'")
             << op.getName() << "' has no place in a launch plan";
  if (failed(computeGrids()))
    return failure();
  if (options.async) {
    auto start = gpu::WaitOp::create(builder, function.getLoc(), getTokenType(),
                                     ValueRange());
    token = start.getAsyncToken();
  }
  for (Operation &op : llvm::make_early_inc_range(body)) {
    // What this pass has made already is none of these, or in `allocated`.
    if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
      if (llvm::is_contained(allocated, alloc.getMemref()))
        continue;
      builder.setInsertionPoint(alloc);
      alloc.replaceAllUsesWith(allocate(alloc.getLoc(), alloc.getType()));
      alloc.erase();
    } else if (auto constant = dyn_cast<memref::GetGlobalOp>(op)) {
      copyConstant(constant);
    } else if (auto launchOp = dyn_cast<LaunchOp>(op)) {
      launch(launchOp);
    } else if (isa<memref::DeallocOp>(op)) {
      op.erase(); // all memory is freed at the end
    }
  }
  release(body.getTerminator());
  function->removeAttr(KilnDialect::kNumInputsAttrName);
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    for (StringRef name :
         {KilnDialect::kFanInAttrName, KilnDialect::kDomainAttrName})
      function.removeArgAttr(i, name);
  remark::passed(function.getLoc(), remark::RemarkOpts::name("launch")
                                        .category("kiln-launch-on-gpu")
                                        .function(function.getName()))
      << remark::metric("Launches", numLaunches)
      << remark::metric("Bytes", bytes)
      << remark::reason(
             "{0} launch(es); {1} bytes of workspace and copied constants; {2}",
             numLaunches, bytes,
             !smCount ? "a grid of fixed size"
             : options.smCount
                 ? "a grid for the multiprocessors counted at run "
                   "time"
                 : "a grid for the target's multiprocessors");
  return success();
}

namespace {
struct LaunchOnGpu : kiln::impl::LaunchOnGpuBase<LaunchOnGpu> {
  using LaunchOnGpuBase::LaunchOnGpuBase;

  void runOnOperation() override {
    for (ModuleOp module : getPlanModules(getOperation()))
      if (failed(launchFrom(module)))
        return signalPassFailure();
  }

  LogicalResult launchFrom(ModuleOp module) {
    SmallVector<func::FuncOp> plans;
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal() && !function.getOps<LaunchOp>().empty())
        plans.push_back(function);
    if (plans.empty())
      return success();
    FailureOr<func::FuncOp> counter = getCounter(module);
    if (failed(counter))
      return failure();
    Options options{*counter, unifiedMemory, async, memrefArguments};
    for (func::FuncOp plan : plans) {
      Launcher launcher(plan, options);
      if (failed(launcher.run()))
        return failure();
      numLaunches += launcher.getNumLaunches();
    }
    return success();
  }

  /// The function that counts multiprocessors, declared where it is not; null
  /// where none is named.
  FailureOr<func::FuncOp> getCounter(ModuleOp module) {
    if (smCountFunction.empty())
      return func::FuncOp();
    OpBuilder builder(&getContext());
    auto type = builder.getFunctionType({}, builder.getI32Type());
    if (Operation *known = module.lookupSymbol(smCountFunction)) {
      auto function = dyn_cast<func::FuncOp>(known);
      if (!function || function.getFunctionType() != type)
        return known->emitError("'")
               << smCountFunction << "' is to count multiprocessors; it must "
               << "be a function of type " << type;
      return function;
    }
    builder.setInsertionPointToStart(module.getBody());
    auto function =
        func::FuncOp::create(builder, module.getLoc(), smCountFunction, type);
    function.setPrivate();
    return function;
  }
};
} // namespace
