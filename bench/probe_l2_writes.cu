//===- probe_l2_writes.cu - Rate of stores into the level 2 cache ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   nvcc -arch=sm_89 -o probe_l2_writes bench/probe_l2_writes.cu
//
// Warps write a buffer that the cache holds, over and over, in the ways in
// which kernels store an accumulator: bytes a cycle of all multiprocessors
// together. `sectors` counts those of 32 bytes that a store touches.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cstdio>
#include <vector>

// Eight groups of four lanes, a row each: `WORDS` words a lane at every
// `STEP`th word, from word `SHIFT` of a sector on.
template <int WORDS, int STEP, int SHIFT>
__global__ void writeRows(float *data, long words, int turns,
                          long long *cycles) {
  long start = clock64();
  int lane = threadIdx.x % 32, row = lane / 4, column = lane % 4;
  long pieces = words / 256, warps = gridDim.x * (blockDim.x / 32);
  long warp = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  for (int turn = 0; turn < turns; ++turn)
    for (long piece = warp; piece < pieces; piece += warps) {
      // Rows lie apart, as channels do; warps fill them side by side.
      long perRow = pieces;
      long at = row * perRow * 16 + piece * 16 + column * WORDS * STEP + SHIFT;
      at %= words - 64;
      if (WORDS == 4)
        *(float4 *)(data + (at & ~3)) = make_float4(turn, 1, 2, 3);
      else if (WORDS == 2)
        *(float2 *)(data + (at & ~1)) = make_float2(turn, 1);
      else
        data[at] = turn;
    }
  if (threadIdx.x == 0)
    cycles[blockIdx.x] = clock64() - start;
}

template <int WORDS, int STEP, int SHIFT>
void measure(const char *name, double sectors, float *data, long long *cycles,
             int blocks) {
  long bytes = 12l << 20, words = bytes / 4, pieces = words / 256;
  int turns = 400;
  double best = 0;
  for (int run = 0; run < 3; ++run) {
    writeRows<WORDS, STEP, SHIFT>
        <<<blocks * 2, 1024>>>(data, words, turns, cycles);
    std::vector<long long> all(blocks * 2);
    cudaMemcpy(all.data(), cycles, all.size() * 8, cudaMemcpyDeviceToHost);
    best = std::max(best, double(pieces) * 32 * WORDS * 4 * turns /
                              *std::max_element(all.begin(), all.end()));
  }
  printf("%-40s useful %6.0f bytes/cycle, sectors %6.0f bytes/cycle\n", name,
         best, best * sectors);
}

int main() {
  cudaDeviceProp card;
  cudaGetDeviceProperties(&card, 0);
  int blocks = card.multiProcessorCount;
  printf("%s, %d multiprocessors\n", card.name, blocks);
  float *data;
  long long *cycles;
  cudaMalloc(&data, 64l << 20);
  cudaMalloc(&cycles, 8 * 2 * blocks);
  measure<4, 1, 0>("rows of 64 bytes, whole sectors", 1, data, cycles, blocks);
  measure<2, 1, 0>("rows of 32 bytes, whole sectors", 1, data, cycles, blocks);
  measure<2, 1, 2>("rows of 32 bytes over two sectors", 2, data, cycles,
                   blocks);
  measure<1, 1, 0>("rows of 16 bytes, half sectors", 2, data, cycles, blocks);
  measure<1, 2, 0>("every second word of 32 bytes", 2, data, cycles, blocks);
  measure<1, 2, 2>("every second word over two sectors", 4, data, cycles,
                   blocks);
  return cudaGetLastError() != cudaSuccess;
}
