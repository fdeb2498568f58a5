//===- Measurer.h - Where times come from -----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_MEASURER_H
#define KILN_TUNING_MEASURER_H

#include "kiln/Tuning/Decision.h"
#include "kiln/Tuning/Program.h"
#include "kiln/Tuning/Records.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace kiln::tuning {

/// What is to be timed.
struct ToMeasure {
  std::string schedule;
  const CompiledCandidate *code = nullptr; ///< where `needsCode`
};

/// What became of it.
struct MeasureResult {
  Times times; ///< none: not measured
  /// Why it is not used: "wrong result ...", or that it was not launched. Empty
  /// with no times: nothing is known of it.
  std::string failure;
};

struct MeasureLimits {
  int rounds = 15;
  double budgetSeconds = 0; ///< no round starts later; 0: no limit
};

/// Gives times of candidates.
class Measurer {
public:
  virtual ~Measurer() = default;
  /// "NVIDIA H100 80GB HBM3", "replay of FILE (...)".
  virtual std::string describe() const = 0;
  /// The card that times are of; empty where a record does not say.
  virtual std::string card() const = 0;
  /// Whether candidates must be compiled to be measured, the first with a
  /// reference.
  virtual bool needsCode() const = 0;
  /// Times a batch in the same rounds. Its first candidate is the reference of
  /// the others; it is the same in every batch. `onRound` may stop it.
  virtual llvm::Expected<std::vector<MeasureResult>>
  measure(llvm::ArrayRef<ToMeasure> batch, const MeasureLimits &limits,
          llvm::function_ref<void()> onRound) = 0;
};

struct CudaOptions {
  int ordinal = 0;
  uint64_t seed = 0;         ///< of the random inputs
  bool skipPrepared = false; ///< leave out packing kernels
  int restMilliseconds = 0;  ///< before each round
};

/// Times candidates on a card (lib/Runtime) after comparing all outputs of each
/// with the float64 reference there. Fails where there is no card.
llvm::Expected<std::unique_ptr<Measurer>>
createCudaMeasurer(const CudaOptions &options);

/// Takes times from records of `program`'s entry; records of one schedule
/// follow one another. `file` is for messages. An error where no record is
/// about the program.
llvm::Expected<std::unique_ptr<Measurer>>
createReplayMeasurer(const Program &program, std::vector<Record> records,
                     llvm::StringRef file);

} // namespace kiln::tuning

#endif // KILN_TUNING_MEASURER_H
