//===- EnumerateSchedules.cpp - Lists the search space of kernels ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Passes.h"
#include "kiln/Scheduling/SearchSpace.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/ToolOutputFile.h"

namespace kiln {
#define GEN_PASS_DEF_ENUMERATESCHEDULES
#include "kiln/Scheduling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct EnumerateSchedules
    : public kiln::impl::EnumerateSchedulesBase<EnumerateSchedules> {
  using EnumerateSchedulesBase::EnumerateSchedulesBase;

  void runOnOperation() override {
    if (failed(enumerate(getOperation())))
      signalPassFailure();
    else
      markAllAnalysesPreserved();
  }

  LogicalResult enumerate(ModuleOp module) {
    auto target =
        module->getAttrOfType<TargetAttr>(KilnDialect::kTargetAttrName);
    if (!target)
      return module.emitError("no 'kiln.target' on the module; run "
                              "kiln-set-target first");
    if (precision != "tf32" && precision != "f32")
      return module.emitError("unknown precision '")
             << precision << "'; known are tf32 and f32";
    if (limit < 1)
      return module.emitError("limit must be positive, not ") << int64_t(limit);
    // Nothing is written before all is known to be good.
    std::string text;
    llvm::raw_string_ostream lines(text);
    WalkResult walked = module.walk([&](KernelOp kernel) {
      if (kernel.getRole() != Role::Compute)
        return WalkResult::advance();
      return failed(list(kernel, target, lines)) ? WalkResult::interrupt()
                                                 : WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return failure();
    std::string error;
    std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &error);
    if (!file)
      return module.emitError(error);
    file->os() << text;
    file->keep();
    return success();
  }

  LogicalResult list(KernelOp kernel, TargetAttr target, raw_ostream &lines) {
    FailureOr<SmallVector<Candidate>> candidates = SearchSpace::enumerate(
        kernel, target, precision == "f32" ? Precision::F32 : Precision::TF32,
        limit);
    if (failed(candidates))
      return failure();
    int64_t fit = 0;
    for (const Candidate &candidate : *candidates) {
      lines << kernel.getKernelName() << '\t'
            << (candidate.fits() ? "fits" : "pruned") << '\t'
            << candidate.schedule;
      if (!candidate.fits())
        lines << '\t' << candidate.pruned;
      lines << '\n';
      fit += candidate.fits();
    }
    numFit += fit;
    numPruned += candidates->size() - fit;
    remark::analysis(kernel.getLoc(), remark::RemarkOpts::name("schedules")
                                          .category("kiln-enumerate-schedules")
                                          .function(kernel.getKernelName()))
        << remark::metric("Schedules", int64_t(candidates->size()))
        << remark::metric("Fit", fit);
    return success();
  }
};
} // namespace
