//===- SplitStages.cpp - A stage's copy in several parts ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/MainLoop/Passes.h"

#include "MainLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

namespace kiln {
#define GEN_PASS_DEF_SPLITSTAGES
#include "kiln/MainLoop/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
/// The outermost part of a slot, along which it is cut.
struct Cut {
  int64_t dim = -1;
  int64_t parts = 1;
  int64_t extent = 0;      ///< elements of `dim` in a part
  SharedLayoutAttr layout; ///< of a part
};
} // namespace

static Cut findCut(SharedLayoutAttr layout) {
  Cut cut;
  int64_t stride = 0;
  for (auto [dim, mode] : llvm::enumerate(layout.getModes()))
    if (const Mode::Part &last = mode.parts().back();
        last.size > 1 && last.stride > stride) {
      stride = last.stride;
      cut.dim = dim;
    }
  cut.layout = layout;
  if (cut.dim < 0)
    return cut;
  SmallVector<Mode> modes(layout.getModes());
  SmallVector<Mode::Part> parts(modes[cut.dim].parts());
  cut.parts = parts.back().size;
  parts.back() = {1, 0};
  if (parts.size() > 1)
    parts.pop_back();
  modes[cut.dim] = Mode(parts);
  cut.layout = SharedLayoutAttr::get(layout.getContext(), modes);
  cut.extent = cut.layout.getShape()[cut.dim];
  return cut;
}

/// Which part of its buffer a load reads; -1 where it reads several.
static int64_t getPartRead(LocalLoadOp load, const Cut &cut) {
  if (cut.parts == 1)
    return 0;
  int64_t first = load.getOffsets()[cut.dim];
  int64_t last =
      first + (load.getFragments().getType().getDimSize(cut.dim) - 1) *
                  load.getStrides()[cut.dim];
  return first / cut.extent == last / cut.extent ? first / cut.extent : -1;
}

namespace {
struct SplitStages : public kiln::impl::SplitStagesBase<SplitStages> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule =
          function->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
      if (!schedule || schedule.getRing() == 0)
        continue;
      FailureOr<MainLoop> main = MainLoop::find(function);
      if (failed(main))
        return signalPassFailure();
      if (!main->loop)
        continue;
      if (main->segments.size() != 1) {
        main->loop.emitError("is already split into segments");
        return signalPassFailure();
      }
      for (AsyncCopyOp copy : main->segments.front().copies)
        if (copy.getFlat() && failed(split(*main, copy, schedule.getRing())))
          return signalPassFailure();
    }
  }

  LogicalResult split(MainLoop &main, AsyncCopyOp copy, int64_t ring) {
    auto alloc = copy.getBuffer().getDefiningOp<AllocSharedOp>();
    if (!alloc)
      return copy.emitOpError("must copy to a buffer of this kernel");
    SharedType type = alloc.getBuffer().getType();
    Cut cut = findCut(type.getLayout());
    // Where fragments reach across the parts, a chunk is one part.
    for (Operation *user : copy.getBuffer().getUsers())
      if (auto load = dyn_cast<LocalLoadOp>(user);
          load && getPartRead(load, cut) < 0)
        cut = Cut{-1, 1, 0, type.getLayout()};
    int64_t elements = cut.layout.getCosize();
    if (elements * cut.parts != type.getLayout().getCosize())
      return copy.emitOpError("ring needs a buffer whose ")
             << cut.parts << " parts are contiguous";
    FailureOr<SmallVector<Operation *>> firstReads =
        findFirstReads(main, copy, cut);
    if (failed(firstReads))
      return failure();
    auto ringType =
        SharedType::get(&getContext(), ring, type.getElementType(), cut.layout);
    OpBuilder builder(alloc);
    Value buffer = AllocSharedOp::create(builder, alloc.getLoc(), ringType);
    copyParts(copy, buffer, elements, *firstReads);
    for (OpOperand &use :
         llvm::make_early_inc_range(copy.getBuffer().getUses()))
      if (auto load = dyn_cast<LocalLoadOp>(use.getOwner())) {
        if (cut.parts > 1) {
          SmallVector<int64_t> offsets(load.getOffsets());
          offsets[cut.dim] %= cut.extent;
          load.setOffsets(offsets);
        }
        use.set(buffer);
      }
    copy.erase();
    if (!alloc->use_empty())
      return alloc.emitOpError("ring: must only be read by local loads");
    alloc.erase();
    numParts += cut.parts;
    return success();
  }

  /// The first load of the dot that is the first to read each part.
  static FailureOr<SmallVector<Operation *>>
  findFirstReads(const MainLoop &main, AsyncCopyOp copy, const Cut &cut) {
    SmallVector<Operation *> firstReads(cut.parts, nullptr);
    llvm::SmallPtrSet<Operation *, 16> readers;
    int64_t part = -1;
    for (DotOp dot : main.segments.front().dots) {
      SmallVector<Operation *> loads;
      for (Value operand : {dot.getA(), dot.getB()})
        if (auto load = operand.getDefiningOp<LocalLoadOp>())
          loads.push_back(load);
      llvm::sort(loads, [](Operation *a, Operation *b) {
        return a->isBeforeInBlock(b);
      });
      for (Operation *op : loads) {
        auto load = cast<LocalLoadOp>(op);
        if (load.getBuffer() != copy.getBuffer())
          continue;
        int64_t read = getPartRead(load, cut);
        if (read != part && read != part + 1)
          return load.emitOpError("ring needs loads that read the parts of ")
                 << "their buffer one after the other; this one reads part "
                 << read << " after part " << part;
        if (read == part + 1)
          firstReads[++part] = loads.front();
        readers.insert(load);
      }
    }
    for (Operation *user : copy.getBuffer().getUsers())
      if (isa<LocalLoadOp>(user) && !readers.contains(user))
        return user->emitOpError("ring needs dots of the main loop to read all "
                                 "fragments of the buffer");
    if (part + 1 != cut.parts)
      return copy.emitOpError("ring: only ")
             << part + 1 << " of the " << cut.parts << " parts are read";
    return firstReads;
  }

  /// A copy and a segment for each part of `elements`, in place of `copy`.
  static void copyParts(AsyncCopyOp copy, Value buffer, int64_t elements,
                        ArrayRef<Operation *> firstReads) {
    // Parts are whole units, and start at one.
    int64_t vector = std::gcd(int64_t(copy.getVector()), elements);
    OpBuilder builder(copy);
    Location loc = copy.getLoc();
    int64_t parts = firstReads.size();
    for (int64_t part = 0; part < parts; ++part) {
      builder.setInsertionPoint(part == 0 ? copy : firstReads[part]);
      if (part > 0)
        BarrierOp::create(builder, loc);
      SmallVector<Value> offsets(copy.getOffsets());
      if (part > 0)
        offsets.back() = arith::AddIOp::create(
            builder, loc, offsets.back(),
            arith::ConstantIndexOp::create(builder, loc, part * elements));
      AsyncCopyOp::create(builder, loc, copy.getSource(), offsets, buffer,
                          copy.getSlot(), copy.getPredicate(),
                          copy.getInBoundsAttr(),
                          builder.getI64IntegerAttr(vector), copy.getFlatAttr(),
                          copy.getRoundsAttr());
      if (part > 0) {
        AsyncCommitOp::create(builder, loc);
        AsyncWaitOp::create(builder, loc, 0);
        BarrierOp::create(builder, loc);
      }
    }
  }
};
} // namespace
