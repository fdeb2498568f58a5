//===- Lowering.h - From an NVPTX module to a host module -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_LOWERING_H
#define KILN_LIB_EMULATOR_LOWERING_H

#include "Memory.h"
#include "Operation.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace kiln::emulator {

struct KernelInfo {
  std::string wrapper; // void (ptr arguments)
  size_t numArguments = 0;
};

/// A variable of the module in global or constant memory.
struct VariableInfo {
  std::string name;
  uint64_t bytes;
};

/// What the runtime has to know about a lowered module. Compiled code holds
/// addresses of `operations`, so it must live as long.
struct LoweredProgram {
  std::deque<Operation> operations;
  std::vector<Site> sites; // 0 is no site.
  std::map<std::string, KernelInfo, std::less<>> kernels;
  std::vector<VariableInfo> variables;
  SharedLayout shared; // Static part.
  unsigned granuleLog2 = 2;
  /// What size and place of every store to global memory are multiples of.
  unsigned storeGranuleLog2 = 4;
  uint64_t localBytes = 0; // Local memory of all functions together.
};

/// The number in LoweredProgram::sites of each instruction of the program.
using SiteTable = llvm::DenseMap<const llvm::Instruction *, uint32_t>;

/// Inline PTX becomes intrinsic calls and plain IR; names what it cannot.
llvm::Error rewriteInlineAsm(llvm::Module &module);

/// Fills in `operation` for an intrinsic that the runtime performs. False for
/// any other. `name` is what follows "llvm.nvvm.".
bool decodeOperation(llvm::StringRef name, const llvm::CallInst &call,
                     Operation &operation);
/// The runtime's number of "read.ptx.sreg." + `name`, or -1.
int getSpecialRegister(llvm::StringRef name);
/// Emits IR for an intrinsic that concerns one thread's registers alone; null
/// when it is none of them.
llvm::Value *expandScalar(llvm::StringRef name, llvm::CallInst &call,
                          llvm::IRBuilder<> &builder);

/// Turns the module, free of inline PTX, into one for the host: entry wrappers,
/// runtime calls, shared memory, and, with `checks`, a check before each
/// access.
llvm::Error lowerToHost(llvm::Module &module, bool checks,
                        LoweredProgram &program);
/// Puts a check before each access of global and shared memory.
llvm::Error instrumentAccesses(llvm::Module &module, const SiteTable &sites,
                               LoweredProgram &program);
/// Replaces every call of an NVVM intrinsic or device function.
llvm::Error lowerCalls(llvm::Module &module, SiteTable &sites,
                       LoweredProgram &program);
/// The pointer to the running thread in a function, made in its entry block.
llvm::Value *getSelf(llvm::Function &function);

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_LOWERING_H
