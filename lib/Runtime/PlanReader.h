//===- PlanReader.h - Buffers and kernels of a description ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_PLANREADER_H
#define KILN_LIB_RUNTIME_PLANREADER_H

#include "JsonReader.h"
#include "kiln/Runtime/Artifact.h"

namespace kiln::runtime {

/// Reads the members "buffers" and "kernels" of `json`. What is wrong is
/// recorded in the reader.
Plan readPlan(const JsonReader &json, const std::vector<TensorInfo> &inputs,
              const std::vector<TensorInfo> &outputs, int64_t constantBytes);

} // namespace kiln::runtime

#endif // KILN_LIB_RUNTIME_PLANREADER_H
