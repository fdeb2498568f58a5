//===- Jit.h - Compiled kernels for the host --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_JIT_H
#define KILN_LIB_EMULATOR_JIT_H

#include "Lowering.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"

#include <memory>

namespace kiln::emulator {

using KernelEntry = void (*)(void *const *);

class CompiledProgram {
public:
  /// Loads bitcode, plants the fault `inject` (empty: none), lowers and
  /// compiles it.
  static llvm::Expected<std::unique_ptr<CompiledProgram>>
  create(llvm::StringRef bitcode, bool checks, llvm::StringRef inject);

  const LoweredProgram &getProgram() const { return program; }
  llvm::Expected<KernelEntry> getEntry(const KernelInfo &kernel);
  /// The address of variable `index` of the program.
  llvm::Expected<void *> getVariable(size_t index);

private:
  LoweredProgram program;
  /// What LLVM reported while compiling; outlives the JIT that writes to it.
  std::unique_ptr<std::string> errors = std::make_unique<std::string>();
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_JIT_H
