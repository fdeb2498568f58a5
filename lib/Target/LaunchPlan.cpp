//===- LaunchPlan.cpp - Reading the entry function at level 4 -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/LaunchPlan.h"

#include "kiln/Machine/Targets.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace kiln;

namespace {
/// Constants start at multiples of this, as allocations of the driver do.
constexpr int64_t kConstantAlignment = 256;

class PlanReader {
public:
  explicit PlanReader(ModuleOp module) : module(module) {}

  FailureOr<LaunchPlan> read() {
    plan.target = getTarget(module);
    if (!plan.target)
      return module.emitError("the launch plan has no 'kiln.target'");
    if (!plan.target.runsKernels())
      return module.emitError("target '")
             << plan.target.getName() << "' is " << plan.target.getArch()
             << ", which cannot run kernels for sm_89";
    func::FuncOp entry = findEntry();
    if (!entry || failed(readSignature(entry)))
      return failure();
    if (!entry.getBody().hasOneBlock())
      return entry.emitError("a launch plan has one block");
    for (Operation &op : entry.getBody().front())
      if (failed(readOp(op)))
        return failure();
    if (plan.kernels.empty())
      return entry.emitError("the launch plan launches no kernel");
    computeDependencies();
    return std::move(plan);
  }

private:
  func::FuncOp findEntry() {
    func::FuncOp entry;
    for (auto func : module.getOps<func::FuncOp>()) {
      if (!func->hasAttr(KilnDialect::kNumInputsAttrName))
        continue;
      if (entry) {
        func.emitError("a second function with 'kiln.num_inputs'");
        return {};
      }
      entry = func;
    }
    if (!entry)
      module.emitError("no function with 'kiln.num_inputs': not a launch plan");
    return entry;
  }

  static FailureOr<int64_t> getBytes(Operation *op, Type type) {
    auto memref = dyn_cast<MemRefType>(type);
    if (!memref || !memref.hasStaticShape() ||
        !memref.getLayout().isIdentity() ||
        !memref.getElementType().isIntOrFloat())
      return op->emitError("buffers are memrefs of static shape without a "
                           "layout map, not ")
             << type;
    int64_t width = memref.getElementType().getIntOrFloatBitWidth();
    return memref.getNumElements() *
           static_cast<int64_t>(llvm::divideCeil(width, 8));
  }

  FailureOr<TensorInfo> describe(func::FuncOp entry, int64_t index,
                                 std::string name) {
    auto type = cast<MemRefType>(entry.getArgumentTypes()[index]);
    TensorInfo info;
    info.name = std::move(name);
    llvm::raw_string_ostream(info.type) << type.getElementType();
    static constexpr StringLiteral kTypes[] = {"f32", "f16", "bf16", "f64",
                                               "i64", "i32", "i1"};
    if (!llvm::is_contained(kTypes, info.type))
      return entry.emitError("argument ")
             << index << " has elements of type " << info.type
             << "; supported are f32, f16, bf16, f64, i64, i32 and i1";
    info.shape = type.getShape().vec();
    if (auto fanIn = entry.getArgAttrOfType<IntegerAttr>(
            index, KilnDialect::kFanInAttrName))
      info.fanIn = fanIn.getInt();
    if (auto domain = entry.getArgAttrOfType<DomainAttr>(
            index, KilnDialect::kDomainAttrName))
      info.domain = domain.getValue();
    return info;
  }

  LogicalResult readSignature(func::FuncOp entry) {
    plan.entry = entry.getName().str();
    int64_t arguments = entry.getNumArguments();
    int64_t numInputs =
        entry->getAttrOfType<IntegerAttr>(KilnDialect::kNumInputsAttrName)
            .getInt();
    for (int64_t index = 0; index < arguments; ++index) {
      FailureOr<int64_t> bytes =
          getBytes(entry, entry.getArgumentTypes()[index]);
      if (failed(bytes))
        return failure();
      bool isInput = index < numInputs;
      int64_t number = isInput ? index : index - numInputs;
      FailureOr<TensorInfo> info = describe(
          entry, index, (isInput ? "arg" : "result") + std::to_string(number));
      if (failed(info))
        return failure();
      (isInput ? plan.inputs : plan.outputs).push_back(std::move(*info));
      BufferInfo buffer;
      buffer.kind =
          isInput ? BufferInfo::Kind::Input : BufferInfo::Kind::Output;
      buffer.index = number;
      buffer.bytes = *bytes;
      addBuffer(entry.getArgument(index), buffer);
    }
    return success();
  }

  void addBuffer(Value value, const BufferInfo &buffer) {
    buffers[value] = plan.buffers.size();
    plan.buffers.push_back(buffer);
  }

  LogicalResult readOp(Operation &op) {
    if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
      FailureOr<int64_t> bytes = getBytes(&op, alloc.getType());
      if (failed(bytes))
        return failure();
      BufferInfo buffer;
      buffer.kind = BufferInfo::Kind::Workspace;
      buffer.bytes = *bytes;
      addBuffer(alloc, buffer);
      return success();
    }
    if (auto get = dyn_cast<memref::GetGlobalOp>(op))
      return readConstant(get);
    if (auto launch = dyn_cast<LaunchOp>(op))
      return readLaunch(launch);
    if (isa<memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp>(
            op)) {
      // Another view of the same bytes.
      auto source = buffers.find(op.getOperand(0));
      assert(source != buffers.end() && "what gives a memref is a buffer");
      buffers[op.getResult(0)] = source->second;
      return success();
    }
    if (isa<arith::ConstantOp, memref::DeallocOp, func::ReturnOp>(op))
      return success();
    return op.emitError("'")
           << op.getName() << "' has no place in a launch plan";
  }

  LogicalResult readConstant(memref::GetGlobalOp get) {
    auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
        get, get.getNameAttr());
    FailureOr<int64_t> bytes = getBytes(get, get.getType());
    if (failed(bytes))
      return failure();
    auto data =
        global ? dyn_cast_or_null<ElementsAttr>(global.getInitialValueAttr())
               : ElementsAttr();
    if (!data)
      return get.emitError("the constant '")
             << get.getName() << "' has no value";
    auto [known, isNew] =
        constants.try_emplace(get.getNameAttr().getAttr(), plan.buffers.size());
    if (!isNew) {
      buffers[get] = known->second;
      return success();
    }
    plan.constants.resize(
        llvm::alignTo(plan.constants.size(), uint64_t(kConstantAlignment)));
    BufferInfo buffer;
    buffer.kind = BufferInfo::Kind::Constant;
    buffer.offset = plan.constants.size();
    buffer.bytes = *bytes;
    if (failed(appendBytes(get, data)))
      return failure();
    if (int64_t size = plan.constants.size() - buffer.offset; size != *bytes)
      return get.emitError("the constant '")
             << get.getName() << "' has " << size << " bytes of data, its type "
             << "needs " << *bytes;
    addBuffer(get, buffer);
    return success();
  }

  /// Little-endian, one byte for an i1.
  LogicalResult appendBytes(Operation *op, ElementsAttr data) {
    auto append = [&](const llvm::APInt &bits) {
      for (unsigned bit = 0; bit < bits.getBitWidth(); bit += 8) {
        unsigned width = std::min(8u, bits.getBitWidth() - bit);
        plan.constants.push_back(
            static_cast<char>(bits.extractBitsAsZExtValue(width, bit)));
      }
    };
    if (auto dense = dyn_cast<DenseElementsAttr>(data);
        dense && !dense.isSplat() &&
        dense.getElementType().getIntOrFloatBitWidth() % 8 == 0) {
      plan.constants.append(dense.getRawData().begin(),
                            dense.getRawData().end());
      return success();
    }
    if (auto values = data.tryGetValues<llvm::APInt>()) {
      llvm::for_each(*values, append);
      return success();
    }
    if (auto values = data.tryGetValues<llvm::APFloat>()) {
      for (const llvm::APFloat &value : *values)
        append(value.bitcastToAPInt());
      return success();
    }
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(data)) {
      AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      if (!blob)
        return op->emitError("the data of the constant's resource '")
               << resource.getRawHandle().getKey()
               << "' is missing; it must stand in dialect_resources of the "
                  "input";
      plan.constants.append(blob->getData().begin(), blob->getData().end());
      return success();
    }
    return op->emitError("cannot read a constant of type ") << data.getType();
  }

  LogicalResult readLaunch(LaunchOp launch) {
    KernelInfo kernel;
    kernel.name = launch.getKernel().getLeafReference().str();
    kernel.role = launch.getRole();
    for (unsigned dim = 0; dim < 3; ++dim)
      kernel.grid.push_back(launch.getGridSize(dim));
    kernel.block = launch.getBlock().vec();
    kernel.dynamicSharedBytes = launch.getSharedBytes();
    if (kernel.dynamicSharedBytes > plan.target.getSharedPerBlock())
      return launch.emitError("needs ")
             << kernel.dynamicSharedBytes << " bytes of shared memory; a block "
             << "on " << plan.target.getName() << " has "
             << plan.target.getSharedPerBlock();
    kernel.flops = launch.getFlops().value_or(0);
    if (auto schedule = launch.getScheduleAttr())
      kernel.schedule = schedule;
    Operation *callee =
        SymbolTable::lookupNearestSymbolFrom(launch, launch.getKernel());
    auto function = dyn_cast_or_null<FunctionOpInterface>(callee);
    if (!function)
      return launch.emitError("there is no kernel ") << launch.getKernel();
    if (function.getNumArguments() != launch.getArguments().size())
      return launch.emitError("passes ")
             << launch.getArguments().size() << " arguments to a kernel that "
             << "takes " << function.getNumArguments();
    llvm::SmallBitVector counted(plan.buffers.size());
    for (Value argument : launch.getArguments())
      if (failed(readArgument(launch, argument, kernel, counted)))
        return failure();
    written.emplace_back();
    kernel.numWritten = launch.getNumWritten();
    for (auto [index, argument] : llvm::enumerate(launch.getWritten())) {
      auto buffer = buffers.find(argument);
      if (buffer == buffers.end())
        return launch.emitError("writes its last ")
               << kernel.numWritten << " arguments; one of them, of type "
               << argument.getType() << ", is no buffer";
      written.back().push_back(buffer->second);
      if (TilesAttr tiles = launch.getTilesOf(index))
        kernel.tiles.push_back({buffer->second, tiles});
    }
    plan.kernels.push_back(std::move(kernel));
    return success();
  }

  LogicalResult readArgument(LaunchOp launch, Value argument,
                             KernelInfo &kernel,
                             llvm::SmallBitVector &counted) {
    if (auto buffer = buffers.find(argument); buffer != buffers.end()) {
      kernel.arguments.push_back(BufferArgument{buffer->second});
      if (!counted.test(buffer->second))
        kernel.bytes += plan.buffers[buffer->second].bytes;
      counted.set(buffer->second);
      return success();
    }
    Attribute value;
    if (matchPattern(argument, m_Constant(&value))) {
      if (auto integer = dyn_cast<IntegerAttr>(value)) {
        int64_t number = integer.getInt();
        if (integer.getType().isInteger(32))
          kernel.arguments.push_back(static_cast<int32_t>(number));
        else
          kernel.arguments.push_back(number);
        return success();
      }
      if (auto number = dyn_cast<FloatAttr>(value);
          number && number.getType().isF32()) {
        kernel.arguments.push_back(number.getValue().convertToFloat());
        return success();
      }
    }
    return launch.emitError("an argument of type ")
           << argument.getType()
           << " is neither a buffer of the plan nor an i32, i64 or f32 "
              "constant";
  }

  /// What a kernel writes depends on all that it gets, and so do the buffers
  /// that it writes. A buffer that two kernels write holds what either wrote in
  /// the run before, so that launch order does not bound this: it is repeated
  /// until nothing changes.
  void computeDependencies() {
    unsigned numInputs = plan.inputs.size();
    SmallVector<llvm::SmallBitVector> inputsOf(plan.buffers.size(),
                                               llvm::SmallBitVector(numInputs));
    for (auto [buffer, inputs] : llvm::zip(plan.buffers, inputsOf))
      if (buffer.kind == BufferInfo::Kind::Input)
        inputs.set(buffer.index);
    bool changed = true;
    while (changed) {
      changed = false;
      for (auto [kernel, buffers] : llvm::zip(plan.kernels, written)) {
        llvm::SmallBitVector inputs(numInputs);
        for (const KernelArgument &argument : kernel.arguments)
          if (auto *buffer = std::get_if<BufferArgument>(&argument))
            inputs |= inputsOf[buffer->buffer];
        kernel.dependsOn.assign(inputs.set_bits_begin(), inputs.set_bits_end());
        for (int64_t buffer : buffers) {
          changed |= inputs != inputsOf[buffer];
          inputsOf[buffer] = inputs;
        }
      }
    }
  }

  ModuleOp module;
  LaunchPlan plan;
  llvm::DenseMap<Value, int64_t> buffers;
  SmallVector<SmallVector<int64_t>> written; // buffers, by kernel
  llvm::DenseMap<StringAttr, int64_t> constants;
};
} // namespace

FailureOr<LaunchPlan> kiln::readLaunchPlan(ModuleOp module) {
  return PlanReader(module).read();
}

void LaunchPlan::setUsage(const AssembledKernels &code) {
  for (KernelInfo &kernel : kernels) {
    const KernelUsage *usage = code.find(kernel.name);
    if (!usage)
      continue;
    kernel.usage = *usage;
    BlockResources block;
    block.threads = kernel.block[0] * kernel.block[1] * kernel.block[2];
    block.registersPerThread = usage->registers;
    block.sharedBytes = usage->staticShared + kernel.dynamicSharedBytes;
    kernel.occupancy = computeOccupancy(target, block);
  }
}

void LaunchPlan::appendConstants(LaunchPlan &other) {
  if (other.constants.empty())
    return;
  constants.resize(
      llvm::alignTo(constants.size(), uint64_t(kConstantAlignment)));
  for (BufferInfo &buffer : other.buffers)
    if (buffer.kind == BufferInfo::Kind::Constant)
      buffer.offset += constants.size();
  constants += other.constants;
  other.constants.clear();
}
