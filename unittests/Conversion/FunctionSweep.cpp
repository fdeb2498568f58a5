//===- FunctionSweep.cpp - Errors of compiled scalar functions ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "FunctionSweep.h"

#include "kiln/Runtime/CudaProgram.h"
#include "kiln/Runtime/Emulation.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <mutex>
#include <thread>

using namespace kiln::runtime;
using namespace kiln::sweep;

static constexpr double kHuge = 1e9;

static uint64_t getStride() {
  const char *stride = std::getenv("KILN_SWEEP_STRIDE");
  return stride ? std::max(1l, std::atol(stride)) : 16381;
}

bool kiln::sweep::isOnCard() {
  const char *device = std::getenv("KILN_SWEEP_DEVICE");
  return device && std::string(device) == "cuda";
}

static void report(KilnSeverity severity, const std::string &message) {
  if (severity == KILN_ERROR)
    ADD_FAILURE() << message;
}

namespace {
/// One compiled expression on the chosen device.
class Kernel {
public:
  Kernel(const std::string &body, int64_t size, bool isBinary,
         const char *rounding)
      : size(size) {
    setenv("KILN_CAPI_LIBRARY", KILN_COMPILER_LIBRARY, /*replace=*/0);
    auto loaded = CompilerLibrary::load("the test");
    if (loaded.failed()) {
      ADD_FAILURE() << loaded.message();
      return;
    }
    library = *loaded;
    std::string type = "tensor<" + std::to_string(size) + "xf32>";
    std::string map = "affine_map<(i) -> (i)>";
    std::string source = "func.func @f(%first: " + type +
                         (isBinary ? ", %second: " + type : "") + ") -> " +
                         type + " {\n  %empty = tensor.empty() : " + type +
                         "\n  %all = linalg.generic {indexing_maps = [" + map +
                         ", " + (isBinary ? map + ", " : "") + map +
                         "], iterator_types = [\"parallel\"]} ins(%first" +
                         (isBinary ? ", %second : " + type + ", " : " : ") +
                         type + ") outs(%empty : " + type +
                         ") {\n  ^bb0(%x: f32, " +
                         (isBinary ? "%y: f32, " : "") + "%out: f32):\n" +
                         body + "\n    linalg.yield %r : f32\n  } -> " + type +
                         "\n  return %all : " + type + "\n}\n";
    KilnCompileOptions options = {};
    options.rounding = rounding;
    auto compiled = compile(*library, source, "function.mlir", options, report);
    if (compiled.failed()) {
      ADD_FAILURE() << compiled.message() << "\n" << source;
      return;
    }
    artifact = std::move(*compiled);
    for (int i = 0; i < (isBinary ? 2 : 1); ++i)
      inputs.push_back(std::move(*Tensor::create(ElementType::F32, {size})));
    if (!isOnCard())
      return;
    auto device = CudaDevice::open(0);
    if (device.failed()) {
      ADD_FAILURE() << device.message();
      return;
    }
    auto created = CudaProgram::create(std::move(*device), artifact);
    if (created.failed())
      ADD_FAILURE() << created.message();
    else
      program = std::move(*created);
  }

  bool isReady() const { return !inputs.empty() && (program || !isOnCard()); }
  float *input(size_t index) {
    return reinterpret_cast<float *>(inputs[index].data.data());
  }

  /// False after a failure.
  bool run(Tensor &output) {
    if (program) {
      Status status;
      for (size_t i = 0; i < inputs.size() && !status.failed(); ++i)
        status = program->upload(i, inputs[i]);
      if (!status.failed())
        status = program->runChecked();
      auto result = program->download(0);
      if (!status.failed() && !result.failed())
        return output = std::move(*result), true;
      ADD_FAILURE() << (status.failed() ? status.message() : result.message());
      return false;
    }
    EmulationOptions options;
    options.orders = {KILN_COPIES_LATE};
    options.checks = false;
    auto result = emulate(library, artifact, inputs, options, nullptr, report);
    if (result.failed() || result->outputs.empty()) {
      ADD_FAILURE() << (result.failed() ? result.message() : "no output");
      return false;
    }
    output = std::move(result->outputs[0]);
    return true;
  }

  const int64_t size;

private:
  std::shared_ptr<const CompilerLibrary> library;
  Artifact artifact;
  std::vector<Tensor> inputs;
  std::unique_ptr<CudaProgram> program;
};
} // namespace

static double getUlps(float got, double exact, const Allowance &allowance) {
  float want = static_cast<float>(exact);
  if (std::isnan(got) || std::isnan(want))
    return std::isnan(got) && std::isnan(want) ? 0 : kHuge;
  if (got == want && std::signbit(got) == std::signbit(want))
    return 0;
  double off = std::abs(static_cast<double>(got) - exact);
  if (allowance.flushes && std::abs(exact) < 0x1p-126 && got == 0)
    return 0;
  if (off <= allowance.absolute)
    return 0;
  // The largest number and infinity are neighbours.
  if (std::isinf(got) && std::abs(exact) > 0x1.fffffep127)
    return std::signbit(got) == std::signbit(want) ? 0 : kHuge;
  if (std::isinf(got) || std::isinf(exact))
    return std::isinf(got) == std::isinf(want) ? 0 : kHuge;
  if (std::signbit(got) != std::signbit(want))
    return kHuge;
  int exponent = std::max(std::ilogb(exact == 0 ? 0x1p-149 : exact), -126);
  return (off - allowance.absolute) / std::ldexp(1.0, exponent - 23);
}

/// The worst element of a run, found by all cores.
static Deviation getWorst(Kernel &kernel, const Tensor &output, int64_t count,
                          bool isBinary,
                          const std::function<double(double, double)> &exact,
                          const Allowance &allowance) {
  const float *x = kernel.input(0), *y = isBinary ? kernel.input(1) : x;
  const float *got = reinterpret_cast<const float *>(output.data.data());
  Deviation worst;
  std::mutex lock;
  unsigned numThreads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < numThreads; ++t)
    threads.emplace_back([&, t] {
      Deviation mine;
      for (int64_t i = t; i < count; i += numThreads) {
        if (std::abs(x[i]) > allowance.domain)
          continue;
        double want = exact(x[i], y[i]);
        double ulps = getUlps(got[i], want, allowance);
        if (ulps > mine.ulps)
          mine = {ulps, x[i], y[i], got[i], static_cast<float>(want)};
      }
      std::lock_guard guard(lock);
      if (mine.ulps > worst.ulps)
        worst = mine;
    });
  for (std::thread &thread : threads)
    thread.join();
  return worst;
}

Deviation kiln::sweep::sweepUnary(const std::string &body,
                                  const std::function<double(double)> &exact,
                                  const Allowance &allowance,
                                  const char *rounding) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> edges = {0.0f,
                                    -0.0f,
                                    kInfinity,
                                    -kInfinity,
                                    NAN,
                                    1.0f,
                                    -1.0f,
                                    0x1p-149f,
                                    -0x1p-149f,
                                    0x1p-126f,
                                    -0x1p-126f,
                                    0x1.fffffep127f,
                                    -0x1.fffffep127f,
                                    0x1.fffffep-127f,
                                    0.5f,
                                    -0.5f,
                                    1.5f,
                                    2.5f,
                                    -0x1.fffffep-1f,
                                    0x1.000002p0f,
                                    88.72284f,
                                    -87.33655f,
                                    -103.97208f,
                                    20.0f,
                                    128.0f,
                                    -149.0f};
  uint64_t stride = getStride();
  uint64_t total = ((uint64_t(1) << 32) + stride - 1) / stride;
  Kernel kernel(body, std::min<uint64_t>(total, 1 << 26) + edges.size(),
                /*isBinary=*/false, rounding);
  Deviation worst;
  worst.ulps = kernel.isReady() ? 0 : kHuge;
  int64_t perRun = kernel.size - edges.size();
  for (uint64_t first = 0; kernel.isReady() && first < total; first += perRun) {
    float *x = kernel.input(0);
    std::copy(edges.begin(), edges.end(), x);
    for (int64_t i = 0; i < perRun; ++i) {
      uint32_t bits = (first + i) * stride;
      std::memcpy(x + edges.size() + i, &bits, sizeof(bits));
    }
    Tensor output;
    if (!kernel.run(output))
      return worst.ulps = kHuge, worst;
    Deviation here = getWorst(
        kernel, output, kernel.size, /*isBinary=*/false,
        [&](double v, double) { return exact(v); }, allowance);
    if (here.ulps > worst.ulps)
      worst = here;
  }
  return worst;
}

Deviation kiln::sweep::sweepBinary(
    const std::string &body, const std::function<double(double, double)> &exact,
    const std::vector<float> &xs, const std::vector<float> &ys) {
  int64_t size = xs.size() * ys.size();
  Kernel kernel(body, size, /*isBinary=*/true, "fused");
  Deviation worst;
  worst.ulps = kHuge;
  if (!kernel.isReady())
    return worst;
  for (int64_t i = 0; i < size; ++i) {
    kernel.input(0)[i] = xs[i / ys.size()];
    kernel.input(1)[i] = ys[i % ys.size()];
  }
  Tensor output;
  if (!kernel.run(output))
    return worst;
  return getWorst(kernel, output, size, /*isBinary=*/true, exact, {});
}
