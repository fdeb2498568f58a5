//===- OutlineKernels.cpp - Kernels become functions and a plan -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Views.h"
#include "kiln/Codegen/Passes.h"

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
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static constexpr int64_t kPackThreads = 256;

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
  LogicalResult outlinePack(KernelOp kernel, gpu::GPUFuncOp outlined,
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
  function->setAttr("kiln.num_inputs", builder.getI64IntegerAttr(numInputs));
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

/// The launch-plan description of the tiles; see docs/artifact.md.
static DictionaryAttr describeTiles(OpBuilder &builder, ArrayRef<int64_t> grid,
                                    ArrayRef<int64_t> shape,
                                    ArrayRef<int64_t> dims) {
  int64_t count = ShapedType::getNumElements(grid);
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("count", builder.getI64IntegerAttr(count)),
       builder.getNamedAttr("grid", builder.getDenseI64ArrayAttr(grid)),
       builder.getNamedAttr("shape", builder.getDenseI64ArrayAttr(shape)),
       builder.getNamedAttr("output_dims",
                            builder.getDenseI64ArrayAttr(dims))});
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

LogicalResult Outliner::outlineCompute(KernelOp kernel, gpu::GPUFuncOp outlined,
                                       LaunchOp launch) {
  scf::ForallOp forall;
  for (Operation &op : kernel.getBody().front())
    if (auto found = dyn_cast<scf::ForallOp>(op))
      forall = found;
  if (!forall || !forall.isNormalized())
    return kernel.emitOpError("has no loop over tiles; run kiln-tile-to-blocks "
                              "first");
  ScheduleAttr schedule = kernel.getScheduleAttr();
  Location loc = kernel.getLoc();
  SmallVector<int64_t> grid(forall.getStaticUpperBound());
  int64_t count = ShapedType::getNumElements(grid);
  auto insert = dyn_cast<tensor::ParallelInsertSliceOp>(
      &forall.getTerminator().getBody()->front());
  auto cut = insert ? insert.getSource().getDefiningOp<tensor::ExtractSliceOp>()
                    : nullptr;
  if (!cut || !llvm::hasSingleElement(forall.getTerminator().getYieldingOps()))
    return forall.emitOpError("must insert one cut tile");
  auto tileType = cast<RankedTensorType>(cut.getSource().getType());

  // Which dimension of the result each loop runs over.
  SmallVector<int64_t> tileShape, outputDims;
  for (Value number : forall.getInductionVars())
    for (auto [dim, offset] : llvm::enumerate(insert.getMixedOffsets())) {
      auto value = dyn_cast<Value>(offset);
      if (!value)
        continue;
      Value variable = value;
      if (auto apply = value.getDefiningOp<affine::AffineApplyOp>())
        variable = apply.getOperand(0);
      if (variable == number) {
        tileShape.push_back(tileType.getDimSize(dim));
        outputDims.push_back(dim);
      }
    }
  if (outputDims.size() != grid.size())
    return insert.emitOpError("must place its tile by the loop's variables");

  // The grid of the launch, and the loop of a block.
  std::string blocks = schedule.getPersistent()
                           ? "min(" + std::to_string(count) + ", sm_count)"
                           : std::to_string(count);
  launch.setGridAttr(builder.getStrArrayAttr({blocks, "1", "1"}));
  launch.setScheduleAttr(schedule);
  auto output = cast<MemRefType>(launch.getArguments().back().getType());
  SmallVector<int64_t> placed = mapToOutput(
      cast<RankedTensorType>(kernel.getResult(0).getType()).getShape(),
      output.getShape(), outputDims);
  if (!placed.empty())
    launch.setTilesAttr(describeTiles(builder, grid, tileShape, placed));
  if (auto flops = kernel->getAttrOfType<IntegerAttr>("kiln.flops"))
    launch.setFlopsAttr(flops);

  IRMapping mapping;
  Block &entry = outlined.getBody().front();
  builder.setInsertionPoint(entry.getTerminator());
  for (auto [index, argument] :
       llvm::enumerate(kernel.getBody().getArguments()))
    mapping.map(argument, entry.getArgument(index));
  Value dest = entry.getArgument(entry.getNumArguments() - 1);
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (!isa<scf::ForallOp, tensor::EmptyOp>(op))
      builder.clone(op, mapping);
  Value tile = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  if (schedule.getPersistent()) {
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
    if (&op != cut && !isa<affine::AffineMinOp>(op))
      builder.clone(op, mapping);
  SmallVector<Value> offsets;
  SmallVector<bool> inBounds;
  auto destType = cast<MemRefType>(dest.getType());
  for (auto [dim, offset] : llvm::enumerate(insert.getMixedOffsets())) {
    offsets.push_back(
        isa<Value>(offset)
            ? mapping.lookup(cast<Value>(offset))
            : arith::ConstantIndexOp::create(builder, loc, 0).getResult());
    inBounds.push_back(destType.getDimSize(dim) % tileType.getDimSize(dim) ==
                       0);
  }
  StoreTileOp::create(builder, loc, mapping.lookup(cut.getSource()), dest,
                      offsets, inBounds);
  return success();
}

LogicalResult Outliner::outlinePack(KernelOp kernel, gpu::GPUFuncOp outlined,
                                    LaunchOp launch) {
  auto pack = dyn_cast<PackOp>(&kernel.getBody().front().front());
  if (!pack)
    return kernel.emitOpError("of role \"pack\" must start with kiln.pack");
  Block &entry = outlined.getBody().front();
  builder.setInsertionPoint(entry.getTerminator());
  IRMapping mapping;
  mapping.map(pack.getFilter(), entry.getArgument(0));
  Operation *packed = builder.clone(*pack, mapping);
  Value zero = arith::ConstantIndexOp::create(builder, pack.getLoc(), 0);
  StoreTileOp::create(builder, pack.getLoc(), packed->getResult(0),
                      entry.getArgument(1), ValueRange{zero, zero},
                      ArrayRef<bool>{true, true});
  int64_t blocks = llvm::divideCeil(pack.getPacked().getType().getNumElements(),
                                    kPackThreads);
  launch.setGridAttr(
      builder.getStrArrayAttr({std::to_string(blocks), "1", "1"}));
  return success();
}

LogicalResult Outliner::outline(KernelOp kernel) {
  Location loc = kernel.getLoc();
  bool pack = kernel.getRole() == "pack";
  if (!pack && !kernel.getScheduleAttr())
    return kernel.emitOpError("has no schedule");
  if (kernel.getNumResults() != 1)
    return kernel.emitOpError("not supported: a kernel with ")
           << kernel.getNumResults() << " results";
  SmallVector<Value> operands(kernel.getInputs());
  operands.push_back(kernel.getResult(0));
  SmallVector<Value> buffers;
  SmallVector<Type> types;
  for (Value operand : operands) {
    FailureOr<Value> buffer = getBuffer(operand);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
    types.push_back(toMemRef(operand.getType()));
  }
  int64_t threads = pack ? kPackThreads : kernel.getScheduleAttr().getThreads();

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
  if (ScheduleAttr schedule = kernel.getScheduleAttr())
    outlined->setAttr("kiln.schedule", schedule);
  builder.setInsertionPointToEnd(&outlined.getBody().front());
  gpu::ReturnOp::create(builder, loc);

  builder.setInsertionPoint(kernel);
  auto launch = LaunchOp::create(
      builder, loc,
      SymbolRefAttr::get(kernels.getSymNameAttr(),
                         {FlatSymbolRefAttr::get(outlined.getNameAttr())}),
      buffers, builder.getStrArrayAttr({"1", "1", "1"}),
      ArrayRef<int64_t>{threads, 1, 1}, /*shared_bytes=*/0, kernel.getRole(),
      ScheduleAttr(), DictionaryAttr(), IntegerAttr());
  return pack ? outlinePack(kernel, outlined, launch)
              : outlineCompute(kernel, outlined, launch);
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
    if (!op.use_empty())
      return op.emitOpError("not supported outside of any kernel");
    op.erase();
  }
  size_t numInputs =
      cast<IntegerAttr>(function->getAttr("kiln.num_inputs")).getInt();
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
