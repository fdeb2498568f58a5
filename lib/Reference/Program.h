//===- Program.h - A linalg program as a graph of elements ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Every tensor of the source is a node; a node knows how to compute one of its
// elements from elements of others. Nothing is computed before it is asked for.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_PROGRAM_H
#define KILN_LIB_REFERENCE_PROGRAM_H

#include "Opcodes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineMap.h"

#include <memory>
#include <vector>

namespace kiln::reference {

/// One scalar operation; registers are numbered within a body.
struct Instruction {
  Opcode code;
  ElementType type; // of the result
  ElementType from; // of the first operand
  int result = 0;
  llvm::SmallVector<int, 3> operands = {};
  int64_t immediate = 0; // predicate, loop or node number
  Value constant = {};
};

/// Straight-line code: what a region computes for one point.
struct Body {
  std::vector<Instruction> code;
  int numRegisters = 0;
  /// Register of each block argument, or -1 where it is not read.
  llvm::SmallVector<int> arguments;
  llvm::SmallVector<int> yields;
};

/// An indexing map; linear ones are evaluated without walking expressions.
class AccessMap {
public:
  AccessMap() = default;
  explicit AccessMap(mlir::AffineMap map);

  unsigned getRank() const { return rank; }
  bool isLinear() const { return linear; }
  int64_t getCoefficient(unsigned result, unsigned loop) const {
    return coefficients[result * numLoops + loop];
  }
  bool uses(unsigned loop) const;
  void evaluate(const int64_t *loops, int64_t *coordinates) const;

private:
  mlir::AffineMap map;
  unsigned rank = 0, numLoops = 0;
  bool linear = true;
  llvm::SmallVector<int64_t> constants, coefficients;
};

/// What contractions of f32 do: operands are rounded to tf32, kept, or split
/// into two words of tf32.
enum class Precision { TF32, F32, TF32x3 };
/// "tf32", "f32" or "tf32x3".
std::optional<Precision> parsePrecision(llvm::StringRef text);

/// A sum of products over the reduction loops, evaluated for all iterations of
/// one loop at a time.
struct Contraction {
  unsigned data = 0, weights = 1; // operand numbers
  ElementType accumulator;
  bool roundsToTF32 = false;
  bool onTensorCores = false;
  /// With tensor cores: f32 operands are split into tf32 words, and partial
  /// sums are promoted: rounded to nearest where they are added up.
  bool splitsToTF32 = false;
  /// Partial sums at most: a product of a step is of at most 8 channels.
  int64_t numPromoted = 0;
  int vectorLoop = -1;                     // which only the weights use; or -1
  llvm::SmallVector<unsigned> weightLoops; // other parallel ones of the weights
  llvm::SmallVector<unsigned> sumLoops;
  int64_t numProducts = 1, vectorSize = 1, numGroups = 1;
  /// Coordinates that each product adds to the data's, numProducts x rank.
  std::vector<int64_t> dataOffsets;
};

/// A linalg op. Its results are nodes that share it.
struct Structured {
  llvm::SmallVector<int64_t> extents; // of the loops
  llvm::SmallVector<AccessMap> maps;  // inputs, then inits
  llvm::SmallVector<int> operands;    // nodes; -1: a scalar
  unsigned numInputs = 0;
  /// Loop that each result coordinate gives, or -1 with `pinned`.
  llvm::SmallVector<int> loopOfCoordinate;
  llvm::SmallVector<int64_t> pinned;
  llvm::SmallVector<unsigned> freeLoops; // iterated for one element
  int64_t numFreePoints = 1;
  Body body;
  /// For each result, the register that is added to the accumulator if the
  /// body is such a sum, else -1.
  llvm::SmallVector<int> addends;
  llvm::SmallVector<bool> subtracted; // whether the addend is taken away
  llvm::SmallVector<int> factors;     // the same of a product
  /// Whether a select alone picks the result, of one position after the other:
  /// in another order it may pick the other one of two zeros.
  llvm::SmallVector<bool> picksZero;
  std::optional<Contraction> contraction;
  bool memoise = false;
  unsigned id = 0; // among the structured ops

  unsigned numResults() const { return operands.size() - numInputs; }
};

struct Node {
  enum Kind {
    Input,
    Constant,
    Structured,
    Pad,
    Reshape,
    Slice,
    Forward,
    Empty
  };
  Kind kind = Empty;
  ElementType type;
  llvm::SmallVector<int64_t> shape, strides;
  int64_t count = 1;
  int source = -1;    // node that a Pad, Reshape, Slice or Forward reads
  unsigned index = 0; // of the argument, or the result of the structured op
  std::shared_ptr<reference::Structured> op;
  llvm::SmallVector<int64_t> offsets, steps; // Pad: low; Slice
  llvm::SmallVector<int> keptDims;           // Slice: source dim of each dim
  Body padding;
  bool isSplat = false;
  std::vector<char> constant; // in the element type, row-major
  unsigned uses = 0;
};

struct Program {
  std::vector<Node> nodes;
  std::vector<int> inputs;  // node of each argument
  std::vector<int> outputs; // node of each result
  std::vector<std::shared_ptr<Structured>> ops;
};

/// Builds the graph of `function`. Emits a located error for what cannot be
/// evaluated.
mlir::FailureOr<Program> buildProgram(mlir::func::FuncOp function,
                                      Precision precision);

/// Recognises a sum of products; sets `op.contraction`.
void matchContraction(Program &program, Structured &op, Precision precision);

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_PROGRAM_H
