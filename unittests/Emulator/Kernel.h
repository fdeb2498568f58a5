//===- Kernel.h - Runs kernels written as LLVM IR ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_EMULATOR_KERNEL_H
#define KILN_UNITTESTS_EMULATOR_KERNEL_H

#include "kiln-c/Emulator.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace kiln::test {

/// What every kernel text starts with.
inline constexpr const char *kPrelude = R"(
target triple = "nvptx64-nvidia-cuda"
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare void @llvm.nvvm.barrier.cta.sync.aligned.count(i32, i32)
declare void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.cg.shared.global.16.s(ptr addrspace(3), ptr addrspace(1), i32)
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32 immarg)
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare void @llvm.nvvm.bar.warp.sync(i32)
)";

inline std::string assemble(const std::string &text, std::string &error) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(kPrelude + text, diagnostic, context);
  std::string bitcode;
  if (!module) {
    llvm::raw_string_ostream os(error);
    diagnostic.print("test", os);
    return bitcode;
  }
  llvm::raw_string_ostream os(bitcode);
  llvm::WriteBitcodeToFile(*module, os);
  return bitcode;
}

/// An emulator for the kernel "k" of a text.
class Kernel {
public:
  explicit Kernel(const std::string &text, bool early = false,
                  bool checks = true, const char *inject = nullptr) {
    std::string bitcode = assemble(text, messages);
    if (bitcode.empty())
      return;
    KilnEmulatorOptions options = {};
    options.copies = early ? KILN_COPIES_EARLY : KILN_COPIES_LATE;
    options.checks = checks;
    options.inject = inject;
    emulator = kilnEmulatorCreate(bitcode.data(), bitcode.size(), &options,
                                  record, this);
  }
  Kernel(const Kernel &) = delete;
  ~Kernel() {
    if (emulator)
      kilnEmulatorDestroy(emulator);
  }

  template <typename T>
  void add(const char *name, std::vector<T> &data, KilnBufferKind kind) {
    if (!emulator)
      return;
    pointers.push_back(data.data());
    kilnEmulatorAddBuffer(emulator, name, data.data(), data.size() * sizeof(T),
                          kind);
  }

  int64_t launch(int64_t threads, int64_t blocks = 1, int64_t shared = 0) {
    if (!emulator)
      return -2;
    std::vector<void *> arguments;
    for (void *&pointer : pointers)
      arguments.push_back(&pointer);
    int64_t grid[] = {blocks, 1, 1}, block[] = {threads, 1, 1};
    return kilnEmulatorLaunch(emulator, "k", grid, block, shared,
                              arguments.data(), arguments.size(), nullptr, 0);
  }
  bool says(const std::string &text) const {
    return messages.find(text) != std::string::npos;
  }

  KilnEmulator *emulator = nullptr;
  std::string messages;

private:
  static void record(KilnSeverity, const char *message, void *user) {
    static_cast<Kernel *>(user)->messages += std::string(message) + "\n";
  }
  std::vector<void *> pointers;
};

} // namespace kiln::test

#endif // KILN_UNITTESTS_EMULATOR_KERNEL_H
