//===- PredictKernels.cpp - What the model makes of every kernel ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Targets.h"
#include "kiln/Scheduling/Model/Describe.h"
#include "kiln/Scheduling/Model/Model.h"
#include "kiln/Scheduling/Passes.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_PREDICTKERNELS
#include "kiln/Scheduling/Passes.h.inc"

namespace {
class PredictKernels : public impl::PredictKernelsBase<PredictKernels> {
  using PredictKernelsBase::PredictKernelsBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    TargetAttr target = getTarget(getOperation());
    getOperation().walk([&](KernelOp kernel) {
      if (kernel.getRole() != Role::Compute || !kernel.getScheduleAttr())
        return;
      if (!target) {
        kernel.emitError("no 'kiln.target' on the module; run kiln-set-target "
                         "first");
        return signalPassFailure();
      }
      FailureOr<KernelDescription> described = describeKernel(kernel);
      if (failed(described))
        return;
      Prediction timed = predict(*described, target, Clock::Boost);
      Prediction profiled = predict(*described, target, Clock::Profiler);
      auto digits = [](double value) {
        return llvm::formatv("{0:F4}", value).str();
      };
      remark::analysis(kernel.getLoc(), remark::RemarkOpts::name("prediction")
                                            .category("kiln-predict-kernels")
                                            .function(kernel.getKernelName()))
          << remark::metric("Milliseconds", digits(timed.milliseconds))
          << remark::metric("Bound", timed.bound)
          << remark::metric("BlocksPerSm", timed.occupancy.blocksPerSm)
          << remark::metric("WarpsActive", digits(profiled.warpsActive))
          << remark::metric("SmThroughput", digits(profiled.smThroughput))
          << remark::metric("DramThroughput", digits(profiled.dramThroughput))
          << remark::metric("L2HitRate", digits(profiled.l2HitRate));
      ++numPredicted;
    });
  }
};
} // namespace
} // namespace kiln
