//===- KernelNames.cpp - Names of kernels ---------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/KernelNames.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace kiln;

/// The only constant of PTX that is spelled like a name.
static bool isReserved(StringRef name) {
  return name == kSharedMemoryName || name == "WARP_SZ";
}

bool kiln::isKernelName(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) && !isReserved(name) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

KernelNames::KernelNames(Operation *module) {
  module->walk([&](Operation *op) {
    if (auto kernel = dyn_cast<KernelOp>(op))
      taken.insert(kernel.getKernelName());
    else if (auto symbol = dyn_cast<SymbolOpInterface>(op);
             symbol && op != module && op->getParentOp() != module)
      taken.insert(symbol.getName());
  });
}

std::string KernelNames::make(StringRef wanted) {
  std::string base;
  for (char c : wanted)
    base += llvm::isAlnum(c) ? c : '_';
  if (!isKernelName(base))
    base.insert(0, "kernel_");
  std::string name = base;
  for (unsigned number = 1; !taken.insert(name).second; ++number)
    name = base + "_" + std::to_string(number);
  return name;
}
