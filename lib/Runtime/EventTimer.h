//===- EventTimer.h - Times between launches --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_EVENTTIMER_H
#define KILN_LIB_RUNTIME_EVENTTIMER_H

#include "CudaApi.h"
#include "kiln/Runtime/CudaDevice.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace kiln::runtime {

/// Events and the buffer that flushes the cache.
class EventTimer {
public:
  explicit EventTimer(CudaDevice &device) : device(device), api(device.api()) {}
  ~EventTimer() {
    for (cuda::Event event : events)
      api.eventDestroy(event);
    if (flushBuffer)
      api.memFree(flushBuffer);
  }

  Status initialize(size_t numEvents, bool cold) {
    for (size_t i = 0; i < numEvents; ++i) {
      cuda::Event event = nullptr;
      if (Status status = device.check(api.eventCreate(&event, 0),
                                       "cannot make a CUDA event");
          status.failed())
        return status;
      events.push_back(event);
    }
    if (!cold)
      return {};
    flushBytes = size_t(std::max<int64_t>(2 * device.info().l2Bytes, 1 << 20));
    return device.check(api.memAlloc(&flushBuffer, flushBytes),
                        "cannot allocate the buffer that flushes the L2 cache");
  }

  Status record(size_t event) {
    return device.check(
        api.eventRecord(events[event],
                        static_cast<cuda::Stream>(device.stream())),
        "cannot record a CUDA event");
  }

  /// What comes before each repetition, timed by nobody.
  Status settle(int restMilliseconds) {
    if (restMilliseconds > 0) {
      if (Status status = device.synchronize(); status.failed())
        return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(restMilliseconds));
    }
    if (!flushBuffer)
      return {};
    return device.check(
        api.memsetD8Async(flushBuffer, 0, flushBytes,
                          static_cast<cuda::Stream>(device.stream())),
        "cannot flush the L2 cache");
  }

  Result<double> elapsed(size_t from, size_t to) {
    float milliseconds = 0;
    Status status = device.check(
        api.eventElapsedTime(&milliseconds, events[from], events[to]),
        "cannot read a CUDA event");
    if (status.failed())
      return status.error();
    return double(milliseconds);
  }

private:
  CudaDevice &device;
  const cuda::Api &api;
  std::vector<cuda::Event> events;
  cuda::Pointer flushBuffer = 0;
  size_t flushBytes = 0;
};

} // namespace kiln::runtime

#endif // KILN_LIB_RUNTIME_EVENTTIMER_H
