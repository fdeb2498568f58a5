//===- IsolateKernels.cpp - kiln-isolate-kernels --------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Embedding/Passes.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

namespace kiln {
#define GEN_PASS_DEF_ISOLATEKERNELS
#include "kiln/Embedding/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// Reshapes move no data.
bool isReshape(Operation *op) {
  return isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op) &&
         cast<RankedTensorType>(op->getResult(0).getType()).hasStaticShape();
}

/// Whether `value` is a constant or a reshape of one; adds the ops that make it
/// to `chain`, in order.
bool isConstant(Value value, llvm::SetVector<Operation *> &chain) {
  Operation *op = value.getDefiningOp();
  if (!op || !isa<RankedTensorType>(value.getType()))
    return false;
  if (!op->hasTrait<OpTrait::ConstantLike>() &&
      !(isReshape(op) && isConstant(op->getOperand(0), chain)))
    return false;
  chain.insert(op);
  return true;
}

bool isSupportedElement(Type type) {
  return type.isF32() || type.isF16() || type.isBF16() || type.isF64() ||
         type.isSignlessInteger(64) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(1);
}

LogicalResult checkTypes(KernelOp kernel) {
  auto check = [&](Type type, StringRef what, unsigned number) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape() || tensor.getEncoding())
      return LogicalResult(kernel.emitOpError()
                           << what << " #" << number << " of type " << type
                           << " cannot be passed to a kernel launch; "
                              "expected a tensor of static shape");
    if (!isSupportedElement(tensor.getElementType()))
      return LogicalResult(
          kernel.emitOpError()
          << what << " #" << number << " has elements of type "
          << tensor.getElementType()
          << "; supported are f32, f16, bf16, f64, i64, i32 and i1");
    return success();
  };
  for (auto [index, type] : llvm::enumerate(kernel.getInputs().getTypes()))
    if (failed(check(type, "operand", index)))
      return failure();
  for (auto [index, type] : llvm::enumerate(kernel.getResultTypes()))
    if (failed(check(type, "result", index)))
      return failure();
  return success();
}

MemRefType toMemRef(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

class Isolator {
public:
  Isolator(ModuleOp host, ModuleOp isolated)
      : symbols(host), isolated(isolated) {}

  void isolate(KernelOp kernel);

private:
  std::string makeKernelName(StringRef wanted) {
    std::string name = wanted.str();
    for (int64_t i = 0; !names.insert(name).second; ++i)
      name = (wanted + "_" + Twine(i)).str();
    return name;
  }
  void callInstead(KernelOp kernel, func::FuncOp declaration,
                   ArrayRef<Value> inputs, ArrayRef<Value> results);

  SymbolTable symbols;
  ModuleOp isolated;
  llvm::StringSet<> names;
};

} // namespace

void Isolator::isolate(KernelOp kernel) {
  Location loc = kernel.getLoc();
  // What becomes an argument; constants move with the kernel.
  SmallVector<Value> inputs;
  llvm::SetVector<Operation *> moved;
  for (Value input : kernel.getInputs())
    if (!isConstant(input, moved))
      inputs.push_back(input);
  // A result that is only reshaped leaves the kernel in its last shape: the
  // function may return it, and a copy into an out argument would be the
  // host's.
  SmallVector<Value> results(kernel.getResults());
  SmallVector<Operation *> reshapes;
  for (Value &result : results)
    while (result.hasOneUse() && isReshape(*result.user_begin())) {
      reshapes.push_back(*result.user_begin());
      result = reshapes.back()->getResult(0);
    }

  SmallVector<Type> buffers;
  for (Value value : llvm::concat<Value>(inputs, results))
    buffers.push_back(toMemRef(value.getType()));
  std::string name = makeKernelName(kernel.getKernelName());
  OpBuilder builder(kernel.getContext());
  auto declaration = func::FuncOp::create(builder, loc, name + "_launch",
                                          builder.getFunctionType(buffers, {}));
  declaration.setPrivate();
  symbols.insert(declaration);

  builder.setInsertionPointToEnd(isolated.getBody());
  auto function = func::FuncOp::create(
      builder, loc, declaration.getName(),
      builder.getFunctionType(TypeRange(ValueRange(inputs)),
                              TypeRange(ValueRange(results))));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(inputs, body->getArguments());
  for (Operation *op : moved)
    builder.clone(*op, mapping);
  auto clone = cast<KernelOp>(builder.clone(*kernel, mapping));
  clone.setKernelName(name);
  for (Operation *op : reshapes)
    builder.clone(*op, mapping);
  SmallVector<Value> returned;
  for (Value result : results)
    returned.push_back(mapping.lookup(result));
  func::ReturnOp::create(builder, loc, returned);

  callInstead(kernel, declaration, inputs, results);
  for (Operation *op : llvm::reverse(reshapes))
    op->erase();
  kernel.erase();
  for (Operation *op : llvm::reverse(moved))
    if (isOpTriviallyDead(op))
      op->erase();
}

void Isolator::callInstead(KernelOp kernel, func::FuncOp declaration,
                           ArrayRef<Value> inputs, ArrayRef<Value> results) {
  Location loc = kernel.getLoc();
  OpBuilder builder(kernel);
  SmallVector<Value> arguments;
  for (Value input : inputs)
    arguments.push_back(bufferization::ToBufferOp::create(
        builder, loc, toMemRef(input.getType()), input, /*read_only=*/true));
  for (Value result : results) {
    Value memory = bufferization::AllocTensorOp::create(
        builder, loc, cast<RankedTensorType>(result.getType()), ValueRange());
    arguments.push_back(bufferization::ToBufferOp::create(
        builder, loc, toMemRef(result.getType()), memory,
        /*read_only=*/false));
  }
  func::CallOp::create(builder, loc, declaration, arguments);
  for (auto &&[result, buffer] :
       llvm::zip(results, ArrayRef(arguments).drop_front(inputs.size()))) {
    Value value = bufferization::ToTensorOp::create(
        builder, loc, result.getType(), buffer, /*restrict=*/true,
        /*writable=*/true);
    Value(result).replaceAllUsesWith(value);
  }
}

namespace {
struct IsolateKernels : kiln::impl::IsolateKernelsBase<IsolateKernels> {
  void runOnOperation() override {
    ModuleOp host = getOperation();
    SmallVector<KernelOp> kernels;
    host.walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    if (kernels.empty()) {
      host.emitError("nothing to embed: there is no 'kiln.kernel', and no "
                     "function is marked 'kiln.embed' or named in the options");
      return signalPassFailure();
    }
    for (KernelOp kernel : kernels) {
      if (kernel->getParentWithTrait<OpTrait::SymbolTable>() != host) {
        kernel.emitOpError("stands in a symbol table of its own; embed into "
                           "that module, not the one around it");
        return signalPassFailure();
      }
      if (failed(checkTypes(kernel)))
        return signalPassFailure();
    }
    OpBuilder builder = OpBuilder::atBlockEnd(host.getBody());
    ModuleOp isolated = ModuleOp::create(builder, host.getLoc());
    isolated->setAttr(KilnDialect::kIsolatedAttrName,
                      UnitAttr::get(&getContext()));
    Isolator isolator(host, isolated);
    for (KernelOp kernel : kernels) {
      isolator.isolate(kernel);
      ++numIsolated;
    }
    // Behind the declarations, which the symbol table puts last.
    isolated->moveBefore(host.getBody(), host.getBody()->end());
  }
};
} // namespace
