//===- probe_l2.cu - Rate and reach of the level 2 cache ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   nvcc -arch=sm_89 -o probe_l2 bench/probe_l2.cu && ./probe_l2
//
// Every multiprocessor reads the same buffer over and over, past the level 1
// cache, by 16 bytes a thread: bytes a cycle of all of them together, by the
// size of the buffer. The rate of small buffers is `l2_bandwidth` of a
// #kiln.target. Where it falls says how much of what all multiprocessors read
// the cache holds: half of its size where each of two partitions keeps a copy.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cstdio>
#include <vector>

__global__ void readAll(const float4 *data, long count, int turns,
                        float *result, long long *cycles) {
  float sum = 0;
  long long start = clock64();
  // Blocks start at different places: no line is asked for by all at once.
  long offset = count / gridDim.x * blockIdx.x;
  for (int turn = 0; turn < turns; ++turn)
#pragma unroll 8
    for (long i = threadIdx.x; i < count; i += blockDim.x) {
      long at = i + offset;
      float4 v = __ldcg(data + (at < count ? at : at - count));
      sum += v.x + v.y + v.z + v.w;
    }
  if (threadIdx.x == 0)
    cycles[blockIdx.x] = clock64() - start;
  if (sum == 12345)
    *result = sum;
}

int main() {
  cudaDeviceProp card;
  cudaGetDeviceProperties(&card, 0);
  printf("%s, %d multiprocessors, L2 %.0f MiB\n", card.name,
         card.multiProcessorCount, card.l2CacheSize / 1048576.);
  long most = 192l << 20;
  float4 *data;
  float *result;
  long long *cycles;
  int blocks = card.multiProcessorCount;
  cudaMalloc(&data, most);
  cudaMalloc(&result, 4);
  cudaMalloc(&cycles, blocks * sizeof(long long));
  cudaMemset(data, 0, most);
  printf("%8s %12s %10s\n", "MiB", "bytes/cycle", "GB/s");
  for (long mib : {2,  4,  8,  12, 16, 20, 24, 28, 32,  36, 40,
                   44, 48, 52, 56, 64, 72, 80, 96, 128, 192}) {
    long bytes = mib << 20;
    int turns = std::max(2l, (256l << 20) / bytes / 4);
    cudaEvent_t begin, end;
    cudaEventCreate(&begin);
    cudaEventCreate(&end);
    float best = 1e9;
    double rate = 0;
    for (int run = 0; run < 3; ++run) {
      cudaEventRecord(begin);
      readAll<<<blocks, 1024>>>(data, bytes / 16, turns, result, cycles);
      cudaEventRecord(end);
      cudaEventSynchronize(end);
      float ms;
      cudaEventElapsedTime(&ms, begin, end);
      std::vector<long long> all(blocks);
      cudaMemcpy(all.data(), cycles, blocks * sizeof(long long),
                 cudaMemcpyDeviceToHost);
      if (ms < best) {
        best = ms;
        rate = double(bytes) * turns * blocks /
               *std::max_element(all.begin(), all.end());
      }
    }
    printf("%8ld %12.0f %10.0f\n", mib, rate,
           double(bytes) * turns * blocks / best / 1e6);
  }
  if (cudaGetLastError() != cudaSuccess)
    return 1;
}
