//===- SetLibdevice.cpp - Where functions without an expansion come from --===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathSupport.h"
#include "kiln/Conversion/Passes.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_SETLIBDEVICE
#include "kiln/Conversion/Passes.h.inc"

namespace {
/// In the toolkits where ptxas is looked for.
std::string findLibdevice() {
  SmallVector<std::string> toolkits;
  for (const char *variable : {"CUDA_HOME", "CUDA_PATH"})
    if (auto home = llvm::sys::Process::GetEnv(variable))
      toolkits.push_back(*home);
  toolkits.push_back("/usr/local/cuda");
  for (StringRef toolkit : toolkits) {
    llvm::SmallString<128> path(toolkit);
    llvm::sys::path::append(path, "nvvm", "libdevice", "libdevice.10.bc");
    if (llvm::sys::fs::exists(path))
      return path.str().str();
  }
  return "";
}

class SetLibdevice : public impl::SetLibdeviceBase<SetLibdevice> {
  using SetLibdeviceBase::SetLibdeviceBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (path == "none" || module->hasAttr(KilnDialect::kLibdeviceAttrName))
      return;
    WalkResult needed = module.walk([](Operation *op) {
      return op->getName().getDialectNamespace() == "math" &&
                     getMathSupport(op) == MathSupport::Libdevice
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (!needed.wasInterrupted())
      return;
    std::string found = path.empty() ? findLibdevice() : path.getValue();
    if (found.empty())
      return; // kiln-check-supported refuses at the op.
    if (!llvm::sys::fs::exists(found)) {
      module.emitError("there is no libdevice at '") << found << "'";
      return signalPassFailure();
    }
    module->setAttr(KilnDialect::kLibdeviceAttrName,
                    StringAttr::get(&getContext(), found));
  }
};
} // namespace
} // namespace kiln
