//===- ChecksTest.cpp - Kernels that are wrong ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Samples.h"

#include "gtest/gtest.h"

#include <thread>

using namespace kiln::test;

TEST(Checks, OutOfBounds) {
  PerThread kernel(kCopyOne, 65);
  EXPECT_EQ(kernel.findings, 2) << kernel.messages;
  EXPECT_TRUE(kernel.says("kernel 'k', block (0, 0, 0), thread (64, 0, 0): "
                          "load of 4 bytes"));
  EXPECT_TRUE(kernel.says("byte offset 256 of 'a', which has 256 bytes") ||
              kernel.says("outside of every buffer"))
      << kernel.messages;
}

TEST(Checks, ReportsAreLimitedAndCounted) {
  PerThread kernel(kCopyOne, 128);
  EXPECT_EQ(kernel.findings, 128);
  EXPECT_TRUE(kernel.says("(64 times)")) << kernel.messages;
}

TEST(Checks, InputStore) {
  PerThread kernel("  store float 1.0, ptr addrspace(1) %pa\n", 1);
  EXPECT_EQ(kernel.findings, 1);
  EXPECT_TRUE(kernel.says("input buffer 'a' at byte offset 0"));
}

TEST(Checks, DoubleStore) {
  PerThread kernel(R"(
  store float 1.0, ptr addrspace(1) %po
  store float 2.0, ptr addrspace(1) %out
)",
                   2);
  EXPECT_EQ(kernel.findings, 2) << kernel.messages;
  EXPECT_TRUE(kernel.says("'out' at byte offset 0, which this block has "
                          "stored before"));
}

// Two blocks that store one element, with the same value, so that no comparison
// of numbers sees it: in outputs and in workspaces, of f32 and of f16, where
// two blocks may well store the halves of a word.
TEST(Checks, BlocksStoreOneElement) {
  auto store = [](const char *type, const char *index) {
    return std::string(R"(
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %n = mul i32 %b, 3
  %own = add i32 %n, %t
  %half = lshr i32 %b, 1
  %m = mul i32 %half, 3
  %shared = add i32 %m, %t
  %p = getelementptr )") +
           type + ", ptr addrspace(1) %out, i32 " + index + "\n  store " +
           type + " 1.0, ptr addrspace(1) %p\n  ret void\n}\n";
  };
  for (KilnBufferKind kind : {KILN_BUFFER_OUTPUT, KILN_BUFFER_WORKSPACE}) {
    for (const char *type : {"float", "half"}) {
      Kernel good(store(type, "%own"));
      std::vector<float> out(64 * 3);
      good.add("out", out, kind);
      EXPECT_EQ(good.launch(3, 64), 0) << good.messages;
      // A later launch may store again.
      EXPECT_EQ(good.launch(3, 64), 0) << good.messages;
      Kernel bad(store(type, "%shared"));
      bad.add("out", out, kind);
      // Whichever block of a pair comes second is counted, on any number of
      // CPU threads.
      EXPECT_EQ(bad.launch(3, 64), 32 * 3) << bad.messages;
      EXPECT_TRUE(bad.says(", 0, 0) stores too")) << bad.messages;
    }
  }
}

TEST(Checks, Misaligned) {
  PerThread kernel(R"(
  %p = getelementptr i8, ptr addrspace(1) %pa, i32 4
  %v = load <2 x float>, ptr addrspace(1) %p, align 8
  %x = extractelement <2 x float> %v, i32 0
  store float %x, ptr addrspace(1) %po
)",
                   1);
  EXPECT_EQ(kernel.findings, 1) << kernel.messages;
  EXPECT_TRUE(kernel.says("byte offset 4 of a global buffer, which is not a "
                          "multiple of 8"));
}

TEST(Checks, UninitialisedOutput) {
  PerThread kernel(R"(
  %v = load float, ptr addrspace(1) %po
  store float %v, ptr addrspace(1) %po
)",
                   1);
  EXPECT_EQ(kernel.findings, 1);
  EXPECT_TRUE(kernel.says("'out' at byte offset 0, which nothing has stored"));
}

// Memory that the host fills is read and stored by kernels, as that of a card.
TEST(Checks, HostStores) {
  Kernel kernel(R"(
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr float, ptr addrspace(1) %out, i32 %t
  %v = load float, ptr addrspace(1) %p
  %twice = fadd float %v, %v
  store float %twice, ptr addrspace(1) %p
  ret void
}
)");
  std::vector<float> out(4, 1.0f);
  kernel.add("out", out, KILN_BUFFER_WORKSPACE);
  kilnEmulatorSetWritten(kernel.emulator, out.data() + 1, 3 * sizeof(float));
  EXPECT_EQ(kernel.launch(4, 1), 1) << kernel.messages;
  EXPECT_TRUE(kernel.says("byte offset 0, which nothing has stored"));
  EXPECT_EQ(out[3], 2.0f);
  // Its memory may be freed and be something else later.
  kilnEmulatorRemoveBuffer(kernel.emulator, out.data());
  EXPECT_EQ(kernel.launch(4, 1), 8) << kernel.messages;
  EXPECT_TRUE(kernel.says("outside of every buffer"));
}

TEST(Checks, UninitialisedShared) {
  PerThread kernel(R"(
  %s = getelementptr float, ptr addrspace(3) @s, i32 %t
  %v = load float, ptr addrspace(3) %s
  store float %v, ptr addrspace(1) %po
)",
                   1, "@s = internal addrspace(3) global [4 x float] undef\n");
  EXPECT_EQ(kernel.findings, 1);
  EXPECT_TRUE(kernel.says("('s' + 0), which nothing has stored"))
      << kernel.messages;
}

TEST(Checks, SharedOutOfBounds) {
  PerThread kernel(R"(
  %s = getelementptr float, ptr addrspace(3) @s, i32 %t
  store float 1.0, ptr addrspace(3) %s
)",
                   5,
                   "@s = internal addrspace(3) global [4 x float] undef\n"
                   "@r = internal addrspace(3) global [4 x float] undef\n");
  EXPECT_EQ(kernel.findings, 1);
  EXPECT_TRUE(kernel.says("byte offset 16, which belongs to no variable"))
      << kernel.messages;
  PerThread far(R"(
  %s = getelementptr float, ptr addrspace(3) @s, i32 %t
  store float 1.0, ptr addrspace(3) %s
)",
                5, "@s = internal addrspace(3) global [4 x float] undef\n");
  EXPECT_EQ(far.findings, 1);
  EXPECT_TRUE(far.says("byte offset 16 of 16 bytes")) << far.messages;
}

// Lanes exchange values through shared memory; a warp barrier orders them.
static std::string exchange(const std::string &sync) {
  return R"(
  %o = xor i32 %t, 1
  %mine = getelementptr float, ptr addrspace(3) @s, i32 %t
  %theirs = getelementptr float, ptr addrspace(3) @s, i32 %o
  %v = load float, ptr addrspace(1) %pa
  store float %v, ptr addrspace(3) %mine
)" + sync +
         R"(
  %w = load float, ptr addrspace(3) %theirs
  store float %w, ptr addrspace(1) %po
)";
}
static const char *kShared64 =
    "@s = internal addrspace(3) global [64 x float] undef\n";

TEST(Checks, RaceWithinAWarp) {
  for (bool early : {false, true}) {
    PerThread good(exchange("  call void @llvm.nvvm.bar.warp.sync(i32 -1)\n"),
                   64, kShared64, early);
    EXPECT_EQ(good.findings, 0) << good.messages;
    PerThread bad(exchange(""), 64, kShared64, early);
    EXPECT_GT(bad.findings, 0);
  }
}

// Two pairs of warps meet at named barriers 1 and 2 with 64 threads each and
// exchange values within the pair (PARTNER xor 32) or across (xor 64).
static std::string namedBarriers(int partner) {
  return "@s = internal addrspace(3) global [128 x float] undef\n" + perThread(
                                                                         R"(
  %pair = lshr i32 %t, 6
  %id = add i32 %pair, 1
  %o = xor i32 %t, )" + std::to_string(partner) + R"(
  %mine = getelementptr float, ptr addrspace(3) @s, i32 %t
  %theirs = getelementptr float, ptr addrspace(3) @s, i32 %o
  %v = load float, ptr addrspace(1) %pa
  store float %v, ptr addrspace(3) %mine
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 %id, i32 64)
  %w = load float, ptr addrspace(3) %theirs
  store float %w, ptr addrspace(1) %po
)");
}

TEST(Checks, NamedBarriers) {
  for (bool early : {false, true})
    for (int partner : {32, 64}) {
      Kernel kernel(namedBarriers(partner), early);
      std::vector<float> a(128), out(128);
      for (int i = 0; i < 128; ++i)
        a[i] = float(i);
      kernel.add("a", a, KILN_BUFFER_INPUT);
      kernel.add("out", out, KILN_BUFFER_OUTPUT);
      int64_t findings = kernel.launch(128);
      if (partner == 64) {
        EXPECT_GT(findings, 0);
        continue;
      }
      ASSERT_EQ(findings, 0) << kernel.messages;
      for (int i = 0; i < 128; ++i)
        EXPECT_EQ(out[i], float(i ^ 32));
    }
}

TEST(Checks, AsynchronousRing) {
  std::string says;
  for (bool early : {false, true}) {
    bool right;
    EXPECT_EQ(runRing(ring(1, true), early, says, nullptr, true, &right), 0)
        << says;
    EXPECT_TRUE(right);
    EXPECT_GT(runRing(ring(2, true), early, says), 0);
    EXPECT_NE(says.find("that no wait has completed"), std::string::npos);
    // A slot is refilled while a neighbour may still read it.
    EXPECT_GT(runRing(ring(1, false), early, says), 0);
    EXPECT_NE(says.find("reads without a barrier between"), std::string::npos)
        << says;
  }
}

TEST(Checks, OrdersOfCopiesShowFaultsInResults) {
  std::string says;
  bool right;
  runRing(ring(2, true), /*early=*/false, says, nullptr, false, &right);
  EXPECT_FALSE(right) << "a wait that is too weak reads old data when late";
  runRing(ring(1, false), /*early=*/true, says, nullptr, false, &right);
  EXPECT_FALSE(right) << "early copies overwrite what others still read";
}

TEST(Checks, Deadlock) {
  PerThread kernel(R"(
  %low = icmp ult i32 %t, 32
  br i1 %low, label %wait, label %end
wait:
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 3, i32 64)
  br label %end
end:
)");
  EXPECT_GT(kernel.findings, 0);
  EXPECT_TRUE(kernel.says("waits forever")) << kernel.messages;
}

TEST(Checks, ShuffleWithoutMember) {
  PerThread kernel(R"(
  %v = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 15, float 1.0, i32 1, i32 31)
  store float %v, ptr addrspace(1) %po
)",
                   32);
  EXPECT_GT(kernel.findings, 0);
  EXPECT_TRUE(kernel.says("the lane itself is not in the member mask"));
}

TEST(Checks, Trap) {
  PerThread kernel("  call void @llvm.trap()\n", 1,
                   "declare void @llvm.trap()\n");
  EXPECT_EQ(kernel.findings, 1);
  EXPECT_TRUE(kernel.says("executes a trap"));
}

TEST(Checks, WorkspaceKeepsWhatALaunchStored) {
  Kernel kernel(perThread(kCopyOne));
  std::vector<float> a(64), out(64);
  kernel.add("a", a, KILN_BUFFER_WORKSPACE);
  kernel.add("out", out, KILN_BUFFER_WORKSPACE);
  EXPECT_EQ(kernel.launch(64), 64);
  EXPECT_TRUE(kernel.says("'a' at byte offset"));
  EXPECT_NE(kilnEmulatorGetWritten(kernel.emulator, out.data())[255], 0);
  EXPECT_EQ(kilnEmulatorGetWritten(kernel.emulator, &kernel), nullptr);
}

//===----------------------------------------------------------------------===//
// Modules and launches that are refused
//===----------------------------------------------------------------------===//

TEST(Refused, Modules) {
  Kernel intrinsic("declare void @llvm.nvvm.wgmma.fence.sync.aligned()\n" +
                   perThread("  call void "
                             "@llvm.nvvm.wgmma.fence.sync.aligned()\n"));
  EXPECT_EQ(intrinsic.emulator, nullptr);
  EXPECT_TRUE(intrinsic.says("'llvm.nvvm.wgmma.fence.sync.aligned'"));
  Kernel text(perThread("  call void asm sideeffect \"brkpt;\", \"\"()\n"));
  EXPECT_EQ(text.emulator, nullptr);
  EXPECT_TRUE(text.says("inline PTX 'brkpt;' in function 'k'"))
      << text.messages;
  Kernel external("declare float @__nv_j0f(float)\n" +
                  perThread("  %v = call float @__nv_j0f(float 1.0)\n"));
  EXPECT_EQ(external.emulator, nullptr);
  EXPECT_TRUE(external.says("'__nv_j0f'"));
  Kernel none("define void @f() {\n  ret void\n}\n");
  EXPECT_TRUE(none.says("no kernel"));

  std::string said;
  auto record = [](KilnSeverity, const char *message, void *user) {
    *static_cast<std::string *>(user) += message;
  };
  KilnEmulatorOptions options = {};
  EXPECT_EQ(kilnEmulatorCreate("garbage", 7, &options, record, &said), nullptr);
  EXPECT_NE(said.find("cannot be read"), std::string::npos);
}

TEST(Refused, Launches) {
  Kernel kernel(perThread(kCopyOne));
  std::vector<float> a(64), out(64);
  kernel.add("a", a, KILN_BUFFER_INPUT);
  EXPECT_EQ(kernel.launch(64), -1);
  EXPECT_TRUE(kernel.says("takes 2 arguments, not 1"));
  kernel.add("out", out, KILN_BUFFER_OUTPUT);
  EXPECT_EQ(kernel.launch(2048), -1);
  EXPECT_EQ(kernel.launch(0), -1);
  EXPECT_EQ(kernel.launch(64, 1, 1 << 20), -1);
  EXPECT_TRUE(kernel.says("1048576 bytes of dynamic shared memory"));
  int64_t size[] = {1, 1, 1};
  EXPECT_EQ(kilnEmulatorLaunch(kernel.emulator, "nothing", size, size, 0,
                               nullptr, 0, nullptr, 0),
            -1);
  EXPECT_TRUE(kernel.says("there is no kernel 'nothing' in the bitcode; it "
                          "holds 'k'"));
}

TEST(Refused, NothingElseIsShared) {
  // Two threads create and run emulators at once.
  auto work = [](int64_t *findings) {
    std::string says;
    bool right;
    *findings = runRing(ring(1, true), false, says, nullptr, true, &right);
    *findings += !right;
  };
  int64_t first = -1, second = -1;
  std::thread other(work, &first);
  work(&second);
  other.join();
  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 0);
}
