//===- Remarks.cpp - Keeps what passes say --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Explain/Explanation.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln::explain;

/// "file:line:col" of the first place that a location names.
static std::string getPlace(Location loc) {
  std::string place;
  loc->walk([&](Location part) {
    auto file = dyn_cast<FileLineColLoc>(part);
    if (!file)
      return WalkResult::advance();
    place = llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(),
                          file.getLine(), file.getColumn());
    return WalkResult::interrupt();
  });
  return place;
}

namespace {
class Streamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Streamer(std::shared_ptr<std::vector<RemarkCollector::Remark>> list)
      : list(std::move(list)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    RemarkCollector::Remark kept;
    kept.category = remark.getCombinedCategoryName();
    kept.name = remark.getRemarkName().str();
    kept.place = getPlace(remark.getLocation());
    kept.missed = remark.getRemarkType() == llvm::remarks::Type::Missed ||
                  remark.getRemarkType() == llvm::remarks::Type::Failure;
    for (const remark::detail::Remark::Arg &arg : remark.getArgs())
      kept.text += (kept.text.empty() ? "" : ", ") +
                   (arg.key == "Remark" ? arg.val : arg.key + "=" + arg.val);
    list->push_back(std::move(kept));
  }

private:
  std::shared_ptr<std::vector<RemarkCollector::Remark>> list;
};
} // namespace

LogicalResult RemarkCollector::install(MLIRContext &context) {
  remark::RemarkCategories all;
  all.passed = all.missed = all.analysis = all.failed = ".*";
  return remark::enableOptimizationRemarks(
      context, std::make_unique<Streamer>(list),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), all,
      /*printAsEmitRemarks=*/false);
}
