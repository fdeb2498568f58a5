//===- CudaProgramTest.cpp - Tests of the driver's use ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/CudaProgram.h"
#include "ScaleArtifact.h"
#include "kiln/Runtime/Benchmark.h"
#include "kiln/Runtime/Rounds.h"

#include <cstdio>
#include <gtest/gtest.h>

using namespace kiln::runtime;
using namespace kiln::runtime::test;

namespace {
/// A fake driver that pretends `mode` and logs its calls.
class CudaProgramTest : public testing::Test {
protected:
  CudaProgramTest() { std::remove(logPath.c_str()); }

  void pretend(const char *mode) { setenv("KILN_FAKE_CUDA", mode, 1); }
  ~CudaProgramTest() override { unsetenv("KILN_FAKE_CUDA"); }

  std::string takeLog() {
    Result<std::string> text = readFile(logPath);
    std::remove(logPath.c_str());
    return text.failed() ? "" : *text;
  }

  /// The message with which opening the device and loading the program fails.
  std::string getError() {
    auto device = CudaDevice::open();
    if (device.failed())
      return device.message();
    auto program = CudaProgram::create(*device, artifact);
    if (program.failed())
      return program.message();
    Status status = (*program)->runChecked();
    return status.failed() ? status.message() : "";
  }

  std::string logPath = testing::TempDir() + "kiln-fake-cuda.log";
  ScopedVariable library{"KILN_CUDA_LIBRARY", KILN_FAKE_CUDA_LIBRARY};
  ScopedVariable log{"KILN_FAKE_CUDA_LOG", logPath};
  Artifact artifact = getScaleArtifact();
  std::vector<Tensor> inputs = getScaleInputs();
};
} // namespace

#define EXPECT_HAS(text, part)                                                 \
  EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(CudaProgramTest, RunsThePlan) {
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed()) << device.message();
  EXPECT_EQ((*device)->info().smCount, 5);
  auto program = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(program.failed()) << program.message();
  EXPECT_STREQ((*program)->loadedFrom(), "cubin");
  EXPECT_EQ((*program)->allocatedBytes(), 320 + 4 + 320 + 4 + 4);
  for (size_t i = 0; i < 2; ++i)
    ASSERT_FALSE((*program)->upload(i, inputs[i]).failed());
  ASSERT_FALSE((*program)->poison().failed());
  ASSERT_FALSE((*program)->runChecked().failed());
  Result<Tensor> output = (*program)->download(0);
  ASSERT_FALSE(output.failed());
  for (int64_t i = 0; i < 80; ++i)
    EXPECT_EQ(output->at(i), 6 * inputs[0].at(i));
  EXPECT_EQ(takeLog(),
            "load cubin\n"
            "attribute scale_compute 8 97792\n"
            "memset 255 320\n"
            "memset 255 4\n"
            "launch scale_pack grid 1 1 1 block 32 1 1 shared 0\n"
            "launch scale_compute grid 5 1 1 block 64 2 1 shared 97792\n");

  auto reference = CudaProgram::createReference(**program);
  ASSERT_FALSE(reference.failed()) << reference.message();
  EXPECT_EQ((*reference)->allocatedBytes(), 640);
  ASSERT_FALSE((*reference)->runChecked().failed());
  Result<Tensor> expected = (*reference)->download(0);
  ASSERT_FALSE(expected.failed());
  EXPECT_EQ(expected->type, ElementType::F64);
  EXPECT_EQ(expected->at(79), output->at(79));
}

TEST_F(CudaProgramTest, KeepsPreparedWeights) {
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed());
  auto created = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(created.failed());
  CudaProgram &program = **created;
  for (size_t i = 0; i < 2; ++i)
    ASSERT_FALSE(program.upload(i, inputs[i]).failed());
  ASSERT_FALSE(program.prepare().failed());
  // The packed weight stays when the input that it came from changes.
  storeFromDouble(ElementType::F32, inputs[1].data.data(), 0, 100);
  ASSERT_FALSE(program.upload(1, inputs[1]).failed());
  takeLog();
  ASSERT_FALSE(program.run(/*skipPrepared=*/true).failed());
  EXPECT_EQ(takeLog(), "launch scale_compute grid 5 1 1 block 64 2 1 shared "
                       "97792\n");
  EXPECT_EQ(program.download(0)->at(20), 6);
  ASSERT_FALSE(program.run().failed());
  EXPECT_EQ(program.download(0)->at(20), 200);
}

TEST_F(CudaProgramTest, KeepsTheInputsThatTheCallerNames) {
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed());
  auto created = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(created.failed());
  CudaProgram &program = **created;
  for (size_t i = 0; i < 2; ++i)
    ASSERT_FALSE(program.upload(i, inputs[i]).failed());
  auto listPrepared = [&] {
    return std::pair(program.isPrepared(0), program.isPrepared(1));
  };
  EXPECT_EQ(listPrepared(), std::pair(true, false)); // the packing kernel
  ASSERT_FALSE(program.keep({}).failed());
  EXPECT_EQ(listPrepared(), std::pair(false, false));
  ASSERT_FALSE(program.keep({0}).failed());
  EXPECT_EQ(listPrepared(), std::pair(false, false));
  ASSERT_FALSE(program.keep({0, 1}).failed());
  EXPECT_EQ(listPrepared(), std::pair(true, true));
  EXPECT_EQ(program.keep({2}).error().message, "the program has no input 2");
  ASSERT_FALSE(program.keep({1}).failed());
  EXPECT_EQ(listPrepared(), std::pair(true, false));

  // The weight changes from run to run, so that its packing is run as well.
  ASSERT_FALSE(program.keep({0}).failed());
  ASSERT_FALSE(program.prepare().failed());
  storeFromDouble(ElementType::F32, inputs[1].data.data(), 0, 100);
  ASSERT_FALSE(program.upload(1, inputs[1]).failed());
  ASSERT_FALSE(program.run(/*skipPrepared=*/true).failed());
  EXPECT_EQ(program.download(0)->at(20), 200);
}

TEST_F(CudaProgramTest, ChecksTensors) {
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed());
  auto program = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(program.failed());
  EXPECT_EQ((*program)->upload(0, inputs[1]).message(),
            "input x is 4x20 f32, but a tensor of 1 f32 was given");
  EXPECT_TRUE((*program)->upload(2, inputs[1]).failed());
  EXPECT_TRUE((*program)->download(1).failed());
}

TEST_F(CudaProgramTest, LoadsPtxOnOtherCards) {
  pretend("hopper");
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed()) << device.message();
  auto program = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(program.failed()) << program.message();
  EXPECT_STREQ((*program)->loadedFrom(), "PTX");
  EXPECT_EQ(takeLog().rfind("load ptx\n", 0), 0u);
}

TEST_F(CudaProgramTest, ExplainsErrors) {
  pretend("none");
  EXPECT_HAS(getError(), "no GPU: the CUDA driver finds none");
  pretend("no-init");
  EXPECT_HAS(getError(), "cannot start the CUDA driver: some other error");
  pretend("old");
  EXPECT_HAS(getError(), "has compute capability 7.5; the kernels need");
  pretend("ampere");
  EXPECT_HAS(getError(), "the artifact is for sm_89, but Fake GPU is sm_86");
  pretend("full");
  EXPECT_HAS(getError(), "too little GPU memory: 1 MiB are needed, 1 MiB of "
                         "1024 MiB are free on Fake GPU");
  pretend("fault");
  EXPECT_HAS(getError(), "kernel scale_compute failed: waiting for the GPU: an "
                         "illegal memory access was encountered "
                         "(CUDA_ERROR_ILLEGAL_ADDRESS, 700)");
  pretend("jit");
  artifact.cubin.clear();
  EXPECT_HAS(getError(), "the driver cannot compile the kernels' PTX: a PTX "
                         "JIT compilation failed");
  EXPECT_HAS(getError(), "\nptxas application ptx input, line 7; error: fake");
  pretend("");
  artifact.plan.kernels[1].name = "absent";
  EXPECT_HAS(getError(), "cannot find kernel absent in the module");
  artifact = getScaleArtifact();
  artifact.plan.kernels[1].dynamicSharedBytes = 200000;
  EXPECT_HAS(getError(), "needs 200000 bytes of shared memory");
  EXPECT_HAS(CudaDevice::open(3).message(), "no GPU number 3: there are 1");
  setenv("KILN_CUDA_LIBRARY", "/nonexistent/libcuda.so.1", 1);
  EXPECT_HAS(getError(), "no CUDA driver: /nonexistent/libcuda.so.1");
}

TEST_F(CudaProgramTest, TimesKernels) {
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed());
  auto program = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(program.failed());
  BenchmarkOptions options;
  options.repeat = 3;
  options.warmup = 0;
  options.coldL2 = true;
  takeLog();
  Result<BenchmarkResult> result = benchmark(**program, options);
  ASSERT_FALSE(result.failed()) << result.message();
  EXPECT_EQ(result->time.median, 5);
  EXPECT_EQ(result->time.count, 3);
  ASSERT_EQ(result->kernels.size(), 2u);
  EXPECT_EQ(result->kernels[0].time.median, 1);
  EXPECT_EQ(result->kernels[1].time.median, 4);
  EXPECT_EQ(result->flops, 8000000000);
  EXPECT_DOUBLE_EQ(getTeraflops(result->flops, result->time), 1.6);
  EXPECT_DOUBLE_EQ(getGigabytes(4000000, result->kernels[1].time), 1);
  // The cache is flushed before each of 3 + 3 repetitions.
  std::string text = takeLog();
  size_t flushes = 0;
  for (size_t i = text.find("memset 0 "); i != std::string::npos;
       i = text.find("memset 0 ", i + 1))
    ++flushes;
  EXPECT_EQ(flushes, 6u);

  options.skipPrepared = true;
  result = benchmark(**program, options);
  ASSERT_FALSE(result.failed());
  EXPECT_EQ(result->time.median, 4);
  EXPECT_EQ(result->kernels.size(), 1u);
}

TEST_F(CudaProgramTest, TimesProgramsInRounds) {
  auto device = CudaDevice::open();
  ASSERT_FALSE(device.failed());
  auto first = CudaProgram::create(*device, artifact);
  ASSERT_FALSE(first.failed());
  auto second = CudaProgram::createBeside(**first, artifact);
  ASSERT_FALSE(second.failed()) << second.message();
  // The inputs are the first one's.
  EXPECT_LT((*second)->allocatedBytes(), (*first)->allocatedBytes());

  RoundOptions options;
  options.rounds = 4;
  options.warmup = 0;
  options.sampleMilliseconds = 11;
  int calls = 0;
  auto times = timeInRounds({&**first, &**second}, options, [&](int done) {
    EXPECT_EQ(done, ++calls);
    return done < 3;
  });
  ASSERT_FALSE(times.failed()) << times.message();
  EXPECT_EQ(*times, std::vector(2, std::vector(3, 5.0)));
  options.skipPrepared = true;
  times = timeInRounds({&**first}, options);
  ASSERT_FALSE(times.failed());
  EXPECT_EQ(*times, std::vector(1, std::vector(4, 4.0)));
  EXPECT_TRUE(timeInRounds({}, options)->empty());

  Artifact other = artifact;
  other.inputs.pop_back();
  auto third = CudaProgram::createBeside(**first, other);
  ASSERT_TRUE(third.failed());
  EXPECT_HAS(third.message(),
             "programs beside each other need the same inputs");
}
