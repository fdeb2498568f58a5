//===- MergeIsolated.cpp - kiln-merge-isolated ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Embedding/Passes.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/SymbolTable.h"

namespace kiln {
#define GEN_PASS_DEF_MERGEISOLATED
#include "kiln/Embedding/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct MergeIsolated : kiln::impl::MergeIsolatedBase<MergeIsolated> {
  void runOnOperation() override {
    ModuleOp host = getOperation();
    for (auto isolated : llvm::make_early_inc_range(host.getOps<ModuleOp>()))
      if (isolated->hasAttr(KilnDialect::kIsolatedAttrName) &&
          failed(merge(host, isolated)))
        return signalPassFailure();
  }

  LogicalResult merge(ModuleOp host, ModuleOp isolated) {
    SymbolTable symbols(host), inner(isolated);
    // Gives an op of the nested module a name that both modules lack.
    auto rename = [&](Operation *op) {
      StringAttr wanted = SymbolTable::getSymbolName(op);
      if (!symbols.lookup(wanted))
        return success();
      std::string name;
      for (int64_t i = 0;
           name.empty() || symbols.lookup(name) || inner.lookup(name); ++i)
        name = (wanted.getValue() + "_" + Twine(i)).str();
      return inner.rename(op, name);
    };
    for (Operation &op :
         llvm::make_early_inc_range(isolated.getBody()->getOperations())) {
      if (auto function = dyn_cast<func::FuncOp>(op)) {
        if (failed(replaceDeclaration(symbols, function)))
          return failure();
        if (function.isExternal()) {
          if (symbols.lookup(function.getName()))
            inner.erase(function); // the host has it
          else
            move(symbols, inner, function);
          continue;
        }
      } else if (failed(rename(&op))) {
        return op.emitError("cannot be renamed");
      }
      move(symbols, inner, &op);
    }
    // gpu.launch_func asks for it.
    host->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                  UnitAttr::get(&getContext()));
    isolated.erase();
    return success();
  }

  /// Erases the declaration that a function of the nested module stands for.
  static LogicalResult replaceDeclaration(SymbolTable &symbols,
                                          func::FuncOp function) {
    Operation *known = symbols.lookup(function.getName());
    if (!known)
      return success();
    auto declaration = dyn_cast<func::FuncOp>(known);
    if (!declaration ||
        declaration.getFunctionType() != function.getFunctionType() ||
        (!declaration.isExternal() && !function.isExternal())) {
      InFlightDiagnostic error =
          known->emitError("'")
          << function.getName() << "' is not a function of type "
          << function.getFunctionType() << ", which the kernels' launches need";
      error.attachNote(function.getLoc()) << "for this";
      return error;
    }
    if (!function.isExternal()) {
      function.setVisibility(declaration.getVisibility());
      symbols.erase(declaration);
    }
    return success();
  }

  void move(SymbolTable &symbols, SymbolTable &inner, Operation *op) {
    inner.remove(op);
    op->remove();
    symbols.insert(op);
    ++numMoved;
  }
};
} // namespace
