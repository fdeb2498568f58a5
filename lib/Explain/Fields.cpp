//===- Fields.cpp - What each field of a schedule means -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "kiln/Analysis/ScheduleFit.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;
using namespace kiln::explain;
using llvm::formatv;

namespace {
/// Reasons for the fields of a #kiln.schedule.
class ContractionFields {
public:
  ContractionFields(const KernelContext &context,
                    const KernelExplanation &kernel)
      : context(context), kernel(kernel),
        s(cast<ScheduleAttr>(context.schedule)), conv(context.conv) {}

  std::string explain(StringRef field) const {
    using Member = std::string (ContractionFields::*)() const;
    Member member = llvm::StringSwitch<Member>(field)
                        .Case("contraction", &ContractionFields::contraction)
                        .Case("tile", &ContractionFields::tile)
                        .Case("chunk", &ContractionFields::chunk)
                        .Case("warps", &ContractionFields::warps)
                        .Case("stages", &ContractionFields::stages)
                        .Case("persistent", &ContractionFields::persistent)
                        .Case("columns", &ContractionFields::columns)
                        .Case("weights", &ContractionFields::weights)
                        .Case("ring", &ContractionFields::ring)
                        .Case("transpose", &ContractionFields::transpose)
                        .Case("lookahead", &ContractionFields::lookahead)
                        .Case("early_barrier", &ContractionFields::barrier)
                        .Case("spread", &ContractionFields::spread)
                        .Case("peel", &ContractionFields::peel)
                        .Case("halving", &ContractionFields::halving)
                        .Case("paired_stores", &ContractionFields::pairs)
                        .Case("stores", &ContractionFields::stores)
                        .Case("channels", &ContractionFields::channels)
                        .Default(nullptr);
    return member ? (this->*member)() : "";
  }

private:
  std::string contraction() const {
    InstructionAttr instruction = s.getInstruction();
    if (!instruction.usesTensorCores())
      return "fused multiply-adds on CUDA cores: exact in f32";
    auto shape = instruction.getShape();
    std::string text = formatv("tensor cores, {0}x{1}x{2} a warp and "
                               "instruction",
                               shape.m, shape.n, shape.k);
    if (conv)
      text +=
          formatv("; operands are {0}", conv->getImageType().getElementType());
    if (instruction.roundsToTF32())
      text += ", rounded to tf32 (precision " + context.precision.str() + ")";
    if (instruction.splitsToTF32())
      text +=
          formatv(", split into two tf32 words each, {0} products (precision "
                  "{1})",
                  instruction.getNumProducts(), context.precision);
    return text;
  }

  std::string tile() const {
    ArrayRef<int64_t> tile = s.getTile();
    std::string text =
        formatv("a block computes {0} channels by {1} rows by {2} columns at a "
                "time",
                tile[0], tile[1], tile[2]);
    if (conv)
      text += formatv(" of {0} by {1} by {2}", conv->getFilters(),
                      conv->getOutRows(), conv->getOutColumns());
    if (kernel.tiles)
      text += formatv("; {0} tiles on {1} multiprocessors", kernel.tiles,
                      context.target.getSms());
    return text + formatv("; {0} accumulators a thread, {1} leave room for "
                          "the rest",
                          countAccumulators(s), kMostAccumulators)
                      .str();
  }

  std::string chunk() const {
    std::string text =
        formatv("input channels of one stage, {0} times the "
                "instruction's {1}",
                s.getChunk() / s.getInstructionK(), s.getInstructionK());
    if (conv)
      text += formatv("; {0} of them hold all {1}",
                      llvm::divideCeil(conv->getChannels(), s.getChunk()),
                      conv->getChannels());
    return text;
  }

  std::string warps() const {
    ArrayRef<int64_t> tile = s.getTile(), warps = s.getWarps();
    return formatv("{0} warps; each computes {1} channels by {2} rows by {3} "
                   "columns and loads a fragment once for all of them",
                   s.getThreads() / 32, tile[0] / warps[0], tile[1] / warps[1],
                   tile[2] / warps[2]);
  }

  std::string stages() const {
    if (s.getStages() == 1)
      return "one slot a staged operand: copies and multiplies take turns";
    return formatv(
        "slots of each staged operand: copies run {0} chunk{1} "
        "ahead; {2} KB of shared memory in all, of {3} a block may "
        "have",
        s.getStages() - 1, s.getStages() == 2 ? "" : "s",
        formatv("{0:f1}", kernel.facts.sharedBytes / 1024.0),
        formatv("{0:f1}", context.target.getSharedPerBlock() / 1024.0));
  }

  std::string persistent() const {
    return s.getPersistent()
               ? "blocks loop over tiles and copy the next tile's data while "
                 "they finish one"
               : "one block a tile: several blocks of a multiprocessor hide "
                 "each other's stores";
  }

  std::string columns() const {
    return s.getColumns() == Columns::EvenOdd
               ? "fragments alternate columns: one 64-bit load serves "
                 "neighbouring taps"
               : "fragments take neighbouring columns, whose results are "
                 "neighbours in memory";
  }

  std::string weights() const {
    return s.getWeights() == Weights::Packed
               ? "a packing kernel writes the filter in fragment order: one "
                 "128-bit load a fragment"
               : "the filter is copied as it lies: it cannot be packed, or is "
                 "read by others";
  }

  std::string ring() const {
    if (s.getRing())
      return formatv("the filter of a chunk is staged in parts, {0} at a time, "
                     "in place of {1} whole chunks",
                     s.getRing(), s.getStages());
    return formatv("whole chunks of the filter are staged, {0} at a time",
                   s.getStages());
  }

  std::string transpose() const {
    return s.getTranspose() ? "channels that lie in planes are transposed in "
                              "shared memory, so that ldmatrix reads them"
                            : "fragments are read as the image lies";
  }
  std::string lookahead() const {
    return s.getLookahead()
               ? formatv("fragments are loaded {0} k-step ahead of their "
                         "multiplies",
                         s.getLookahead())
                     .str()
               : "fragments are loaded right before they are multiplied";
  }
  std::string barrier() const {
    return s.getEarlyBarrier()
               ? "the barrier stands before a stage's last k-step, whose "
                 "fragments are in registers already"
               : "the barrier stands behind a stage's last k-step";
  }
  std::string spread() const {
    return formatv("the copies of a stage are issued over {0} k-step{1}",
                   s.getSpread(), s.getSpread() == 1 ? "" : "s");
  }
  std::string peel() const {
    return s.getPeel() ? "a tile's first k-step stands before the loop and "
                         "takes the start values as they are"
                       : "the loop has all k-steps";
  }
  std::string halving() const {
    return s.getHalving() ? "reductions across lanes keep half of the values "
                            "at each shuffle"
                          : "no reduction across lanes keeps half of its "
                            "values";
  }
  std::string stores() const {
    return s.getStores() == Stores::Staged
               ? "results cross shared memory, so that neighbouring threads "
                 "store neighbouring elements"
               : "results leave from the registers that hold them";
  }
  std::string channels() const {
    return s.getChannels() == Channels::Adjacent
               ? "a lane holds neighbouring channels and stores them at once"
               : "neighbouring channels are in different lanes";
  }
  std::string pairs() const {
    return s.getPairedStores() ? "neighbouring results leave in one store"
                               : "results leave one by one";
  }

  const KernelContext &context;
  const KernelExplanation &kernel;
  ScheduleAttr s;
  const ContractionView *conv;
};
} // namespace

static std::string explainLoopField(LoopScheduleAttr schedule,
                                    StringRef field) {
  return llvm::StringSwitch<std::string>(field)
      .Case("tile", "positions along each axis that a block works on at a time")
      .Case("threads",
            "size:stride along each axis; neighbouring lanes take the axis "
            "whose stride is 1")
      .Case("vector", "neighbouring positions of one thread: of what lies "
                      "contiguous up to 16 bytes move at once")
      .Case("block", formatv("{0} warps", schedule.getBlock() / 32))
      .Default("");
}

std::vector<FieldReason>
kiln::explain::explainFields(const KernelContext &context,
                             const KernelExplanation &kernel) {
  std::vector<FieldReason> fields;
  for (auto &[field, value] : profiling::getFields(context.schedule)) {
    std::string reason;
    if (auto loops = dyn_cast<LoopScheduleAttr>(context.schedule))
      reason = explainLoopField(loops, field);
    else
      reason = ContractionFields(context, kernel).explain(field);
    fields.push_back({field, value, std::move(reason)});
  }
  return fields;
}
