//===- PtxasTest.cpp - Reading the output of ptxas -v ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/Ptxas.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {
constexpr const char *kLog = R"(ptxas info    : 0 bytes gmem, 16 bytes cmem[4]
ptxas info    : Compiling entry function 'pack' for 'sm_89'
ptxas info    : Function properties for pack
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 8 registers, used 0 barriers, 368 bytes cmem[0]
ptxas info    : Compile time = 2.201 ms
ptxas info    : Compiling entry function 'compute' for 'sm_89'
ptxas info    : Function properties for compute
    24 bytes stack frame, 20 bytes spill stores, 16 bytes spill loads
ptxas info    : Used 255 registers, used 1 barriers, 24 bytes cumulative stack size, 1040 bytes smem, 384 bytes cmem[0]
)";

TEST(PtxasTest, ReadsEveryKernel) {
  std::vector<KernelUsage> kernels = parsePtxasOutput(kLog);
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name, "pack");
  EXPECT_EQ(kernels[0].registers, 8);
  EXPECT_EQ(kernels[0].staticShared, 0);
  EXPECT_EQ(kernels[0].stack, 0);
  EXPECT_EQ(kernels[1].name, "compute");
  EXPECT_EQ(kernels[1].registers, 255);
  EXPECT_EQ(kernels[1].spillStores, 20);
  EXPECT_EQ(kernels[1].spillLoads, 16);
  EXPECT_EQ(kernels[1].stack, 24);
  EXPECT_EQ(kernels[1].staticShared, 1040);
}

TEST(PtxasTest, IgnoresOtherText) {
  EXPECT_TRUE(parsePtxasOutput("").empty());
  EXPECT_TRUE(parsePtxasOutput("Used 8 registers\nnonsense\n").empty());
}

TEST(PtxasTest, NamesWhatIsMissing) {
  EXPECT_FALSE(findPtxas("/nowhere/ptxas"));
  EXPECT_FALSE(findPtxas("/"));
}
} // namespace
