//===- MeasureCuda.cpp - Times on a card ----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Compare.h"
#include "kiln/Runtime/RandomData.h"
#include "kiln/Runtime/Rounds.h"
#include "kiln/Tuning/Measurer.h"

#include <cstdio>

using namespace kiln;
using namespace kiln::tuning;

static llvm::Error makeError(const std::string &message) {
  return llvm::createStringError("%s", message.c_str());
}
static llvm::Error toError(const runtime::Error &error) {
  return makeError(error.message);
}

namespace {
/// A candidate on the card.
struct Loaded {
  runtime::Artifact artifact;
  std::unique_ptr<runtime::CudaProgram> program;
};

class CudaMeasurer : public Measurer {
public:
  CudaMeasurer(std::shared_ptr<runtime::CudaDevice> device,
               const CudaOptions &options)
      : device(std::move(device)), options(options) {}

  std::string describe() const override { return device->info().name; }
  std::string card() const override { return device->info().name; }
  bool needsCode() const override { return true; }
  llvm::Expected<std::vector<MeasureResult>>
  measure(llvm::ArrayRef<ToMeasure> batch, const MeasureLimits &limits,
          llvm::function_ref<void()> onRound) override;

private:
  llvm::Error prepareReference(const CompiledCandidate &code);
  runtime::Result<std::unique_ptr<Loaded>> load(const CompiledCandidate &code);
  runtime::Result<std::string> verify(Loaded &candidate);

  std::shared_ptr<runtime::CudaDevice> device;
  CudaOptions options;
  /// The reference candidate: it stays, holds the inputs, and was verified.
  std::unique_ptr<Loaded> reference;
  std::vector<runtime::Tensor> expected;
  std::string referenceFailure;
};
} // namespace

/// Runs the float64 reference once: every candidate has the same inputs.
llvm::Error CudaMeasurer::prepareReference(const CompiledCandidate &code) {
  auto artifact = runtime::Artifact::fromFiles(code.files);
  if (artifact.failed())
    return toError(artifact.error());
  auto loaded = std::make_unique<Loaded>();
  loaded->artifact = std::move(*artifact);
  auto program = runtime::CudaProgram::create(device, loaded->artifact);
  if (program.failed())
    return toError(program.error());
  loaded->program = std::move(*program);
  for (size_t i = 0; i < loaded->artifact.inputs.size(); ++i) {
    const runtime::TensorInfo &info = loaded->artifact.inputs[i];
    auto tensor = runtime::Tensor::create(info.type, info.shape);
    if (tensor.failed())
      return toError(tensor.error());
    runtime::fillRandom(*tensor, options.seed, i,
                        runtime::getDefaultRange(info));
    if (auto status = loaded->program->upload(i, *tensor); status.failed())
      return toError(status.error());
  }
  if (loaded->artifact.referencePtx.empty())
    return makeError("the program has no float64 reference for a card, so "
                     "that no candidate can be verified");
  auto exact = runtime::CudaProgram::createReference(*loaded->program);
  if (exact.failed())
    return toError(exact.error());
  if (auto status = (*exact)->runChecked(); status.failed())
    return makeError("reference: " + status.message());
  for (size_t i = 0; i < loaded->artifact.outputs.size(); ++i) {
    auto tensor = (*exact)->download(i);
    if (tensor.failed())
      return toError(tensor.error());
    expected.push_back(std::move(*tensor));
  }
  reference = std::move(loaded);
  auto wrong = verify(*reference);
  if (wrong.failed())
    return toError(wrong.error());
  referenceFailure = *wrong;
  return llvm::Error::success();
}

runtime::Result<std::unique_ptr<Loaded>>
CudaMeasurer::load(const CompiledCandidate &code) {
  auto artifact = runtime::Artifact::fromFiles(code.files);
  if (artifact.failed())
    return artifact.error();
  auto loaded = std::make_unique<Loaded>();
  loaded->artifact = std::move(*artifact);
  auto program =
      runtime::CudaProgram::createBeside(*reference->program, loaded->artifact);
  if (program.failed())
    return program.error();
  loaded->program = std::move(*program);
  return loaded;
}

/// Runs the candidate once over poisoned outputs. Empty, or what is wrong with
/// an output; an error where it does not run.
runtime::Result<std::string> CudaMeasurer::verify(Loaded &candidate) {
  runtime::Status status = candidate.program->poison();
  if (!status.failed())
    status = candidate.program->runChecked();
  if (status.failed())
    return status.error();
  for (size_t i = 0; i < expected.size(); ++i) {
    auto actual = candidate.program->download(i);
    if (actual.failed())
      return actual.error();
    runtime::OutputReport report = runtime::compareTensors(
        candidate.artifact.outputs[i], *actual, expected[i],
        runtime::chooseTolerance(candidate.artifact, i),
        /*allowDegenerate=*/false);
    if (!report.passed)
      return "wrong result of " + report.name + ": " +
             (report.messages.empty() ? "elements differ"
                                      : report.messages.front());
  }
  return std::string();
}

llvm::Expected<std::vector<MeasureResult>>
CudaMeasurer::measure(llvm::ArrayRef<ToMeasure> batch,
                      const MeasureLimits &limits,
                      llvm::function_ref<void()> onRound) {
  std::vector<MeasureResult> results(batch.size());
  if (!reference)
    if (llvm::Error error = prepareReference(*batch.front().code))
      return std::move(error);
  results.front().failure = referenceFailure;
  std::vector<std::unique_ptr<Loaded>> loaded;
  // The reference is timed even if it is wrong: it measures the clock.
  std::vector<runtime::CudaProgram *> programs{reference->program.get()};
  std::vector<size_t> places{0};
  for (size_t i = 1; i < batch.size(); ++i) {
    auto candidate = load(*batch[i].code);
    if (candidate.failed()) {
      results[i].failure = candidate.message();
      continue;
    }
    // After a fault the card is good for nothing more.
    auto wrong = verify(**candidate);
    if (wrong.failed())
      return makeError(batch[i].schedule + ": " + wrong.message());
    results[i].failure = *wrong;
    if (!wrong->empty())
      continue;
    programs.push_back((*candidate)->program.get());
    places.push_back(i);
    loaded.push_back(std::move(*candidate));
  }
  runtime::RoundOptions rounds;
  rounds.rounds = limits.rounds;
  rounds.budgetSeconds = limits.budgetSeconds;
  rounds.skipPrepared = options.skipPrepared;
  rounds.restMilliseconds = options.restMilliseconds;
  auto times = runtime::timeInRounds(programs, rounds, [&](int) {
    onRound();
    return true;
  });
  if (times.failed())
    return toError(times.error());
  for (size_t i = 0; i < places.size(); ++i) {
    MeasureResult &result = results[places[i]];
    if (!result.failure.empty())
      continue;
    result.times.ms = (*times)[i];
    result.times.reference = (*times)[0];
  }
  return results;
}

llvm::Expected<std::unique_ptr<Measurer>>
kiln::tuning::createCudaMeasurer(const CudaOptions &options) {
  auto device = runtime::CudaDevice::open(options.ordinal);
  if (device.failed())
    return toError(device.error());
  return std::make_unique<CudaMeasurer>(*device, options);
}
