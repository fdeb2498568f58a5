//===- Samples.h - Small kernels of several tests --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_EMULATOR_SAMPLES_H
#define KILN_UNITTESTS_EMULATOR_SAMPLES_H

#include "Kernel.h"

namespace kiln::test {

// out[tid] = in[tid], written with BODY in the place of the copy.
inline std::string perThread(const std::string &body,
                             const std::string &globals = "") {
  return globals + R"(
define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %pa = getelementptr float, ptr addrspace(1) %a, i32 %t
  %po = getelementptr float, ptr addrspace(1) %out, i32 %t
)" + body +
         R"(
  ret void
}
)";
}

/// Runs a perThread() kernel on 64 floats.
struct PerThread : Kernel {
  PerThread(const std::string &body, int threads = 64,
            const std::string &globals = "", bool early = false)
      : Kernel(perThread(body, globals), early), a(64, 1.0f), out(64) {
    add("a", a, KILN_BUFFER_INPUT);
    add("out", out, KILN_BUFFER_OUTPUT);
    findings = launch(threads);
  }
  std::vector<float> a, out;
  int64_t findings;
};

inline constexpr const char *kCopyOne = R"(
  %v = load float, ptr addrspace(1) %pa
  store float %v, ptr addrspace(1) %po
)";

// A ring of two slots over 4 chunks of 16 bytes a thread. Each thread reads its
// right neighbour's copy, so waits and barriers both matter.
inline std::string ring(int pending, bool barrierBeforeRefill) {
  return R"(
@dyn = external addrspace(3) global [0 x i8], align 16
define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %out) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %to = mul i32 %t, 16
  %n0 = add i32 %t, 33
  %n1 = and i32 %n0, 63
  %no = mul i32 %n1, 16
  %g0 = getelementptr i8, ptr addrspace(1) %a, i32 %to
  %s0 = getelementptr i8, ptr addrspace(3) @dyn, i32 %to
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %s0, ptr addrspace(1) %g0)
  call void @llvm.nvvm.cp.async.commit.group()
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %latch ]
  %sum = phi float [ 0.0, %entry ], [ %sum1, %latch ]
  %next = add i32 %i, 1
)" +
         std::string(barrierBeforeRefill
                         ? "  call void "
                           "@llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n"
                         : "") +
         R"(
  %more = icmp ult i32 %next, 4
  br i1 %more, label %refill, label %wait
refill:
  %gi = mul i32 %next, 1024
  %slot = and i32 %next, 1
  %so = mul i32 %slot, 1024
  %g = getelementptr i8, ptr addrspace(1) %g0, i32 %gi
  %s = getelementptr i8, ptr addrspace(3) %s0, i32 %so
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %s, ptr addrspace(1) %g)
  br label %wait
wait:
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 )" +
         std::to_string(pending) + R"()
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %latch
latch:
  %now = and i32 %i, 1
  %no1 = mul i32 %now, 1024
  %no2 = add i32 %no, %no1
  %r = getelementptr i8, ptr addrspace(3) @dyn, i32 %no2
  %v = load float, ptr addrspace(3) %r
  %sum1 = fadd float %sum, %v
  %again = icmp ult i32 %next, 4
  br i1 %again, label %loop, label %done
done:
  %po = getelementptr float, ptr addrspace(1) %out, i32 %t
  store float %sum1, ptr addrspace(1) %po
  ret void
}
)";
}

inline int64_t runRing(const std::string &text, bool early, std::string &says,
                       const char *inject = nullptr, bool checks = true,
                       bool *right = nullptr) {
  Kernel kernel(text, early, checks, inject);
  std::vector<float> a(4 * 64 * 4), out(64);
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = float(i);
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("out", out, KILN_BUFFER_OUTPUT);
  int64_t findings = kernel.launch(64, 1, 2048);
  says = kernel.messages;
  bool good = true;
  for (int t = 0; t < 64; ++t) {
    float sum = 0;
    for (int i = 0; i < 4; ++i)
      sum += a[i * 256 + ((t + 33) & 63) * 4];
    good &= out[t] == sum;
  }
  if (right)
    *right = good;
  return findings;
}

} // namespace kiln::test

#endif // KILN_UNITTESTS_EMULATOR_SAMPLES_H
