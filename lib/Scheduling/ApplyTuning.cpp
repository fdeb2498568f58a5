//===- ApplyTuning.cpp - Gives kernels the schedules of a database --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Passes.h"

#include "GivenSchedule.h"
#include "PassInputs.h"

#include "kiln/Scheduling/TuningDatabase.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

namespace kiln {
#define GEN_PASS_DEF_APPLYTUNING
#include "kiln/Scheduling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct ApplyTuning : public kiln::impl::ApplyTuningBase<ApplyTuning> {
  using ApplyTuningBase::ApplyTuningBase;

  void runOnOperation() override {
    if (database.empty())
      return;
    ModuleOp module = getOperation();
    FailureOr<TargetAttr> target = getRequiredTarget(module);
    if (failed(target))
      return signalPassFailure();
    llvm::Expected<TuningDatabase> loaded = TuningDatabase::load(database);
    if (!loaded) {
      // The program is not at fault.
      emitError(UnknownLoc::get(&getContext()), toString(loaded.takeError()));
      return signalPassFailure();
    }
    reportBrokenLines(loaded->getBrokenLines());
    module.walk([&](KernelOp kernel) {
      if (kernel.getRole() == Role::Compute)
        apply(kernel, *target, *loaded);
    });
  }

  /// Not all of a file that is no database.
  void reportBrokenLines(ArrayRef<TuningDatabase::BrokenLine> lines) {
    constexpr size_t kMost = 8;
    auto warn = [&](const TuningDatabase::BrokenLine &line) {
      return emitWarning(
          FileLineColLoc::get(&getContext(), line.file, line.line, 1));
    };
    for (const TuningDatabase::BrokenLine &line : lines.take_front(kMost))
      warn(line) << "this line of the tuning database is skipped: "
                 << line.message;
    if (lines.size() > kMost)
      warn(lines[kMost]) << "this line and " << lines.size() - kMost - 1
                         << " more behind it are skipped, too";
  }

  void apply(KernelOp kernel, TargetAttr target,
             const TuningDatabase &entries) {
    if (kernel.getScheduleAttr())
      return;
    TuningKey key = getTuningKey(kernel, target, precision);
    const TuningDatabase::Record *record = entries.lookup(key);
    if (!record) {
      std::string reason =
          llvm::formatv("no entry for this program on {0} with precision {1}",
                        key.target, key.precision);
      if (const auto *other = entries.lookupOtherVersion(key))
        reason = llvm::formatv(
            "the entry in {0} was made by Kiln {1}, this is Kiln {2}",
            other->getPlace(), other->entry.key.version, key.version);
      return reportNotTuned(kernel, key, reason);
    }
    std::string misfit;
    KernelSchedule schedule =
        parseFitting(record->entry.schedule, kernel, target, misfit);
    if (!schedule)
      return reportNotTuned(
          kernel, key,
          llvm::formatv("the schedule in {0} cannot be used: {1}",
                        record->getPlace(), misfit));
    kernel.setScheduleAttr(schedule);
    ++numTuned;
    const TuningEntry &entry = record->entry;
    remark::passed(kernel.getLoc(), remark::RemarkOpts::name("tuned")
                                        .category("kiln-apply-tuning")
                                        .function(kernel.getKernelName()))
        << remark::metric("Schedule", entry.schedule)
        << remark::metric(
               "Gain", llvm::formatv("{0:f1} %", entry.getGain() * 100).str())
        << remark::metric("Measured", stringify(entry.measuredBy))
        << remark::metric("Device", entry.device)
        << remark::metric("Source", record->getPlace());
  }

  /// The schedule that `text` is, if it fits `kernel`; else null, and why not.
  KernelSchedule parseFitting(StringRef text, KernelOp kernel,
                              TargetAttr target, std::string &misfit) {
    ScopedDiagnosticHandler capture(&getContext(), [&](Diagnostic &diagnostic) {
      if (misfit.empty())
        misfit = diagnostic.str();
      return success();
    });
    auto schedule =
        dyn_cast_or_null<KernelSchedule>(parseAttribute(text, &getContext()));
    if (!schedule) {
      if (misfit.empty())
        misfit = "it is not a #kiln.schedule or #kiln.loop_schedule attribute";
      return nullptr;
    }
    FailureOr<ScheduledKernel> analyzed =
        ScheduledKernel::analyze(kernel, getKind(schedule));
    if (failed(analyzed) ||
        failed(
            checkGivenSchedule(schedule, kernel, *analyzed, target, precision)))
      return nullptr;
    return schedule;
  }

  void reportNotTuned(KernelOp kernel, const TuningKey &key,
                      const std::string &reason) {
    ++numNotTuned;
    remark::missed(kernel.getLoc(), remark::RemarkOpts::name("not-tuned")
                                        .category("kiln-apply-tuning")
                                        .function(kernel.getKernelName()))
        << remark::reason("{0}", reason)
        << remark::metric("Program", key.program);
  }
};
} // namespace
