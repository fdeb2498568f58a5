//===- EmulationTest.cpp - Tests of emulated runs ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Emulation.h"
#include "ScaleArtifact.h"

#include <gtest/gtest.h>

using namespace kiln::runtime;
using namespace kiln::runtime::test;

namespace {
/// The fake emulator and reference over the scale program.
class EmulationTest : public testing::Test {
protected:
  void SetUp() override {
    auto loaded = CompilerLibrary::load("the test");
    ASSERT_FALSE(loaded.failed()) << loaded.message();
    compiler = *loaded;
  }

  /// Runs, and verifies where `verify`; returns whether all was good.
  bool run(bool verify = true) {
    messages.clear();
    DiagnosticHandler handler = [&](KilnSeverity severity,
                                    const std::string &message) {
      if (severity == KILN_ERROR)
        messages += message + "\n";
    };
    std::unique_ptr<PointChecker> checker;
    if (verify)
      checker =
          std::move(*PointChecker::create(compiler, artifact, inputs, handler));
    auto emulated =
        emulate(compiler, artifact, inputs, options, checker.get(), handler);
    EXPECT_FALSE(emulated.failed()) << emulated.message();
    if (emulated.failed())
      return false;
    result = std::move(*emulated);
    if (!checker)
      return result.findings == 0;
    report = checker->finish(false)[0];
    return result.findings == 0 && report.passed;
  }

  /// The kernel writes two outputs then.
  void addTransposedOutput() {
    TensorInfo z = artifact.outputs[0];
    z.name = "z";
    z.shape = {20, 4};
    artifact.outputs.push_back(z);
    ASSERT_EQ(artifact.plan.buffers.size(), 5u);
    artifact.plan.buffers.push_back({BufferKind::Output, 1, 0, 320});
    KernelInfo &kernel = artifact.plan.kernels[1];
    kernel.name = "scale_both";
    kernel.arguments.insert(kernel.arguments.begin() + 4,
                            KernelArgument{KernelArgument::Buffer, 5});
    kernel.tiles[5] = {12, {4, 3}, {1, 8}, {1, 0}};
  }

  ScopedVariable library{"KILN_CAPI_LIBRARY", KILN_FAKE_COMPILER_LIBRARY};
  std::shared_ptr<const CompilerLibrary> compiler;
  Artifact artifact = getScaleArtifact();
  std::vector<Tensor> inputs = getScaleInputs();
  EmulationOptions options;
  EmulationResult result;
  OutputReport report;
  std::string messages;
};
} // namespace

#define EXPECT_HAS(text, part)                                                 \
  EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(EmulationTest, RunsEverything) {
  EXPECT_TRUE(run()) << messages;
  // The second order gives the same bits, which are not checked again.
  EXPECT_EQ(report.checked, 80);
  EXPECT_EQ(result.launches, 4);
  ASSERT_EQ(result.outputs.size(), 1u);
  EXPECT_EQ(result.outputs[0].at(20), 6);
  EXPECT_TRUE(run(/*verify=*/false));
}

TEST_F(EmulationTest, RunsSampledTiles) {
  options.sample = 5;
  EXPECT_TRUE(run()) << messages;
  EXPECT_TRUE(result.outputs.empty());
  EXPECT_GE(result.tiles, 10); // in each of two orders
  EXPECT_GT(report.checked, 0);
  options.sample = 1000;
  EXPECT_TRUE(run()) << messages;
  EXPECT_EQ(report.checked, 80);
}

// Each output is checked in tiles of its own: z is y transposed.
TEST_F(EmulationTest, SamplesTilesOfEachOutput) {
  addTransposedOutput();
  EXPECT_TRUE(run()) << messages;
  options.sample = 5;
  EXPECT_TRUE(run()) << messages;
  options.sample = 1000;
  EXPECT_TRUE(run()) << messages;
  EXPECT_EQ(report.checked, 80);
  for (const char *fault : {"wait", "mask", "index", "round"}) {
    options.inject = fault;
    EXPECT_FALSE(run()) << fault;
  }
}

TEST_F(EmulationTest, FindsPlantedFaults) {
  for (int64_t sample : {0, 5})
    for (const char *fault : {"wait", "mask", "index", "round", "lane"}) {
      options.sample = sample;
      options.inject = fault;
      EXPECT_FALSE(run()) << fault << " in a sample of " << sample;
    }
}

TEST_F(EmulationTest, FindsFaultsWithoutReference) {
  options.inject = "wait";
  EXPECT_FALSE(run(/*verify=*/false));
  EXPECT_HAS(messages, "differs from an earlier launch");
  options.inject = "mask";
  EXPECT_FALSE(run(/*verify=*/false));
  EXPECT_HAS(messages, "output y (copies land late): 4 of 320 bytes were not "
                       "written, first of element [");
  options.inject = "index";
  options.sample = 1;
  EXPECT_FALSE(run(/*verify=*/false));
  EXPECT_HAS(messages, "were written outside the computed tiles");
}

TEST_F(EmulationTest, ExplainsWhatCannotBeSampled) {
  options.sample = 3;
  artifact.plan.kernels[1].tiles.clear();
  auto refused = emulate(compiler, artifact, inputs, options, nullptr,
                         [](KilnSeverity, const std::string &) {});
  ASSERT_TRUE(refused.failed());
  EXPECT_HAS(refused.message(), "leave --sample out");
}

TEST_F(EmulationTest, NamesTheOutputWithoutTiles) {
  addTransposedOutput();
  artifact.plan.kernels[1].tiles.erase(5);
  options.sample = 3;
  auto refused = emulate(compiler, artifact, inputs, options, nullptr,
                         [](KilnSeverity, const std::string &) {});
  ASSERT_TRUE(refused.failed());
  EXPECT_HAS(refused.message(), "do not describe output z (20x4)");
}

TEST_F(EmulationTest, PassesErrorsOn) {
  artifact.bitcode = "PTX";
  auto refused = emulate(compiler, artifact, inputs, options, nullptr,
                         [](KilnSeverity, const std::string &) {});
  EXPECT_TRUE(refused.failed());
  artifact.source.clear();
  auto checker = PointChecker::create(compiler, artifact, inputs,
                                      [](KilnSeverity, const std::string &) {});
  ASSERT_TRUE(checker.failed());
  EXPECT_HAS(checker.message(), "--with-reference");
}

TEST(CompilerLibrary, SaysWhatNeedsIt) {
  ScopedVariable library{"KILN_CAPI_LIBRARY", "/nonexistent/libKilnCAPI.so"};
  auto loaded = CompilerLibrary::load("--device=cpu");
  ASSERT_TRUE(loaded.failed());
  EXPECT_HAS(loaded.message(), "--device=cpu needs Kiln's compiler library");
  ScopedVariable wrong{"KILN_CAPI_LIBRARY", KILN_FAKE_CUDA_LIBRARY};
  loaded = CompilerLibrary::load("--device=cpu");
  ASSERT_TRUE(loaded.failed());
  EXPECT_HAS(loaded.message(), "has no function kiln");
}
