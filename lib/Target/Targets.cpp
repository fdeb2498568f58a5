//===- Targets.cpp - The cards that Kiln knows ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/Targets.h"

#include "kiln/Target/Passes.h"
#include "kiln/Target/Serialize.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace {
/// NVIDIA's public tables. Rates are dense and without sparsity;
/// `sharedPerBlock` is that of sm_89 on every card, because the kernels are
/// sm_89's.
struct Card {
  StringLiteral name;
  int64_t sms, sharedPerBlock, sharedPerSm, registersPerSm, registersPerThread,
      threadsPerBlock, threadsPerSm, clockMhz, bandwidthGbs, l2Bytes,
      tf32Gflops, f16Gflops;
};
constexpr int64_t kMiB = 1 << 20;
constexpr Card kCards[] = {
    {"rtx4090", 128, 101376, 102400, 65536, 255, 1024, 1536, 2520, 1008,
     72 * kMiB, 82600, 165200},
    {"h100", 132, 101376, 233472, 65536, 255, 1024, 2048, 1980, 3350, 50 * kMiB,
     494700, 989400},
    {"h200", 132, 101376, 233472, 65536, 255, 1024, 2048, 1980, 4800, 50 * kMiB,
     494700, 989400},
};
} // namespace

kiln::TargetAttr kiln::lookupTarget(MLIRContext *context, StringRef name) {
  for (const Card &card : kCards)
    if (card.name == name)
      return TargetAttr::get(
          context, card.name, kArch, card.sms, card.sharedPerBlock,
          card.sharedPerSm, card.registersPerSm, card.registersPerThread,
          card.threadsPerBlock, card.threadsPerSm, card.clockMhz,
          card.bandwidthGbs, card.l2Bytes, card.tf32Gflops, card.f16Gflops);
  return {};
}

std::string kiln::getTargetNames() {
  return llvm::join(
      llvm::map_range(kCards, [](const Card &card) { return card.name; }),
      ", ");
}

kiln::TargetAttr kiln::getTarget(ModuleOp module) {
  return module->getAttrOfType<TargetAttr>(KilnDialect::kTargetAttrName);
}

namespace kiln {
#define GEN_PASS_DEF_SETTARGET
#include "kiln/Target/Passes.h.inc"

namespace {
class SetTarget : public impl::SetTargetBase<SetTarget> {
  using SetTargetBase::SetTargetBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    TargetAttr facts = lookupTarget(&getContext(), target);
    if (!facts) {
      getOperation()->emitError("unknown target '")
          << target << "'; known are " << getTargetNames();
      return signalPassFailure();
    }
    getOperation()->setAttr(KilnDialect::kTargetAttrName, facts);
    ++numSet;
  }
};
} // namespace
} // namespace kiln
