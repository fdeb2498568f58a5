//===- ScaleArtifact.h - The artifact of the fake devices ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_RUNTIME_SCALEARTIFACT_H
#define KILN_UNITTESTS_RUNTIME_SCALEARTIFACT_H

#include "kiln/Runtime/Artifact.h"
#include "kiln/Runtime/Files.h"

#include <cstdlib>

namespace kiln::runtime::test {

inline Artifact::FileMap getScaleFiles() {
  Artifact::FileMap files;
  for (const char *name :
       {"artifact.json", "kernels.ptx", "kernels.bc", "kernels.cubin",
        "constants.bin", "source.mlir", "reference.ptx"})
    files[name] = *readFile(std::string(KILN_SCALE_ARTIFACT "/") + name);
  return files;
}

inline Artifact getScaleArtifact() {
  return *Artifact::fromFiles(getScaleFiles());
}

/// x[r, c] = r - c / 8, w = 3, so that y = 6 x, in exact numbers.
inline std::vector<Tensor> getScaleInputs() {
  std::vector<Tensor> inputs;
  inputs.push_back(std::move(*Tensor::create(ElementType::F32, {4, 20})));
  inputs.push_back(std::move(*Tensor::create(ElementType::F32, {1})));
  for (int64_t i = 0; i < 80; ++i)
    storeFromDouble(ElementType::F32, inputs[0].data.data(), i,
                    double(i / 20) - double(i % 20) / 8);
  storeFromDouble(ElementType::F32, inputs[1].data.data(), 0, 3);
  return inputs;
}

/// Sets a variable of the environment for a scope.
class ScopedVariable {
public:
  ScopedVariable(const char *name, const std::string &value) : name(name) {
    setenv(name, value.c_str(), 1);
  }
  ~ScopedVariable() { unsetenv(name); }

private:
  const char *name;
};

} // namespace kiln::runtime::test

#endif // KILN_UNITTESTS_RUNTIME_SCALEARTIFACT_H
