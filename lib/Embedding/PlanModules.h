//===- PlanModules.h - Which modules hold launch plans ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMBEDDING_PLANMODULES_H
#define KILN_LIB_EMBEDDING_PLANMODULES_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The nested modules `kiln.isolated` of a host's module, which are all that
/// Kiln may touch in it; a module without any is a launch plan itself.
inline llvm::SmallVector<mlir::ModuleOp> getPlanModules(mlir::ModuleOp module) {
  llvm::SmallVector<mlir::ModuleOp> plans;
  for (auto nested : module.getOps<mlir::ModuleOp>())
    if (nested->hasAttr(KilnDialect::kIsolatedAttrName))
      plans.push_back(nested);
  if (plans.empty())
    plans.push_back(module);
  return plans;
}

} // namespace kiln

#endif // KILN_LIB_EMBEDDING_PLANMODULES_H
