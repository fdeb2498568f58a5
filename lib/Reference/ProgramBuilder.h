//===- ProgramBuilder.h - Builds the graph of elements -------------------*- C++
//-*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_PROGRAMBUILDER_H
#define KILN_LIB_REFERENCE_PROGRAMBUILDER_H

#include "Program.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln::reference {

class ProgramBuilder {
public:
  ProgramBuilder(mlir::func::FuncOp function, Precision precision)
      : function(function), precision(precision) {}

  mlir::FailureOr<Program> build();

private:
  /// Node of a tensor or of a scalar argument.
  mlir::FailureOr<int> getNode(mlir::Value value);
  mlir::LogicalResult buildDefinition(mlir::Operation *op,
                                      mlir::OpResult result, Node &node);
  mlir::LogicalResult buildStructured(mlir::linalg::LinalgOp op,
                                      mlir::OpResult result, Node &node);
  mlir::LogicalResult buildConstant(mlir::arith::ConstantOp op, Node &node);
  mlir::LogicalResult buildPad(mlir::tensor::PadOp op, Node &node);
  mlir::LogicalResult buildSlice(mlir::tensor::ExtractSliceOp op, Node &node);
  mlir::LogicalResult setType(Node &node, mlir::Value value);

  /// Register that holds `value` in `body`, compiling what defines it.
  mlir::FailureOr<int> getRegister(Body &body, mlir::Value value);
  mlir::FailureOr<int> compile(Body &body, mlir::Operation *op);
  int emit(Body &body, Instruction instruction);

  mlir::func::FuncOp function;
  Precision precision;
  Program program;
  llvm::DenseMap<mlir::Value, int> nodes;
  llvm::DenseMap<mlir::Operation *, std::shared_ptr<Structured>> structured;
  /// Registers of the body in the making.
  llvm::DenseMap<mlir::Value, int> registers;
};

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_PROGRAMBUILDER_H
