//===- CudaApi.h - The part of the CUDA driver API used here ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Declared here so that the runtime builds without the CUDA toolkit; the names
// and values are those of the driver's stable binary interface.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_CUDAAPI_H
#define KILN_LIB_RUNTIME_CUDAAPI_H

#include <cstddef>
#include <cstdint>

namespace kiln::runtime::cuda {

using Result = int;
using DeviceHandle = int;
using Context = struct ContextTag *;
using Module = struct ModuleTag *;
using Function = struct FunctionTag *;
using Stream = struct StreamTag *;
using Event = struct EventTag *;
using Pointer = unsigned long long;

enum : Result {
  success = 0,
  errorOutOfMemory = 2,
  errorNoDevice = 100,
  errorNoBinaryForGpu = 209,
};

enum DeviceAttribute : int {
  attributeMultiprocessorCount = 16,
  attributeL2CacheSize = 38,
  attributeComputeCapabilityMajor = 75,
  attributeComputeCapabilityMinor = 76,
  attributeMaxSharedMemoryPerBlockOptin = 97,
};

enum FunctionAttribute : int { attributeMaxDynamicSharedSizeBytes = 8 };

enum JitOption : int {
  jitInfoLogBuffer = 3,
  jitInfoLogBufferSizeBytes = 4,
  jitErrorLogBuffer = 5,
  jitErrorLogBufferSizeBytes = 6,
};

// X(member, symbol, parameters)
#define KILN_CUDA_FUNCTIONS(X)                                                 \
  X(getErrorString, "cuGetErrorString", (Result, const char **))               \
  X(getErrorName, "cuGetErrorName", (Result, const char **))                   \
  X(init, "cuInit", (unsigned))                                                \
  X(driverGetVersion, "cuDriverGetVersion", (int *))                           \
  X(deviceGetCount, "cuDeviceGetCount", (int *))                               \
  X(deviceGet, "cuDeviceGet", (DeviceHandle *, int))                           \
  X(deviceGetName, "cuDeviceGetName", (char *, int, DeviceHandle))             \
  X(deviceGetAttribute, "cuDeviceGetAttribute", (int *, int, DeviceHandle))    \
  X(primaryCtxRetain, "cuDevicePrimaryCtxRetain", (Context *, DeviceHandle))   \
  X(primaryCtxRelease, "cuDevicePrimaryCtxRelease_v2", (DeviceHandle))         \
  X(ctxSetCurrent, "cuCtxSetCurrent", (Context))                               \
  X(moduleLoadDataEx, "cuModuleLoadDataEx",                                    \
    (Module *, const void *, unsigned, int *, void **))                        \
  X(moduleUnload, "cuModuleUnload", (Module))                                  \
  X(moduleGetFunction, "cuModuleGetFunction",                                  \
    (Function *, Module, const char *))                                        \
  X(funcSetAttribute, "cuFuncSetAttribute", (Function, int, int))              \
  X(memGetInfo, "cuMemGetInfo_v2", (size_t *, size_t *))                       \
  X(memAlloc, "cuMemAlloc_v2", (Pointer *, size_t))                            \
  X(memFree, "cuMemFree_v2", (Pointer))                                        \
  X(memsetD8Async, "cuMemsetD8Async",                                          \
    (Pointer, unsigned char, size_t, Stream))                                  \
  X(memcpyHtoD, "cuMemcpyHtoD_v2", (Pointer, const void *, size_t))            \
  X(memcpyDtoH, "cuMemcpyDtoH_v2", (void *, Pointer, size_t))                  \
  X(streamCreate, "cuStreamCreate", (Stream *, unsigned))                      \
  X(streamDestroy, "cuStreamDestroy_v2", (Stream))                             \
  X(streamSynchronize, "cuStreamSynchronize", (Stream))                        \
  X(eventCreate, "cuEventCreate", (Event *, unsigned))                         \
  X(eventDestroy, "cuEventDestroy_v2", (Event))                                \
  X(eventRecord, "cuEventRecord", (Event, Stream))                             \
  X(eventElapsedTime, "cuEventElapsedTime", (float *, Event, Event))           \
  X(launchKernel, "cuLaunchKernel",                                            \
    (Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,     \
     unsigned, Stream, void **, void **))

/// The driver's entry points.
struct Api {
#define KILN_DECLARE(member, symbol, parameters)                               \
  Result(*member) parameters = nullptr;
  KILN_CUDA_FUNCTIONS(KILN_DECLARE)
#undef KILN_DECLARE
};

} // namespace kiln::runtime::cuda

#endif // KILN_LIB_RUNTIME_CUDAAPI_H
