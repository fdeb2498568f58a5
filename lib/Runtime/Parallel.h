//===- Parallel.h - Loops over several threads ------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_PARALLEL_H
#define KILN_LIB_RUNTIME_PARALLEL_H

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace kiln::runtime {

inline unsigned getNumThreads(unsigned wanted) {
  return wanted ? wanted : std::max(1u, std::thread::hardware_concurrency());
}

/// Calls body(begin, end) over [0, count), cut at multiples of `grain`, each
/// thread with one contiguous part.
template <typename Body>
void parallelFor(int64_t count, int64_t grain, unsigned threads, Body body) {
  int64_t chunks = (count + grain - 1) / grain;
  int64_t workers = std::min<int64_t>(getNumThreads(threads), chunks);
  if (workers <= 1) {
    if (count > 0)
      body(int64_t(0), count);
    return;
  }
  std::vector<std::thread> pool;
  for (int64_t i = 0; i < workers; ++i) {
    int64_t begin = chunks * i / workers * grain;
    int64_t end = std::min(count, chunks * (i + 1) / workers * grain);
    pool.emplace_back([=] { body(begin, end); });
  }
  for (std::thread &thread : pool)
    thread.join();
}

} // namespace kiln::runtime

#endif // KILN_LIB_RUNTIME_PARALLEL_H
