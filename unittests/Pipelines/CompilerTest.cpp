//===- CompilerTest.cpp - The driver as a library -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Compiler.h"
#include "kiln/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gtest/gtest.h"

#include <thread>

using namespace mlir;

namespace {
struct Outcome {
  std::optional<kiln::Artifact> artifact;
  std::vector<std::string> errors;
};

/// Compiles in a context of its own, as a thread of a host would.
Outcome compileText(StringRef source, const kiln::CompileOptions &options) {
  Outcome outcome;
  DialectRegistry registry;
  kiln::registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      outcome.errors.push_back(diagnostic.str());
  });
  // A host may hand over what no verifier has seen.
  auto module = parseSourceString<ModuleOp>(
      source, ParserConfig(&context, /*verifyAfterParse=*/false));
  if (!module)
    return outcome;
  FailureOr<kiln::Artifact> artifact = kiln::compile(*module, options);
  if (succeeded(artifact))
    outcome.artifact = std::move(*artifact);
  return outcome;
}

kiln::CompileOptions planOptions() {
  kiln::CompileOptions options;
  options.from = kiln::Level::LaunchPlan;
  options.withCubin = false;
  return options;
}

std::string readPlan() {
  auto buffer = llvm::MemoryBuffer::getFile(KILN_LAUNCH_PLAN);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

TEST(CompilerTest, MakesTheFilesOfAnArtifact) {
  Outcome outcome = compileText(readPlan(), planOptions());
  ASSERT_TRUE(outcome.artifact) << testing::PrintToString(outcome.errors);
  EXPECT_EQ(outcome.artifact->files.front().name, "artifact.json");
  for (StringRef name : {"kernels.ptx", "kernels.bc", "constants.bin"})
    EXPECT_TRUE(outcome.artifact->find(name)) << name.str();
  EXPECT_FALSE(outcome.artifact->find("kernels.cubin"));
}

TEST(CompilerTest, ThreadsCompileAtOnceAndAlike) {
  std::string source = readPlan();
  std::vector<Outcome> outcomes(4);
  std::vector<std::thread> threads;
  for (Outcome &outcome : outcomes)
    threads.emplace_back([&] { outcome = compileText(source, planOptions()); });
  for (std::thread &thread : threads)
    thread.join();
  for (const Outcome &outcome : outcomes) {
    ASSERT_TRUE(outcome.artifact);
    ASSERT_EQ(outcome.artifact->files.size(),
              outcomes.front().artifact->files.size());
    for (auto [file, first] :
         llvm::zip(outcome.artifact->files, outcomes.front().artifact->files)) {
      EXPECT_EQ(file.name, first.name);
      EXPECT_EQ(file.data, first.data) << file.name;
    }
  }
}

TEST(CompilerTest, ErrorsReachTheHandler) {
  kiln::CompileOptions options = planOptions();
  options.target = "abacus";
  Outcome outcome = compileText(readPlan(), options);
  EXPECT_FALSE(outcome.artifact);
  ASSERT_EQ(outcome.errors.size(), 1u);
  EXPECT_EQ(outcome.errors.front().find(
                "unknown target 'abacus'; known are rtx4090, h100, h200"),
            0u);
}

TEST(CompilerTest, AnInvalidModuleIsRefused) {
  for (bool withReference : {false, true}) {
    kiln::CompileOptions options;
    options.withReference = withReference;
    options.withCubin = false;
    Outcome outcome = compileText(R"mlir(
      func.func @f(%image: tensor<1x4x8x8xf32>, %filter: tensor<8x5x3x3xf32>,
                   %init: tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32> {
        %0 = linalg.conv_2d_nchw_fchw
          ins(%image, %filter : tensor<1x4x8x8xf32>, tensor<8x5x3x3xf32>)
          outs(%init : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
        return %0 : tensor<1x8x6x6xf32>
      })mlir",
                                  options);
    EXPECT_FALSE(outcome.artifact);
    ASSERT_EQ(outcome.errors.size(), 1u);
    EXPECT_NE(outcome.errors.front().find("inferred input/output operand #1"),
              std::string::npos);
  }
}

TEST(CompilerTest, LLVMNeverSeesWhatItWouldAbortOn) {
  Outcome outcome = compileText(R"(
    gpu.module @kernels {
      gpu.func @f(%p: !llvm.ptr<1>) kernel {
        %x = llvm.load %p : !llvm.ptr<1> -> f64
        %y = math.exp %x : f64
        llvm.store %y, %p : f64, !llvm.ptr<1>
        gpu.return
      }
    })",
                                planOptions());
  EXPECT_FALSE(outcome.artifact);
  ASSERT_FALSE(outcome.errors.empty());
  EXPECT_NE(outcome.errors.front().find("'math.exp' on f64"),
            std::string::npos);
}
} // namespace
