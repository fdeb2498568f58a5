//===- KilnAttrs.h - Target, schedule and layout attributes ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KILNATTRS_H
#define KILN_DIALECT_KILN_IR_KILNATTRS_H

#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"

#include <array>

namespace kiln {

/// Tiles have at most this many dimensions.
inline constexpr int64_t kMaxTileRank = 16;

/// The coordinate step that one bit of a register, lane or warp number adds.
struct Basis {
  int64_t rank = 0;
  std::array<int64_t, kMaxTileRank> step = {};

  Basis() = default;
  explicit Basis(llvm::ArrayRef<int64_t> values)
      : rank(static_cast<int64_t>(values.size())) {
    assert(rank <= kMaxTileRank);
    std::copy(values.begin(), values.end(), step.begin());
  }
  /// A step of `size` in dimension `dim` only.
  static Basis unit(int64_t rank, int64_t dim, int64_t size) {
    Basis basis;
    basis.rank = rank;
    basis.step[dim] = size;
    return basis;
  }
  llvm::ArrayRef<int64_t> values() const {
    return llvm::ArrayRef<int64_t>(step.data(), rank);
  }
  bool isZero() const {
    return llvm::all_of(values(), [](int64_t v) { return v == 0; });
  }
  bool operator==(const Basis &other) const {
    return values() == other.values();
  }
};
inline llvm::hash_code hash_value(const Basis &basis) {
  return llvm::hash_combine_range(basis.values());
}

/// One dimension of a shared-memory layout: parts from the innermost outwards.
struct Mode {
  static constexpr int64_t kMaxParts = 6;
  struct Part {
    int64_t size = 0;
    int64_t stride = 0; ///< in elements
    bool operator==(const Part &) const = default;
  };
  int64_t numParts = 0;
  std::array<Part, kMaxParts> part = {};

  Mode() = default;
  explicit Mode(llvm::ArrayRef<Part> parts)
      : numParts(static_cast<int64_t>(parts.size())) {
    assert(numParts <= kMaxParts);
    std::copy(parts.begin(), parts.end(), part.begin());
  }
  llvm::ArrayRef<Part> parts() const {
    return llvm::ArrayRef<Part>(part.data(), numParts);
  }
  int64_t size() const {
    int64_t product = 1;
    for (const Part &p : parts())
      product *= p.size;
    return product;
  }
  bool operator==(const Mode &other) const { return parts() == other.parts(); }
};
inline llvm::hash_code hash_value(const Mode &mode) {
  llvm::hash_code code = llvm::hash_value(mode.numParts);
  for (const Mode::Part &part : mode.parts())
    code = llvm::hash_combine(code, part.size, part.stride);
  return code;
}

mlir::FailureOr<llvm::SmallVector<int64_t>>
parseIntList(mlir::AsmParser &parser);
void printIntList(mlir::AsmPrinter &printer, llvm::ArrayRef<int64_t> list);
mlir::FailureOr<llvm::SmallVector<Basis>>
parseBasisList(mlir::AsmParser &parser);
void printBasisList(mlir::AsmPrinter &printer, llvm::ArrayRef<Basis> list);
mlir::FailureOr<llvm::SmallVector<Mode>> parseModeList(mlir::AsmParser &parser);
void printModeList(mlir::AsmPrinter &printer, llvm::ArrayRef<Mode> list);

} // namespace kiln

#include "kiln/Dialect/Kiln/IR/KilnEnums.h.inc" // IWYU pragma: export

#include "kiln/Dialect/Kiln/IR/KilnAttrInterfaces.h.inc" // IWYU pragma: export
namespace kiln {

class LayoutAttr;

/// What one multiply instruction computes in a warp (`fma`: in a thread), and
/// how many elements of an operand lie in a 32-bit register.
struct InstructionShape {
  int64_t m, n, k;
  int64_t elementsPerWord;
};
/// Without a context, for verifiers of attributes; otherwise ask
/// `InstructionAttr`.
InstructionShape getInstructionShape(Contraction contraction);
inline bool multipliesTF32(Contraction contraction) {
  return contraction == Contraction::TF32 || contraction == Contraction::TF32x3;
}
inline int64_t getNumProducts(Contraction contraction) {
  return contraction == Contraction::TF32x3 ? 3 : 1;
}

} // namespace kiln

#define GET_ATTRDEF_CLASSES
#include "kiln/Dialect/Kiln/IR/KilnAttrs.h.inc"

namespace kiln {

/// The layout that a reduction of `input` over `dims` leaves. With `halving`
/// the lane bits that stepped in them, the highest first, take over the last
/// register bits that are left.
LayoutAttr getReducedLayout(LayoutAttr input, llvm::ArrayRef<int64_t> dims,
                            bool halving);

/// Bytes of shared memory in which the warps of a block exchange their partial
/// results of a reduction from `input` to `reduced`; 0 within a warp.
int64_t getReductionScratchBytes(LayoutAttr input, LayoutAttr reduced,
                                 llvm::ArrayRef<int64_t> dims,
                                 mlir::Type element);

/// Whether partial results of such a reduction lie in all warps of a block, so
/// that all of its threads meet.
bool reducesAcrossBlock(LayoutAttr input, llvm::ArrayRef<int64_t> dims);

} // namespace kiln

#endif // KILN_DIALECT_KILN_IR_KILNATTRS_H
