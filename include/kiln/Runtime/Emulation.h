//===- Emulation.h - An artifact's plan on the CPU --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_EMULATION_H
#define KILN_RUNTIME_EMULATION_H

#include "kiln/Runtime/PointChecker.h"

namespace kiln::runtime {

struct EmulationOptions {
  /// Output tiles to run; 0 runs everything.
  int64_t sample = 0;
  uint64_t seed = 0;
  /// Multiprocessors of the card to pretend in a full run; 0: see
  /// chooseSmCount.
  int64_t smCount = 0;
  std::vector<KilnCopyOrder> orders = {KILN_COPIES_LATE, KILN_COPIES_EARLY};
  bool checks = true;
  std::string inject; // empty: no fault
};

struct EmulationResult {
  /// What the emulator reported, and writes missing, misplaced, or different
  /// between the orders of copies.
  int64_t findings = 0;
  int64_t launches = 0, blocks = 0, tiles = 0;
  /// Complete outputs, only after a full run.
  std::vector<Tensor> outputs;
};

/// Runs the kernels in the emulator, once for each order of copies: packing
/// kernels whole, the compute kernel whole or for chosen tiles. `checker`, when
/// given, verifies every computed element. Findings go to `diagnostics` as
/// errors, progress as notes.
Result<EmulationResult> emulate(std::shared_ptr<const CompilerLibrary> library,
                                const Artifact &artifact,
                                std::vector<Tensor> &inputs,
                                const EmulationOptions &options,
                                PointChecker *checker,
                                const DiagnosticHandler &diagnostics);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_EMULATION_H
