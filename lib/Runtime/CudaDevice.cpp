//===- CudaDevice.cpp - A card, through the driver API ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/CudaDevice.h"

#include "CudaApi.h"

#include <cstdlib>
#include <dlfcn.h>

namespace kiln::runtime {

static Result<std::unique_ptr<cuda::Api>> loadApi() {
  const char *path = std::getenv("KILN_CUDA_LIBRARY");
  if (!path || !*path)
    path = "libcuda.so.1";
  // Never closed: the driver does not survive being unloaded.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return makeError("no CUDA driver: ", dlerror(),
                     "; install NVIDIA's driver, or set KILN_CUDA_LIBRARY to "
                     "its libcuda.so.1");
  auto api = std::make_unique<cuda::Api>();
  const char *missing = nullptr;
#define KILN_LOAD(member, symbol, parameters)                                  \
  api->member =                                                                \
      reinterpret_cast<decltype(api->member)>(dlsym(library, symbol));         \
  if (!api->member)                                                            \
    missing = symbol;
  KILN_CUDA_FUNCTIONS(KILN_LOAD)
#undef KILN_LOAD
  if (missing)
    return makeError("the CUDA driver ", path, " has no function ", missing,
                     ": it is too old");
  return api;
}

Status CudaDevice::check(int result, const std::string &what) const {
  if (result == cuda::success)
    return {};
  const char *text = nullptr, *name = nullptr;
  if (functions->getErrorString(result, &text) != cuda::success || !text)
    text = "unknown error";
  if (functions->getErrorName(result, &name) != cuda::success || !name)
    name = "no name";
  return makeError(what, ": ", text, " (", name, ", ", result, ")");
}

Status CudaDevice::activate() {
  return check(functions->ctxSetCurrent(static_cast<cuda::Context>(context)),
               "cannot use the CUDA context");
}

Status CudaDevice::synchronize() {
  return check(
      functions->streamSynchronize(static_cast<cuda::Stream>(streamHandle)),
      "waiting for the GPU");
}

Status CudaDevice::initialize(int ordinal) {
  int result = functions->init(0);
  if (result == cuda::errorNoDevice)
    return makeError("no GPU: the CUDA driver finds none (is "
                     "CUDA_VISIBLE_DEVICES set?)");
  if (Status status = check(result, "cannot start the CUDA driver");
      status.failed())
    return status;
  int count = 0;
  if (Status status =
          check(functions->deviceGetCount(&count), "cannot count the GPUs");
      status.failed())
    return status;
  if (count == 0)
    return makeError("no GPU: the CUDA driver finds none");
  if (ordinal < 0 || ordinal >= count)
    return makeError("no GPU number ", ordinal, ": there are ", count);
  if (Status status =
          check(functions->deviceGet(&handle, ordinal), "cannot open the GPU");
      status.failed())
    return status;

  char name[256] = "";
  functions->deviceGetName(name, sizeof(name), handle);
  deviceInfo.name = name;
  deviceInfo.ordinal = ordinal;
  functions->driverGetVersion(&deviceInfo.driverVersion);
  Status status;
  auto attribute = [&](int which) {
    int value = 0;
    if (!status.failed())
      status = check(functions->deviceGetAttribute(&value, which, handle),
                     "cannot ask the GPU for an attribute");
    return value;
  };
  deviceInfo.major = attribute(cuda::attributeComputeCapabilityMajor);
  deviceInfo.minor = attribute(cuda::attributeComputeCapabilityMinor);
  deviceInfo.smCount = attribute(cuda::attributeMultiprocessorCount);
  deviceInfo.l2Bytes = attribute(cuda::attributeL2CacheSize);
  deviceInfo.maxSharedBytes =
      attribute(cuda::attributeMaxSharedMemoryPerBlockOptin);
  if (status.failed())
    return status;
  if (deviceInfo.major < 8)
    return makeError("the GPU ", name, " has compute capability ",
                     deviceInfo.major, ".", deviceInfo.minor,
                     "; the kernels need the tensor-core and asynchronous copy "
                     "instructions of 8.0 or newer");

  cuda::Context primary = nullptr;
  status = check(functions->primaryCtxRetain(&primary, handle),
                 "cannot make a CUDA context");
  if (status.failed())
    return status;
  context = primary;
  if (status = activate(); status.failed())
    return status;
  cuda::Stream stream = nullptr;
  // A blocking stream: plain copies, which use the default one, are ordered
  // with its kernels.
  constexpr unsigned blocking = 0;
  status = check(functions->streamCreate(&stream, blocking),
                 "cannot make a CUDA stream");
  streamHandle = stream;
  return status;
}

Result<std::shared_ptr<CudaDevice>> CudaDevice::open(int ordinal) {
  Result<std::unique_ptr<cuda::Api>> api = loadApi();
  if (api.failed())
    return api.error();
  std::shared_ptr<CudaDevice> device(new CudaDevice);
  device->functions = std::move(*api);
  if (Status status = device->initialize(ordinal); status.failed())
    return status.error();
  return device;
}

CudaDevice::~CudaDevice() {
  if (streamHandle)
    functions->streamDestroy(static_cast<cuda::Stream>(streamHandle));
  if (context)
    functions->primaryCtxRelease(handle);
}

} // namespace kiln::runtime
