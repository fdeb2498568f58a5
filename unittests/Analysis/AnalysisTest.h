//===- AnalysisTest.h - Functions for tests to analyze --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_ANALYSIS_ANALYSISTEST_H
#define KILN_UNITTESTS_ANALYSIS_ANALYSISTEST_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace kiln {

class AnalysisTest : public ::testing::Test {
protected:
  AnalysisTest() {
    context.loadDialect<KilnDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect, mlir::linalg::LinalgDialect,
                        mlir::math::MathDialect, mlir::tensor::TensorDialect>();
  }

  /// The body of the only function in `text`, for as long as no other is
  /// parsed.
  mlir::Block &parse(const std::string &text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      llvm::report_fatal_error("the test's function does not parse");
    return (*module->getOps<mlir::func::FuncOp>().begin()).getBody().front();
  }

  /// The `index`-th linalg op of a body, counted from 0.
  static mlir::linalg::LinalgOp getOp(mlir::Block &body, int index) {
    for (auto op : body.getOps<mlir::linalg::LinalgOp>())
      if (index-- == 0)
        return op;
    llvm::report_fatal_error("no such op");
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace kiln

#endif // KILN_UNITTESTS_ANALYSIS_ANALYSISTEST_H
