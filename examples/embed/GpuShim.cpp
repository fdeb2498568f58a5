//===- GpuShim.cpp - MLIR's GPU runtime on the CPU ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The signatures are those of MLIR 22 (mlir/lib/ExecutionEngine/
// CudaRuntimeWrappers.cpp). Everything happens in the call: a stream has
// nothing to wait for.
//
//===----------------------------------------------------------------------===//

#include "GpuShim.h"

#include "kiln-c/Emulator.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace {

struct Module {
  KilnEmulator *emulator = nullptr;
  std::map<std::string, std::unique_ptr<struct Function>> functions;
};

struct Function {
  Module *module;
  std::string name;
};

struct Buffer {
  std::string name;
  size_t bytes;
  bool isOwned; ///< allocated here, not registered
};

/// One card. Every entry locks it: launches use all cores by themselves.
struct Card {
  std::mutex mutex;
  std::set<Module *> modules;
  std::map<char *, Buffer> buffers;
  int64_t errors = 0, numBuffers = 0;

  void error(const std::string &text) {
    std::fprintf(stderr, "gpu shim: %s\n", text.c_str());
    ++errors;
  }

  void add(char *memory, size_t bytes, bool isOwned) {
    Buffer buffer{"buffer " + std::to_string(numBuffers++), bytes, isOwned};
    for (Module *module : modules)
      kilnEmulatorAddBuffer(module->emulator, buffer.name.c_str(), memory,
                            bytes, KILN_BUFFER_WORKSPACE);
    buffers[memory] = buffer;
  }

  /// Forgets a buffer; whether there was one.
  bool remove(char *memory) {
    for (Module *module : modules)
      kilnEmulatorRemoveBuffer(module->emulator, memory);
    return buffers.erase(memory) != 0;
  }

  void setWritten(const void *memory, size_t bytes) {
    for (Module *module : modules)
      kilnEmulatorSetWritten(module->emulator, memory, bytes);
  }

  /// Tells the other modules what a kernel of one has stored.
  void shareStores(Module *from) {
    for (auto &[memory, buffer] : buffers) {
      const uint8_t *written = kilnEmulatorGetWritten(from->emulator, memory);
      for (size_t i = 0; written && i < buffer.bytes;) {
        size_t begin = i;
        for (; i < buffer.bytes && written[i]; ++i) {
        }
        for (Module *module : modules)
          if (module != from && i > begin)
            kilnEmulatorSetWritten(module->emulator, memory + begin, i - begin);
        i += i == begin;
      }
    }
  }
};

Card &card() {
  static Card one;
  return one;
}

void report(KilnSeverity severity, const char *message, void *) {
  if (severity == KILN_ERROR)
    card().error(message);
}

/// What MLIR passes for a memref of rank 1.
struct Descriptor {
  char *allocated, *aligned;
  int64_t offset, sizes[];
};

} // namespace

#define KILN_SHIM_API extern "C" __attribute__((visibility("default")))

KILN_SHIM_API int32_t kilnGpuShimGetSmCount(void) { return 3; }

KILN_SHIM_API int64_t kilnGpuShimGetNumErrors(void) {
  std::lock_guard lock(card().mutex);
  return card().errors;
}

KILN_SHIM_API Module *mgpuModuleLoad(void *data, size_t bytes) {
  std::lock_guard lock(card().mutex);
  KilnEmulatorOptions options = {};
  options.checks = 1;
  auto module = std::make_unique<Module>();
  module->emulator = kilnEmulatorCreate(data, bytes, &options, report, nullptr);
  if (!module->emulator)
    return nullptr; // reported
  card().modules.insert(module.get());
  for (auto &[memory, buffer] : card().buffers) {
    kilnEmulatorAddBuffer(module->emulator, buffer.name.c_str(), memory,
                          buffer.bytes, KILN_BUFFER_WORKSPACE);
    // What has been stored before is not known any more.
    kilnEmulatorSetWritten(module->emulator, memory, buffer.bytes);
  }
  return module.release();
}

KILN_SHIM_API Module *mgpuModuleLoadJIT(void *, int) {
  std::lock_guard lock(card().mutex);
  card().error("there is no driver to compile PTX; embed with the bitcode "
               "selected");
  return nullptr;
}

KILN_SHIM_API void mgpuModuleUnload(Module *module) {
  std::lock_guard lock(card().mutex);
  if (!module)
    return;
  card().modules.erase(module);
  kilnEmulatorDestroy(module->emulator);
  delete module;
}

KILN_SHIM_API Function *mgpuModuleGetFunction(Module *module,
                                              const char *name) {
  std::lock_guard lock(card().mutex);
  if (!module)
    return nullptr;
  auto &function = module->functions[name];
  if (!function)
    function = std::make_unique<Function>(Function{module, name});
  return function.get();
}

KILN_SHIM_API void mgpuLaunchKernel(Function *function, intptr_t gridX,
                                    intptr_t gridY, intptr_t gridZ,
                                    intptr_t blockX, intptr_t blockY,
                                    intptr_t blockZ, int32_t sharedBytes,
                                    void *stream, void **arguments,
                                    void **extra, size_t numArguments) {
  std::lock_guard lock(card().mutex);
  if (!function) {
    card().error("a launch from a module that was not loaded");
    return;
  }
  int64_t grid[] = {gridX, gridY, gridZ}, block[] = {blockX, blockY, blockZ};
  // Each finding is counted as it is reported.
  kilnEmulatorLaunch(function->module->emulator, function->name.c_str(), grid,
                     block, sharedBytes, arguments, numArguments, nullptr, 0);
  if (card().modules.size() > 1)
    card().shareStores(function->module);
}

KILN_SHIM_API void *mgpuMemAlloc(uint64_t bytes, void *, bool) {
  std::lock_guard lock(card().mutex);
  constexpr size_t kAlignment = 256; // that of the driver
  size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  auto *memory = static_cast<char *>(
      std::aligned_alloc(kAlignment, rounded ? rounded : kAlignment));
  if (!memory) {
    card().error("no memory for " + std::to_string(bytes) + " bytes");
    return nullptr;
  }
  std::memset(memory, 0xff, rounded); // NaN
  card().add(memory, bytes, /*isOwned=*/true);
  return memory;
}

KILN_SHIM_API void mgpuMemFree(void *memory, void *) {
  std::lock_guard lock(card().mutex);
  auto found = card().buffers.find(static_cast<char *>(memory));
  if (found == card().buffers.end() || !found->second.isOwned) {
    card().error("memory is freed that was not allocated, or freed before");
    return;
  }
  card().remove(static_cast<char *>(memory));
  std::free(memory);
}

KILN_SHIM_API void mgpuMemcpy(void *to, void *from, size_t bytes, void *) {
  std::lock_guard lock(card().mutex);
  std::memmove(to, from, bytes);
  card().setWritten(to, bytes);
}

KILN_SHIM_API void mgpuMemset32(void *to, unsigned value, size_t count,
                                void *) {
  std::lock_guard lock(card().mutex);
  std::fill_n(static_cast<uint32_t *>(to), count, value);
  card().setWritten(to, count * sizeof(uint32_t));
}

KILN_SHIM_API void mgpuMemset16(void *to, unsigned short value, size_t count,
                                void *) {
  std::lock_guard lock(card().mutex);
  std::fill_n(static_cast<uint16_t *>(to), count, value);
  card().setWritten(to, count * sizeof(uint16_t));
}

/// Memory of the host that kernels may access; what is in it is the host's.
KILN_SHIM_API void mgpuMemHostRegisterMemRef(int64_t rank,
                                             Descriptor *descriptor,
                                             int64_t elementBytes) {
  std::lock_guard lock(card().mutex);
  size_t bytes = elementBytes;
  for (int64_t i = 0; i < rank; ++i)
    bytes *= descriptor->sizes[i];
  char *memory = descriptor->aligned + descriptor->offset * elementBytes;
  card().add(memory, bytes, /*isOwned=*/false);
  card().setWritten(memory, bytes);
}

KILN_SHIM_API void mgpuMemHostUnregisterMemRef(int64_t, Descriptor *descriptor,
                                               int64_t elementBytes) {
  std::lock_guard lock(card().mutex);
  card().remove(descriptor->aligned + descriptor->offset * elementBytes);
}

KILN_SHIM_API void *mgpuStreamCreate() { return new char; }
KILN_SHIM_API void mgpuStreamDestroy(void *stream) {
  delete static_cast<char *>(stream);
}
KILN_SHIM_API void mgpuStreamSynchronize(void *) {}
KILN_SHIM_API void mgpuStreamWaitEvent(void *, void *) {}
KILN_SHIM_API void *mgpuEventCreate() { return new char; }
KILN_SHIM_API void mgpuEventDestroy(void *event) {
  delete static_cast<char *>(event);
}
KILN_SHIM_API void mgpuEventSynchronize(void *) {}
KILN_SHIM_API void mgpuEventRecord(void *, void *) {}
