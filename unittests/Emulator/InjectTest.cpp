//===- InjectTest.cpp - Planted faults ------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Samples.h"

#include "gtest/gtest.h"

using namespace kiln::test;

TEST(Inject, Wait) {
  std::string says;
  EXPECT_GT(runRing(ring(1, true), false, says, "wait"), 0);
  bool right;
  runRing(ring(1, true), false, says, "wait", false, &right);
  EXPECT_FALSE(right);
}

TEST(Inject, LaneWithoutShuffle) {
  std::string says;
  bool right;
  runRing(ring(1, true), false, says, "lane", true, &right);
  EXPECT_FALSE(right);
}

TEST(Inject, Mask) {
  std::string guarded = perThread(R"(
  %in = icmp ult i32 %t, 64
  br i1 %in, label %put, label %end
put:
  store float 1.0, ptr addrspace(1) %po
  br label %end
end:
)");
  for (const char *fault : {static_cast<const char *>(nullptr), "mask"}) {
    Kernel kernel(guarded, false, true, fault);
    std::vector<float> a(64), out(64);
    kernel.add("a", a, KILN_BUFFER_INPUT);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    EXPECT_EQ(kernel.launch(96), fault ? 32 : 0) << kernel.messages;
  }
  // Nothing guards the store: the last thread leaves it out.
  Kernel kernel(perThread(kCopyOne), false, true, "mask");
  std::vector<float> a(64, 1.0f), out(64);
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("out", out, KILN_BUFFER_OUTPUT);
  EXPECT_EQ(kernel.launch(64), 0) << kernel.messages;
  EXPECT_EQ(out[62], 1);
  EXPECT_EQ(out[63], 0);
}

TEST(Inject, Index) {
  PerThread good("  store i32 %t, ptr addrspace(1) %po\n");
  EXPECT_EQ(good.findings, 0);
  Kernel kernel(perThread("  store i32 %t, ptr addrspace(1) %po\n"), false,
                true, "index");
  std::vector<int32_t> a(64), out(64);
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("out", out, KILN_BUFFER_OUTPUT);
  EXPECT_EQ(kernel.launch(64), 0);
  EXPECT_EQ(out[7], 8);
  Kernel moved(perThread(kCopyOne), false, true, "index");
  std::vector<float> b(64, 1.0f), c(65);
  moved.add("b", b, KILN_BUFFER_INPUT);
  moved.add("c", c, KILN_BUFFER_OUTPUT);
  EXPECT_EQ(moved.launch(64), 0);
  EXPECT_EQ(c[0], 0);
  EXPECT_EQ(c[64], 1);
}

TEST(Inject, Block) {
  std::string perBlock = R"(
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %p = getelementptr i32, ptr addrspace(1) %out, i32 %b
  store i32 %b, ptr addrspace(1) %p
  ret void
}
)";
  for (const char *fault : {static_cast<const char *>(nullptr), "block"}) {
    Kernel kernel(perBlock, false, true, fault);
    std::vector<int32_t> out(6, -1);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    EXPECT_EQ(kernel.launch(1, 6), fault ? 3 : 0) << kernel.messages;
    EXPECT_EQ(out[5], fault ? -1 : 5);
    EXPECT_EQ(out[4], 4);
    if (fault)
      EXPECT_TRUE(kernel.says("which block (")) << kernel.messages;
  }
}

TEST(Inject, Round) {
  std::string narrow = perThread(R"(
  %v = load float, ptr addrspace(1) %pa
  %h = fptrunc float %v to half
  %e = fpext half %h to float
  store float %e, ptr addrspace(1) %po
)");
  float value = 1.0f + 0x1.8p-11f; // Rounds up.
  for (const char *fault : {static_cast<const char *>(nullptr), "round"}) {
    Kernel kernel(narrow, false, true, fault);
    std::vector<float> a(64, value), out(64);
    kernel.add("a", a, KILN_BUFFER_INPUT);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    EXPECT_EQ(kernel.launch(64), 0);
    EXPECT_EQ(out[5], fault ? 1.0f : 1.0f + 0x1p-10f);
  }
}

TEST(Inject, RoundByIntegerAddition) {
  std::string rounded = "declare i32 @llvm.smax.i32(i32, i32)\n" + perThread(R"(
  %v = load i32, ptr addrspace(1) %pa
  %up = add i32 %v, 4096
  %r = call i32 @llvm.smax.i32(i32 %up, i32 %v)
  store i32 %r, ptr addrspace(1) %po
)");
  for (const char *fault : {static_cast<const char *>(nullptr), "round"}) {
    Kernel kernel(rounded, false, true, fault);
    std::vector<int32_t> a(64, 0x3f800fff), out(64);
    kernel.add("a", a, KILN_BUFFER_INPUT);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    EXPECT_EQ(kernel.launch(64), 0);
    EXPECT_EQ(out[5], fault ? 0x3f800fff : 0x3f801fff);
  }
}

TEST(Inject, SaysWhenThereIsNothingToChange) {
  for (const char *fault : {"wait", "lane", "round", "block"}) {
    Kernel kernel(perThread(kCopyOne), false, true, fault);
    EXPECT_EQ(kernel.emulator, nullptr);
    EXPECT_TRUE(kernel.says("cannot inject '" + std::string(fault) + "'"));
  }
  Kernel unknown(perThread(kCopyOne), false, true, "luck");
  EXPECT_TRUE(unknown.says("unknown fault 'luck'"));
}
