//===- RunTest.cpp - Kernels that are right -------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"

#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

using namespace kiln::test;

static std::vector<float> iota(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

TEST(Run, VectorAdd) {
  Kernel kernel(R"(
define ptx_kernel void @k(ptr addrspace(1) noalias readonly align 16 %a, ptr addrspace(1) %b, ptr addrspace(1) %c) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %n = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %x = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %o = mul i32 %n, %x
  %i = add i32 %o, %t
  %pa = getelementptr float, ptr addrspace(1) %a, i32 %i
  %pb = getelementptr float, ptr addrspace(1) %b, i32 %i
  %pc = getelementptr float, ptr addrspace(1) %c, i32 %i
  %va = load float, ptr addrspace(1) %pa, !invariant.load !0
  %vb = load float, ptr addrspace(1) %pb
  %s = fadd float %va, %vb
  store float %s, ptr addrspace(1) %pc
  ret void
}
!0 = !{}
)");
  std::vector<float> a = iota(256), b = iota(256), c(256);
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("b", b, KILN_BUFFER_INPUT);
  kernel.add("c", c, KILN_BUFFER_OUTPUT);
  ASSERT_EQ(kernel.launch(64, 4), 0) << kernel.messages;
  for (size_t i = 0; i < c.size(); ++i)
    EXPECT_EQ(c[i], 2 * a[i]);
  const uint8_t *written = kilnEmulatorGetWritten(kernel.emulator, c.data());
  ASSERT_NE(written, nullptr);
  EXPECT_NE(written[0], 0);
  EXPECT_NE(written[1023], 0);
  // A second launch may store the outputs anew.
  EXPECT_EQ(kernel.launch(64, 4), 0) << kernel.messages;
}

// Sum of 128 values: shuffles in each warp, then shared memory and a barrier.
static const char *kReduction = R"(
@part = internal addrspace(3) global [4 x float] undef, align 16
define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %pa = getelementptr float, ptr addrspace(1) %a, i32 %t
  %v0 = load float, ptr addrspace(1) %pa
  %s0 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v0, i32 16, i32 31)
  %v1 = fadd float %v0, %s0
  %s1 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v1, i32 8, i32 31)
  %v2 = fadd float %v1, %s1
  %s2 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v2, i32 4, i32 31)
  %v3 = fadd float %v2, %s2
  %s3 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v3, i32 2, i32 31)
  %v4 = fadd float %v3, %s3
  %s4 = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %v4, i32 1, i32 31)
  %v5 = fadd float %v4, %s4
  %lane = and i32 %t, 31
  %warp = lshr i32 %t, 5
  %first = icmp eq i32 %lane, 0
  br i1 %first, label %put, label %meet
put:
  %pp = getelementptr float, ptr addrspace(3) @part, i32 %warp
  store float %v5, ptr addrspace(3) %pp
  br label %meet
meet:
  BARRIER
  %one = icmp eq i32 %t, 0
  br i1 %one, label %finish, label %end
finish:
  %w0 = load float, ptr addrspace(3) @part
  %w1 = load float, ptr addrspace(3) getelementptr (float, ptr addrspace(3) @part, i32 1)
  %w2 = load float, ptr addrspace(3) getelementptr (float, ptr addrspace(3) @part, i32 2)
  %w3 = load float, ptr addrspace(3) getelementptr (float, ptr addrspace(3) @part, i32 3)
  %r0 = fadd float %w0, %w1
  %r1 = fadd float %r0, %w2
  %r2 = fadd float %r1, %w3
  store float %r2, ptr addrspace(1) %out
  br label %end
end:
  ret void
}
)";

static std::string reduction(const std::string &barrier) {
  std::string text = kReduction;
  return text.replace(text.find("BARRIER"), 7, barrier);
}

TEST(Run, ReductionWithShufflesAndBarrier) {
  for (bool early : {false, true}) {
    Kernel kernel(
        reduction("call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)"),
        early);
    std::vector<float> a = iota(128), out(1);
    kernel.add("a", a, KILN_BUFFER_INPUT);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    ASSERT_EQ(kernel.launch(128), 0) << kernel.messages;
    EXPECT_EQ(out[0], 128 * 129 / 2);
  }
}

TEST(Run, InlineBarrier) {
  Kernel kernel(reduction("call void asm sideeffect \"bar.sync $0, $1;\", "
                          "\"r,n\"(i32 2, i32 128)"));
  std::vector<float> a = iota(128), out(1);
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("out", out, KILN_BUFFER_OUTPUT);
  ASSERT_EQ(kernel.launch(128), 0) << kernel.messages;
  EXPECT_EQ(out[0], 128 * 129 / 2);
}

TEST(Run, MissingBarrierIsARace) {
  for (bool early : {false, true}) {
    Kernel kernel(reduction(""), early);
    std::vector<float> a = iota(128), out(1);
    kernel.add("a", a, KILN_BUFFER_INPUT);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    EXPECT_GT(kernel.launch(128), 0);
    EXPECT_TRUE(
        kernel.says(early ? "nothing has stored" : "without a barrier between"))
        << kernel.messages;
  }
}

// One warp: C (16x8) = A (16x8) * B (8x8), in the fragment order of the PTX
// manual, with addresses written out by hand.
TEST(Run, MmaTf32) {
  Kernel kernel(R"(
declare {float, float, float, float} @llvm.nvvm.mma.m16n8k8.row.col.tf32(i32, i32, i32, i32, i32, i32, float, float, float, float)
declare i32 @llvm.nvvm.f2tf32.rna(float)
define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, ptr addrspace(1) %c) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %g = lshr i32 %t, 2
  %q = and i32 %t, 3
  %g8 = mul i32 %g, 8
  %ai = add i32 %g8, %q
  %pa0 = getelementptr float, ptr addrspace(1) %a, i32 %ai
  %pa1 = getelementptr i8, ptr addrspace(1) %pa0, i32 256
  %pa2 = getelementptr i8, ptr addrspace(1) %pa0, i32 16
  %pa3 = getelementptr i8, ptr addrspace(1) %pa0, i32 272
  %fa0 = load float, ptr addrspace(1) %pa0
  %fa1 = load float, ptr addrspace(1) %pa1
  %fa2 = load float, ptr addrspace(1) %pa2
  %fa3 = load float, ptr addrspace(1) %pa3
  %a0 = call i32 @llvm.nvvm.f2tf32.rna(float %fa0)
  %a1 = call i32 @llvm.nvvm.f2tf32.rna(float %fa1)
  %a2 = call i32 @llvm.nvvm.f2tf32.rna(float %fa2)
  %a3 = call i32 @llvm.nvvm.f2tf32.rna(float %fa3)
  %q8 = mul i32 %q, 8
  %bi = add i32 %q8, %g
  %pb0 = getelementptr float, ptr addrspace(1) %b, i32 %bi
  %pb1 = getelementptr float, ptr addrspace(1) %pb0, i32 32
  %b0 = load i32, ptr addrspace(1) %pb0
  %b1 = load i32, ptr addrspace(1) %pb1
  %d = call {float, float, float, float} @llvm.nvvm.mma.m16n8k8.row.col.tf32(i32 %a0, i32 %a1, i32 %a2, i32 %a3, i32 %b0, i32 %b1, float 1.0, float 1.0, float 1.0, float 1.0)
  %d0 = extractvalue {float, float, float, float} %d, 0
  %d1 = extractvalue {float, float, float, float} %d, 1
  %d2 = extractvalue {float, float, float, float} %d, 2
  %d3 = extractvalue {float, float, float, float} %d, 3
  %q2 = mul i32 %q, 2
  %ci = add i32 %g8, %q2
  %pc0 = getelementptr float, ptr addrspace(1) %c, i32 %ci
  %pc1 = getelementptr float, ptr addrspace(1) %pc0, i32 1
  %pc2 = getelementptr float, ptr addrspace(1) %pc0, i32 64
  %pc3 = getelementptr float, ptr addrspace(1) %pc0, i32 65
  store float %d0, ptr addrspace(1) %pc0
  store float %d1, ptr addrspace(1) %pc1
  store float %d2, ptr addrspace(1) %pc2
  store float %d3, ptr addrspace(1) %pc3
  ret void
}
)");
  std::vector<float> a(128), b(64), c(128);
  auto round = [](float x) { // To nearest, ties away, as cvt.rna does.
    return std::bit_cast<float>((std::bit_cast<uint32_t>(x) + 0x1000) &
                                0xffffe000);
  };
  auto cut = [](float x) {
    return std::bit_cast<float>(std::bit_cast<uint32_t>(x) & 0xffffe000);
  };
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = std::sin(float(i));
  for (size_t i = 0; i < b.size(); ++i)
    b[i] = std::cos(float(i));
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("b", b, KILN_BUFFER_INPUT);
  kernel.add("c", c, KILN_BUFFER_OUTPUT);
  ASSERT_EQ(kernel.launch(32), 0) << kernel.messages;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j) {
      double sum = 1;
      for (int k = 0; k < 8; ++k)
        sum += double(round(a[i * 8 + k])) * cut(b[k * 8 + j]);
      EXPECT_EQ(c[i * 8 + j], float(sum));
    }
}

// C (16x8) = A (16x16) * B (16x8) in f16: both operands through ldmatrix, B
// transposed because it lies row-major; zero-filled asynchronous copies.
TEST(Run, MmaF16WithLdmatrix) {
  Kernel kernel(R"(
declare {float, float, float, float} @llvm.nvvm.mma.m16n8k16.row.col.f32.f32(<2 x half>, <2 x half>, <2 x half>, <2 x half>, <2 x half>, <2 x half>, float, float, float, float)
declare {i32, i32, i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(ptr addrspace(3))
declare {i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x2.trans.b16.p3(ptr addrspace(3))
@dyn = external addrspace(3) global [0 x i8], align 16
define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, ptr addrspace(1) %c) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %off = mul i32 %t, 16
  %ga = getelementptr i8, ptr addrspace(1) %a, i32 %off
  %sa = getelementptr i8, ptr addrspace(3) @dyn, i32 %off
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sa, ptr addrspace(1) %ga)
  %half = icmp ult i32 %t, 16
  br i1 %half, label %copyb, label %wait
copyb:
  %last = icmp eq i32 %t, 15
  %size = select i1 %last, i32 0, i32 16
  %gb = getelementptr i8, ptr addrspace(1) %b, i32 %off
  %sb0 = getelementptr i8, ptr addrspace(3) %sa, i32 512
  call void @llvm.nvvm.cp.async.cg.shared.global.16.s(ptr addrspace(3) %sb0, ptr addrspace(1) %gb, i32 %size)
  br label %wait
wait:
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 0)
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  ; matrices of A: rows 0-7, rows 8-15, then columns 8-15 of both
  %row = and i32 %t, 15
  %colhalf = lshr i32 %t, 4
  %ro = mul i32 %row, 32
  %co = mul i32 %colhalf, 16
  %ao = add i32 %ro, %co
  %pa = getelementptr i8, ptr addrspace(3) @dyn, i32 %ao
  %fa = call {i32, i32, i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(ptr addrspace(3) %pa)
  %bo0 = mul i32 %row, 16
  %bo = add i32 %bo0, 512
  %base = ptrtoint ptr addrspace(3) @dyn to i32
  %baddr = add i32 %base, %bo
  %pb = inttoptr i32 %baddr to ptr addrspace(3)
  %fb = call {i32, i32} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x2.trans.b16.p3(ptr addrspace(3) %pb)
  %i0 = extractvalue {i32, i32, i32, i32} %fa, 0
  %i1 = extractvalue {i32, i32, i32, i32} %fa, 1
  %i2 = extractvalue {i32, i32, i32, i32} %fa, 2
  %i3 = extractvalue {i32, i32, i32, i32} %fa, 3
  %j0 = extractvalue {i32, i32} %fb, 0
  %j1 = extractvalue {i32, i32} %fb, 1
  %a0 = bitcast i32 %i0 to <2 x half>
  %a1 = bitcast i32 %i1 to <2 x half>
  %a2 = bitcast i32 %i2 to <2 x half>
  %a3 = bitcast i32 %i3 to <2 x half>
  %b0 = bitcast i32 %j0 to <2 x half>
  %b1 = bitcast i32 %j1 to <2 x half>
  %d = call {float, float, float, float} @llvm.nvvm.mma.m16n8k16.row.col.f32.f32(<2 x half> %a0, <2 x half> %a1, <2 x half> %a2, <2 x half> %a3, <2 x half> %b0, <2 x half> %b1, float 0.0, float 0.0, float 0.0, float 0.0)
  %d0 = extractvalue {float, float, float, float} %d, 0
  %d1 = extractvalue {float, float, float, float} %d, 1
  %d2 = extractvalue {float, float, float, float} %d, 2
  %d3 = extractvalue {float, float, float, float} %d, 3
  %g = lshr i32 %t, 2
  %q = and i32 %t, 3
  %g8 = mul i32 %g, 8
  %q2 = mul i32 %q, 2
  %ci = add i32 %g8, %q2
  %pc0 = getelementptr float, ptr addrspace(1) %c, i32 %ci
  %pc2 = getelementptr float, ptr addrspace(1) %pc0, i32 64
  %v0 = insertelement <2 x float> poison, float %d0, i32 0
  %v1 = insertelement <2 x float> %v0, float %d1, i32 1
  %v2 = insertelement <2 x float> poison, float %d2, i32 0
  %v3 = insertelement <2 x float> %v2, float %d3, i32 1
  store <2 x float> %v1, ptr addrspace(1) %pc0
  store <2 x float> %v3, ptr addrspace(1) %pc2
  ret void
}
)");
  std::vector<_Float16> a(256), b(128);
  std::vector<float> c(128);
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = static_cast<_Float16>(std::sin(float(i)));
  for (size_t i = 0; i < b.size(); ++i)
    b[i] = static_cast<_Float16>(std::cos(float(i)));
  kernel.add("a", a, KILN_BUFFER_INPUT);
  kernel.add("b", b, KILN_BUFFER_INPUT);
  kernel.add("c", c, KILN_BUFFER_OUTPUT);
  ASSERT_EQ(kernel.launch(32, 1, 768), 0) << kernel.messages;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j) {
      double sum = 0;
      for (int k = 0; k < 15; ++k) // Row 15 of B is filled with zeros.
        sum += double(a[i * 16 + k]) * double(b[k * 8 + j]);
      EXPECT_EQ(c[i * 8 + j], float(sum));
    }
}

TEST(Run, ArithmeticIntrinsics) {
  Kernel kernel(R"(
declare float @llvm.nvvm.fmin.nan.f(float, float)
declare float @llvm.nvvm.fmax.f(float, float)
declare float @llvm.nvvm.ex2.approx.f32(float)
declare float @llvm.nvvm.rcp.approx.ftz.f(float)
declare i32 @llvm.nvvm.f2tf32.rna(float)
declare i32 @llvm.nvvm.redux.sync.add(i32, i32)
declare i32 @llvm.nvvm.f2i.rn(float)
declare i1 @llvm.nvvm.vote.any.sync(i32, i1)
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %nan = fdiv float 0.0, 0.0
  %v0 = call float @llvm.nvvm.fmin.nan.f(float %nan, float 1.0)
  %v1 = call float @llvm.nvvm.fmax.f(float %nan, float 1.0)
  %v2 = call float @llvm.nvvm.ex2.approx.f32(float 3.0)
  %v3 = call float @llvm.nvvm.rcp.approx.ftz.f(float 4.0)
  %r = call i32 @llvm.nvvm.f2tf32.rna(float %nan)
  %v4 = bitcast i32 %r to float
  %n = call i32 @llvm.nvvm.redux.sync.add(i32 2, i32 -1)
  %v5 = sitofp i32 %n to float
  %m = call i32 @llvm.nvvm.f2i.rn(float 2.5)
  %v6 = sitofp i32 %m to float
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %is3 = icmp eq i32 %t, 3
  %any = call i1 @llvm.nvvm.vote.any.sync(i32 -1, i1 %is3)
  %v7 = uitofp i1 %any to float
  %v8 = call float asm "tanh.approx.f32 $0, $1;", "=f,f"(float 0.0)
  %one = icmp eq i32 %t, 0
  br i1 %one, label %put, label %end
put:
  store float %v0, ptr addrspace(1) %out
  %p1 = getelementptr float, ptr addrspace(1) %out, i32 1
  store float %v1, ptr addrspace(1) %p1
  %p2 = getelementptr float, ptr addrspace(1) %out, i32 2
  store float %v2, ptr addrspace(1) %p2
  %p3 = getelementptr float, ptr addrspace(1) %out, i32 3
  store float %v3, ptr addrspace(1) %p3
  %p4 = getelementptr float, ptr addrspace(1) %out, i32 4
  store float %v4, ptr addrspace(1) %p4
  %p5 = getelementptr float, ptr addrspace(1) %out, i32 5
  store float %v5, ptr addrspace(1) %p5
  %p6 = getelementptr float, ptr addrspace(1) %out, i32 6
  store float %v6, ptr addrspace(1) %p6
  %p7 = getelementptr float, ptr addrspace(1) %out, i32 7
  store float %v7, ptr addrspace(1) %p7
  %p8 = getelementptr float, ptr addrspace(1) %out, i32 8
  store float %v8, ptr addrspace(1) %p8
  br label %end
end:
  ret void
}
)");
  std::vector<float> out(9, -1);
  kernel.add("out", out, KILN_BUFFER_OUTPUT);
  ASSERT_EQ(kernel.launch(32), 0) << kernel.messages;
  EXPECT_EQ(std::bit_cast<uint32_t>(out[0]), 0x7fffffffu);
  EXPECT_EQ(out[1], 1);
  EXPECT_EQ(out[2], 8);
  EXPECT_EQ(out[3], 0.25f);
  EXPECT_EQ(std::bit_cast<uint32_t>(out[4]), 0x7fffffffu);
  EXPECT_EQ(out[5], 64);
  EXPECT_EQ(out[6], 2);
  EXPECT_EQ(out[7], 1);
  EXPECT_EQ(out[8], 0);
}

// Conversions to narrow floats round to nearest even, keep subnormals and round
// once, whatever instructions the host has for them.
TEST(Run, NarrowConversions) {
  struct Case {
    double value;
    uint16_t bfloat, half;
  };
  const Case cases[8] = {
      {1.00390625, 0x3f80, 0x3c04},           // A tie in bf16: to even.
      {1.01171875, 0x3f82, 0x3c0c},           // The same, up.
      {0x1p-128, 0x0020, 0x0000},             // Subnormal in bf16.
      {-0x1.8p-133, 0x8002, 0x8000},          // A tie of subnormals.
      {0x1p-24, 0x3380, 0x0001},              // Subnormal in f16.
      {0x1.8p-24, 0x33c0, 0x0002},            // A tie of subnormals.
      {1 + 0x1p-8 + 0x1p-40, 0x3f81, 0x3c04}, // A tie only as a float.
      {std::numeric_limits<double>::infinity(), 0x7f80, 0x7c00},
  };
  for (const char *wide : {"float", "double"})
    for (const char *narrow : {"bfloat", "half"}) {
      bool isDouble = wide == std::string("double");
      std::string text = R"(
define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %out) {
  %v = load <8 x WIDE>, ptr addrspace(1) %a
  %n = fptrunc <8 x WIDE> %v to <8 x NARROW>
  store <8 x NARROW> %n, ptr addrspace(1) %out
  %s = getelementptr i8, ptr addrspace(1) %out, i32 16
  %e = extractelement <8 x WIDE> %v, i32 2
  %t = fptrunc WIDE %e to NARROW
  store NARROW %t, ptr addrspace(1) %s
  ret void
}
)";
      for (auto [from, to] : {std::pair("WIDE", wide), {"NARROW", narrow}})
        for (size_t at; (at = text.find(from)) != std::string::npos;)
          text.replace(at, std::strlen(from), to);
      Kernel kernel(text);
      std::vector<double> doubles;
      std::vector<float> floats;
      for (const Case &c : cases) {
        doubles.push_back(c.value);
        floats.push_back(static_cast<float>(c.value));
      }
      std::vector<uint16_t> out(9);
      if (isDouble)
        kernel.add("a", doubles, KILN_BUFFER_INPUT);
      else
        kernel.add("a", floats, KILN_BUFFER_INPUT);
      kernel.add("out", out, KILN_BUFFER_OUTPUT);
      ASSERT_EQ(kernel.launch(1), 0) << kernel.messages;
      for (int i = 0; i < 9; ++i) {
        const Case &c = cases[i < 8 ? i : 2];
        bool isBfloat = narrow == std::string("bfloat");
        uint16_t expected = isBfloat ? c.bfloat : c.half;
        if (i == 6 && !isDouble && isBfloat)
          expected = 0x3f80; // As a float it is a tie.
        EXPECT_EQ(out[i], expected) << wide << " to " << narrow << ", " << i;
      }
    }
}

// A table in constant memory, local memory that is indexed by a variable, a
// generic pointer into shared memory and atomics there.
TEST(Run, AddressSpaces) {
  for (bool early : {false, true}) {
    Kernel kernel(R"(
@table = internal addrspace(4) constant [4 x i32] [i32 1, i32 10, i32 100, i32 1000]
@sum = internal addrspace(3) global i32 undef, align 4
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %local = alloca [4 x i32], align 16
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %t, 0
  br i1 %first, label %init, label %go
init:
  store i32 0, ptr addrspace(3) @sum
  br label %go
go:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %i = and i32 %t, 3
  %pt = getelementptr i32, ptr addrspace(4) @table, i32 %i
  %v = load i32, ptr addrspace(4) %pt
  %pl = getelementptr i32, ptr %local, i32 %i
  store i32 %v, ptr %pl
  %w = load i32, ptr %pl
  %old = atomicrmw add ptr addrspace(3) @sum, i32 %w monotonic
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br i1 %first, label %put, label %end
put:
  %r = load i32, ptr addrspacecast (ptr addrspace(3) @sum to ptr)
  store i32 %r, ptr addrspace(1) %out
  br label %end
end:
  ret void
}
)",
                  early);
    std::vector<int32_t> out(1);
    kernel.add("out", out, KILN_BUFFER_OUTPUT);
    ASSERT_EQ(kernel.launch(64), 0) << kernel.messages;
    EXPECT_EQ(out[0], 16 * 1111);
  }
}
