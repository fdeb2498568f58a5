//===- MeasureCudaTest.cpp - Candidates on a card that is none ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Measurer.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cstdlib>
#include <gtest/gtest.h>

using namespace kiln::tuning;

namespace {
/// The artifact of the fake driver's program.
class MeasureCudaTest : public testing::Test {
protected:
  MeasureCudaTest() {
    setenv("KILN_CUDA_LIBRARY", KILN_FAKE_CUDA_LIBRARY, 1);
    std::error_code error;
    for (llvm::sys::fs::directory_iterator entry(KILN_SCALE_ARTIFACT, error),
         end;
         !error && entry != end; entry.increment(error))
      if (auto buffer = llvm::MemoryBuffer::getFile(entry->path()))
        code.files[llvm::sys::path::filename(entry->path()).str()] =
            (*buffer)->getBuffer().str();
  }
  ~MeasureCudaTest() override {
    unsetenv("KILN_CUDA_LIBRARY");
    unsetenv("KILN_FAKE_CUDA");
  }
  void pretend(const char *mode) { setenv("KILN_FAKE_CUDA", mode, 1); }
  std::string getError(llvm::ArrayRef<ToMeasure> batch) {
    auto card = createCudaMeasurer({});
    if (!card)
      return toString(card.takeError());
    auto results = (*card)->measure(batch, {}, [] {});
    return results ? "" : toString(results.takeError());
  }

  CompiledCandidate code;
};
} // namespace

TEST_F(MeasureCudaTest, VerifiesAndTimesInRounds) {
  auto card = createCudaMeasurer({});
  ASSERT_TRUE(bool(card)) << toString(card.takeError());
  EXPECT_EQ((*card)->describe(), "Fake GPU");
  EXPECT_TRUE((*card)->needsCode());
  MeasureLimits limits;
  limits.rounds = 4;
  int rounds = 0;
  auto results = (*card)->measure({{"first", &code}, {"second", &code}}, limits,
                                  [&] { ++rounds; });
  ASSERT_TRUE(bool(results)) << toString(results.takeError());
  EXPECT_EQ(rounds, 4);
  for (const MeasureResult &result : *results) {
    EXPECT_EQ(result.failure, "");
    EXPECT_EQ(result.times.ms, std::vector<double>(4, 5)); // 1 and 4 ms
    EXPECT_EQ(result.times.reference, std::vector<double>(4, 5));
  }
  // The reference stays for the next batch.
  auto more =
      (*card)->measure({{"first", &code}, {"third", &code}}, limits, [] {});
  ASSERT_TRUE(bool(more)) << toString(more.takeError());
  EXPECT_EQ((*more)[1].times.ms.size(), 4u);
}

TEST_F(MeasureCudaTest, PackingKernelsMayBeLeftOut) {
  CudaOptions options;
  options.skipPrepared = true;
  auto card = createCudaMeasurer(options);
  ASSERT_TRUE(bool(card)) << toString(card.takeError());
  auto results = (*card)->measure({{"first", &code}}, {}, [] {});
  ASSERT_TRUE(bool(results)) << toString(results.takeError());
  EXPECT_EQ((*results)[0].times.ms[0], 4);
}

TEST_F(MeasureCudaTest, AWrongResultIsNotTimed) {
  auto card = createCudaMeasurer({});
  ASSERT_TRUE(bool(card)) << toString(card.takeError());
  ASSERT_TRUE(bool((*card)->measure({{"first", &code}}, {}, [] {})));
  pretend("wrong");
  auto results =
      (*card)->measure({{"first", &code}, {"second", &code}}, {}, [] {});
  ASSERT_TRUE(bool(results)) << toString(results.takeError());
  EXPECT_TRUE((*results)[1].times.ms.empty());
  EXPECT_EQ((*results)[1].failure.find("wrong result of y: "), 0u)
      << (*results)[1].failure;
}

TEST_F(MeasureCudaTest, WhatDoesNotLoadIsNamed) {
  CompiledCandidate other = code;
  std::string &json = other.files["artifact.json"];
  json.replace(json.find("scale_compute"), 13, "nobody_knows!");
  auto card = createCudaMeasurer({});
  ASSERT_TRUE(bool(card)) << toString(card.takeError());
  auto results =
      (*card)->measure({{"first", &code}, {"second", &other}}, {}, [] {});
  ASSERT_TRUE(bool(results)) << toString(results.takeError());
  EXPECT_TRUE((*results)[1].times.ms.empty());
  EXPECT_FALSE((*results)[1].failure.empty());
}

TEST_F(MeasureCudaTest, ErrorsAreThoseOfTheRuntime) {
  pretend("none");
  EXPECT_NE(getError({}).find("no GPU"), std::string::npos);
  pretend("full");
  EXPECT_NE(getError({{"first", &code}}).find("too little GPU memory"),
            std::string::npos);
  pretend("fault");
  EXPECT_NE(getError({{"first", &code}}).find("failed"), std::string::npos);
  pretend("");
  code.files.erase("reference.ptx");
  EXPECT_NE(getError({{"first", &code}}), "");
}
