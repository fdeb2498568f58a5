//===- LoadedWords.h - What a thread has loaded already -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_LOADEDWORDS_H
#define KILN_LIB_DISTRIBUTION_LOADEDWORDS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <map>

namespace kiln {

struct DistributionContext;

/// Words that a thread has loaded from shared memory since the last barrier:
/// loads of one buffer that lie a constant apart share them.
class LoadedWords {
public:
  /// Words by their constant byte offset from `base`.
  struct Words {
    mlir::Value base; ///< pointer that constant offsets are added to
    /// As they lie there, and as they become on the way: what that is, all
    /// loads of a buffer say alike.
    std::map<int64_t, mlir::Value> raw, changed;
    std::map<int64_t, mlir::Value> &get(LocalLoadOp load) {
      return load.changesWords() ? changed : raw;
    }
  };

  /// What has been loaded like `load` from `slot`, with the pointer to load
  /// more.
  Words &get(LocalLoadOp load, mlir::Value slot, DistributionContext &context) {
    return get(load, load.getBuffer(), slot, context);
  }
  /// The same for another buffer that `load` reads alike.
  Words &get(LocalLoadOp load, mlir::Value buffer, mlir::Value slot,
             DistributionContext &context);
  void clear() { words.clear(); }

private:
  /// Loads with equal keys differ by a constant.
  struct Key {
    void *buffer, *slot;
    std::vector<int64_t> threadPart; ///< bytes for each lane and warp bit
    int64_t pairStep; ///< bytes between the halves of a word; 0: one element
    bool operator<(const Key &other) const {
      return std::tie(buffer, slot, threadPart, pairStep) <
             std::tie(other.buffer, other.slot, other.threadPart,
                      other.pairStep);
    }
  };
  static Key getKey(LocalLoadOp load, mlir::Value buffer, mlir::Value slot);
  std::map<Key, Words> words;
};

/// How far apart in bytes the elements of a bit's step lie.
int64_t getStepBytes(LocalLoadOp load, const Basis &basis);

/// Constant byte offset of each word of a local load's fragment.
llvm::SmallVector<int64_t> getWordOffsets(LocalLoadOp load);

/// A fragment carried around the loop is what an earlier iteration loaded from
/// the slot that this iteration works on: later loads may share its words.
void seedCarriedLoads(mlir::scf::ForOp loop, DistributionContext &context);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_LOADEDWORDS_H
