//===- InPlacePasses.cpp - Stages inside a host's module ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Passes.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Pipelines/Compiler.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SetVector.h"

namespace kiln {
#define GEN_PASS_DEF_COMPILEISOLATED
#define GEN_PASS_DEF_FUSEINPLACE
#include "kiln/Pipelines/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

struct FuseInPlace : kiln::impl::FuseInPlaceBase<FuseInPlace> {
  using FuseInPlaceBase::FuseInPlaceBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    FuseInPlaceBase::getDependentDialects(registry);
    getFusion("fused").getDependentDialects(registry);
  }

  void runOnOperation() override {
    ModuleOp host = getOperation();
    FailureOr<SmallVector<func::FuncOp>> taken = getTaken(host);
    if (failed(taken))
      return signalPassFailure();
    if (taken->empty())
      return;
    // A copy, so that inlining and dead functions are no matter of the host.
    OpBuilder builder = OpBuilder::atBlockEnd(host.getBody());
    ModuleOp scratch = ModuleOp::create(builder, host.getLoc());
    LogicalResult fused = fuse(host, scratch, *taken);
    scratch.erase();
    if (failed(fused))
      return signalPassFailure();
    numFunctions += taken->size();
  }

private:
  static OpPassManager getFusion(StringRef rounding) {
    OpPassManager pm(ModuleOp::getOperationName());
    addFusion(pm, rounding, /*keepCalls=*/true);
    return pm;
  }

  FailureOr<SmallVector<func::FuncOp>> getTaken(ModuleOp host) {
    llvm::SetVector<func::FuncOp> taken;
    for (auto function : host.getOps<func::FuncOp>())
      if (function->hasAttr(KilnDialect::kEmbedAttrName))
        taken.insert(function);
    for (const std::string &name : functions) {
      auto function = host.lookupSymbol<func::FuncOp>(name);
      if (!function)
        return host.emitError("there is no func.func '")
               << name << "' to embed";
      taken.insert(function);
    }
    for (func::FuncOp function : taken)
      if (function.isExternal())
        return function.emitError("cannot embed '")
               << function.getName() << "': it has no body";
    return SmallVector<func::FuncOp>(taken.begin(), taken.end());
  }

  /// Copies the functions, and all that they name, to `scratch`.
  static void copy(ModuleOp host, ModuleOp scratch,
                   ArrayRef<func::FuncOp> taken) {
    llvm::SetVector<Operation *> used(taken.begin(), taken.end());
    for (size_t i = 0; i < used.size(); ++i)
      if (auto uses = SymbolTable::getSymbolUses(used[i]))
        for (const SymbolTable::SymbolUse &use : *uses)
          if (Operation *op =
                  host.lookupSymbol(use.getSymbolRef().getRootReference()))
            used.insert(op);
    OpBuilder builder = OpBuilder::atBlockEnd(scratch.getBody());
    for (Operation *op : used) {
      Operation *clone = builder.clone(*op);
      bool isTaken = llvm::is_contained(taken, op);
      SymbolTable::setSymbolVisibility(
          clone, isTaken ? SymbolTable::Visibility::Public
                         : SymbolTable::Visibility::Private);
    }
  }

  LogicalResult fuse(ModuleOp host, ModuleOp scratch,
                     ArrayRef<func::FuncOp> taken) {
    copy(host, scratch, taken);
    OpPassManager fusion = getFusion(rounding);
    if (failed(runPipeline(fusion, scratch)))
      return failure();
    for (func::FuncOp function : taken) {
      auto fused = scratch.lookupSymbol<func::FuncOp>(function.getName());
      bool found = false;
      fused.walk([&](KernelOp) { found = true; });
      if (whole || !found) {
        // It says which op cannot be in a kernel, and why.
        OpPassManager verify(func::FuncOp::getOperationName());
        verify.addPass(createKilnVerifyKernels());
        if (failed(runPipeline(verify, fused)))
          return failure();
      }
    }
    for (func::FuncOp function : taken) {
      auto fused = scratch.lookupSymbol<func::FuncOp>(function.getName());
      function.getBody().takeBody(fused.getBody());
      function->removeAttr(KilnDialect::kEmbedAttrName);
      function.walk([](Operation *op) {
        op->removeAttr(KilnDialect::kNotFusedAttrName);
      });
    }
    return success();
  }
};

struct CompileIsolated : kiln::impl::CompileIsolatedBase<CompileIsolated> {
  using CompileIsolatedBase::CompileIsolatedBase;
  explicit CompileIsolated(const CompileOptions &given) : given(given) {
    target = given.target;
    precision = given.precision;
    schedule = given.schedule;
    tuningDb = given.tuningDb;
  }

  void getDependentDialects(DialectRegistry &registry) const override {
    CompileIsolatedBase::getDependentDialects(registry);
    getStages().getDependentDialects(registry);
  }

  void runOnOperation() override {
    CompileOptions options = getOptions();
    if (failed(verifyOptions(&getContext(), options)))
      return signalPassFailure();
    for (auto isolated : getOperation().getOps<ModuleOp>()) {
      if (!isolated->hasAttr(KilnDialect::kIsolatedAttrName))
        continue;
      OpPassManager stages = getStages();
      if (failed(runPipeline(stages, isolated)))
        return signalPassFailure();
      ++numCompiled;
    }
  }

private:
  CompileOptions getOptions() const {
    CompileOptions options = given;
    options.target = target;
    options.precision = precision;
    options.schedule = schedule;
    options.tuningDb = tuningDb;
    return options;
  }

  OpPassManager getStages() const {
    CompileOptions options = getOptions();
    OpPassManager pm(ModuleOp::getOperationName());
    pm.addNestedPass<func::FuncOp>(createKilnVerifyKernels());
    buildScheduleStage(pm, options);
    buildCodegenStage(pm, options);
    buildLoweringStage(pm, options);
    return pm;
  }

  CompileOptions given;
};

} // namespace

std::unique_ptr<Pass>
kiln::createCompileIsolated(const CompileOptions &options) {
  return std::make_unique<CompileIsolated>(options);
}
