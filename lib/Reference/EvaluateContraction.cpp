//===- EvaluateContraction.cpp - Sums of products for all channels --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include <climits>
#include <cstring>

using namespace kiln::reference;

/// Sums that a thread keeps for each contraction.
static constexpr int64_t kMaxCachedSums = int64_t(1) << 19;
/// Where a full cache was asked for fewer elements a vector than this, whole
/// vectors are not worth computing.
static constexpr int64_t kMinRequests = 2;

/// Worst error of an f32 accumulation, in units of 2^-23 of the sum of the
/// products' magnitudes; docs/numerics.md derives it.
static double getAccumulationUnits(const Contraction &c) {
  auto n = double(c.numProducts);
  if (c.splitsToTF32)
    return 0.5 * double(c.numPromoted) + 12;
  if (c.onTensorCores)
    return 0.28 * n + 8;
  return 0.5 * n + 2;
}

// Both loops are the whole cost of a check: let the CPU use what it has.
#if defined(__x86_64__) && defined(__linux__)
#define KILN_CLONES __attribute__((target_clones("arch=haswell", "default")))
#else
#define KILN_CLONES
#endif

KILN_CLONES
static void addProducts(double x, const double *weights, double *sums,
                        double *magnitudes, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    double product = x * weights[i];
    sums[i] += product;
    magnitudes[i] += __builtin_fabs(product);
  }
}

/// What `scale` as an error makes of each product, and the squares of it.
KILN_CLONES
static void addErrors(double scale, const double *weights, double *sums,
                      double *squares, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    double error = scale * __builtin_fabs(weights[i]);
    sums[i] += error;
    squares[i] += error * error;
  }
}

/// Reads a run of elements as doubles.
template <typename Load>
static void gatherDirect(const Contraction &c, unsigned rank,
                         const int64_t *base, const Node &array,
                         const int64_t *low, double padding, Load load,
                         double *out) {
  for (int64_t k = 0; k != c.numProducts; ++k) {
    const int64_t *offset = &c.dataOffsets[k * rank];
    int64_t index = 0;
    bool inside = true;
    for (unsigned i = 0; i != rank; ++i) {
      int64_t at = base[i] + offset[i] - (low ? low[i] : 0);
      inside &= uint64_t(at) < uint64_t(array.shape[i]);
      index += at * array.strides[i];
    }
    out[k] = inside ? load(index) : padding;
  }
}

bool Evaluator::gatherData(const Structured &op, const int64_t *loops) {
  const Contraction &c = *op.contraction;
  data.resize(c.numProducts);
  dataRadii.clear();
  const AccessMap &map = op.maps[c.data];
  unsigned rank = map.getRank();
  Coordinates base(rank);
  map.evaluate(loops, base.data()); // sum loops are zero
  const Node &node = program.nodes[op.operands[c.data]];

  // An argument, or an argument with constant padding, is read directly.
  const Node *array = &node;
  const int64_t *low = nullptr;
  double padding = 0;
  if (node.kind == Node::Pad && node.padding.code.size() == rank + 1 &&
      node.padding.code.back().code == Opcode::Constant) {
    array = &program.nodes[node.source];
    low = node.offsets.data();
    padding = node.padding.code.back().constant.value;
  }
  bool direct = array->kind == Node::Input;
  if (direct) {
    const void *raw = inputs[array->index];
    if (array->type.kind == ElementType::F32) {
      auto *typed = static_cast<const float *>(raw);
      gatherDirect(
          c, rank, base.data(), *array, low, padding,
          [&](int64_t i) { return double(typed[i]); }, data.data());
    } else {
      gatherDirect(
          c, rank, base.data(), *array, low, padding,
          [&](int64_t i) { return loadElement(array->type, raw, i).value; },
          data.data());
    }
    if (c.roundsToTF32)
      for (double &x : data)
        x = roundToTF32(x);
    return true;
  }
  bool exact = true;
  dataRadii.assign(c.numProducts, 0);
  std::vector<double> gathered(c.numProducts);
  std::vector<double> radii(c.numProducts, 0);
  Coordinates at(rank);
  for (int64_t k = 0; k != c.numProducts; ++k) {
    for (unsigned i = 0; i != rank; ++i)
      at[i] = base[i] + c.dataOffsets[k * rank + i];
    Value x = evaluate(op.operands[c.data], at.data());
    if (c.roundsToTF32) {
      x.value = roundToTF32(x.value);
      x.lo = roundToTF32(x.lo);
      x.hi = roundToTF32(x.hi);
    }
    gathered[k] = x.value;
    if (x.isPoint() && !x.mayBeNaN)
      continue;
    if (x.isEmpty())
      continue; // a sure NaN takes the sum with it
    radii[k] = x.mayBeNaN ? std::numeric_limits<double>::infinity()
                          : std::max(x.hi - x.value, x.value - x.lo);
    exact = false;
  }
  // The evaluation above may itself have summed: fill the scratch afterwards.
  data = std::move(gathered);
  if (exact)
    dataRadii.clear();
  else
    dataRadii = std::move(radii);
  return exact;
}

void Evaluator::packWeights(const Structured &op, PackedWeights &packed) {
  const Contraction &c = *op.contraction;
  const AccessMap &map = op.maps[c.weights];
  int64_t size = c.numGroups * c.numProducts * c.vectorSize;
  std::vector<double> values(size), radii(size, 0);
  std::vector<int> lowest(c.numGroups * c.vectorSize, INT_MAX);
  bool exact = true;
  Coordinates loops(op.extents.size(), 0), at(map.getRank());
  for (int64_t group = 0; group != c.numGroups; ++group) {
    int64_t rest = group;
    for (size_t i = c.weightLoops.size(); i-- != 0;) {
      unsigned loop = c.weightLoops[i];
      loops[loop] = rest % op.extents[loop];
      rest /= op.extents[loop];
    }
    for (int64_t k = 0; k != c.numProducts; ++k) {
      int64_t remaining = k;
      for (size_t i = c.sumLoops.size(); i-- != 0;) {
        unsigned loop = c.sumLoops[i];
        loops[loop] = remaining % op.extents[loop];
        remaining /= op.extents[loop];
      }
      for (int64_t f = 0; f != c.vectorSize; ++f) {
        if (c.vectorLoop >= 0)
          loops[c.vectorLoop] = f;
        map.evaluate(loops.data(), at.data());
        Value w = evaluate(op.operands[c.weights], at.data());
        if (c.roundsToTF32) {
          w.value = roundToTF32(w.value);
          w.lo = roundToTF32(w.lo);
          w.hi = roundToTF32(w.hi);
        }
        int64_t index = (group * c.numProducts + k) * c.vectorSize + f;
        values[index] = w.value;
        if (w.isEmpty())
          continue;
        if (!w.isPoint() || w.mayBeNaN) {
          exact = false;
          radii[index] = w.mayBeNaN ? std::numeric_limits<double>::infinity()
                                    : std::max(w.hi - w.value, w.value - w.lo);
        } else if (std::isfinite(w.value)) {
          int &bit = lowest[group * c.vectorSize + f];
          bit = std::min(bit, lowestBit(w.value));
        }
      }
    }
  }
  packed.values = std::move(values);
  if (!exact)
    packed.radii = std::move(radii);
  packed.lowestBits = std::move(lowest);
}

const PackedWeights &Evaluator::getWeights(const Structured &op) {
  PackedWeights &packed = *shared.weights[op.id];
  std::call_once(packed.once, [&] { packWeights(op, packed); });
  return packed;
}

/// The right answers of a sum of `c.numProducts` products.
static Value finishSum(const Contraction &c, double sum, double magnitude,
                       double spread, double spreadSquares, bool exactOperands,
                       int lowest, const Value &init) {
  if (std::isnan(sum) || init.isEmpty()) {
    Value r;
    r.setNaN();
    return r;
  }
  Value r = init;
  r.value += sum;
  r.staged += sum;
  double initSize = std::max(std::abs(init.lo), std::abs(init.hi));
  if (std::isinf(sum) || (init.isPoint() && std::isinf(init.lo))) {
    r.lo += sum;
    r.hi += sum;
    if (std::isnan(r.lo) || std::isnan(r.hi))
      r.setNaN();
    return r;
  }
  magnitude += initSize;
  bool isDouble = c.accumulator.kind == ElementType::F64;
  int precision = isDouble ? 53 : 24;
  r.lo += sum;
  r.hi += sum;
  if (c.splitsToTF32)
    exactOperands = false; // of products the last bits are left out
  if (init.isPoint() && std::isfinite(init.lo))
    lowest = std::min(lowest, lowestBit(init.lo));
  else
    exactOperands = false;
  if (exactOperands &&
      (lowest == INT_MAX || magnitude <= std::ldexp(1.0, lowest + precision))) {
    // All partial sums are numbers of the accumulator, in any order.
    if (r.lo == 0 && r.hi == 0) {
      r.lo = -0.0;
      r.hi = 0.0;
    }
    roundResult(c.accumulator, r);
    return r;
  }
  auto count = double(c.numProducts);
  double unit = std::ldexp(1.0, isDouble ? -52 : -23);
  double error = getAccumulationUnits(c) * unit * magnitude + spread +
                 // Products and sums below the normal numbers.
                 (isDouble ? 0 : count * std::ldexp(1.0, -149));
  if (!isDouble && magnitude > std::numeric_limits<float>::max()) {
    setUnknown(r);
    r.mayBeNaN = true;
    return r;
  }
  r.lo -= error;
  r.hi += error;
  if (std::isnan(r.lo) || std::isnan(r.hi) || std::isinf(spread)) {
    setUnknown(r);
    r.mayBeNaN = true;
  }
  // A truncating step loses up to a unit of the partial sum, 8 products a step;
  // promoted sums are rounded to nearest, to either side.
  double typical =
      std::max(std::abs(r.value), 2 * magnitude / std::sqrt(count + 1));
  double steps =
      c.splitsToTF32 ? std::sqrt(double(c.numPromoted)) / 4 + 1 : count / 8 + 4;
  double deviation = steps * unit * typical;
  r.variance += deviation * deviation + spreadSquares;
  roundResult(c.accumulator, r);
  return r;
}

void Evaluator::sumVector(const Structured &op, const int64_t *loops,
                          int64_t group, int64_t first, int64_t count,
                          Value *results) {
  const Contraction &c = *op.contraction;
  const PackedWeights &packed = getWeights(op);
  bool exactData = gatherData(op, loops);
  int lowestData = INT_MAX;
  for (double x : data)
    if (std::isfinite(x))
      lowestData = std::min(lowestData, lowestBit(x));
  sums.assign(count, 0);
  magnitudes.assign(count, 0);
  spreads.assign(count, 0);
  spreadSquares.assign(count, 0);
  const double *weights =
      packed.values.data() + group * c.numProducts * c.vectorSize + first;
  for (int64_t k = 0; k != c.numProducts; ++k)
    addProducts(data[k], weights + k * c.vectorSize, sums.data(),
                magnitudes.data(), count);
  if (!exactData)
    for (int64_t k = 0; k != c.numProducts; ++k)
      if (dataRadii[k] != 0)
        addErrors(dataRadii[k], weights + k * c.vectorSize, spreads.data(),
                  spreadSquares.data(), count);
  if (!packed.radii.empty()) {
    const double *radii =
        packed.radii.data() + group * c.numProducts * c.vectorSize + first;
    for (int64_t k = 0; k != c.numProducts; ++k)
      addErrors(std::abs(data[k]) + (exactData ? 0 : dataRadii[k]),
                radii + k * c.vectorSize, spreads.data(), spreadSquares.data(),
                count);
  }
  // Evaluating an init may need the scratch.
  std::vector<double> total = sums, size = magnitudes, spread = spreads,
                      squares = spreadSquares;
  Coordinates at(op.loopOfCoordinate.size());
  for (int64_t f = 0; f != count; ++f) {
    for (size_t i = 0; i != at.size(); ++i) {
      int loop = op.loopOfCoordinate[i];
      at[i] = loop < 0               ? op.pinned[i]
              : loop == c.vectorLoop ? first + f
                                     : loops[loop];
    }
    Value start = evaluate(op.operands[2], at.data());
    int lowestWeight = packed.lowestBits[group * c.vectorSize + first + f];
    int lowest = lowestData == INT_MAX || lowestWeight == INT_MAX
                     ? INT_MAX
                     : lowestData + lowestWeight;
    results[f] = finishSum(c, total[f], size[f], spread[f], squares[f],
                           exactData && packed.radii.empty(), lowest, start);
  }
}

Value Evaluator::evaluateContraction(const Structured &op,
                                     const int64_t *coordinates) {
  const Contraction &c = *op.contraction;
  Coordinates loops(op.extents.size(), 0);
  for (size_t i = 0; i != op.loopOfCoordinate.size(); ++i) {
    if (op.loopOfCoordinate[i] >= 0)
      loops[op.loopOfCoordinate[i]] = coordinates[i];
    else if (coordinates[i] != op.pinned[i])
      return evaluate(op.operands[2], coordinates);
  }
  int64_t lane = 0;
  if (c.vectorLoop >= 0) {
    lane = loops[c.vectorLoop];
    loops[c.vectorLoop] = 0;
  }
  int64_t group = 0, position = 0;
  for (unsigned loop : c.weightLoops)
    group = group * op.extents[loop] + loops[loop];
  for (size_t loop = 0; loop != op.extents.size(); ++loop)
    position = position * op.extents[loop] + loops[loop];

  VectorCache &cache = vectors[op.id];
  if (cache.onePoint) {
    Value result;
    sumVector(op, loops.data(), group, lane, 1, &result);
    return result;
  }
  ++cache.requests;
  if (auto it = cache.slots.find(position); it != cache.slots.end())
    return cache.values[it->second + lane];
  if (int64_t(cache.values.size()) + c.vectorSize > kMaxCachedSums &&
      !cache.slots.empty()) {
    cache.onePoint =
        c.vectorSize > 1 &&
        cache.requests < kMinRequests * int64_t(cache.slots.size());
    cache.slots.clear();
    cache.values.clear();
    cache.requests = 0;
  }
  std::vector<Value> results(c.vectorSize);
  sumVector(op, loops.data(), group, 0, c.vectorSize, results.data());
  auto slot = int64_t(cache.values.size());
  cache.slots[position] = slot;
  cache.values.insert(cache.values.end(), results.begin(), results.end());
  return results[lane];
}
