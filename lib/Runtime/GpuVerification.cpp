//===- GpuVerification.cpp - Whether a card's results are right -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/GpuVerification.h"

#include "kiln/Runtime/RandomData.h"

namespace kiln::runtime {

Status uploadRandomInputs(CudaProgram &program, const Artifact &artifact,
                          uint64_t seed) {
  for (size_t i = 0; i < artifact.inputs.size(); ++i) {
    const TensorInfo &info = artifact.inputs[i];
    Result<Tensor> tensor = Tensor::create(info.type, info.shape);
    if (tensor.failed())
      return tensor.error();
    fillRandom(*tensor, seed, i, getDefaultRange(info));
    if (Status status = program.upload(i, *tensor); status.failed())
      return status;
  }
  return {};
}

Result<std::vector<Tensor>> runReference(CudaProgram &program,
                                         const Artifact &artifact) {
  auto reference = CudaProgram::createReference(program);
  if (reference.failed())
    return reference.error();
  Status status = (*reference)->poison();
  if (!status.failed())
    status = (*reference)->runChecked();
  if (status.failed())
    return makeError("reference: ", status.message());
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < artifact.outputs.size(); ++i) {
    Result<Tensor> tensor = (*reference)->download(i);
    if (tensor.failed())
      return tensor.error();
    outputs.push_back(std::move(*tensor));
  }
  return outputs;
}

Result<std::vector<OutputReport>>
verifyOutputs(CudaProgram &program, const Artifact &artifact,
              const std::vector<Tensor> &expected) {
  Status status = program.poison();
  if (!status.failed())
    status = program.runChecked();
  if (status.failed())
    return status.error();
  std::vector<OutputReport> reports;
  for (size_t i = 0; i < expected.size(); ++i) {
    Result<Tensor> actual = program.download(i);
    if (actual.failed())
      return actual.error();
    reports.push_back(compareTensors(artifact.outputs[i], *actual, expected[i],
                                     chooseTolerance(artifact, i),
                                     /*allowDegenerate=*/false));
  }
  return reports;
}

std::string describeFailure(const std::vector<OutputReport> &reports) {
  for (const OutputReport &report : reports)
    if (!report.passed)
      return "wrong result of " + report.name + ": " +
             (report.messages.empty() ? "elements differ" : report.messages[0]);
  return {};
}

} // namespace kiln::runtime
