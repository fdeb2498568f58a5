//===- ProposalsTest.cpp - What the rules' advice comes to ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Proposals.h"

#include "kiln/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace kiln;
using namespace kiln::tuning;

namespace {
/// The main job, whose default has 8 warps and 2 stages.
class ProposalsTest : public testing::Test {
protected:
  ProposalsTest() {
    registerAllDialects(registry);
    context = std::make_unique<mlir::MLIRContext>(registry);
    std::string text =
        (*llvm::MemoryBuffer::getFile(KILN_MAIN_JOB))->getBuffer().str();
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
    program = std::move(*Program::create(*module, text, "main.mlir", {}));
    from = program->space().getChoice();
    ranked = rankSpace(*program, SearchSpace::kDefaultLimit, considered);
  }
  KernelSchedule ask(const Advice &advice) {
    KernelSchedule proposed = propose(*program, from, advice, ranked);
    if (proposed) {
      EXPECT_EQ(program->space().check(proposed), "");
    }
    return proposed;
  }

  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;
  std::unique_ptr<Program> program;
  KernelSchedule from;
  std::vector<Ranked> ranked;
  size_t considered = 0;
};
} // namespace

TEST_F(ProposalsTest, WarpsAndTileChangeTogether) {
  Advice advice;
  advice.warps = 4;
  KernelSchedule proposed = ask(advice);
  ASSERT_TRUE(proposed);
  EXPECT_EQ(getWarps(proposed), 4);
  EXPECT_EQ(getBlockVolume(proposed), getBlockVolume(from) / 2);
  EXPECT_EQ(proposed.getNumStages(), from.getNumStages());
  EXPECT_EQ(describeChange(from, proposed),
            "num_warps 8 -> 4, block 32768 -> 16384 outputs");
}

TEST_F(ProposalsTest, StagesAloneMayNeedASmallerTile) {
  // Three stages of the whole tile do not fit into shared memory.
  Advice advice;
  advice.stages = 3;
  KernelSchedule proposed = ask(advice);
  ASSERT_TRUE(proposed);
  EXPECT_EQ(proposed.getNumStages(), 3);
}

TEST_F(ProposalsTest, SpillsAskForLessAWarp) {
  Advice advice;
  advice.smallerBlock = true;
  KernelSchedule proposed = ask(advice);
  ASSERT_TRUE(proposed);
  EXPECT_EQ(getWarps(proposed), getWarps(from));
  EXPECT_EQ(getBlockVolume(proposed), getBlockVolume(from) / 2);
  // With fewer warps, too.
  advice.warps = 4;
  proposed = ask(advice);
  ASSERT_TRUE(proposed);
  EXPECT_EQ(getWarps(proposed), 4);
  EXPECT_EQ(getBlockVolume(proposed), getBlockVolume(from) / 4);
}

TEST_F(ProposalsTest, NothingToChangeIsNoProposal) {
  EXPECT_FALSE(ask({}));
  Advice advice;
  advice.warps = 64; // not in the space
  EXPECT_FALSE(ask(advice));
}

TEST_F(ProposalsTest, TheSpaceIsRankedByTheModel) {
  EXPECT_GT(considered, ranked.size());
  ASSERT_FALSE(ranked.empty());
  for (size_t i = 1; i < ranked.size(); ++i)
    if (ranked[i].predictedMs) {
      EXPECT_LE(*ranked[i - 1].predictedMs, *ranked[i].predictedMs);
    }
}

TEST_F(ProposalsTest, FactsAreThoseOfTheFusion) {
  EXPECT_EQ(program->distinctInputs(), 3);
  CompileFacts compiled;
  compiled.registers = 234;
  compiled.occupancy = 8 / 48.;
  compiled.limiter = "registers";
  compiled.flops = 608849362944;
  compiled.bytes = 1090553344;
  Facts facts = program->getFacts(from, compiled);
  EXPECT_EQ(facts.warpsPerSm, 8);
  EXPECT_EQ(facts.maxWarpsPerSm, 48);
  EXPECT_EQ(facts.warps, 8);
  EXPECT_EQ(facts.stages, 2);
  EXPECT_TRUE(facts.computeBound);
  compiled.flops = 1000;
  EXPECT_FALSE(program->getFacts(from, compiled).computeBound);
}

TEST_F(ProposalsTest, FactsOfAnArtifactAreThoseOfItsComputeKernel) {
  CompileFacts facts = readFacts(R"json({"kernels": [
    {"role": "pack", "block": [256, 1, 1], "report": {"registers": 9}},
    {"role": "compute", "block": [64, 2, 1], "dynamic_shared_bytes": 100,
     "grid": ["min(6, sm_count * 2)", "3", "1"], "tiles": {"count": 40},
     "flops": 7, "bytes": 8, "report": {"registers": 90, "spill_stores": 4,
     "spill_loads": 8, "static_shared": 20, "blocks_per_sm": 3,
     "occupancy": 0.25, "limiter": "shared memory"}}]})json",
                                 /*smCount=*/2);
  EXPECT_EQ(facts.registers, 90);
  EXPECT_EQ(facts.spillBytes, 12);
  EXPECT_EQ(facts.sharedBytes, 120);
  EXPECT_EQ(facts.threads, 128);
  EXPECT_EQ(facts.grid, 12);
  EXPECT_EQ(facts.tiles, 40);
  EXPECT_EQ(facts.blocksPerSm, 3);
  EXPECT_EQ(facts.limiter, "shared memory");
  // Without ptxas.
  EXPECT_FALSE(readFacts(R"({"kernels": [{"role": "compute"}]})", 1).registers);
  EXPECT_FALSE(readFacts("nonsense", 1).registers);
}
