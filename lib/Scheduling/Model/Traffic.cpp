//===- Traffic.cpp - Bytes at each level of memory ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Model.h"

#include <algorithm>
#include <cmath>

using namespace kiln;

/// The level 2 cache has two partitions, and each keeps its own copy of what
/// multiprocessors on its side read (A100 whitepaper): what all of them read
/// can use half of the cache. bench/probe_l2.cu on an H100, 50 MiB: the rate
/// falls between 24 and 32 MiB. Ada is taken to be alike.
static constexpr double kCachePartitions = 2;

/// The share of hits where `footprint` bytes are read over and over through a
/// cache of `capacity` bytes that replaces at random: a line is still there if
/// none of the misses since its last use hit its place, so h solves
/// h = exp(-(1 - h) footprint / capacity).
static double hitShare(double footprint, double capacity) {
  double ratio = footprint / capacity;
  if (ratio <= 1)
    return 1;
  double share = 0;
  for (int i = 0; i < 64; ++i)
    share = std::exp(-(1 - share) * ratio);
  return share;
}

Traffic kiln::computeTraffic(const KernelDescription &kernel, double l2Capacity,
                             double resident) {
  double fast = kernel.fastTiles;
  double slow = std::max(1., kernel.tiles / fast);
  double group = kernel.group ? std::min<double>(kernel.group, fast) : fast;
  // Blocks that run at a time lie at several places of the slow axis.
  double slowAtATime = std::clamp(resident / group, 1., slow);

  double slowBytes = 0, fastBytes = 0;
  for (const ReadDescription &read : kernel.reads) {
    slowBytes += read.along == Along::Slow ? read.bytes : 0;
    fastBytes += read.along == Along::Fast ? read.bytes : 0;
  }
  // What passes through the cache in one sweep over a group of the fast axis.
  double sweep =
      fastBytes * group / fast +
      (slowBytes + kernel.writeBytes * group / fast) / slow * slowAtATime;
  double sweeps = slow / slowAtATime;
  double groups = fast / group;

  double shared = l2Capacity / kCachePartitions;
  Traffic traffic;
  for (const ReadDescription &read : kernel.reads) {
    double times = 1;
    // Each sweep reads the same again, what the cache lost from memory.
    if (read.along == Along::Fast)
      times += (sweeps - 1) * (1 - hitShare(sweep, shared));
    // Each group starts over.
    if (read.along == Along::Slow && groups > 1) {
      double atATime = std::clamp(resident / (group * slow), 1., groups);
      times += std::max(0., groups / atATime - 1) *
               (1 - hitShare(read.bytes + fastBytes * group / fast, shared));
    }
    // A tile may ask for less than the tensor has, a padded tile for more.
    traffic.dramRead +=
        times * std::min(read.bytes, kernel.tiles * read.blockBytes);
    traffic.l2Read += kernel.tiles * read.blockBytes;
  }
  traffic.l2Write = kernel.l2WriteBytes;
  // What the cache still holds at the end is written after it.
  traffic.dramWrite = std::max(0., kernel.writeBytes - l2Capacity);
  return traffic;
}
