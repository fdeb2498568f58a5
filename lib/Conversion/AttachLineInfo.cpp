//===- AttachLineInfo.cpp - Debug scopes for `.loc` -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Conversion/Passes.h"

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_ATTACHLINEINFO
#include "kiln/Conversion/Passes.h.inc"

namespace {
class AttachLineInfo : public impl::AttachLineInfoBase<AttachLineInfo> {
  /// One compile unit a module, for the file of its first located function;
  /// the same numbers in every run, so that the output is reproducible.
  LLVM::DICompileUnitAttr unit;

  void runOnOperation() override {
    unit = {};
    for (auto func : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (func.isExternal() ||
          func->getLoc()
              ->findInstanceOf<FusedLocWith<LLVM::DISubprogramAttr>>())
        continue;
      auto place = func.getLoc()->findInstanceOf<FileLineColLoc>();
      if (!place)
        continue;
      attach(func, place);
      ++numScopes;
    }
  }

  void attach(LLVM::LLVMFuncOp func, FileLineColLoc place) {
    MLIRContext *context = &getContext();
    StringRef path = place.getFilename().getValue();
    auto file = LLVM::DIFileAttr::get(context, llvm::sys::path::filename(path),
                                      llvm::sys::path::parent_path(path));
    if (!unit)
      unit = LLVM::DICompileUnitAttr::get(
          DistinctAttr::create(UnitAttr::get(context)), llvm::dwarf::DW_LANG_C,
          file, StringAttr::get(context, "kiln"), /*isOptimized=*/true,
          LLVM::DIEmissionKind::DebugDirectivesOnly);
    auto type = LLVM::DISubroutineTypeAttr::get(
        context, llvm::dwarf::DW_CC_normal, ArrayRef<LLVM::DITypeAttr>{});
    auto name = func.getNameAttr();
    auto subprogram = LLVM::DISubprogramAttr::get(
        context, DistinctAttr::create(UnitAttr::get(context)), unit, file, name,
        name, file, place.getLine(), place.getLine(),
        LLVM::DISubprogramFlags::Definition |
            LLVM::DISubprogramFlags::Optimized,
        type, /*retainedNodes=*/{}, /*annotations=*/{});
    func->setLoc(FusedLoc::get(context, {func.getLoc()}, subprogram));
  }
};
} // namespace
} // namespace kiln
