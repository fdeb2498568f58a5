//===- BuildBody.cpp - Compiles regions to straight-line code -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

using namespace mlir;
using namespace kiln::reference;

int ProgramBuilder::emit(Body &body, Instruction instruction) {
  instruction.result = body.numRegisters++;
  body.code.push_back(std::move(instruction));
  return body.code.back().result;
}

FailureOr<int> ProgramBuilder::getRegister(Body &body, mlir::Value value) {
  if (auto it = registers.find(value); it != registers.end())
    return it->second;
  FailureOr<int> result = failure();
  if (Operation *op = value.getDefiningOp()) {
    result = compile(body, op);
  } else if (value.getParentBlock() == &function.front()) {
    FailureOr<int> node = getNode(value);
    if (failed(node))
      return failure();
    Instruction load{Opcode::Node, program.nodes[*node].type, {}};
    load.immediate = *node;
    result = emit(body, std::move(load));
  } else {
    emitError(value.getLoc())
        << "the reference cannot evaluate this block argument";
  }
  if (succeeded(result))
    registers[value] = *result;
  return result;
}

FailureOr<int> ProgramBuilder::compile(Body &body, Operation *op) {
  auto unsupported = [&]() -> FailureOr<int> {
    return op->emitOpError("cannot be evaluated by the reference within a "
                           "body; it takes arith and math ops on scalars, "
                           "linalg.index and tensor.extract");
  };
  if (op->getNumResults() != 1)
    return unsupported();
  std::optional<ElementType> type =
      ElementType::get(op->getResult(0).getType());
  if (!type)
    return unsupported();
  Instruction instruction{Opcode::Constant, *type, *type};
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto number = dyn_cast<FloatAttr>(constant.getValue()))
      instruction.constant = Value::exact(number.getValueAsDouble());
    else if (auto integer = dyn_cast<IntegerAttr>(constant.getValue()))
      instruction.constant = Value::integral(
          signExtend(integer.getValue().getZExtValue(), type->width));
    else
      return unsupported();
    return emit(body, std::move(instruction));
  }
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    instruction.code = Opcode::LoopIndex;
    instruction.immediate = index.getDim();
    return emit(body, std::move(instruction));
  }
  auto operands = op->getOperands();
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    FailureOr<int> node = getNode(extract.getTensor());
    if (failed(node))
      return failure();
    instruction.code = Opcode::Node;
    instruction.immediate = *node;
    operands = extract.getIndices();
  } else if (std::optional<Opcode> code =
                 getOpcode(op->getName().getStringRef())) {
    instruction.code = *code;
    std::optional<ElementType> from =
        ElementType::get(op->getOperand(0).getType());
    if (!from)
      return unsupported();
    instruction.from = *from;
    if (auto compare = dyn_cast<arith::CmpFOp>(op))
      instruction.immediate = int64_t(compare.getPredicate());
    if (auto compare = dyn_cast<arith::CmpIOp>(op))
      instruction.immediate = int64_t(compare.getPredicate());
  } else {
    return unsupported();
  }
  for (mlir::Value operand : operands) {
    FailureOr<int> source = getRegister(body, operand);
    if (failed(source))
      return failure();
    instruction.operands.push_back(*source);
  }
  return emit(body, std::move(instruction));
}
