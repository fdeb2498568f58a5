//===- GpuReferenceTest.cpp - The reference on a GPU, as a library --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTest.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Reference/GpuReference.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace kiln::test;

namespace {

struct GpuReference : testing::Test {
  GpuReference() {
    DialectRegistry registry;
    registry
        .insert<kiln::KilnDialect, affine::AffineDialect, arith::ArithDialect,
                cf::ControlFlowDialect, func::FuncDialect, gpu::GPUDialect,
                LLVM::LLVMDialect, NVVM::NVVMDialect, linalg::LinalgDialect,
                math::MathDialect, scf::SCFDialect, tensor::TensorDialect>();
    kiln::registerReferenceDialects(registry);
    context.appendDialectRegistry(registry);
    context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
      messages += diagnostic.str() + "\n";
      sawError |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
      return success();
    });
  }

  LogicalResult build(const std::string &source, StringRef entry = "") {
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(source, &context);
    EXPECT_TRUE(module) << messages;
    return kiln::buildGpuReference(*module, entry, "tf32", result);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> result;
  std::string messages;
  bool sawError = false;
};

} // namespace

TEST_F(GpuReference, GivesALaunchPlan) {
  ASSERT_TRUE(
      succeeded(build(elementwise("f16", "%y = arith.addf %a, %b : f16", 300))))
      << messages;
  int launches = 0, kernels = 0;
  result->walk([&](kiln::LaunchOp launch) {
    ++launches;
    EXPECT_EQ(launch.getGridSize(0).getSingleConstantResult(), 2);
    EXPECT_EQ(launch.getArguments().size(), 3u);
  });
  result->walk([&](LLVM::LLVMFuncOp kernel) {
    ++kernels;
    EXPECT_TRUE(kernel->hasAttr("nvvm.kernel"));
  });
  EXPECT_EQ(launches, 1);
  EXPECT_EQ(kernels, 1);
  EXPECT_EQ(kiln::getWorkspaceBytes(*result), 0);
}

TEST_F(GpuReference, WarnsOfWhatItCannotCompute) {
  EXPECT_TRUE(failed(build(elementwise("f32", "%y = math.sin %a : f32"))));
  EXPECT_FALSE(sawError);
  EXPECT_NE(messages.find("no reference on a GPU: 'math.sin'"),
            std::string::npos)
      << messages;
  EXPECT_FALSE(result);
}

TEST_F(GpuReference, NeedsTheEntry) {
  EXPECT_TRUE(
      failed(build(elementwise("f32", "%y = arith.addf %a, %b : f32"), "g")));
  EXPECT_NE(messages.find("no function 'g'"), std::string::npos) << messages;
}
