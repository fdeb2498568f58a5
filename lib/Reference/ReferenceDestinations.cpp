//===- ReferenceDestinations.cpp - Results in the caller's buffers --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Reference/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace kiln {
#define GEN_PASS_DEF_KILNREFERENCEDESTINATIONS
#include "kiln/Reference/Passes.h.inc"
} // namespace kiln

using namespace mlir;

namespace {

struct ReferenceDestinations
    : kiln::impl::KilnReferenceDestinationsBase<ReferenceDestinations> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    auto getBuffer = [&](Type type) -> MemRefType {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (tensor && tensor.hasStaticShape())
        return MemRefType::get(tensor.getShape(), tensor.getElementType());
      function.emitError("the reference on a GPU takes and gives tensors of "
                         "static shape, not ")
          << type;
      return {};
    };
    Block &block = function.front();
    OpBuilder builder = OpBuilder::atBlockBegin(&block);
    unsigned numInputs = function.getNumArguments();
    for (BlockArgument argument : function.getArguments()) {
      Type tensor = argument.getType();
      MemRefType buffer = getBuffer(tensor);
      if (!buffer)
        return signalPassFailure();
      argument.setType(buffer);
      auto read = bufferization::ToTensorOp::create(
          builder, argument.getLoc(), tensor, argument, /*restrict=*/true);
      argument.replaceAllUsesExcept(read, read);
    }
    Operation *terminator = block.getTerminator();
    builder.setInsertionPoint(terminator);
    for (Value result : terminator->getOperands()) {
      MemRefType buffer = getBuffer(result.getType());
      if (!buffer)
        return signalPassFailure();
      BlockArgument destination = block.addArgument(buffer, result.getLoc());
      bufferization::MaterializeInDestinationOp::create(
          builder, result.getLoc(), Type(), result, destination,
          /*restrict=*/true, /*writable=*/true);
    }
    terminator->setOperands({});
    function.setAllArgAttrs(ArrayRef<DictionaryAttr>());
    function.setAllResultAttrs(ArrayRef<DictionaryAttr>());
    function.setFunctionType(
        builder.getFunctionType(block.getArgumentTypes(), {}));
    function->setAttr(kiln::KilnDialect::kNumInputsAttrName,
                      builder.getI64IntegerAttr(numInputs));
  }
};

} // namespace
