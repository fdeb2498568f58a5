//===- RunCuda.cpp - Running a program on a card ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Run.h"
#include "kiln/Runtime/GpuVerification.h"
#include "kiln/Runtime/Npy.h"

using namespace kiln::runtime;

namespace kiln::run {

/// All outputs against the float64 reference on the card.
static Result<VerifyReport> verifyOnGpu(const Options &options,
                                        const Artifact &artifact,
                                        CudaProgram &program,
                                        const std::vector<Tensor> &actual) {
  auto expected = runReference(program, artifact);
  if (expected.failed())
    return expected.error();
  VerifyReport report;
  report.reference = "gpu";
  for (size_t i = 0; i < artifact.outputs.size(); ++i) {
    Tolerance tolerance = options.exact       ? Tolerance()
                          : options.tolerance ? *options.tolerance
                                              : chooseTolerance(artifact, i);
    report.tolerances.push_back(tolerance);
    report.outputs.push_back(compareTensors(artifact.outputs[i], actual[i],
                                            (*expected)[i], tolerance,
                                            options.allowDegenerate));
  }
  return report;
}

/// Some tiles of an output, as the kernel that makes it cuts them.
static Result<std::vector<Region>> chooseVerifiedTiles(const Options &options,
                                                       const Artifact &artifact,
                                                       size_t output) {
  const TensorInfo &info = artifact.outputs[output];
  for (const KernelInfo &kernel : artifact.plan.kernels) {
    const TileInfo *tiles = findOutputTiles(artifact.plan, kernel, output);
    if (!tiles)
      continue;
    std::vector<Region> regions;
    for (int64_t tile : chooseTiles(*tiles, options.sample, options.seed))
      regions.push_back(getTileRegion(*tiles, tile, info.shape));
    return regions;
  }
  return makeError("--sample: no kernel of the artifact describes the tiles of "
                   "output ",
                   info.name);
}

/// Chosen elements against the point evaluator.
static Result<VerifyReport> verifyOnCpu(const Options &options,
                                        const Artifact &artifact,
                                        const std::vector<Tensor> &inputs,
                                        const std::vector<Tensor> &actual) {
  auto library = CompilerLibrary::load("--verify=cpu");
  if (library.failed())
    return library.error();
  auto checker = PointChecker::create(*library, artifact, inputs,
                                      printDiagnostic, options.threads);
  if (checker.failed())
    return checker.error();
  constexpr int64_t numPoints = 2048;
  for (size_t i = 0; i < actual.size(); ++i) {
    if (!options.sample) {
      if (Status status =
              (*checker)->checkSamples(i, actual[i], numPoints, options.seed);
          status.failed())
        return status.error();
      continue;
    }
    auto regions = chooseVerifiedTiles(options, artifact, i);
    if (regions.failed())
      return regions.error();
    for (const Region &region : *regions)
      if (Status status = (*checker)->checkRegion(
              i, region, gather(actual[i], region).data());
          status.failed())
        return status.error();
  }
  VerifyReport report;
  report.reference = "cpu";
  report.outputs = (*checker)->finish(options.allowDegenerate, options.exact);
  return report;
}

Result<Report> runOnCuda(const Options &options, const Artifact &artifact,
                         std::vector<Tensor> &inputs,
                         const OutputFiles &files) {
  auto device = CudaDevice::open(options.ordinal);
  if (device.failed())
    return device.error();
  auto created = CudaProgram::create(*device, artifact);
  if (created.failed())
    return created.error();
  CudaProgram &program = **created;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (Status status = program.upload(i, inputs[i]); status.failed())
      return status.error();

  Report report;
  report.card = (*device)->info();
  report.loadedFrom = program.loadedFrom();
  printDiagnostic(KILN_NOTE, "running on " + report.card->name +
                                 ", kernels loaded from " + report.loadedFrom);
  Status status = program.poison();
  if (!status.failed())
    status = program.runChecked();
  if (status.failed())
    return status.error();

  // A run for its time alone needs no outputs on the host.
  bool needsOutputs = options.verify != Options::NoVerify || !files.empty() ||
                      !options.benchmark;
  std::vector<Tensor> outputs;
  for (size_t i = 0; needsOutputs && i < artifact.outputs.size(); ++i) {
    Result<Tensor> tensor = program.download(i);
    if (tensor.failed())
      return tensor.error();
    report.outputs.push_back(summarizeOutput(artifact.outputs[i], *tensor));
    outputs.push_back(std::move(*tensor));
  }
  for (const auto &[index, file] : files)
    if (status = writeNpy(file, outputs[index]); status.failed())
      return status.error();
  if (options.verify != Options::NoVerify) {
    Result<VerifyReport> verify =
        options.verify == Options::VerifyGpu
            ? verifyOnGpu(options, artifact, program, outputs)
            : verifyOnCpu(options, artifact, inputs, outputs);
    if (verify.failed())
      return verify.error();
    report.verify = std::move(*verify);
  }
  if (options.benchmark) {
    Result<BenchmarkResult> result = benchmark(program, options.timing);
    if (result.failed())
      return result.error();
    report.benchmark = std::move(*result);
    report.timing = options.timing;
  }
  return report;
}

} // namespace kiln::run
