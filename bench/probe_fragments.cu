//===- probe_fragments.cu - Fragment maps as a device has them ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   nvcc -arch=sm_89 -o probe_fragments bench/probe_fragments.cu
//   ./probe_fragments > test/Emulator/Inputs/fragments.golden
//
// Prints, for every mma and ldmatrix form of the emulator, which row and column
// each element of each lane is. An mma only tells which elements of A and B
// meet in which element of D, so the rows of A, columns of B and the numbers
// along k have no names of their own: D is named as the PTX manual does, its
// elements by (row, column); k is named by lanes of group 0 of B. All else is
// measured with one-hot operands: every pair of elements of A and B must give
// exactly the elements of D that the names say, or the program fails.
//
//===----------------------------------------------------------------------===//

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda_fp16.h>
#include <string>
#include <vector>

static void check(cudaError_t error) {
  if (error == cudaSuccess)
    return;
  std::fprintf(stderr, "probe_fragments: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

enum Form { TF32K4, TF32K8, F16K8, F16K8H, BF16K8, F16K16, F16K16H, BF16K16 };

#define MMA_F32(SHAPE, AB, LISTA, LISTB)                                       \
  asm volatile("mma.sync.aligned." SHAPE ".row.col.f32." AB "." AB ".f32 "     \
               "{%0,%1,%2,%3}, " LISTA ", " LISTB ", {%10,%10,%10,%10};"       \
               : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])                \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]),        \
                 "r"(b[1]), "f"(0.0f))
#define MMA_F16(SHAPE, LISTA, LISTB)                                           \
  asm volatile("mma.sync.aligned." SHAPE ".row.col.f16.f16.f16.f16 "           \
               "{%0,%1}, " LISTA ", " LISTB ", {%8,%8};"                       \
               : "=r"(h[0]), "=r"(h[1])                                        \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]),        \
                 "r"(b[1]), "r"(0))

template <int FORM>
__device__ void mma(const uint32_t *a, const uint32_t *b, float *d) {
  uint32_t h[2];
  if constexpr (FORM == TF32K4)
    MMA_F32("m16n8k4", "tf32", "{%4,%5}", "{%8}");
  if constexpr (FORM == TF32K8)
    MMA_F32("m16n8k8", "tf32", "{%4,%5,%6,%7}", "{%8,%9}");
  if constexpr (FORM == F16K8)
    MMA_F32("m16n8k8", "f16", "{%4,%5}", "{%8}");
  if constexpr (FORM == BF16K8)
    MMA_F32("m16n8k8", "bf16", "{%4,%5}", "{%8}");
  if constexpr (FORM == F16K16)
    MMA_F32("m16n8k16", "f16", "{%4,%5,%6,%7}", "{%8,%9}");
  if constexpr (FORM == BF16K16)
    MMA_F32("m16n8k16", "bf16", "{%4,%5,%6,%7}", "{%8,%9}");
  if constexpr (FORM == F16K8H)
    MMA_F16("m16n8k8", "{%2,%3}", "{%6}");
  if constexpr (FORM == F16K16H)
    MMA_F16("m16n8k16", "{%2,%3,%4,%5}", "{%6,%7}");
  if constexpr (FORM == F16K8H || FORM == F16K16H)
    for (int i = 0; i < 4; ++i)
      d[i] = __half2float(__ushort_as_half(h[i / 2] >> (16 * (i & 1))));
}

// One block for each element of A (lane, index): with that element 1 and all
// others 0, multiplies by each one-hot B, and writes the element of D that
// becomes 1 as lane * 4 + index, or -1 where all are 0, -2 where several.
template <int FORM, int NA, int NB, bool NARROW, uint32_t ONE>
__global__ void probe(int *hits) {
  int lane = threadIdx.x, laneA = blockIdx.x / NA, indexA = blockIdx.x % NA;
  auto set = [](uint32_t *registers, int index) {
    if (NARROW)
      registers[index / 2] = ONE << (16 * (index & 1));
    else
      registers[index] = ONE;
  };
  uint32_t a[4] = {0, 0, 0, 0};
  if (lane == laneA)
    set(a, indexA);
  for (int laneB = 0; laneB < 32; ++laneB)
    for (int indexB = 0; indexB < NB; ++indexB) {
      uint32_t b[2] = {0, 0};
      if (lane == laneB)
        set(b, indexB);
      float d[4];
      mma<FORM>(a, b, d);
      int mine = -1, count = 0;
      for (int i = 0; i < 4; ++i)
        if (d[i] != 0) {
          mine = lane * 4 + i;
          ++count;
        }
      for (int step = 16; step; step /= 2) {
        count += __shfl_xor_sync(~0u, count, step);
        mine = max(mine, __shfl_xor_sync(~0u, mine, step));
      }
      if (lane == 0)
        hits[(blockIdx.x * 32 + laneB) * NB + indexB] = count > 1 ? -2 : mine;
    }
}

static void inconsistent(const char *name) {
  std::fprintf(stderr, "probe_fragments: %s does not fit any naming\n", name);
  std::exit(1);
}

template <int FORM, int K, bool NARROW, uint32_t ONE>
static void print(const char *name) {
  constexpr int NA = 16 * K / 32, NB = K * 8 / 32;
  int *device;
  std::vector<int> hits(32 * NA * 32 * NB);
  check(cudaMalloc(&device, hits.size() * sizeof(int)));
  probe<FORM, NA, NB, NARROW, ONE><<<32 * NA, 32>>>(device);
  check(cudaGetLastError());
  check(cudaMemcpy(hits.data(), device, hits.size() * sizeof(int),
                   cudaMemcpyDeviceToHost));
  check(cudaFree(device));
  auto rowOfD = [](int hit) { return hit / 4 / 4 + (hit % 4 >= 2 ? 8 : 0); };
  auto colOfD = [](int hit) { return hit / 4 % 4 * 2 + hit % 2; };

  // Column of each element of B and row of each of A, from D.
  std::vector<int> rowA(32 * NA, -1), alongA(32 * NA, -1), colB(32 * NB, -1),
      alongB(32 * NB, -1);
  for (int a = 0; a < 32 * NA; ++a)
    for (int b = 0; b < 32 * NB; ++b) {
      int hit = hits[a * 32 * NB + b];
      if (hit == -1)
        continue;
      if (hit < 0 || (rowA[a] >= 0 && rowA[a] != rowOfD(hit)) ||
          (colB[b] >= 0 && colB[b] != colOfD(hit)))
        inconsistent(name);
      rowA[a] = rowOfD(hit);
      colB[b] = colOfD(hit);
    }
  // Names along k: the elements of B's lanes 0 to 3, as in the manual. Then A
  // by the elements of B it meets, and the rest of B by the elements of A.
  for (int lane = 0; lane < 4; ++lane)
    for (int i = 0; i < NB; ++i)
      alongB[lane * NB + i] =
          NARROW ? lane * 2 + i % 2 + i / 2 * 8 : lane + 4 * i;
  for (int a = 0; a < 32 * NA; ++a)
    for (int b = 0; b < 4 * NB; ++b)
      if (hits[a * 32 * NB + b] >= 0) {
        if (alongA[a] >= 0 && alongA[a] != alongB[b])
          inconsistent(name);
        alongA[a] = alongB[b];
      }
  for (int a = 0; a < 32 * NA; ++a)
    for (int b = 0; b < 32 * NB; ++b) {
      bool met = hits[a * 32 * NB + b] >= 0;
      if (met && alongB[b] < 0)
        alongB[b] = alongA[a];
      if (alongA[a] < 0 || (met && alongA[a] != alongB[b]))
        inconsistent(name);
    }
  for (int a = 0; a < 32 * NA; ++a)
    for (int b = 0; b < 32 * NB; ++b)
      if ((hits[a * 32 * NB + b] >= 0) != (alongA[a] == alongB[b]))
        inconsistent(name);

  for (int a = 0; a < 32 * NA; ++a)
    std::printf("%s A %d %d %d %d\n", name, a / NA, a % NA, rowA[a], alongA[a]);
  for (int b = 0; b < 32 * NB; ++b)
    std::printf("%s B %d %d %d %d\n", name, b / NB, b % NB, alongB[b], colB[b]);
  for (int d = 0; d < 128; ++d)
    std::printf("%s C %d %d %d %d\n", name, d / 4, d % 4, rowOfD(d), colOfD(d));
}

// Matrix j has the value 64 * j + 8 * row + col; lane l gives the address of
// row l % 8 of matrix l / 8.
template <int COUNT, bool TRANS>
__global__ void probeLdmatrix(uint32_t *out) {
  __shared__ __align__(16) uint16_t rows[32][8];
  int lane = threadIdx.x;
  for (int i = 0; i < 8; ++i)
    rows[lane][i] = lane * 8 + i;
  __syncwarp();
  auto address = static_cast<uint32_t>(__cvta_generic_to_shared(rows[lane]));
  uint32_t r[4] = {0, 0, 0, 0};
#define LDMATRIX(N, T, LIST, ...)                                              \
  asm volatile("ldmatrix.sync.aligned.m8n8." N T ".shared.b16 " LIST           \
               : __VA_ARGS__                                                   \
               : "r"(address))
#define LDMATRICES(T)                                                          \
  if constexpr (COUNT == 1)                                                    \
    LDMATRIX("x1", T, "{%0}, [%1];", "=r"(r[0]));                              \
  if constexpr (COUNT == 2)                                                    \
    LDMATRIX("x2", T, "{%0,%1}, [%2];", "=r"(r[0]), "=r"(r[1]));               \
  if constexpr (COUNT == 4)                                                    \
    LDMATRIX("x4", T, "{%0,%1,%2,%3}, [%4];", "=r"(r[0]), "=r"(r[1]),          \
             "=r"(r[2]), "=r"(r[3]));
  if constexpr (TRANS) {
    LDMATRICES(".trans")
  } else {
    LDMATRICES("")
  }
  for (int j = 0; j < COUNT; ++j)
    out[lane * COUNT + j] = r[j];
}

template <int COUNT, bool TRANS>
static void printLdmatrix() {
  uint32_t *device, words[32 * COUNT];
  check(cudaMalloc(&device, sizeof(words)));
  probeLdmatrix<COUNT, TRANS><<<1, 32>>>(device);
  check(cudaGetLastError());
  check(cudaMemcpy(words, device, sizeof(words), cudaMemcpyDeviceToHost));
  check(cudaFree(device));
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 2 * COUNT; ++i) {
      int value = words[lane * COUNT + i / 2] >> (16 * (i & 1)) & 0xffff;
      std::printf("ldmatrix.x%d%s D %d %d %d %d\n", COUNT,
                  TRANS ? ".trans" : "", lane, i, value / 8, value % 8);
    }
}

int main() {
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, 0));
  std::printf("# instruction operand lane element row col\n"
              "# Measured by bench/probe_fragments.cu on %s (sm_%d%d).\n",
              properties.name, properties.major, properties.minor);
  constexpr uint32_t oneF32 = 0x3f800000, oneF16 = 0x3c00, oneBF16 = 0x3f80;
  print<TF32K4, 4, false, oneF32>("mma.m16n8k4.f32.tf32");
  print<TF32K8, 8, false, oneF32>("mma.m16n8k8.f32.tf32");
  print<F16K8, 8, true, oneF16>("mma.m16n8k8.f32.f16");
  print<F16K8H, 8, true, oneF16>("mma.m16n8k8.f16.f16");
  print<BF16K8, 8, true, oneBF16>("mma.m16n8k8.f32.bf16");
  print<F16K16, 16, true, oneF16>("mma.m16n8k16.f32.f16");
  print<F16K16H, 16, true, oneF16>("mma.m16n8k16.f16.f16");
  print<BF16K16, 16, true, oneBF16>("mma.m16n8k16.f32.bf16");
  printLdmatrix<1, false>();
  printLdmatrix<2, false>();
  printLdmatrix<4, false>();
  printLdmatrix<1, true>();
  printLdmatrix<2, true>();
  printLdmatrix<4, true>();
  return 0;
}
