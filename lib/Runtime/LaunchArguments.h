//===- LaunchArguments.h - A kernel's argument values -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_LAUNCHARGUMENTS_H
#define KILN_LIB_RUNTIME_LAUNCHARGUMENTS_H

#include "kiln/Runtime/Artifact.h"

#include <cstdint>
#include <vector>

namespace kiln::runtime {

/// A pointer to the value of each argument, as cuLaunchKernel takes them.
class LaunchArguments {
public:
  /// `getAddress` gives the place where the address of buffer number N of the
  /// plan stands; that must outlive the launch.
  template <typename GetAddress>
  LaunchArguments(const std::vector<KernelArgument> &arguments,
                  GetAddress getAddress)
      : values(arguments), narrow(arguments.size()) {
    for (size_t i = 0; i < values.size(); ++i) {
      switch (values[i].kind) {
      case KernelArgument::Buffer:
        pointers.push_back(getAddress(values[i].buffer));
        break;
      case KernelArgument::I32:
        narrow[i] = int32_t(values[i].integer);
        pointers.push_back(&narrow[i]);
        break;
      case KernelArgument::I64:
        pointers.push_back(&values[i].integer);
        break;
      case KernelArgument::F32:
        pointers.push_back(&values[i].real);
        break;
      }
    }
  }
  LaunchArguments(const LaunchArguments &) = delete;
  LaunchArguments &operator=(const LaunchArguments &) = delete;

  void **data() { return pointers.data(); }
  size_t size() const { return pointers.size(); }

private:
  std::vector<KernelArgument> values;
  std::vector<int32_t> narrow;
  std::vector<void *> pointers;
};

} // namespace kiln::runtime

#endif // KILN_LIB_RUNTIME_LAUNCHARGUMENTS_H
