//===- CudaDevice.h - A card, through the driver API ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The driver's library is opened at run time (KILN_CUDA_LIBRARY, else
// libcuda.so.1), so a program that links the runtime starts anywhere.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CUDADEVICE_H
#define KILN_RUNTIME_CUDADEVICE_H

#include "kiln/Runtime/Status.h"

#include <cstdint>
#include <memory>

namespace kiln::runtime {

namespace cuda {
struct Api;
}

struct CudaDeviceInfo {
  std::string name;
  int ordinal = 0;
  int major = 0, minor = 0; // compute capability
  int64_t smCount = 0;
  int64_t l2Bytes = 0;
  int64_t maxSharedBytes = 0; // a block, opted in
  int driverVersion = 0;      // 1000 * major + 10 * minor
};

/// One card with its primary context and a stream of its own. Not for use by
/// several threads at once; each may open its own.
class CudaDevice {
public:
  /// Fails with a message where there is no driver, no such card, or the card
  /// lacks the instructions of sm_80.
  static Result<std::shared_ptr<CudaDevice>> open(int ordinal = 0);
  ~CudaDevice();
  CudaDevice(const CudaDevice &) = delete;
  CudaDevice &operator=(const CudaDevice &) = delete;

  const CudaDeviceInfo &info() const { return deviceInfo; }
  /// Waits for all work of the stream.
  Status synchronize();

  // For the rest of the library.
  const cuda::Api &api() const { return *functions; }
  void *stream() const { return streamHandle; }
  /// Makes the context current on the calling thread.
  Status activate();
  /// Success, or "what: the driver's words (CUDA_ERROR_NAME)".
  Status check(int result, const std::string &what) const;

private:
  CudaDevice() = default;
  Status initialize(int ordinal);

  std::unique_ptr<cuda::Api> functions;
  CudaDeviceInfo deviceInfo;
  int handle = 0;
  void *context = nullptr;
  void *streamHandle = nullptr;
};

} // namespace kiln::runtime

#endif // KILN_RUNTIME_CUDADEVICE_H
