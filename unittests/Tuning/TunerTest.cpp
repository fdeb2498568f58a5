//===- TunerTest.cpp - Batches, confirmation, journal ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Tuner.h"

#include "kiln/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

using namespace kiln;
using namespace kiln::tuning;

static const char *const kProduct = R"mlir(
func.func @product(%a: tensor<64x64xf16>, %b: tensor<64x256xf16>)
    -> tensor<64x256xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x256xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x256xf32>)
      -> tensor<64x256xf32>
  %c = linalg.matmul ins(%a, %b : tensor<64x64xf16>, tensor<64x256xf16>)
      outs(%f : tensor<64x256xf32>) -> tensor<64x256xf32>
  return %c : tensor<64x256xf32>
}
)mlir";

namespace {
/// A card whose times are made up.
class MadeUpCard : public Measurer {
public:
  std::string describe() const override { return "made up"; }
  std::string card() const override { return "made up"; }
  bool needsCode() const override { return code; }
  llvm::Expected<std::vector<MeasureResult>>
  measure(llvm::ArrayRef<ToMeasure> batch, const MeasureLimits &limits,
          llvm::function_ref<void()> onRound) override {
    batches.push_back({});
    double clock = 1 + 0.5 * double(batches.size()); // it gets slower
    std::vector<MeasureResult> results;
    for (const ToMeasure &candidate : batch) {
      if (code) {
        EXPECT_FALSE(candidate.code->files.empty()) << candidate.schedule;
      }
      batches.back().push_back(candidate.schedule);
      MeasureResult result;
      if (wrong.count(candidate.schedule)) {
        result.failure = "wrong result of y";
      } else {
        auto known = times.find(candidate.schedule);
        double ms = known == times.end() ? 10 : known->second;
        for (int round = 0; round < limits.rounds; ++round) {
          result.times.ms.push_back(ms * clock * (1 + 0.0001 * (round % 3)));
          result.times.reference.push_back(10 * clock *
                                           (1 + 0.0001 * (round % 2)));
          onRound();
        }
      }
      results.push_back(result);
      if (killAfter > 0 && --killAfter == 0)
        return llvm::createStringError("killed");
    }
    return results;
  }

  bool code = true;
  std::map<std::string, double> times; ///< 10 where nothing is said
  std::set<std::string> wrong;
  int killAfter = 0;
  std::vector<std::vector<std::string>> batches;
};

class TunerTest : public testing::Test {
protected:
  TunerTest() {
    registerAllDialects(registry);
    context = std::make_unique<mlir::MLIRContext>(registry);
    mlir::OwningOpRef<mlir::ModuleOp> module =
        mlir::parseSourceString<mlir::ModuleOp>(kProduct, context.get());
    CompileOptions compile;
    compile.withCubin = false;
    program =
        std::move(*Program::create(*module, kProduct, "product.mlir", compile));
    options.threads = 2;
  }
  Report tune(Journal *journal = nullptr) {
    auto report = tuning::tune(*program, &card, journal, options,
                               [&](const Progress &) { ++steps; });
    if (!report) {
      ADD_FAILURE() << toString(report.takeError());
      return {};
    }
    return std::move(*report);
  }

  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<Program> program;
  MadeUpCard card;
  TuneOptions options;
  int steps = 0;
};
} // namespace

TEST_F(TunerTest, ThreeCandidatesShareTheirRounds) {
  Report report = tune();
  ASSERT_EQ(report.candidates.size(), 3u);
  EXPECT_EQ(report.candidates[0].origin, Origin::Baseline);
  EXPECT_EQ(report.candidates[1].origin, Origin::Default);
  ASSERT_EQ(card.batches.size(), 1u);
  EXPECT_EQ(card.batches[0].size(), 3u);
  // The reference stands first.
  EXPECT_EQ(card.batches[0][0], report.candidates[1].schedule);
  EXPECT_EQ(report.chosen, 1u);
  EXPECT_TRUE(report.complete);
  EXPECT_GT(steps, 0);
}

TEST_F(TunerTest, AGainIsKept) {
  Report first = tune();
  card.times[first.candidates[2].schedule] = 9;
  Report report = tune();
  EXPECT_EQ(report.chosen, 2u);
  EXPECT_NEAR(*report.gainToDefault, 1 / 9., 1e-3);
  EXPECT_NEAR(*report.gainToBaseline, 1 / 9., 1e-3);
  card.times[first.candidates[2].schedule] = 9.9;
  EXPECT_EQ(tune().chosen, 1u);
}

TEST_F(TunerTest, EveryBatchHasTheReferenceAndTheBestMeetAgain) {
  options.maxConfigs = 20;
  Report report = tune();
  ASSERT_EQ(report.candidates.size(), 20u);
  ASSERT_EQ(card.batches.size(), 4u); // 7, 7 and 6 candidates; the best
  for (const auto &batch : card.batches) {
    EXPECT_EQ(batch[0], report.candidates[1].schedule);
    EXPECT_LE(batch.size(), 8u);
  }
  EXPECT_EQ(card.batches[3].size(), 5u); // default, baseline, three others

  // The clock fell from batch to batch: the last candidate wins all the same.
  card.times[report.candidates[19].schedule] = 9;
  Report second = tune();
  EXPECT_EQ(second.chosen, 19u);
  EXPECT_NEAR(*second.gainToDefault, 1 / 9., 1e-3);
}

TEST_F(TunerTest, WhatIsWrongIsDropped) {
  Report first = tune();
  card.times[first.candidates[2].schedule] = 5;
  card.wrong.insert(first.candidates[2].schedule);
  Report report = tune();
  EXPECT_EQ(report.chosen, 1u);
  EXPECT_TRUE(report.candidates[2].wrong);
  EXPECT_EQ(report.candidates[2].fate, "wrong, dropped");
  EXPECT_FALSE(report.candidates[2].medianMs);
  // A wrong default leaves the baseline.
  card.wrong = {first.candidates[1].schedule};
  EXPECT_EQ(tune().chosen, 2u);
  card.wrong.insert(first.candidates[2].schedule);
  EXPECT_EQ(tune().chosen, 0u);
}

TEST_F(TunerTest, AKilledRunGoesOn) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("journal", "", path));
  llvm::sys::fs::remove(path);
  JournalKey key{program->tuningKey().program, "rtx4090", "tf32", "made up"};
  options.maxConfigs = 16;
  {
    auto journal = Journal::open(path, key);
    ASSERT_TRUE(bool(journal));
    card.killAfter = 12; // in the second batch
    auto killed = tuning::tune(*program, &card, journal->get(), options,
                               [](const Progress &) {});
    ASSERT_FALSE(bool(killed));
    llvm::consumeError(killed.takeError());
  }
  card.batches.clear();
  auto journal = Journal::open(path, key);
  ASSERT_TRUE(bool(journal));
  Report report = tune(journal->get());
  // The first batch is not measured again; the best of all meet at the end.
  ASSERT_EQ(card.batches.size(), 3u);
  EXPECT_EQ(card.batches[0].size(), 8u);
  EXPECT_FALSE(report.candidates[7].times.ms.empty());
  for (const CandidateReport &candidate : report.candidates)
    EXPECT_FALSE(candidate.times.ms.empty()) << candidate.schedule;

  // With all known nothing is measured.
  card.batches.clear();
  journal->reset();
  auto last = Journal::open(path, key);
  ASSERT_TRUE(bool(last));
  EXPECT_EQ(tune(last->get()).candidates.size(), 16u);
  EXPECT_TRUE(card.batches.empty());
  llvm::sys::fs::remove(path);
}

TEST_F(TunerTest, TheBudgetEndsARun) {
  options.maxConfigs = 30;
  options.budgetSeconds = 1e-3;
  Report report = tune();
  EXPECT_FALSE(report.complete);
  ASSERT_EQ(card.batches.size(), 1u); // baseline, default and proposals
  EXPECT_EQ(report.candidates.back().fate, "unmeasured");
  EXPECT_EQ(report.candidates.size(), 30u);
}

TEST_F(TunerTest, AllThatFit) {
  options.exhaustive = true;
  options.spaceLimit = 40;
  card.code = false;
  Report report = tune();
  EXPECT_EQ(report.considered, 40u);
  // The baseline and the default are among those that fit, the rules' proposal
  // may not be.
  EXPECT_GE(report.candidates.size(), report.fitting);
  EXPECT_LE(report.candidates.size(), report.fitting + 1);
}

TEST_F(TunerTest, WithoutAMeasurerTheModelRanks) {
  auto report = tuning::tune(*program, nullptr, nullptr, options,
                             [](const Progress &) {});
  ASSERT_TRUE(bool(report));
  EXPECT_TRUE(report->device.empty());
  EXPECT_NE(report->reason.find("by the model"), std::string::npos);
  for (const CandidateReport &candidate : report->candidates)
    EXPECT_TRUE(candidate.times.ms.empty());
  EXPECT_NE(formatText(*report).find("nothing was measured"),
            std::string::npos);
}
