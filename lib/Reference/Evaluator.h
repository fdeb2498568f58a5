//===- Evaluator.h - Computes elements on demand ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_EVALUATOR_H
#define KILN_LIB_REFERENCE_EVALUATOR_H

#include "Program.h"

#include "llvm/ADT/DenseMap.h"

#include <atomic>
#include <mutex>

namespace kiln::reference {

/// The weights of a contraction in the order in which sums read them: [group]
/// [product][vector].
struct PackedWeights {
  std::once_flag once;
  std::vector<double> values;
  /// Half the width of each weight's interval; empty if all are exact.
  std::vector<double> radii;
  /// Exponent of the lowest bit set in the weights of each sum:
  /// [group][vector].
  std::vector<int> lowestBits;
};

/// What the threads of all queries share until an input changes.
class SharedState {
public:
  explicit SharedState(const Program &program);

  /// Elements of small results, each computed once.
  struct Table {
    std::unique_ptr<std::atomic<uint8_t>[]> states;
    std::vector<Value> values; // element-major, one for each result
  };
  enum State : uint8_t { Missing, Claimed, Ready, Private };

  std::vector<Table> tables;                           // of each structured op
  std::vector<std::unique_ptr<PackedWeights>> weights; // likewise
};

/// Evaluates elements; one of these for each thread and query.
class Evaluator {
public:
  Evaluator(const Program &program, const std::vector<const void *> &inputs,
            SharedState &shared)
      : program(program), inputs(inputs), shared(shared),
        privateTables(program.ops.size()), vectors(program.ops.size()) {}

  Value evaluate(int node, const int64_t *coordinates);

private:
  using Coordinates = llvm::SmallVector<int64_t, 6>;

  Value evaluatePad(const Node &node, const int64_t *coordinates);
  Value evaluateStructured(const Node &node, const int64_t *coordinates);
  /// All results of `op` at `coordinates`.
  void computeStructured(const Structured &op, const int64_t *coordinates,
                         Value *results);
  void run(const Body &body, const int64_t *loops, Value *registers);
  Value execute(const Instruction &instruction, const int64_t *loops,
                const Value *registers);
  Value extractElement(const Instruction &instruction, const Value *registers);

  Value evaluateContraction(const Structured &op, const int64_t *coordinates);
  /// Gathers the data of the sums at `loops`. True if all of it is exact.
  bool gatherData(const Structured &op, const int64_t *loops);
  void sumVector(const Structured &op, const int64_t *loops, int64_t group,
                 int64_t first, int64_t count, Value *results);
  const PackedWeights &getWeights(const Structured &op);
  void packWeights(const Structured &op, PackedWeights &packed);

  const Program &program;
  const std::vector<const void *> &inputs;
  SharedState &shared;
  ChoiceArena arena;
  std::vector<llvm::DenseMap<int64_t, llvm::SmallVector<Value, 1>>>
      privateTables;

  /// Sums over all channels at recent positions.
  struct VectorCache {
    llvm::DenseMap<int64_t, int64_t> slots;
    std::vector<Value> values;
    int64_t requests = 0;
    bool onePoint = false; // whole vectors turned out to be a waste
  };
  std::vector<VectorCache> vectors;

  // Scratch of the sum in hand.
  std::vector<double> data, dataRadii, sums, magnitudes, spreads, spreadSquares;
};

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_EVALUATOR_H
