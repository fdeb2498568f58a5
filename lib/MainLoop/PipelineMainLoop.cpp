//===- PipelineMainLoop.cpp - Copies ahead of multiplies ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/MainLoop/Passes.h"

#include "Pipeliner.h"

#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_PIPELINEMAINLOOP
#include "kiln/MainLoop/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct PipelineMainLoop
    : public kiln::impl::PipelineMainLoopBase<PipelineMainLoop> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule =
          function->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
      if (!schedule)
        continue;
      FailureOr<MainLoop> main = MainLoop::find(function);
      if (failed(main))
        return signalPassFailure();
      if (!main->loop)
        continue;
      auto opts = remark::RemarkOpts::name("pipeline")
                      .category("kiln-pipeline-main-loop")
                      .function(function.getName());
      if (main->getSlots() < 2) {
        remark::missed(main->loop.getLoc(), opts)
            << remark::reason("buffers have one slot: copies wait for the "
                              "computation");
        continue;
      }
      if (failed(check(*main, schedule)))
        return signalPassFailure();
      main->hoistBounds();
      remark::passed(main->loop.getLoc(), opts)
          << remark::metric("Slots", main->getSlots())
          << remark::metric("Segments", main->segments.size())
          << remark::metric("Dots", main->getNumDots());
      Pipeliner(*main, schedule).run();
      ++numPipelined;
    }
  }

  /// What the schedule asks of this loop must be possible.
  static LogicalResult check(const MainLoop &main, ScheduleAttr schedule) {
    scf::ForOp loop = main.loop;
    if (schedule.getLookahead() == 1 && !main.isChainOfDots())
      return loop.emitError("lookahead needs a body that is one chain of dots "
                            "on fragments of its own");
    if (schedule.getSpread() > main.getFewestDots())
      return loop.emitError("spread = ")
             << schedule.getSpread() << " exceeds the " << main.getFewestDots()
             << " dots of "
             << (main.segments.size() == 1 ? "an iteration" : "a segment");
    // A source is refilled and read between two syncs.
    for (const MainLoop::Buffer &buffer : main.buffers)
      if (buffer.reader && main.segments.size() == 1 && buffer.getSlots() < 2)
        return loop.emitError("a transposed tile needs two slots of its source "
                              "where an iteration has one segment");
    return success();
  }
};
} // namespace
