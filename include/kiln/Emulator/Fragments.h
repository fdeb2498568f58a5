//===- Fragments.h - Which lane holds which matrix element ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The register fragments of mma.sync and ldmatrix, read from the PTX ISA manual
// and written apart from the compiler's layouts, so that one checks the other.
// bench/probe_fragments.cu prints the same table as a device sees it.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_EMULATOR_FRAGMENTS_H
#define KILN_EMULATOR_FRAGMENTS_H

#include <cstdint>
#include <iosfwd>

namespace kiln::emulator {

enum class Element : uint8_t { F16, BF16, TF32, F32 };

/// A fragment operand: A is m x k, B is k x n, C (and D) is m x n.
enum class Operand : uint8_t { A, B, C };

/// One mma.sync.row.col form with m = 16 and n = 8.
struct MmaShape {
  uint8_t k = 0;
  Element operands = Element::TF32;
  Element accumulator = Element::F32;

  static constexpr unsigned m = 16, n = 8;
  /// Elements that one lane holds of an operand.
  unsigned getNumElements(Operand operand) const;
  /// 32-bit registers of one lane (two 16-bit elements share one, the lower
  /// index in the lower half).
  unsigned getNumRegisters(Operand operand) const;
};

struct Position {
  uint8_t row, col;
};

/// Whether this is a form that sm_89 has and the emulator runs.
bool isSupported(const MmaShape &shape);
/// The matrix position of one element of one lane (0 to 31).
Position getMmaPosition(const MmaShape &shape, Operand operand, unsigned lane,
                        unsigned element);
/// The position within one 8x8 matrix of element 0 or 1 of a lane's register
/// after ldmatrix .b16. Lane 8 * j + r gives the address of row r of matrix j,
/// which arrives in register j.
Position getLdmatrixPosition(bool transposed, unsigned lane, unsigned element);

/// Prints every map, one line an element:
/// "instruction operand lane element row col".
void printFragments(std::ostream &os);

} // namespace kiln::emulator

#endif // KILN_EMULATOR_FRAGMENTS_H
