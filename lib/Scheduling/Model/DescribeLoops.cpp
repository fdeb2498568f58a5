//===- DescribeLoops.cpp - Kernels of loops, described --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Describe.h"

#include "../LoopOperands.h"
#include "BodyWork.h"

#include "kiln/Analysis/LinearForm.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// Instructions of a load or store of a word: its address, a mask, the choice
/// of what lies outside (312 instructions in a depthwise convolution of 8
/// results a thread, 144 of them arithmetic, with 23 of them).
static constexpr double kPerWord = 5;
/// Of a thread beside its words and bodies: numbers of the block and the thread
/// taken apart (the same count).
static constexpr double kPerThread = 50;

namespace {
/// What blocks and threads read of one argument at one place of the kernel.
class ReadCounter {
public:
  ReadCounter(LoopScheduleAttr schedule, const TilePlan &plan,
              const KernelSpace &space)
      : schedule(schedule), plan(plan), all(space.getAllAxes()) {}

  /// Elements of the box that a tile of a block reads.
  double countBlock(const LoopOperands::Read &read) const {
    return count(read, [&](int axis) { return getPositions(axis); });
  }
  /// Words that a thread loads.
  double countWords(const LoopOperands::Read &read) const {
    double elements = count(read, [&](int axis) {
      return llvm::divideCeil(getPositions(axis), getThreads(axis));
    });
    auto type = cast<ShapedType>(read.argument.getType());
    int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    return elements / std::clamp<int64_t>(16 / bytes, 1, getVector(read));
  }
  /// Whether each axis that the block walks in it has one tile.
  bool isHeld(const LoopOperands::Read &read) const {
    return llvm::all_of(all, [&](int axis) {
      const AxisTile &tile = plan.axes[axis];
      return tile.kind == AxisTile::Kind::Blocks || tile.tile >= tile.extent ||
             llvm::none_of(read.coordinates, [&](AffineExpr expr) {
               return expr.isFunctionOfDim(axis);
             });
    });
  }

private:
  double count(const LoopOperands::Read &read,
               function_ref<int64_t(int)> positions) const;
  int64_t getPlace(int axis) const {
    return llvm::find(all, axis) - all.begin();
  }
  int64_t getThreads(int axis) const {
    return schedule.getThreadsOf(getPlace(axis)).size;
  }
  /// Positions along an axis that a block works on in all.
  int64_t getPositions(int axis) const {
    const AxisTile &tile = plan.axes[axis];
    return tile.kind == AxisTile::Kind::Blocks
               ? std::min(tile.tile, tile.extent)
               : tile.extent;
  }
  int64_t getVector(const LoopOperands::Read &read) const {
    for (int axis : all)
      if (!read.coordinates.empty() &&
          read.coordinates.back().isFunctionOfDim(axis) &&
          plan.axes[axis].extent > 1 &&
          schedule.getVector()[getPlace(axis)] > 1)
        return schedule.getVector()[getPlace(axis)];
    return 1;
  }

  LoopScheduleAttr schedule;
  const TilePlan &plan;
  SmallVector<int> all;
};
} // namespace

/// Windows that overlap share elements: a coordinate that is a sum of multiples
/// of axes runs over a range.
double ReadCounter::count(const LoopOperands::Read &read,
                          function_ref<int64_t(int)> positions) const {
  auto type = cast<ShapedType>(read.argument.getType());
  double elements = 1;
  for (auto [expr, size] : llvm::zip_equal(read.coordinates, type.getShape())) {
    std::optional<LinearForm> form = getLinearForm(expr, plan.axes.size());
    double range = 1, product = 1;
    for (int axis : all)
      if (expr.isFunctionOfDim(axis)) {
        product *= positions(axis);
        if (form)
          range +=
              double(std::abs(form->factors[axis])) * (positions(axis) - 1);
      }
    elements *= std::min({form ? range : product, product, double(size)});
  }
  return elements;
}

KernelDescription kiln::describe(LoopScheduleAttr schedule,
                                 const TilePlan &plan, const KernelSpace &space,
                                 ValueRange results,
                                 std::optional<UsageFacts> usage) {
  KernelDescription kernel;
  kernel.tiles = 1;
  for (const AxisTile &axis : plan.axes)
    if (axis.kind == AxisTile::Kind::Blocks)
      kernel.tiles *= llvm::divideCeil(axis.extent, axis.tile);
  kernel.warps = llvm::divideCeil(schedule.getBlock(), 32);
  kernel.registers = usage ? usage->registers : 0;
  kernel.sharedBytes = usage ? usage->sharedBytes : 0;
  kernel.cyclesAlone = kCyclesAlone;

  // Every op runs over its own loops, its elements spread over the threads.
  double threads = schedule.getBlock();
  double instructions = kPerThread;
  for (linalg::LinalgOp op : space.getOps()) {
    double turns = 1;
    for (int64_t extent : op.getStaticLoopRanges())
      turns *= extent;
    turns /= kernel.tiles;
    BodyWork work = countBody(op);
    instructions += turns / threads * work.instructions;
    kernel.specialFunctions += turns * work.functions;
  }
  // What a block holds of an argument it reads once, other parts in each pass.
  ReadCounter counter(schedule, plan, space);
  llvm::MapVector<Value, double> asked;
  for (const LoopOperands::Read &read :
       readLoopOperands(space, results).reads) {
    double &bytes = asked[read.argument];
    if (bytes > 0 && counter.isHeld(read))
      continue;
    double share = getBytes(read.argument.getType()) /
                   cast<ShapedType>(read.argument.getType()).getNumElements();
    bytes += counter.countBlock(read) * share;
    instructions += counter.countWords(read) * kPerWord;
  }
  for (auto [argument, bytes] : asked)
    kernel.reads.push_back(
        {"operand", getBytes(argument.getType()), bytes, Along::Both});
  for (Value result : results) {
    double bytes = getBytes(result.getType());
    kernel.writeBytes += bytes;
    instructions += bytes / 16 / kernel.tiles / threads * kPerWord;
  }
  kernel.epilogueInstructions = instructions;
  llvm::cantFail(kernel.complete());
  return kernel;
}
