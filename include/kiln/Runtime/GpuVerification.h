//===- GpuVerification.h - Whether a card's results are right ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_GPUVERIFICATION_H
#define KILN_RUNTIME_GPUVERIFICATION_H

#include "kiln/Runtime/Compare.h"
#include "kiln/Runtime/CudaProgram.h"

namespace kiln::runtime {

/// Uploads random data for all inputs of `artifact`, in their default ranges.
Status uploadRandomInputs(CudaProgram &program, const Artifact &artifact,
                          uint64_t seed);

/// All outputs of the float64 reference over the inputs that `program`, made of
/// `artifact`, holds. An artifact without a reference is an error.
Result<std::vector<Tensor>> runReference(CudaProgram &program,
                                         const Artifact &artifact);

/// Runs `program`, made of `artifact`, over poisoned outputs and compares them
/// with `expected` by the default tolerances. An error where it does not run.
Result<std::vector<OutputReport>>
verifyOutputs(CudaProgram &program, const Artifact &artifact,
              const std::vector<Tensor> &expected);

/// "wrong result of y: ...", of the first output that is; else empty.
std::string describeFailure(const std::vector<OutputReport> &reports);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_GPUVERIFICATION_H
