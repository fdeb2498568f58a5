//===- KernelDescription.h - What the model knows of a kernel ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A kernel that works on tiles, by any compiler, in the numbers that decide its
// time. docs/model.md describes the JSON form with an example.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_MODEL_KERNELDESCRIPTION_H
#define KILN_SCHEDULING_MODEL_KERNELDESCRIPTION_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <array>
#include <string>
#include <vector>

namespace kiln {

/// What multiplies: tensor cores (operands of tf32, or of f16 and bf16; f32
/// ones as three products of tf32), fused multiply-adds of f32, or nothing.
enum class Multiply { None, Tf32, F16, Fma, Tf32x3 };
llvm::StringRef stringify(Multiply multiply);
inline bool usesTensorCores(Multiply multiply) {
  return multiply != Multiply::None && multiply != Multiply::Fma;
}
/// Whether what the tensor cores multiply is tf32.
inline bool multipliesTF32(Multiply multiply) {
  return multiply == Multiply::Tf32 || multiply == Multiply::Tf32x3;
}
/// Products for each one that the source asks for.
inline int getNumProducts(Multiply multiply) {
  return multiply == Multiply::Tf32x3 ? 3 : 1;
}

/// Which axis of the grid chooses the part of a tensor that a block reads.
/// Blocks start in order along the fast axis, then along the slow one.
enum class Along {
  Fast, ///< blocks at the same place of the fast axis read the same
  Slow, ///< blocks at the same place of the slow axis read the same
  Both, ///< no two blocks read the same
  None, ///< all blocks read the same
};
llvm::StringRef stringify(Along along);

/// A tensor that the kernel reads.
struct ReadDescription {
  std::string name;
  double bytes = 0; ///< of the tensor, each element once
  double blockBytes =
      0; ///< that one tile asks of the level 2 cache, in sectors
         ///< of 32 bytes, what the level 1 cache serves left out
  Along along = Along::Both;
};

/// All counts are of one tile (a block computes one, or several if persistent);
/// a *k-step* is one turn of its main loop.
struct KernelDescription {
  std::string name;

  int64_t tiles = 0;     ///< in the grid
  int64_t fastTiles = 0; ///< along the fast axis; 0: all
  int64_t group = 0;     ///< places of the fast axis that are swept before the
                         ///< slow axis moves on ("grouped" order); 0: all
  bool persistent =
      false; ///< one block on each multiprocessor loops over tiles
  int64_t launches = 1;

  int64_t warps = 4;       ///< of a block
  int64_t registers = 0;   ///< of a thread; 0: not known, limits nothing
  int64_t sharedBytes = 0; ///< of a block

  int64_t steps = 1; ///< k-steps
  /// Copies of each staged operand in shared memory: a step's copies are issued
  /// `slots - 1` steps before the one that frees their slot ends, so with 1
  /// nothing is hidden behind the multiplies of the same warp.
  int64_t slots = 1;
  /// With one slot: how often a step waits for copies, one after the other.
  int64_t waits = 1;
  Multiply multiply = Multiply::None;
  std::array<int64_t, 3> tile = {0, 0, 0}; ///< rows, columns, k of a step
  double flops = -1;                       ///< of a step; default: 2 x the tile
  /// Instructions that a warp issues in a step beside multiplies and fragment
  /// loads: addresses, masks, copies.
  double instructions = 0;
  double alu = -1; ///< of them on the integer pipe; default: half
  /// Cycles that a lone warp takes for one of them: the compiler's stall
  /// counts, from dependent instructions. Default: 2.3.
  double cyclesAlone = 2.3;
  /// Instructions of a warp in a step that multiply or load fragments, and
  /// wavefronts of shared memory of a block in a step. Default: those of
  /// `mma.sync` on a warp tile as square as possible, no bank conflicts.
  double fragments = -1, sharedWavefronts = -1;
  bool lookahead = true; ///< fragments are loaded while others are multiplied
  /// Of the wavefronts of shared memory those that pass while the same warps
  /// multiply: software pipelining hides them. Default: with `lookahead` those
  /// of all instructions of k but the first.
  double hiddenWavefronts = -1;
  /// Cycles of the level 1 cache that a block's copies take in a step: lines
  /// that each request touches, summed.
  double l1Wavefronts = 0;

  /// Instructions of a warp before and behind the main loop.
  double epilogueInstructions = 0;
  double specialFunctions = 0; ///< of a tile: exp, tanh, ...

  std::vector<ReadDescription> reads;
  double writeBytes = 0; ///< of all tiles
  /// The same, where stores touch parts of sectors, by the bytes in whole ones
  /// that take as long. Default: `writeBytes`.
  double l2WriteBytes = -1;

  /// Fills in the defaults above; what is impossible is an error that names the
  /// field.
  llvm::Error complete();
};

/// Reads one description. Unknown, missing and impossible fields are errors
/// that name them.
llvm::Expected<KernelDescription>
parseDescription(const llvm::json::Value &json);
/// What `parseDescription` reads as the same description. Complete ones only.
llvm::json::Object toJson(const KernelDescription &kernel);

} // namespace kiln

#endif // KILN_SCHEDULING_MODEL_KERNELDESCRIPTION_H
