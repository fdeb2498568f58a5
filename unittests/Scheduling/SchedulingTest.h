//===- SchedulingTest.h - Kernels for tests to schedule -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_SCHEDULING_SCHEDULINGTEST_H
#define KILN_UNITTESTS_SCHEDULING_SCHEDULINGTEST_H

#include "kiln/Analysis/KernelSpace.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace kiln {

class SchedulingTest : public ::testing::Test {
protected:
  SchedulingTest() {
    context.loadDialect<KilnDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect, mlir::linalg::LinalgDialect,
                        mlir::tensor::TensorDialect>();
  }

  /// An RTX 4090 with this much shared memory a block.
  TargetAttr getTarget(int64_t shared = 101376) {
    std::string text =
        "#kiln.target<name = \"card\", arch = \"sm_89\", sms = 128, "
        "shared_per_block = " +
        std::to_string(shared) +
        ", shared_per_sm = 102400, registers_per_sm = 65536, "
        "registers_per_thread = 255, threads_per_block = 1024, threads_per_sm "
        "= 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, "
        "tf32_gflops = 82600, f16_gflops = 165200>";
    return mlir::cast<TargetAttr>(mlir::parseAttribute(text, &context));
  }

  template <typename AttrT = KernelSchedule>
  AttrT parseSchedule(const std::string &text) {
    return mlir::cast<AttrT>(mlir::parseAttribute(text, &context));
  }

  /// A kernel with the body `ops`, which yields `%r`, for as long as no other
  /// is parsed.
  KernelOp parseKernel(const std::string &types, const std::string &ops,
                       const std::string &result) {
    std::string arguments, names;
    llvm::SmallVector<llvm::StringRef> list;
    llvm::StringRef(types).split(list, ';');
    for (auto [index, type] : llvm::enumerate(list)) {
      std::string comma = index ? ", " : "", number = std::to_string(index);
      arguments += comma + "%a" + number + ": " + type.str();
      names += comma + "%x" + number;
    }
    std::string outer = arguments, joined = types;
    for (size_t at = 0; (at = outer.find("%a", at)) != std::string::npos;)
      outer[at + 1] = 'x';
    for (char &c : joined)
      c = c == ';' ? ',' : c;
    std::string text = "func.func @f(" + outer + ") -> " + result +
                       " {\n%y = kiln.kernel \"f\" (" + names + " : " + joined +
                       ") -> " + result + " {\n^bb0(" + arguments + "):\n" +
                       ops + "\nkiln.yield %r : " + result +
                       "\n}\nreturn %y : " + result + "\n}";
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      llvm::report_fatal_error("the test's kernel does not parse");
    KernelOp found;
    module->walk([&](KernelOp kernel) { found = kernel; });
    return found;
  }

  /// A 3x3 convolution of 64 channels on 64 rows and columns.
  KernelOp parseConv(int64_t filters = 128) {
    std::string f = std::to_string(filters), image = "tensor<8x64x66x66xf32>",
                filter = "tensor<" + f + "x64x3x3xf32>",
                out = "tensor<8x" + f + "x64x64xf32>";
    return parseKernel(image + ";" + filter + ";" + out,
                       "%r = linalg.conv_2d_nchw_fchw ins(%a0, %a1 : " + image +
                           ", " + filter + ") outs(%a2 : " + out + ") -> " +
                           out,
                       out);
  }

  KernelOp parseRowSums() {
    return parseKernel(
        "tensor<640x1000xf32>;tensor<640xf32>",
        "%r = linalg.reduce { arith.addf } ins(%a0 : tensor<640x1000xf32>) "
        "outs(%a1 : tensor<640xf32>) dimensions = [1]",
        "tensor<640xf32>");
  }

  /// The contraction of a kernel.
  ContractionView getView(KernelOp kernel) {
    return *ContractionView::find(kernel.getBody());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace kiln

#endif // KILN_UNITTESTS_SCHEDULING_SCHEDULINGTEST_H
