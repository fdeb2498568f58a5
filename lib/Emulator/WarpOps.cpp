//===- WarpOps.cpp - Instructions that the lanes of a warp do together ----===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The last lane to arrive computes for all. Numbers of mma: operands are taken
// as the hardware does (tf32: the low 13 bits are ignored), products are exact,
// and one instruction adds its k products and the accumulator in float64, in
// the order c + a0*b0 + a1*b1 + ..., rounding once to the accumulator type.
// Devices add with less, in an order that they do not document; the difference
// is within a few units in the last place of the largest term. A NaN result is
// the canonical one.
//
//===----------------------------------------------------------------------===//

#include "Runtime.h"

#include "Numeric.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

using namespace kiln::emulator;

static uint32_t getMask(const Operation &op, const uint32_t *operands) {
  switch (op.kind) {
  case OpKind::Mma:
  case OpKind::LoadMatrix:
  case OpKind::StoreMatrix:
    return ~0u;
  case OpKind::Redux:
    return operands[1];
  default:
    return operands[0];
  }
}

void Block::performWarpOp(Thread &thread, const Operation &op,
                          const uint32_t *operands, uint32_t *results) {
  Warp &warp = warps[thread.warp];
  uint32_t bit = 1u << thread.lane;
  uint32_t mask = getMask(op, operands);
  if (!(mask & bit)) {
    report(thread, FindingKind::Collective, op.site,
           "the lane itself is not in the member mask");
    mask |= bit;
  }
  thread.mask = mask;
  block(thread, op, operands, results);
  warp.arrived |= bit;

  // Lanes that the block does not have never arrive and are not waited for.
  unsigned numLanes = std::min<size_t>(32, threads.size() - thread.warp * 32);
  uint32_t needed = mask & (numLanes == 32 ? ~0u : (1u << numLanes) - 1);
  Thread *lanes = &threads[thread.warp * 32];
  uint32_t here = 0;
  bool sameSite = true;
  for (uint32_t rest = warp.arrived & needed; rest; rest &= rest - 1) {
    const Thread &lane = lanes[std::countr_zero(rest)];
    if (lane.operation->kind != op.kind || lane.mask != mask)
      continue;
    here |= 1u << lane.lane;
    sameSite &= lane.operation == &op;
  }
  if (here == needed) {
    if (op.aligned && !sameSite)
      report(thread, FindingKind::Collective, op.site,
             "the lanes of a warp are at different instructions");
    executeWarpOp(op, thread, needed);
    warp.arrived &= ~needed;
    for (uint32_t rest = needed; rest; rest &= rest - 1)
      makeReady(lanes[std::countr_zero(rest)]);
    if (memory.isEnabled())
      memory.advance(thread.warp);
    if (config.copiesEarly)
      return;
    takeTurns();
  }
  yield(thread);
}

void Block::executeWarpOp(const Operation &op, Thread &last, uint32_t set) {
  Thread *lanes = &threads[last.warp * 32];
  auto forEach = [&](auto &&body) {
    for (uint32_t rest = set; rest; rest &= rest - 1)
      body(lanes[std::countr_zero(rest)]);
  };
  switch (op.kind) {
  case OpKind::WarpSync:
    return;
  case OpKind::Mma:
    if (set == ~0u)
      executeMma(op, lanes);
    else
      report(last, FindingKind::Collective, op.site,
             "mma in a warp of fewer than 32 threads");
    return;
  case OpKind::LoadMatrix:
  case OpKind::StoreMatrix:
    if (set != ~0u)
      report(last, FindingKind::Collective, op.site,
             "matrix access in a warp of fewer than 32 threads");
    else if (op.kind == OpKind::LoadMatrix)
      executeLoadMatrix(op, lanes);
    else
      executeStoreMatrix(op, lanes);
    return;
  case OpKind::Shuffle:
    return executeShuffle(op, lanes, set);
  case OpKind::Redux: {
    uint32_t value = last.operands[0];
    forEach([&](Thread &lane) {
      if (&lane == &last)
        return;
      uint32_t other = lane.operands[0];
      auto sv = static_cast<int32_t>(value), so = static_cast<int32_t>(other);
      switch (op.redux) {
      case ReduxMode::Add:
        value += other;
        break;
      case ReduxMode::Min:
        value = std::min(sv, so);
        break;
      case ReduxMode::Max:
        value = std::max(sv, so);
        break;
      case ReduxMode::UMin:
        value = std::min(value, other);
        break;
      case ReduxMode::UMax:
        value = std::max(value, other);
        break;
      case ReduxMode::And:
        value &= other;
        break;
      case ReduxMode::Or:
        value |= other;
        break;
      case ReduxMode::Xor:
        value ^= other;
        break;
      }
    });
    forEach([&](Thread &lane) { lane.results[0] = value; });
    return;
  }
  case OpKind::Vote: {
    uint32_t ballot = 0;
    forEach([&](Thread &lane) {
      ballot |= uint32_t((lane.operands[1] & 1) != 0) << lane.lane;
    });
    uint32_t value = op.vote == VoteMode::Ballot ? ballot
                     : op.vote == VoteMode::All  ? ballot == set
                     : op.vote == VoteMode::Any  ? ballot != 0
                                                 : ballot == set || ballot == 0;
    forEach([&](Thread &lane) { lane.results[0] = value; });
    return;
  }
  case OpKind::MatchAny:
  case OpKind::MatchAll: {
    forEach([&](Thread &lane) {
      uint32_t equal = 0;
      forEach([&](Thread &other) {
        if (std::equal(lane.operands + 1, lane.operands + 1 + op.count,
                       other.operands + 1))
          equal |= 1u << other.lane;
      });
      bool all = equal == set;
      lane.results[0] = op.kind == OpKind::MatchAll && !all ? 0 : equal;
      if (op.kind == OpKind::MatchAll)
        lane.results[1] = all;
    });
    return;
  }
  default:
    return;
  }
}

void Block::executeShuffle(const Operation &op, Thread *lanes, uint32_t set) {
  // PTX ISA, shfl.sync: c holds the clamp in bits 0-4, the segment mask in
  // bits 8-12.
  for (uint32_t rest = set; rest; rest &= rest - 1) {
    Thread &lane = lanes[std::countr_zero(rest)];
    uint32_t b = lane.operands[2] & 31, c = lane.operands[3];
    uint32_t clamp = c & 31, segment = c >> 8 & 31;
    uint32_t maxLane = (lane.lane & segment) | (clamp & ~segment);
    uint32_t minLane = lane.lane & segment;
    int32_t from = 0;
    bool inRange = false;
    switch (op.shuffle) {
    case ShuffleMode::Up:
      from = static_cast<int32_t>(lane.lane) - static_cast<int32_t>(b);
      inRange = from >= static_cast<int32_t>(maxLane);
      break;
    case ShuffleMode::Down:
      from = lane.lane + b;
      inRange = from <= static_cast<int32_t>(maxLane);
      break;
    case ShuffleMode::Bfly:
      from = lane.lane ^ b;
      inRange = from <= static_cast<int32_t>(maxLane);
      break;
    case ShuffleMode::Idx:
      from = minLane | (b & ~segment & 31);
      inRange = from <= static_cast<int32_t>(maxLane);
      break;
    }
    if (!inRange)
      from = lane.lane;
    if (!(set >> from & 1)) {
      report(lane, FindingKind::Collective, op.site,
             "reads lane " + std::to_string(from) +
                 ", which does not take part in the shuffle");
      from = lane.lane;
    }
    lane.results[0] = lanes[from].operands[1];
    if (op.hasPredicate)
      lane.results[1] = inRange;
  }
}

static double decodeElement(Element type, const uint32_t *registers,
                            unsigned index) {
  switch (type) {
  case Element::F32:
    return std::bit_cast<float>(registers[index]);
  case Element::TF32:
    return std::bit_cast<float>(registers[index] & 0xffffe000u);
  case Element::F16:
    return halfToFloat(registers[index / 2] >> (16 * (index & 1)));
  case Element::BF16:
    return std::bit_cast<float>((registers[index / 2] >> (16 * (index & 1)))
                                << 16);
  }
  return 0;
}

void Block::executeMma(const Operation &op, Thread *lanes) {
  const MmaShape &shape = op.mma;
  constexpr unsigned m = MmaShape::m, n = MmaShape::n;
  double a[m][16], b[16][n], d[m][n];
  unsigned numA = shape.getNumElements(Operand::A),
           numB = shape.getNumElements(Operand::B),
           numC = shape.getNumElements(Operand::C);
  unsigned firstB = shape.getNumRegisters(Operand::A);
  unsigned firstC = firstB + shape.getNumRegisters(Operand::B);
  for (unsigned lane = 0; lane < 32; ++lane) {
    const uint32_t *words = lanes[lane].operands;
    for (unsigned i = 0; i < numA; ++i) {
      Position p = getMmaPosition(shape, Operand::A, lane, i);
      a[p.row][p.col] = decodeElement(shape.operands, words, i);
    }
    for (unsigned i = 0; i < numB; ++i) {
      Position p = getMmaPosition(shape, Operand::B, lane, i);
      b[p.row][p.col] = decodeElement(shape.operands, words + firstB, i);
    }
    for (unsigned i = 0; i < numC; ++i) {
      Position p = getMmaPosition(shape, Operand::C, lane, i);
      d[p.row][p.col] = decodeElement(shape.accumulator, words + firstC, i);
    }
  }
  for (unsigned i = 0; i < m; ++i)
    for (unsigned k = 0; k < shape.k; ++k)
      for (unsigned j = 0; j < n; ++j)
        d[i][j] += a[i][k] * b[k][j];
  for (unsigned lane = 0; lane < 32; ++lane) {
    uint32_t *words = lanes[lane].results;
    for (unsigned i = 0; i < numC; ++i) {
      Position p = getMmaPosition(shape, Operand::C, lane, i);
      double value = d[p.row][p.col];
      if (shape.accumulator == Element::F32) {
        words[i] = std::isnan(value)
                       ? 0x7fffffffu
                       : std::bit_cast<uint32_t>(static_cast<float>(value));
        continue;
      }
      uint32_t half = std::isnan(value) ? 0x7fffu : doubleToHalf(value);
      if (i & 1)
        words[i / 2] |= half << 16;
      else
        words[i / 2] = half;
    }
  }
}

/// The checked address of a row of 16 bytes, or null when it may not be used.
static uint8_t *getRow(Thread &lane, const Operation &op, bool store) {
  uint64_t address = lane.operands[0] | static_cast<uint64_t>(lane.operands[1])
                                            << 32;
  auto *row = reinterpret_cast<uint8_t *>(address);
  if (!lane.block->getMemory().isEnabled())
    return row;
  uint32_t flags = AccessShared | 4 | (store ? AccessStore : 0u);
  return kilnRtCheckRange(&lane, row, 16, flags, op.site) ? row : nullptr;
}

void Block::executeLoadMatrix(const Operation &op, Thread *lanes) {
  for (unsigned j = 0; j < op.count; ++j) {
    uint16_t matrix[8][8] = {};
    for (unsigned r = 0; r < 8; ++r)
      if (uint8_t *row = getRow(lanes[8 * j + r], op, /*store=*/false))
        std::memcpy(matrix[r], row, 16);
    for (unsigned lane = 0; lane < 32; ++lane) {
      uint32_t word = 0;
      for (unsigned e = 0; e < 2; ++e) {
        Position p = getLdmatrixPosition(op.transposed, lane, e);
        word |= static_cast<uint32_t>(matrix[p.row][p.col]) << (16 * e);
      }
      lanes[lane].results[j] = word;
    }
  }
}

void Block::executeStoreMatrix(const Operation &op, Thread *lanes) {
  for (unsigned j = 0; j < op.count; ++j) {
    uint16_t matrix[8][8];
    for (unsigned lane = 0; lane < 32; ++lane)
      for (unsigned e = 0; e < 2; ++e) {
        Position p = getLdmatrixPosition(op.transposed, lane, e);
        matrix[p.row][p.col] = lanes[lane].operands[2 + j] >> (16 * e);
      }
    for (unsigned r = 0; r < 8; ++r)
      if (uint8_t *row = getRow(lanes[8 * j + r], op, /*store=*/true))
        std::memcpy(row, matrix[r], 16);
  }
}
