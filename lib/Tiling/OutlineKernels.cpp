//===- OutlineKernels.cpp - Kernels become functions and a plan -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Views.h"
#include "kiln/Tiling/Passes.h"

#include "kiln/Dialect/Kiln/IR/Grid.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

namespace kiln {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "kiln/Tiling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static MemRefType toMemRef(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

namespace {

class Outliner {
public:
  Outliner(func::FuncOp function, gpu::GPUModuleOp kernels)
      : function(function), kernels(kernels), builder(function.getContext()) {}

  LogicalResult run(int64_t &numOutlined);

private:
  LogicalResult outline(KernelOp kernel);
  LogicalResult outlineCompute(KernelOp kernel, gpu::GPUFuncOp outlined,
                               LaunchOp launch);
  FailureOr<Value> getBuffer(Value tensor);
  LogicalResult assignOutputs();

  func::FuncOp function;
  gpu::GPUModuleOp kernels;
  OpBuilder builder;
  /// The memref of each tensor of the function.
  DenseMap<Value, Value> bufferOf;
};

} // namespace

FailureOr<Value> Outliner::getBuffer(Value tensor) {
  Value source = stripViews(tensor);
  if (Value buffer = bufferOf.lookup(source))
    return buffer;
  auto type = dyn_cast<RankedTensorType>(source.getType());
  if (!type)
    return emitError(source.getLoc())
           << "not supported: a kernel operand of type " << source.getType();
  if (source.getDefiningOp<KernelOp>()) {
    // Workspace: written by one kernel and read by later ones.
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&function.getBody().front());
    Value buffer =
        memref::AllocOp::create(builder, source.getLoc(), toMemRef(type));
    bufferOf[source] = buffer;
    return buffer;
  }
  auto constant = source.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return emitError(source.getLoc())
           << "not supported: an operation outside of any kernel";
  auto module = function->getParentOfType<ModuleOp>();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(module.getBody());
  std::string name;
  for (int64_t i = 0; name.empty() || module.lookupSymbol(name); ++i)
    name = "constant_" + std::to_string(i);
  memref::GlobalOp::create(builder, source.getLoc(), name,
                           builder.getStringAttr("private"), toMemRef(type),
                           constant.getValue(), /*constant=*/true,
                           /*alignment=*/IntegerAttr());
  builder.setInsertionPointToStart(&function.getBody().front());
  Value buffer = memref::GetGlobalOp::create(builder, source.getLoc(),
                                             toMemRef(type), name);
  bufferOf[source] = buffer;
  return buffer;
}

/// Results become arguments behind the inputs.
LogicalResult Outliner::assignOutputs() {
  Block &body = function.getBody().front();
  auto ret = cast<func::ReturnOp>(body.getTerminator());
  SmallVector<Type> argumentTypes;
  for (BlockArgument argument : body.getArguments()) {
    if (!isa<RankedTensorType>(argument.getType()))
      return emitError(argument.getLoc())
             << "not supported: argument " << argument.getArgNumber()
             << " of type " << argument.getType()
             << "; arguments are tensors of static shape";
    argumentTypes.push_back(toMemRef(argument.getType()));
  }
  size_t numInputs = body.getNumArguments();
  for (size_t i = 0; i < numInputs; ++i)
    bufferOf[body.getArgument(i)] =
        body.addArgument(argumentTypes[i], body.getArgument(i).getLoc());
  for (OpOperand &operand : ret->getOpOperands()) {
    Value source = stripViews(operand.get());
    if (!source.getDefiningOp<KernelOp>() || bufferOf.contains(source))
      return ret.emitError("not supported: result ")
             << operand.getOperandNumber()
             << " must be the result of a kernel of its own";
    Type type = toMemRef(operand.get().getType());
    argumentTypes.push_back(type);
    bufferOf[source] = body.addArgument(type, operand.get().getLoc());
  }
  function->setAttr(KilnDialect::kNumInputsAttrName,
                    builder.getI64IntegerAttr(numInputs));
  ret->setOperands({});
  SmallVector<DictionaryAttr> argumentAttrs;
  for (size_t i = 0; i < argumentTypes.size(); ++i) {
    DictionaryAttr attrs = i < numInputs ? function.getArgAttrDict(i) : nullptr;
    argumentAttrs.push_back(attrs ? attrs : builder.getDictionaryAttr({}));
  }
  function.setType(builder.getFunctionType(argumentTypes, {}));
  function.setAllArgAttrs(argumentAttrs);
  function.removeResAttrsAttr();
  return success();
}

/// Where the dimensions of a kernel's result stand in the output that is a view
/// of it with unit dimensions added or dropped; empty for any other view.
static SmallVector<int64_t> mapToOutput(ArrayRef<int64_t> kernelShape,
                                        ArrayRef<int64_t> outputShape,
                                        ArrayRef<int64_t> dims) {
  SmallVector<int64_t> place;
  size_t next = 0;
  for (int64_t extent : kernelShape) {
    while (next < outputShape.size() && outputShape[next] != extent &&
           outputShape[next] == 1)
      ++next;
    if (next == outputShape.size() || outputShape[next] != extent)
      return {};
    place.push_back(next++);
  }
  return llvm::map_to_vector(dims, [&](int64_t dim) { return place[dim]; });
}

/// The loop over tiles whose number times `extent` is `offset`; a loop of one
/// tile may scale its number, zero, by anything.
static std::optional<unsigned> getTileLoop(Value offset, int64_t extent,
                                           scf::ForallOp forall) {
  Value number = offset;
  AffineExpr symbol = getAffineSymbolExpr(0, offset.getContext());
  AffineExpr scaled = symbol;
  if (auto apply = offset.getDefiningOp<affine::AffineApplyOp>()) {
    AffineMap map = apply.getAffineMap();
    if (map.getNumInputs() != 1)
      return std::nullopt;
    number = apply.getOperand(0);
    scaled = map.getNumDims() == 0
                 ? map.getResult(0)
                 : map.getResult(0).replace(
                       getAffineDimExpr(0, map.getContext()), symbol);
  }
  auto argument = dyn_cast<BlockArgument>(number);
  if (!argument || argument.getOwner() != forall.getBody())
    return std::nullopt;
  unsigned loop = argument.getArgNumber();
  bool isOne = forall.getStaticUpperBound()[loop] == 1 &&
               scaled.replace(
                   symbol, getAffineConstantExpr(0, offset.getContext())) == 0;
  if (!isOne && scaled != symbol * extent)
    return std::nullopt;
  return loop;
}

/// Whether steps of `extent` from `offset` cover a dimension: there is one, or
/// a loop of the block makes them.
static bool coversWhole(Value offset, int64_t extent, int64_t whole) {
  if (isConstantIntValue(offset, 0))
    return extent >= whole;
  auto loop = scf::getForInductionVarOwner(offset);
  return loop && isConstantIntValue(loop.getLowerBound(), 0) &&
         isConstantIntValue(loop.getStep(), extent) &&
         getConstantIntValue(loop.getUpperBound()).value_or(0) >= whole;
}

/// Whether a store happens in every tile, and loops around it, if any, are
/// those that its offsets run in.
static bool isStoredAlways(StoreTileOp store, scf::ForallOp forall) {
  Operation *parent = store->getParentOp();
  for (; parent != forall; parent = parent->getParentOp()) {
    auto loop = dyn_cast<scf::ForOp>(parent);
    if (!loop ||
        !llvm::is_contained(store.getOffsets(), loop.getInductionVar()))
      return false;
  }
  return true;
}

/// How the kernel's result `index` is cut into tiles, as the caller sees it in
/// `output`; null where a tile is not one box of it.
static TilesAttr describeTiles(KernelOp kernel, unsigned index,
                               MemRefType output, scf::ForallOp forall) {
  SmallVector<StoreTileOp> stores;
  for (auto memory : kernel.getBody().front().getOps<OutputOp>())
    if (memory.getIndex() == index)
      for (Operation *user : memory->getUsers()) {
        auto store = dyn_cast<StoreTileOp>(user);
        if (!store || !isStoredAlways(store, forall))
          return {};
        stores.push_back(store);
      }
  if (stores.size() != 1)
    return {};
  StoreTileOp store = stores.front();
  ArrayRef<int64_t> whole =
      cast<RankedTensorType>(kernel.getResult(index).getType()).getShape();
  SmallVector<int64_t> grid(forall.getStaticUpperBound());
  SmallVector<int64_t> shape(grid.size(), 0), dims(grid.size(), 0);
  for (auto [dim, offset] : llvm::enumerate(store.getOffsets())) {
    int64_t extent = store.getTile().getType().getDimSize(dim);
    if (std::optional<unsigned> loop = getTileLoop(offset, extent, forall)) {
      if (shape[*loop] != 0)
        return {};
      shape[*loop] = extent;
      dims[*loop] = dim;
    } else if (!coversWhole(offset, extent, whole[dim])) {
      return {};
    }
  }
  if (llvm::is_contained(shape, 0))
    return {};
  SmallVector<int64_t> placed = mapToOutput(whole, output.getShape(), dims);
  if (placed.size() != dims.size())
    return {};
  auto tiles = TilesAttr::get(kernel.getContext(), grid, shape, placed);
  return tiles.cover(output.getShape()) ? tiles : TilesAttr();
}

/// An entry for each result; null where none has a description.
static ArrayAttr describeTiles(KernelOp kernel, LaunchOp launch,
                               scf::ForallOp forall) {
  SmallVector<Attribute> entries;
  for (auto [index, written] : llvm::enumerate(launch.getWritten())) {
    TilesAttr tiles = describeTiles(
        kernel, index, cast<MemRefType>(written.getType()), forall);
    entries.push_back(tiles ? Attribute(tiles)
                            : UnitAttr::get(kernel.getContext()));
  }
  if (llvm::all_of(entries, llvm::IsaPred<UnitAttr>))
    return {};
  return ArrayAttr::get(kernel.getContext(), entries);
}

LogicalResult Outliner::outlineCompute(KernelOp kernel, gpu::GPUFuncOp outlined,
                                       LaunchOp launch) {
  scf::ForallOp forall;
  for (Operation &op : kernel.getBody().front())
    if (auto found = dyn_cast<scf::ForallOp>(op))
      forall = found;
  if (!forall || !forall.isNormalized() || !forall.getOutputs().empty())
    return kernel.emitOpError("has no loop over tiles; run kiln-tile-to-blocks "
                              "first");
  KernelSchedule schedule = kernel.getScheduleAttr();
  Location loc = kernel.getLoc();
  SmallVector<int64_t> grid(forall.getStaticUpperBound());
  int64_t count = ShapedType::getNumElements(grid);

  // The grid of the launch, and the loop of a block.
  launch.setGridAttr(
      makeGrid(kernel.getContext(), count, schedule.hasPersistentBlocks()));
  launch.setScheduleAttr(schedule);
  if (ArrayAttr tiles = describeTiles(kernel, launch, forall))
    launch.setTilesAttr(tiles);
  if (IntegerAttr flops = kernel.getFlopsAttr())
    launch.setFlopsAttr(flops);

  IRMapping mapping;
  Block &entry = outlined.getBody().front();
  builder.setInsertionPoint(entry.getTerminator());
  unsigned numInputs = kernel.getInputs().size();
  for (auto [index, argument] :
       llvm::enumerate(kernel.getBody().getArguments()))
    mapping.map(argument, entry.getArgument(index));
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (auto output = dyn_cast<OutputOp>(op))
      mapping.map(output.getMemory(),
                  entry.getArgument(numInputs + output.getIndex()));
    else if (!isa<scf::ForallOp, tensor::EmptyOp>(op))
      builder.clone(op, mapping);
  }
  Value tile = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  if (schedule.hasPersistentBlocks()) {
    Value step = gpu::GridDimOp::create(builder, loc, gpu::Dimension::x);
    Value end = arith::ConstantIndexOp::create(builder, loc, count);
    auto loop = scf::ForOp::create(builder, loc, tile, end, step);
    tile = loop.getInductionVar();
    builder.setInsertionPoint(loop.getBody()->getTerminator());
  }
  auto indices =
      affine::AffineDelinearizeIndexOp::create(builder, loc, tile, grid);
  mapping.map(forall.getInductionVars(), indices.getMultiIndex());
  for (Operation &op : forall.getBody()->without_terminator())
    builder.clone(op, mapping);
  return success();
}

LogicalResult Outliner::outline(KernelOp kernel) {
  Location loc = kernel.getLoc();
  if (!kernel.getScheduleAttr())
    return kernel.emitOpError("has no schedule");
  SmallVector<Value> operands(kernel.getInputs());
  llvm::append_range(operands, kernel.getResults());
  SmallVector<Value> buffers;
  SmallVector<Type> types;
  for (Value operand : operands) {
    FailureOr<Value> buffer = getBuffer(operand);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
    types.push_back(toMemRef(operand.getType()));
  }
  int64_t threads = kernel.getScheduleAttr().getThreads();

  if (kernels.lookupSymbol(kernel.getKernelName()))
    return kernel.emitOpError("has the name of another kernel, \"")
           << kernel.getKernelName() << "\"";
  builder.setInsertionPointToEnd(kernels.getBody());
  auto outlined = gpu::GPUFuncOp::create(builder, loc, kernel.getKernelName(),
                                         builder.getFunctionType(types, {}));
  outlined->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  outlined.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  outlined->setAttr(KilnDialect::kScheduleAttrName, kernel.getScheduleAttr());
  if (kernel.getNumResults() > 1)
    outlined->setAttr(KilnDialect::kNumWrittenAttrName,
                      builder.getI64IntegerAttr(kernel.getNumResults()));
  builder.setInsertionPointToEnd(&outlined.getBody().front());
  gpu::ReturnOp::create(builder, loc);

  builder.setInsertionPoint(kernel);
  auto launch = LaunchOp::create(
      builder, loc,
      SymbolRefAttr::get(kernels.getSymNameAttr(),
                         {FlatSymbolRefAttr::get(outlined.getNameAttr())}),
      buffers, makeGrid(builder.getContext(), 1),
      ArrayRef<int64_t>{threads, 1, 1}, /*shared_bytes=*/0, kernel.getRole(),
      KernelSchedule(), ArrayAttr(), IntegerAttr(), kernel.getNumResults());
  return outlineCompute(kernel, outlined, launch);
}

LogicalResult Outliner::run(int64_t &numOutlined) {
  SmallVector<KernelOp> list(function.getOps<KernelOp>());
  if (failed(assignOutputs()))
    return failure();
  for (KernelOp kernel : list) {
    if (failed(outline(kernel)))
      return failure();
    ++numOutlined;
  }
  // Only launches, buffers and the return are left; views and constants die.
  Block &body = function.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body))) {
    if (isa<LaunchOp, memref::AllocOp, memref::GetGlobalOp, func::ReturnOp>(op))
      continue;
    assert(op.use_empty() && "launches take buffers, users go first");
    op.erase();
  }
  size_t numInputs =
      cast<IntegerAttr>(function->getAttr(KilnDialect::kNumInputsAttrName))
          .getInt();
  body.eraseArguments(0, numInputs);
  return success();
}

namespace {
struct OutlineKernels : public kiln::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    gpu::GPUModuleOp kernels;
    for (auto function :
         llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (function.isExternal() || function.getOps<KernelOp>().empty())
        continue;
      // The user may have a function of that name.
      if (!kernels)
        kernels = module.lookupSymbol<gpu::GPUModuleOp>("kernels");
      if (!kernels) {
        OpBuilder detached(module.getContext());
        kernels =
            gpu::GPUModuleOp::create(detached, function.getLoc(), "kernels");
        SymbolTable(module).insert(kernels, module.getBody()->begin());
      }
      int64_t outlined = 0;
      if (failed(Outliner(function, kernels).run(outlined)))
        return signalPassFailure();
      numOutlined += outlined;
    }
    module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                    UnitAttr::get(module.getContext()));
  }
};
} // namespace
