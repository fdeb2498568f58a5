//===- FakeCuda.cpp - A CUDA driver for tests without a card ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// "Device" memory is host memory and launches run at once. KILN_FAKE_CUDA
// chooses what the driver pretends: none, no-init, old, ampere, hopper, full,
// jit, fault, wrong, any, any-wrong. KILN_FAKE_CUDA_LOG names a file that gets
// a line for each call worth checking.
//
// A driver that pretends "any" takes every module in PTX, and each kernel fills
// its last argument with the same row of numbers: right for whoever compares
// with the reference, whose kernels are called reference_... A launch takes a
// millisecond for each KiB of shared memory; with "any-wrong" what has three
// warps or more is wrong.
//
//===----------------------------------------------------------------------===//

#include "FakeScale.h"

#include <cstdio>
#include <cstdlib>
#include <map>

namespace {
using Result = int;
using Pointer = unsigned long long;

bool pretends(const char *mode) {
  const char *chosen = std::getenv("KILN_FAKE_CUDA");
  return chosen && std::string(chosen) == mode;
}

template <typename... Ts>
void log(const char *format, Ts... values) {
  const char *path = std::getenv("KILN_FAKE_CUDA_LOG");
  if (!path)
    return;
  if (std::FILE *file = std::fopen(path, "a")) {
    std::fprintf(file, format, values...);
    std::fprintf(file, "\n");
    std::fclose(file);
  }
}

/// Kernels are their own names.
struct Kernel {
  std::string name;
  size_t numArguments = 0; ///< known of "any" kernel
};
bool pretendsAny() { return pretends("any") || pretends("any-wrong"); }
/// The module loaded last, as PTX.
std::string loadedText;
std::map<Pointer, size_t> allocated;

/// Fills the buffer of the last argument: doubles for the reference.
void fillLast(const Kernel &kernel, void **arguments, bool wrong) {
  if (kernel.numArguments == 0)
    return;
  auto pointer = fake::getArgument<Pointer>(arguments, kernel.numArguments - 1);
  size_t bytes = allocated[pointer];
  auto fill = [&](auto *to) {
    for (size_t i = 0; i < bytes / sizeof *to; ++i)
      to[i] = (double(i % 97) / 97 - 0.5) * (wrong ? 1.25 : 1);
  };
  if (kernel.name.rfind("reference_", 0) == 0)
    fill(reinterpret_cast<double *>(pointer));
  else
    fill(reinterpret_cast<float *>(pointer));
}
bool faulted = false;
float clockMilliseconds = 0;

struct Event {
  float time = 0;
};
} // namespace

#define FAKE extern "C" __attribute__((visibility("default"))) Result

FAKE cuGetErrorString(Result error, const char **text) {
  *text = error == 2     ? "out of memory"
          : error == 100 ? "no CUDA-capable device is detected"
          : error == 218 ? "a PTX JIT compilation failed"
          : error == 500 ? "named symbol not found"
          : error == 700 ? "an illegal memory access was encountered"
                         : "some other error";
  return 0;
}
FAKE cuGetErrorName(Result error, const char **name) {
  *name = error == 2     ? "CUDA_ERROR_OUT_OF_MEMORY"
          : error == 218 ? "CUDA_ERROR_INVALID_PTX"
          : error == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS"
                         : "CUDA_ERROR_OTHER";
  return 0;
}
FAKE cuInit(unsigned) {
  return pretends("none") ? 100 : pretends("no-init") ? 999 : 0;
}
FAKE cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}
FAKE cuDeviceGetCount(int *count) {
  *count = 1;
  return 0;
}
FAKE cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return 0;
}
FAKE cuDeviceGetName(char *name, int length, int) {
  std::snprintf(name, size_t(length), "Fake GPU");
  return 0;
}
FAKE cuDeviceGetAttribute(int *value, int attribute, int) {
  switch (attribute) {
  case 16: // multiprocessors
    *value = 5;
    return 0;
  case 38: // L2
    *value = 4096;
    return 0;
  case 75:
    *value = pretends("old") ? 7 : pretends("hopper") || pretendsAny() ? 9 : 8;
    return 0;
  case 76:
    *value = pretends("old")                       ? 5
             : pretends("ampere")                  ? 6
             : pretends("hopper") || pretendsAny() ? 0
                                                   : 9;
    return 0;
  case 97: // shared memory
    *value = 101376;
    return 0;
  }
  return 1;
}
FAKE cuDevicePrimaryCtxRetain(void **context, int) {
  static int tag;
  *context = &tag;
  return 0;
}
FAKE cuDevicePrimaryCtxRelease_v2(int) { return 0; }
FAKE cuCtxSetCurrent(void *) { return 0; }
FAKE cuModuleLoadDataEx(void **module, const void *image, unsigned count,
                        int *options, void **values) {
  const char *text = static_cast<const char *>(image);
  if (pretends("jit")) {
    for (unsigned i = 0; i < count; ++i)
      if (options[i] == 5)
        std::strcpy(static_cast<char *>(values[i]),
                    "ptxas application ptx input, line 7; error: fake\n");
    return 218;
  }
  if (pretendsAny())
    loadedText = text;
  log("load %s", std::strncmp(text, "CUBIN", 5) == 0 ? "cubin" : "ptx");
  static int tag;
  *module = &tag;
  return 0;
}
FAKE cuModuleUnload(void *) { return 0; }
FAKE cuModuleGetFunction(void **function, void *, const char *name) {
  if (std::strncmp(name, "scale_", 6) != 0 && !pretendsAny())
    return 500;
  static std::map<std::string, Kernel> kernels;
  Kernel &kernel = kernels.try_emplace(name, Kernel{name}).first->second;
  size_t from = loadedText.find(".entry " + std::string(name) + "(");
  size_t to = loadedText.find("\n)", from);
  kernel.numArguments = 0;
  if (pretendsAny() && to != std::string::npos)
    while ((from = loadedText.find(".param", from + 1)) < to)
      ++kernel.numArguments;
  *function = &kernel;
  return 0;
}
FAKE cuFuncSetAttribute(void *function, int attribute, int value) {
  log("attribute %s %d %d", static_cast<Kernel *>(function)->name.c_str(),
      attribute, value);
  return 0;
}
FAKE cuMemGetInfo_v2(size_t *free, size_t *total) {
  *free = pretends("full") ? 100 : size_t(1) << 30;
  *total = size_t(1) << 30;
  return 0;
}
FAKE cuMemAlloc_v2(Pointer *pointer, size_t bytes) {
  void *memory = std::malloc(bytes);
  *pointer = reinterpret_cast<Pointer>(memory);
  allocated[*pointer] = bytes;
  return memory ? 0 : 2;
}
FAKE cuMemFree_v2(Pointer pointer) {
  std::free(reinterpret_cast<void *>(pointer));
  return 0;
}
FAKE cuMemsetD8Async(Pointer pointer, unsigned char value, size_t bytes,
                     void *) {
  std::memset(reinterpret_cast<void *>(pointer), value, bytes);
  log("memset %d %zu", int(value), bytes);
  return 0;
}
FAKE cuMemcpyHtoD_v2(Pointer to, const void *from, size_t bytes) {
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}
FAKE cuMemcpyDtoH_v2(void *to, Pointer from, size_t bytes) {
  std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
  return 0;
}
FAKE cuStreamCreate(void **stream, unsigned flags) {
  static int tag;
  *stream = &tag;
  return flags == 0 ? 0 : 1; // must be ordered with plain copies
}
FAKE cuStreamDestroy_v2(void *) { return 0; }
FAKE cuStreamSynchronize(void *) {
  return faulted && pretends("fault") ? 700 : 0;
}
FAKE cuEventCreate(void **event, unsigned) {
  *event = new Event;
  return 0;
}
FAKE cuEventDestroy_v2(void *event) {
  delete static_cast<Event *>(event);
  return 0;
}
FAKE cuEventRecord(void *event, void *) {
  static_cast<Event *>(event)->time = clockMilliseconds;
  return 0;
}
FAKE cuEventElapsedTime(float *milliseconds, void *from, void *to) {
  *milliseconds =
      static_cast<Event *>(to)->time - static_cast<Event *>(from)->time;
  return 0;
}
FAKE cuLaunchKernel(void *function, unsigned gridX, unsigned gridY,
                    unsigned gridZ, unsigned blockX, unsigned blockY,
                    unsigned blockZ, unsigned shared, void *, void **arguments,
                    void **) {
  const std::string &name = static_cast<Kernel *>(function)->name;
  log("launch %s grid %u %u %u block %u %u %u shared %u", name.c_str(), gridX,
      gridY, gridZ, blockX, blockY, blockZ, shared);
  if (pretendsAny()) {
    clockMilliseconds += float(shared) / 1024;
    fillLast(*static_cast<Kernel *>(function), arguments,
             pretends("any-wrong") && blockX >= 96 && shared > 0);
    return 0;
  }
  // A millisecond for packing, four for anything else.
  clockMilliseconds += name == "scale_pack" ? 1 : 4;
  if (pretends("fault") && name == "scale_compute")
    faulted = true;
  if (name == "scale_reference") {
    auto *x = fake::getArgument<float *>(arguments, 0);
    auto *weight = fake::getArgument<float *>(arguments, 1);
    auto *y = fake::getArgument<double *>(arguments, 2);
    for (int64_t i = 0; i < fake::rows * fake::columns; ++i)
      y[i] = double(x[i]) * double(*weight) * 2;
    return 0;
  }
  float error = pretends("wrong") ? 1.25f : 1;
  auto store = [&](float *to, float value) { *to = value * error; };
  for (int64_t block = 0; block < gridX; ++block)
    fake::runBlock(name, arguments, block, gridX, store);
  return 0;
}
