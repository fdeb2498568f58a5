//===- Contraction.cpp - Recognises sums of products ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace kiln::reference;

/// More weights than this are not converted beforehand.
static constexpr int64_t kMaxPackedWeights = int64_t(1) << 25;

/// The instruction that sets `reg`, or null for an argument.
static const Instruction *getDefinition(const Body &body, int reg) {
  for (const Instruction &instruction : body.code)
    if (instruction.result == reg)
      return &instruction;
  return nullptr;
}

/// The operand whose element `reg` is, extended or not; -1 if it is none.
static int getOperand(const Body &body, int reg) {
  while (const Instruction *definition = getDefinition(body, reg)) {
    if (definition->code != Opcode::ExtF)
      return -1;
    reg = definition->operands[0];
  }
  return llvm::find(body.arguments, reg) - body.arguments.begin();
}

std::optional<Precision> kiln::reference::parsePrecision(llvm::StringRef text) {
  if (text == "tf32")
    return Precision::TF32;
  if (text == "f32")
    return Precision::F32;
  if (text == "tf32x3")
    return Precision::TF32x3;
  return std::nullopt;
}

/// Partial sums of steps of 8 channels at one tap. Channels are summed loops
/// that give a coordinate of the data alone; of several, those that leave most.
static int64_t countPromoted(const Structured &op, const Contraction &c) {
  constexpr int64_t kStep = 8;
  const AccessMap &map = op.maps[c.data];
  int64_t most = 0;
  for (unsigned loop : c.sumLoops) {
    bool isChannel = false;
    for (unsigned i = 0; i != map.getRank(); ++i) {
      bool alone = map.getCoefficient(i, loop) != 0;
      for (unsigned other = 0; other != op.extents.size(); ++other)
        alone &= other == loop || map.getCoefficient(i, other) == 0;
      isChannel |= alone;
    }
    int64_t extent = op.extents[loop];
    auto steps = int64_t(llvm::divideCeil(extent, kStep));
    if (isChannel)
      most = std::max(most, c.numProducts / extent * steps);
  }
  return most ? most : c.numProducts;
}

void kiln::reference::matchContraction(Program &program, Structured &op,
                                       Precision precision) {
  if (op.numInputs != 2 || op.numResults() != 1 || op.addends[0] < 0 ||
      op.subtracted[0])
    return;
  const Instruction *product = getDefinition(op.body, op.addends[0]);
  if (!product || product->code != Opcode::MulF)
    return;
  int first = getOperand(op.body, product->operands[0]);
  int second = getOperand(op.body, product->operands[1]);
  if (first < 0 || second < 0 || first + second != 1)
    return;

  Contraction c;
  c.accumulator = getDefinition(op.body, op.body.yields[0])->type;
  c.sumLoops = op.freeLoops;
  c.numProducts = op.numFreePoints;
  // The weights are the operand with a loop of its own that gives one of its
  // coordinates; of two such operands, the smaller one.
  auto ownLoop = [&](unsigned operand) {
    int best = -1;
    for (unsigned loop = 0; loop != op.extents.size(); ++loop) {
      if (llvm::is_contained(op.freeLoops, loop) ||
          !op.maps[operand].uses(loop) || op.maps[1 - operand].uses(loop))
        continue;
      if (best < 0 || op.extents[loop] > op.extents[best])
        best = loop;
    }
    return best;
  };
  int own[2] = {ownLoop(0), ownLoop(1)};
  auto count = [&](unsigned operand) {
    return program.nodes[op.operands[operand]].count;
  };
  c.weights = count(0) < count(1) ? 0 : 1;
  if (own[c.weights] < 0 && own[1 - c.weights] >= 0)
    c.weights = 1 - c.weights;
  c.data = 1 - c.weights;
  if (!op.maps[c.data].isLinear())
    return;
  c.vectorLoop = own[c.weights];
  if (c.vectorLoop >= 0)
    c.vectorSize = op.extents[c.vectorLoop];
  for (unsigned loop = 0; loop != op.extents.size(); ++loop) {
    if (int(loop) == c.vectorLoop || llvm::is_contained(op.freeLoops, loop) ||
        !op.maps[c.weights].uses(loop))
      continue;
    c.weightLoops.push_back(loop);
    c.numGroups *= op.extents[loop];
  }
  if (c.numGroups * c.numProducts * c.vectorSize > kMaxPackedWeights)
    return;

  // Tensor cores need a matrix product: a loop of each operand alone.
  // Depthwise convolutions have none and stay on the exact path.
  ElementType operand = program.nodes[op.operands[c.data]].type;
  bool isMatrixProduct = own[0] >= 0 && own[1] >= 0;
  bool isSingle = operand.kind == ElementType::F32;
  c.onTensorCores = isMatrixProduct && c.accumulator.kind != ElementType::F64 &&
                    operand.kind != ElementType::F64 &&
                    (!isSingle || precision != Precision::F32);
  c.roundsToTF32 = c.onTensorCores && isSingle && precision == Precision::TF32;
  c.splitsToTF32 =
      c.onTensorCores && isSingle && precision == Precision::TF32x3;
  c.numPromoted = countPromoted(op, c);

  unsigned rank = op.maps[c.data].getRank();
  c.dataOffsets.reserve(c.numProducts * rank);
  llvm::SmallVector<int64_t> point(op.extents.size(), 0);
  for (int64_t k = 0; k != c.numProducts; ++k) {
    for (unsigned i = 0; i != rank; ++i) {
      int64_t offset = 0;
      for (unsigned loop : op.freeLoops)
        offset += op.maps[c.data].getCoefficient(i, loop) * point[loop];
      c.dataOffsets.push_back(offset);
    }
    for (size_t i = op.freeLoops.size(); i-- != 0;) {
      unsigned loop = op.freeLoops[i];
      if (++point[loop] < op.extents[loop])
        break;
      point[loop] = 0;
    }
  }
  op.contraction = std::move(c);
}
