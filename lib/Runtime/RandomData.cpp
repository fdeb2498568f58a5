//===- RandomData.cpp - Reproducible random tensors -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/RandomData.h"

#include "Parallel.h"

#include <bit>
#include <cmath>
#include <sstream>
#include <sys/mman.h>

namespace kiln::runtime {

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014).
static inline uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

static constexpr uint64_t golden = 0x9e3779b97f4a7c15;

static uint64_t getStreamKey(uint64_t seed, uint64_t stream) {
  return mix(mix(seed + golden) + (stream + 1) * golden);
}

uint64_t hashCounter(uint64_t seed, uint64_t stream, uint64_t counter) {
  return mix(getStreamKey(seed, stream) + (counter + 1) * golden);
}

int64_t randomBelow(uint64_t seed, uint64_t stream, uint64_t counter,
                    int64_t bound) {
  unsigned __int128 wide = hashCounter(seed, stream, counter);
  return int64_t((wide * uint64_t(bound)) >> 64);
}

RandomRange getDefaultRange(const TensorInfo &info) {
  if (info.type == ElementType::I1)
    return {0, 2};
  // Integers are rounded down, so that [1, 8) gives 1 to 7.
  double scale = isFloat(info.type) ? 1 / std::sqrt(double(info.fanIn)) : 8;
  double least = isFloat(info.type) ? scale / 4 : 1;
  double relief = isFloat(info.type) ? 0.4 : 0;
  switch (info.domain) {
  case Domain::Positive:
    return {least, scale, 0, relief};
  case Domain::Nonzero:
    return {-scale, scale, least, relief};
  case Domain::Any:
    break;
  }
  return {-scale, scale, 0, relief};
}

std::string describe(const RandomRange &range) {
  std::ostringstream text;
  if (range.gap > 0)
    text << '[' << range.low << ", " << -range.gap << "] and [" << range.gap
         << ", " << range.high << ')';
  else
    text << '[' << range.low << ", " << range.high << ')';
  return text.str();
}

/// Float to 16 bits for the ordinary values that random data holds, without
/// the branches of the full conversion.
static inline uint16_t toBfloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
static inline uint16_t toHalf(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  uint32_t sign = (bits >> 16) & 0x8000;
  bits &= 0x7fffffff;
  if (bits >= 0x477ff000) // rounds to infinity, or is none
    return doubleToHalf(value);
  if (bits < 0x38800000) {
    // Adding 0.5 aligns the mantissa to half's subnormal quantum, rounding.
    float aligned = std::bit_cast<float>(bits) + 0.5f;
    return uint16_t(sign | (std::bit_cast<uint32_t>(aligned) - 0x3f000000));
  }
  bits += 0xc8000fff + ((bits >> 13) & 1);
  return uint16_t(sign | (bits >> 13));
}

namespace {
/// The factor of each element, as RandomRange::relief describes it. Hashed
/// anew for each: a table of a long dimension would be as large as the tensor.
class Relief {
public:
  Relief(const Shape &shape, uint64_t key, double relief);
  /// 1 for all of them.
  bool isFlat() const { return part == 0; }

  /// Goes through the elements in order.
  class Walker {
  public:
    Walker(const Relief &relief, int64_t begin)
        : relief(relief), row(begin / relief.shape.back()),
          column(begin % relief.shape.back()), factor(getRowFactor()) {}
    float next();

  private:
    float getRowFactor() const;

    const Relief &relief;
    int64_t row, column;
    float factor;
  };

private:
  float getFactor(size_t dim, int64_t position) const;

  Shape shape;
  std::vector<uint64_t> keys; ///< one a dimension
  double part = 0;            ///< of the relief, for each dimension
};
} // namespace

Relief::Relief(const Shape &shape, uint64_t key, double relief) : shape(shape) {
  if (relief <= 0 || shape.empty())
    return;
  part = std::pow(1 + relief, 1 / double(shape.size())) - 1;
  for (size_t dim = 0; dim < shape.size(); ++dim)
    keys.push_back(mix(key ^ (dim + 1) * golden));
}

inline float Relief::getFactor(size_t dim, int64_t position) const {
  // One position has nothing to differ from.
  if (shape[dim] == 1)
    return 1;
  uint64_t bits = mix(keys[dim] + uint64_t(position) * golden) >> 40;
  return float(1 + part * (double(bits) * 0x1p-23 - 1));
}

float Relief::Walker::getRowFactor() const {
  float product = 1;
  int64_t rest = row;
  for (size_t dim = relief.shape.size() - 1; dim-- > 0;) {
    product *= relief.getFactor(dim, rest % relief.shape[dim]);
    rest /= relief.shape[dim];
  }
  return product;
}

inline float Relief::Walker::next() {
  if (column == relief.shape.back()) {
    column = 0;
    ++row;
    factor = getRowFactor();
  }
  return factor * relief.getFactor(relief.shape.size() - 1, column++);
}

/// Two elements share a hash, 32 bits each: element index uses the low half
/// when it is even. `begin` and `end` must be even or the tensor's end.
template <typename T, typename Convert>
static void fillRange(T *data, uint64_t key, int64_t begin, int64_t end,
                      const Relief &relief, Convert convert) {
  auto fill = [&](auto next) {
    for (int64_t i = begin; i < end; i += 2) {
      uint64_t bits = mix(key + (uint64_t(i >> 1) + 1) * golden);
      data[i] = convert(uint32_t(bits), next());
      if (i + 1 < end)
        data[i + 1] = convert(uint32_t(bits >> 32), next());
    }
  };
  if (relief.isFlat() || begin >= end)
    fill([] { return 1.0f; });
  else
    fill([walker = Relief::Walker(relief, begin)]() mutable {
      return walker.next();
    });
}

void fillRandom(Tensor &tensor, uint64_t seed, uint64_t stream,
                RandomRange range, unsigned threads) {
  uint64_t key = getStreamKey(seed, stream);
  Relief relief(tensor.shape, key, range.relief);
  // 24 bits: the conversion to f32 is exact. The library is built without
  // contraction to fma, so that every machine rounds alike.
  // Drawn without the gap, then moved away from zero; no gap moves nothing.
  range.low += range.gap;
  range.high -= range.gap;
  // What the relief scales starts at zero, or at the least positive number.
  double base = std::max(range.low, 0.0);
  float scale = float((range.high - range.low) * 0x1p-24);
  float low = float(range.low - base), gap = float(range.gap + base);
  auto toDouble = [=](uint32_t bits, float factor) {
    double value =
        (range.low - base + (range.high - range.low) * 0x1p-32 * bits) *
        double(factor);
    value += std::copysign(range.gap + base, value);
    return range.whole ? std::floor(value) : value;
  };
  auto toFloat = [=](uint32_t bits, float factor) {
    // In f32 the last number below `high` may be rounded up to it.
    if (range.whole)
      return float(toDouble(bits, factor));
    float value = (low + float(bits >> 8) * scale) * factor;
    return value + std::copysign(gap, value);
  };
  std::byte *bytes = tensor.data.data();
#ifdef MADV_HUGEPAGE
  if (tensor.data.size() >= (1 << 24))
    madvise(bytes, tensor.data.size(), MADV_HUGEPAGE);
#endif
  parallelFor(
      tensor.numElements(), 1 << 16, threads, [&](int64_t begin, int64_t end) {
        auto fill = [&](auto *data, auto convert) {
          fillRange(data, key, begin, end, relief, convert);
        };
        switch (tensor.type) {
        case ElementType::F32:
          return fill(reinterpret_cast<float *>(bytes), toFloat);
        case ElementType::F16:
          return fill(reinterpret_cast<uint16_t *>(bytes),
                      [=](uint32_t bits, float factor) {
                        return toHalf(toFloat(bits, factor));
                      });
        case ElementType::BF16:
          return fill(reinterpret_cast<uint16_t *>(bytes),
                      [=](uint32_t bits, float factor) {
                        return toBfloat(toFloat(bits, factor));
                      });
        case ElementType::F64:
          return fill(reinterpret_cast<double *>(bytes), toDouble);
        case ElementType::I64:
          return fill(reinterpret_cast<int64_t *>(bytes),
                      [=](uint32_t bits, float factor) {
                        return int64_t(std::floor(toDouble(bits, factor)));
                      });
        case ElementType::I32:
          return fill(reinterpret_cast<int32_t *>(bytes),
                      [=](uint32_t bits, float factor) {
                        return int32_t(std::floor(toDouble(bits, factor)));
                      });
        case ElementType::I1:
          return fill(reinterpret_cast<uint8_t *>(bytes),
                      [=](uint32_t bits, float factor) {
                        return uint8_t(toDouble(bits, factor) >= 1);
                      });
        }
      });
}

} // namespace kiln::runtime
