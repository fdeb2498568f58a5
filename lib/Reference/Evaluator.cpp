//===- Evaluator.cpp - Computes elements on demand ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include <climits>
#include <thread>

using namespace kiln::reference;

/// Results with at most this many elements are shared between threads and
/// queries...
static constexpr int64_t kMaxShared = int64_t(1) << 14;
/// ... and of larger ones each thread keeps this many.
static constexpr int64_t kMaxPrivate = int64_t(1) << 18;

SharedState::SharedState(const Program &program)
    : tables(program.ops.size()), weights(program.ops.size()) {
  for (const Node &node : program.nodes) {
    if (!node.op)
      continue;
    Table &table = tables[node.op->id];
    if (node.op->memoise && node.count <= kMaxShared && !table.states) {
      table.states.reset(new std::atomic<uint8_t>[node.count]());
      table.values.resize(node.count * node.op->numResults());
    }
    if (node.op->contraction && !weights[node.op->id])
      weights[node.op->id] = std::make_unique<PackedWeights>();
  }
}

static int64_t linearise(const Node &node, const int64_t *coordinates) {
  int64_t index = 0;
  for (size_t i = 0; i != node.shape.size(); ++i)
    index += coordinates[i] * node.strides[i];
  return index;
}

static void delinearise(const Node &node, int64_t index,
                        llvm::SmallVectorImpl<int64_t> &coordinates) {
  coordinates.resize(node.shape.size());
  for (size_t i = 0; i != node.shape.size(); ++i) {
    coordinates[i] = index / node.strides[i];
    index %= node.strides[i];
  }
}

/// The next point of the free loops, the last one fastest. False at the end.
static bool advance(const Structured &op, int64_t *loops) {
  for (size_t i = op.freeLoops.size(); i-- != 0;) {
    unsigned loop = op.freeLoops[i];
    if (++loops[loop] < op.extents[loop])
      return true;
    loops[loop] = 0;
  }
  return false;
}

Value Evaluator::evaluate(int id, const int64_t *coordinates) {
  const Node &node = program.nodes[id];
  switch (node.kind) {
  case Node::Input:
    return loadElement(node.type, inputs[node.index],
                       linearise(node, coordinates));
  case Node::Constant:
    return loadElement(node.type, node.constant.data(),
                       node.isSplat ? 0 : linearise(node, coordinates));
  case Node::Structured:
    return evaluateStructured(node, coordinates);
  case Node::Pad:
    return evaluatePad(node, coordinates);
  case Node::Reshape: {
    Coordinates inner;
    delinearise(program.nodes[node.source], linearise(node, coordinates),
                inner);
    return evaluate(node.source, inner.data());
  }
  case Node::Slice: {
    Coordinates inner = Coordinates(node.offsets);
    for (size_t i = 0; i != node.keptDims.size(); ++i)
      inner[node.keptDims[i]] += coordinates[i] * node.steps[node.keptDims[i]];
    return evaluate(node.source, inner.data());
  }
  case Node::Forward:
    return evaluate(node.source, coordinates);
  case Node::Empty:
    break;
  }
  // What tensor.empty holds is not defined.
  return makeUndefined(node.type, arena);
}

Value Evaluator::evaluatePad(const Node &node, const int64_t *coordinates) {
  const Node &source = program.nodes[node.source];
  Coordinates inner;
  bool inside = true;
  for (size_t i = 0; i != node.shape.size(); ++i) {
    inner.push_back(coordinates[i] - node.offsets[i]);
    inside &= inner[i] >= 0 && inner[i] < source.shape[i];
  }
  if (inside)
    return evaluate(node.source, inner.data());
  llvm::SmallVector<Value, 8> registers(node.padding.numRegisters);
  run(node.padding, coordinates, registers.data());
  return registers[node.padding.yields[0]];
}

Value Evaluator::evaluateStructured(const Node &node,
                                    const int64_t *coordinates) {
  const Structured &op = *node.op;
  unsigned numResults = op.numResults();
  if (!op.memoise) {
    llvm::SmallVector<Value, 2> results(numResults);
    computeStructured(op, coordinates, results.data());
    return results[node.index];
  }
  int64_t index = linearise(node, coordinates);
  SharedState::Table &table = shared.tables[op.id];
  bool publish = false;
  if (table.states) {
    std::atomic<uint8_t> &state = table.states[index];
    uint8_t seen = state.load(std::memory_order_acquire);
    if (seen == SharedState::Missing &&
        state.compare_exchange_strong(seen, SharedState::Claimed)) {
      publish = true;
    } else {
      // Elements depend on each other without cycles, so this ends.
      while ((seen = state.load(std::memory_order_acquire)) ==
             SharedState::Claimed)
        std::this_thread::yield();
      if (seen == SharedState::Ready)
        return table.values[index * numResults + node.index];
    }
  }
  auto &own = privateTables[op.id];
  if (!publish) {
    if (auto it = own.find(index); it != own.end())
      return it->second[node.index];
  }
  llvm::SmallVector<Value, 1> results(numResults);
  computeStructured(op, coordinates, results.data());
  Value result = results[node.index];
  // Choices belong to this thread's arena and cannot be shared.
  bool shareable = llvm::all_of(
      results, [](const Value &v) { return v.choices == nullptr; });
  if (publish) {
    std::copy(results.begin(), results.end(),
              table.values.begin() + index * numResults);
    table.states[index].store(shareable ? SharedState::Ready
                                        : SharedState::Private,
                              std::memory_order_release);
  }
  if (!publish || !shareable) {
    if (own.size() >= size_t(kMaxPrivate))
      own.clear();
    own[index] = std::move(results);
  }
  return result;
}

namespace {

/// A sum in any order: exact in float64, with what its order can do to it.
struct Sum {
  Value total;
  double magnitude = 0;
  int lowest = INT_MAX; // bit set in any addend
  bool exact = true;

  void add(const Value &x, Opcode code = Opcode::AddF) {
    total = evalFloatBinary(code, total, x, ElementType{ElementType::F64, 64});
    if (x.isEmpty())
      return;
    double largest = std::max(std::abs(x.lo), std::abs(x.hi));
    magnitude += largest;
    if (!x.isPoint() || !std::isfinite(x.lo))
      exact = false;
    else
      lowest = std::min(lowest, lowestBit(x.lo));
  }
  Value finish(ElementType type, int64_t count) const;
};

} // namespace

Value Sum::finish(ElementType type, int64_t count) const {
  Value r = total;
  if (r.isEmpty())
    return r;
  if (exact && (lowest == INT_MAX ||
                magnitude <= std::ldexp(1.0, lowest + type.precision()))) {
    // Every partial sum is a number of the type: any order gives the same.
    if (r.lo == 0 && r.hi == 0) {
      r.lo = -0.0;
      r.hi = 0.0;
    }
    return r;
  }
  // In f64 the evaluator's own sum is as wrong as the kernel's.
  double unit = type.unitRoundoff() * (type.kind == ElementType::F64 ? 2 : 1);
  double error = double(count) * unit * magnitude;
  if (std::isfinite(error)) {
    r.lo -= error;
    r.hi += error;
    double typical = std::max(std::abs(r.value),
                              2 * magnitude / std::sqrt(double(count + 1)));
    double spread = double(count) * unit * typical;
    r.variance += spread * spread;
  }
  if (magnitude > type.maxFinite() && std::isfinite(magnitude)) {
    setUnknown(r);
    r.mayBeNaN = true;
  }
  roundResult(type, r);
  return r;
}

namespace {

/// A product in any order, like Sum.
struct Product {
  Value total = Value::exact(1);
  double largest = 1, smallest = 1; // what a partial product can reach
  double significand = 1; // at most that of any partial product, as an integer

  void multiply(const Value &x) {
    total = evalFloatBinary(Opcode::MulF, total, x,
                            ElementType{ElementType::F64, 64});
    if (x.isEmpty())
      return;
    double magnitude = std::max(std::abs(x.lo), std::abs(x.hi));
    largest *= std::max(1.0, magnitude);
    if (!x.isPoint() || !std::isfinite(x.lo))
      significand = std::numeric_limits<double>::infinity();
    else if (magnitude != 0)
      significand *= std::ldexp(magnitude, -lowestBit(magnitude));
    // An interval around zero may hold anything, a point at zero is exact.
    if (!x.isPoint())
      smallest *= x.lo <= 0 && x.hi >= 0
                      ? 0
                      : std::min({1.0, std::abs(x.lo), std::abs(x.hi)});
    else if (magnitude != 0)
      smallest *= std::min(1.0, magnitude);
  }
  Value finish(ElementType type, int64_t count) const;
};

} // namespace

Value Product::finish(ElementType type, int64_t count) const {
  Value r = total;
  if (r.isEmpty())
    return r;
  // Every partial product is a number of the type: any order gives the same.
  if (significand <= std::ldexp(1.0, type.precision()) &&
      largest <= type.maxFinite() && smallest >= type.minNormal())
    return r;
  double unit = type.unitRoundoff() * (type.kind == ElementType::F64 ? 2 : 1);
  double magnitude = std::max(std::abs(r.lo), std::abs(r.hi));
  double error = double(count) * unit * magnitude;
  // A partial product below the normal numbers keeps no relative precision.
  if (smallest < type.minNormal())
    error += double(count) * unit * type.minNormal() * largest;
  if (std::isfinite(error) && error > 0) {
    r.lo -= error;
    r.hi += error;
    double spread = double(count) * unit * std::abs(r.value);
    r.variance += spread * spread;
  }
  if (largest > type.maxFinite() && std::isfinite(largest)) {
    setUnknown(r);
    r.mayBeNaN = true;
  }
  roundResult(type, r);
  return r;
}

void Evaluator::computeStructured(const Structured &op,
                                  const int64_t *coordinates, Value *results) {
  unsigned numResults = op.numResults();
  if (op.contraction) {
    results[0] = evaluateContraction(op, coordinates);
    return;
  }
  Coordinates loops(op.extents.size(), 0), at;
  bool touched = op.numFreePoints > 0;
  for (size_t i = 0; i != op.loopOfCoordinate.size(); ++i) {
    if (op.loopOfCoordinate[i] >= 0)
      loops[op.loopOfCoordinate[i]] = coordinates[i];
    else
      touched &= coordinates[i] == op.pinned[i];
  }
  const Body &body = op.body;
  llvm::SmallVector<Value, 16> registers(body.numRegisters);
  llvm::SmallVector<Sum, 1> sums(numResults);
  llvm::SmallVector<Product, 1> products(numResults);
  llvm::SmallVector<Value, 2> state(numResults);
  for (unsigned r = 0; r != numResults; ++r) {
    unsigned operand = op.numInputs + r;
    if (body.arguments[operand] < 0 && touched)
      continue;
    state[r] = evaluate(op.operands[operand], coordinates);
    if (op.addends[r] >= 0)
      sums[r].add(state[r]);
    else if (op.factors[r] >= 0)
      products[r].multiply(state[r]);
  }
  if (!touched) {
    std::copy(state.begin(), state.end(), results);
    return;
  }
  do {
    for (unsigned i = 0; i != op.numInputs; ++i) {
      if (body.arguments[i] < 0)
        continue;
      at.resize(op.maps[i].getRank());
      op.maps[i].evaluate(loops.data(), at.data());
      registers[body.arguments[i]] = evaluate(op.operands[i], at.data());
    }
    for (unsigned r = 0; r != numResults; ++r)
      if (int reg = body.arguments[op.numInputs + r]; reg >= 0)
        registers[reg] = state[r];
    run(body, loops.data(), registers.data());
    for (unsigned r = 0; r != numResults; ++r) {
      if (op.addends[r] >= 0)
        sums[r].add(registers[op.addends[r]],
                    op.subtracted[r] ? Opcode::SubF : Opcode::AddF);
      else if (op.factors[r] >= 0)
        products[r].multiply(registers[op.factors[r]]);
      else
        state[r] = registers[body.yields[r]];
    }
  } while (advance(op, loops.data()));
  for (unsigned r = 0; r != numResults; ++r) {
    const Node &init = program.nodes[op.operands[op.numInputs + r]];
    if (op.addends[r] >= 0)
      results[r] = sums[r].finish(init.type, op.numFreePoints);
    else if (op.factors[r] >= 0)
      results[r] = products[r].finish(init.type, op.numFreePoints);
    else
      results[r] = state[r];
    if (op.picksZero[r] && init.type.isFloat() && results[r].lo == 0 &&
        results[r].hi == 0) {
      results[r].lo = -0.0;
      results[r].hi = 0.0;
    }
  }
}

void Evaluator::run(const Body &body, const int64_t *loops, Value *registers) {
  for (const Instruction &instruction : body.code)
    registers[instruction.result] = execute(instruction, loops, registers);
}

Value Evaluator::extractElement(const Instruction &instruction,
                                const Value *registers) {
  const Node &node = program.nodes[instruction.immediate];
  llvm::SmallVector<llvm::SmallVector<int64_t>, 4> lists;
  for (int operand : instruction.operands) {
    llvm::SmallVector<int64_t> &list = lists.emplace_back();
    if (!listChoices(registers[operand], list))
      list = {registers[operand].integer};
  }
  // Every combination of the coordinates' choices; mostly there is one.
  Coordinates at(lists.size());
  std::optional<Value> result;
  llvm::SmallVector<size_t, 4> pick(lists.size(), 0);
  while (true) {
    bool inside = true;
    for (size_t i = 0; i != lists.size(); ++i) {
      at[i] = lists[i][pick[i]];
      inside &= at[i] >= 0 && at[i] < node.shape[i];
    }
    if (inside) {
      Value element = evaluate(int(instruction.immediate), at.data());
      result = result ? unite(*result, element, node.type.isFloat(), arena)
                      : element;
    }
    size_t i = lists.size();
    while (i != 0 && ++pick[i - 1] == lists[i - 1].size())
      pick[--i] = 0;
    if (i == 0)
      break;
  }
  if (result)
    return *result;
  // Out of bounds: undefined.
  return makeUndefined(node.type, arena);
}

Value Evaluator::execute(const Instruction &in, const int64_t *loops,
                         const Value *registers) {
  auto operand = [&](unsigned i) -> const Value & {
    return registers[in.operands[i]];
  };
  switch (in.code) {
  case Opcode::Constant:
    return in.constant;
  case Opcode::LoopIndex:
    return Value::integral(loops[in.immediate]);
  case Opcode::Node:
    return extractElement(in, registers);
#define KILN_CASE(id, name) case Opcode::id:
    KILN_FLOAT_BINARY(KILN_CASE)
    return evalFloatBinary(in.code, operand(0), operand(1), in.type);
    KILN_FLOAT_UNARY(KILN_CASE)
    return evalFloatUnary(in.code, operand(0), in.type);
    KILN_FLOAT_TEST(KILN_CASE)
    return evalFloatTest(in.code, operand(0), arena);
    KILN_INT_BINARY(KILN_CASE)
    return evalIntBinary(in.code, operand(0), operand(1), in.from,
                         int(in.immediate), arena);
    KILN_INT_UNARY(KILN_CASE)
    return evalIntUnary(in.code, operand(0), in.from, in.type, arena);
#undef KILN_CASE
  case Opcode::CmpF:
    return evalCompareFloat(int(in.immediate), operand(0), operand(1),
                            in.operands[0] == in.operands[1], arena);
  case Opcode::Select:
    return evalSelect(operand(0), operand(1), operand(2), in.type.isFloat(),
                      arena);
  case Opcode::SIToFP:
  case Opcode::UIToFP:
    return evalIntToFloat(operand(0), in.from, in.type,
                          in.code == Opcode::SIToFP);
  case Opcode::FPToSI:
  case Opcode::FPToUI:
    return evalFloatToInt(operand(0), in.type, in.code == Opcode::FPToSI,
                          arena);
  case Opcode::Bitcast:
    return evalBitcast(operand(0), in.from, in.type, arena);
  case Opcode::Fma: {
    Value product = evalFloatBinary(Opcode::MulF, operand(0), operand(1),
                                    ElementType{ElementType::F64, 64});
    return evalFloatBinary(Opcode::AddF, product, operand(2), in.type);
  }
  case Opcode::ClampF: {
    Value least =
        evalFloatBinary(Opcode::MaximumF, operand(0), operand(1), in.type);
    return evalFloatBinary(Opcode::MinimumF, least, operand(2), in.type);
  }
  }
  return Value();
}
