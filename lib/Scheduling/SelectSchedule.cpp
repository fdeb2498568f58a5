//===- SelectSchedule.cpp - Gives every kernel a schedule -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Passes.h"

#include "GivenSchedule.h"
#include "PassInputs.h"
#include "ScheduledKernel.h"

#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"
#include "kiln/Scheduling/KernelResult.h"
#include "kiln/Scheduling/Rules.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/MathExtras.h"

namespace kiln {
#define GEN_PASS_DEF_SELECTSCHEDULE
#include "kiln/Scheduling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct SelectSchedule : public kiln::impl::SelectScheduleBase<SelectSchedule> {
  using SelectScheduleBase::SelectScheduleBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<TargetAttr> target = getRequiredTarget(module);
    if (failed(target) || failed(getPrecision(module, precision)))
      return signalPassFailure();
    KernelSchedule given;
    if (!schedule.empty()) {
      given = dyn_cast_or_null<KernelSchedule>(
          parseAttribute(schedule, &getContext()));
      if (!given) {
        module.emitError("'")
            << schedule
            << "' is not a #kiln.schedule or #kiln.loop_schedule attribute";
        return signalPassFailure();
      }
    }
    WalkResult result = module.walk([&](KernelOp kernel) {
      if (kernel.getRole() != Role::Compute)
        return WalkResult::advance();
      return failed(selectFor(kernel, *target, given)) ? WalkResult::interrupt()
                                                       : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  /// Of the whole contraction: two for each multiply-add. None where they are
  /// too many to be counted.
  static std::optional<int64_t> countFlops(const ContractionView &conv) {
    SmallVector<int64_t> factors(conv.getOutType().getShape());
    factors.append(
        {2, conv.getChannels(), conv.getKernelRows(), conv.getKernelColumns()});
    int64_t flops = 1;
    for (int64_t factor : factors)
      if (llvm::MulOverflow(flops, factor, flops))
        return std::nullopt;
    return flops;
  }

  LogicalResult selectFor(KernelOp kernel, TargetAttr target,
                          KernelSchedule given) {
    if (!given)
      given = kernel.getScheduleAttr();
    if (given)
      return give(kernel, target, given);
    FailureOr<SelectedSchedule> selected =
        selectKernelSchedule(kernel, target, *parsePrecision(precision));
    if (failed(selected))
      return failure();
    kernel.setScheduleAttr(selected->schedule);
    ++numSelected;
    if (const std::optional<ContractionView> &conv = selected->kernel.view) {
      setFlops(kernel, *conv);
      reportSelected(kernel, cast<ScheduleAttr>(selected->schedule), *conv);
    } else {
      reportLoops(kernel, cast<LoopScheduleAttr>(selected->schedule),
                  selected->lacks);
    }
    return success();
  }

  LogicalResult give(KernelOp kernel, TargetAttr target, KernelSchedule given) {
    FailureOr<ScheduledKernel> analyzed =
        ScheduledKernel::analyze(kernel, getKind(given));
    if (failed(analyzed) ||
        failed(checkGivenSchedule(given, kernel, *analyzed, target, precision)))
      return failure();
    kernel.setScheduleAttr(given);
    ++numGiven;
    if (!analyzed->view)
      return success();
    setFlops(kernel, *analyzed->view);
    remark::passed(kernel.getLoc(), remark::RemarkOpts::name("given-schedule")
                                        .category("kiln-select-schedule")
                                        .function(kernel.getKernelName()))
        << remark::metric(
               "SharedBytes",
               getSharedBytes(cast<ScheduleAttr>(given), *analyzed->view));
    return success();
  }

  static void setFlops(KernelOp kernel, const ContractionView &conv) {
    if (std::optional<int64_t> flops = countFlops(conv))
      kernel.setFlops(*flops);
  }

  static void reportLoops(KernelOp kernel, LoopScheduleAttr selected,
                          StringRef lacks) {
    auto options = remark::RemarkOpts::name("schedule")
                       .category("kiln-select-schedule")
                       .function(kernel.getKernelName());
    if (lacks.empty())
      remark::passed(kernel.getLoc(), options)
          << remark::reason("no contraction that an instruction multiplies: "
                            "blocks walk reduced axes in loops")
          << remark::metric("Threads", selected.getBlock());
    else
      remark::missed(kernel.getLoc(), options)
          << remark::reason("the contraction is multiplied in loops, without "
                            "the instruction for it: {0}",
                            lacks)
          << remark::metric("Threads", selected.getBlock());
  }

  static void reportSelected(KernelOp kernel, ScheduleAttr selected,
                             const ContractionView &conv) {
    int64_t vector = getImageCopy(selected, conv).vector;
    int64_t bytes = vector * conv.getImageType().getElementTypeBitWidth() / 8;
    // The rules ask first what leaves the kernel.
    StringRef result =
        describeResult(conv).keepsChannels ? "keeps channels" : "reduced";
    remark::passed(kernel.getLoc(), remark::RemarkOpts::name("schedule")
                                        .category("kiln-select-schedule")
                                        .function(kernel.getKernelName()))
        << remark::metric("SharedBytes", getSharedBytes(selected, conv))
        << remark::metric("ImageCopyBytes", bytes)
        << remark::metric("Tiles", int64_t(countTiles(selected, conv)))
        << remark::metric("Result", result);
  }
};
} // namespace
