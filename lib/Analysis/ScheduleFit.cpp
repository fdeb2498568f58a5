//===- ScheduleFit.cpp - Does a schedule fit a program? -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/ScheduleFit.h"

#include "Refusal.h"

#include "kiln/Analysis/ImageWork.h"
#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/SharedPlacement.h"
#include "kiln/Analysis/StagedStore.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace kiln;

FailureOr<PaddedImage> kiln::getPaddedImage(const ContractionView &conv) {
  int64_t rank = conv.getImageType().getRank();
  PaddedImage image{conv.getImage(), {}, SmallVector<int64_t>(rank, 0), {}, {}};
  while (Operation *op = image.source.getDefiningOp()) {
    if (SmallVector<Value> worked = getWorkedTensors(op); !worked.empty()) {
      image.ops.push_back(op);
      image.work.push_back(cast<linalg::LinalgOp>(op));
      image.source = worked.front();
      image.others.assign(worked.begin() + 1, worked.end());
      if (image.others.empty())
        continue;
      // Tensors that are read together are copied alike.
      if (!llvm::all_of(worked, llvm::IsaPred<BlockArgument>))
        return failure();
      break;
    }
    auto pad = dyn_cast<tensor::PadOp>(op);
    if (!pad)
      break;
    Value value = pad.getConstantPaddingValue();
    ArrayRef<int64_t> low = pad.getStaticLow(), high = pad.getStaticHigh();
    if (!value || !matchPattern(value, m_AnyZeroFloat()) ||
        ShapedType::isDynamicShape(low) || ShapedType::isDynamicShape(high))
      return failure();
    for (int64_t dim = 0; dim < rank; ++dim) {
      if (dim != conv.image.h && dim != conv.image.w &&
          (low[dim] != 0 || high[dim] != 0))
        return failure();
      image.low[dim] += low[dim];
    }
    image.source = pad.getSource();
    image.ops.push_back(op);
  }
  return image;
}

int64_t kiln::getCopyVector(Type element, ArrayRef<int64_t> lengths) {
  // A power of two, like all that divides it.
  int64_t vector = 128 / element.getIntOrFloatBitWidth();
  for (int64_t length : lengths)
    vector = std::gcd(vector, length);
  return vector;
}

ImageCopy kiln::getRowCopy(Type element, ArrayRef<int64_t> lengths,
                           int64_t offset) {
  int64_t vector = getCopyVector(element, lengths);
  return {vector, offset & (vector - 1)};
}

ImageCopy kiln::getImageCopy(ScheduleAttr schedule,
                             const ContractionView &conv) {
  FailureOr<PaddedImage> image = getPaddedImage(conv);
  if (failed(image))
    return {};
  auto type = cast<ShapedType>(image->source.getType());
  // Where a tile starts along the innermost dimension. Which dimension is the
  // column says the result: rows may be innermost here, and neighbours among
  // them are apart in the tile.
  int64_t inner = type.getRank() - 1;
  int64_t step = inner == conv.image.c ? schedule.getChunk()
                 : inner == conv.image.w
                     ? schedule.getTile()[2] * conv.strides[1]
                     : 1;
  SmallVector<int64_t> lengths = {type.getDimSize(inner), step};
  if (inner != conv.image.w) // no columns lie before the tile's
    lengths.push_back(image->low[inner]);
  return getRowCopy(type.getElementType(), lengths, -image->low[inner]);
}

/// Units of `vector` elements that a tile of this layout is copied in.
static int64_t getCopyUnits(SharedLayoutAttr layout, int64_t vector) {
  return ShapedType::getNumElements(layout.getShape()) / vector;
}

/// Bytes behind a slot for the threads without a unit in the last round of an
/// asynchronous copy.
static int64_t getCopyTail(SharedLayoutAttr layout, int64_t vector,
                           int64_t elementBytes, int64_t threads) {
  int64_t units = getCopyUnits(layout, vector);
  int64_t unitBytes = vector * elementBytes;
  // Only asynchronous copies are worth it.
  return unitBytes < 4 ? 0
                       : (llvm::alignTo(units, threads) - units) * unitBytes;
}

ImageBuffers kiln::getImageBuffers(ScheduleAttr schedule,
                                   const ContractionView &conv,
                                   ImageCopy copy) {
  Type element = conv.getImageType().getElementType();
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  int64_t threads = schedule.getThreads(), stages = schedule.getStages();
  MLIRContext *context = schedule.getContext();
  SharedLayoutAttr layout = getImageLayout(schedule, conv, copy);
  if (!schedule.getTranspose()) {
    auto type =
        SharedType::get(context, stages, element, layout,
                        getCopyTail(layout, copy.vector, bytes, threads));
    return {type, type};
  }
  // Where an iteration has three segments, its tile arrives in the first two
  // and is transposed in the last: one slot is enough.
  int64_t parts = schedule.getRing() ? getRingParts(schedule, conv) : 1;
  SharedLayoutAttr raw = getUntransposedImageLayout(schedule, conv, copy);
  int64_t line = raw.getShape()[conv.image.w] * LocalCopyOp::kUnit * bytes;
  int64_t lines = ShapedType::getNumElements(raw.getShape()) * bytes / line;
  int64_t tail = (llvm::alignTo(lines, threads / 32) - lines) * line;
  return {SharedType::get(context, stages == 1 || parts > 2 ? 1 : 2, element,
                          raw, getCopyTail(raw, copy.vector, bytes, threads)),
          SharedType::get(context, stages, element, layout, tail)};
}

/// The buffers that the operands are staged in; in use throughout.
static SmallVector<SharedBuffer> getStagedBuffers(ScheduleAttr schedule,
                                                  const ContractionView &conv) {
  ImageBuffers image =
      getImageBuffers(schedule, conv, getImageCopy(schedule, conv));
  SmallVector<SharedBuffer> buffers;
  FailureOr<PaddedImage> padded = getPaddedImage(conv);
  size_t images = succeeded(padded) ? 1 + padded->others.size() : 1;
  for (size_t i = 0; i < images; ++i) {
    buffers.push_back({image.copied.getBytes()});
    if (image.read != image.copied)
      buffers.push_back({image.read.getBytes()});
  }
  bool packed = schedule.getWeights() == Weights::Packed;
  SharedLayoutAttr filter = packed ? getPackedFilterLayout(schedule, conv)
                                   : getStridedFilterLayout(schedule, conv);
  int64_t slotBytes =
      filter.getCosize() *
      conv.getFilterType().getElementType().getIntOrFloatBitWidth() / 8;
  int64_t slots = schedule.getStages();
  if (schedule.getRing()) {
    slots = schedule.getRing();
    slotBytes /= getRingParts(schedule, conv);
  }
  buffers.push_back({slots * static_cast<int64_t>(llvm::alignTo(
                                 slotBytes, SharedType::kAlignment))});
  return buffers;
}

/// What the kernel around `conv` yields.
static OperandRange getResults(const ContractionView &conv) {
  return conv.op->getParentRegion()->front().getTerminator()->getOperands();
}

/// Bytes that slices of a result take, at most; 0 where none is staged. They
/// are of the result's elements, or of the accumulator's.
static int64_t getSliceBytes(ScheduleAttr schedule, const ContractionView &conv,
                             Type result) {
  auto type = dyn_cast<ShapedType>(result);
  LayoutAttr held = getOperandLayouts(schedule, conv).out;
  if (!type || !type.hasRank() || type.getRank() != held.getRank() ||
      type.getNumElements() != conv.getOutType().getNumElements() ||
      !hasWholeBytes(type.getElementType()))
    return 0;
  int64_t vector =
      getCopyVector(type.getElementType(), {type.getShape().back()});
  int64_t most = 0;
  for (Type element :
       {type.getElementType(), conv.getOutType().getElementType()})
    if (auto plan =
            planStagedStore(held, element.getIntOrFloatBitWidth() / 8, vector))
      most = std::max(most, SharedType::get(schedule.getContext(), /*slots=*/1,
                                            element, plan->buffer)
                                .getBytes());
  return most;
}

bool kiln::canStageStores(ScheduleAttr schedule, const ContractionView &conv) {
  return llvm::any_of(getResults(conv), [&](Value result) {
    return getSliceBytes(schedule, conv, result.getType()) > 0;
  });
}

int64_t kiln::getSharedBytes(ScheduleAttr schedule,
                             const ContractionView &conv) {
  SmallVector<SharedBuffer> buffers = getStagedBuffers(schedule, conv);
  LayoutAttr out = getOperandLayouts(schedule, conv).out;
  int64_t dim = conv.out.f;
  LayoutAttr reduced = getReducedLayout(out, dim, schedule.getHalving());
  // Where all warps meet in a reduction, its scratch memory is written in one
  // phase and read in the next; the main loop's barriers come before the first.
  int64_t phase = 0;
  conv.op->getParentRegion()->walk([&](linalg::LinalgOp op) {
    if (op == conv.op || op.getNumReductionLoops() == 0)
      return;
    SmallVector<int64_t> phases = {phase};
    if (reducesAcrossBlock(out, dim))
      phases.push_back(++phase);
    for (Value init : op.getDpsInits())
      if (int64_t bytes = getReductionScratchBytes(
              out, reduced, dim, getElementTypeOrSelf(init.getType())))
        buffers.push_back({bytes, phases});
  });
  if (schedule.getStores() != Stores::Staged)
    return placeSharedBuffers(buffers).bytes;
  // Slices lie where operands were, unless copies run ahead to the next tile.
  if (!schedule.getPersistent())
    for (SharedBuffer &buffer : buffers)
      if (buffer.phases.empty())
        for (int64_t used = -1; used <= phase; ++used)
          buffer.phases.push_back(used);
  for (Value result : getResults(conv))
    if (int64_t bytes = getSliceBytes(schedule, conv, result.getType()))
      buffers.push_back({bytes, {++phase}});
  return placeSharedBuffers(buffers).bytes;
}

static std::string getTileText(ScheduleAttr schedule) {
  ArrayRef<int64_t> tile = schedule.getTile();
  return llvm::formatv("tile = [{0}, {1}, {2}]", tile[0], tile[1], tile[2]);
}

static std::string getWarpsText(ScheduleAttr schedule) {
  ArrayRef<int64_t> warps = schedule.getWarps();
  return llvm::formatv("warps = [{0}, {1}, {2}]", warps[0], warps[1], warps[2]);
}

static uint64_t multiply(ArrayRef<int64_t> factors) {
  uint64_t product = 1;
  for (int64_t factor : factors)
    product = llvm::SaturatingMultiply(product, uint64_t(factor));
  return product;
}

uint64_t kiln::countAccumulators(ScheduleAttr schedule) {
  return multiply(schedule.getTile()) / schedule.getThreads();
}

uint64_t kiln::getSharedDemand(ScheduleAttr schedule, TargetAttr target,
                               const ContractionView &conv) {
  Type element = conv.getImageType().getElementType();
  uint64_t patch =
      multiply({schedule.getStages(), schedule.getChunk(),
                conv.getWindow(0, schedule.getTile()[1]),
                conv.getWindow(1, schedule.getTile()[2]),
                static_cast<int64_t>(element.getIntOrFloatBitWidth()) / 8});
  return patch > uint64_t(target.getSharedPerBlock())
             ? patch
             : getSharedBytes(schedule, conv);
}

/// Tiles along each dimension of the result, images and groups one by one.
static SmallVector<int64_t> getTileGrid(ScheduleAttr schedule,
                                        const ContractionView &conv) {
  ArrayRef<int64_t> tile = schedule.getTile();
  SmallVector<int64_t> grid(conv.getOutType().getShape());
  for (auto [place, size] : {std::pair(conv.out.f, tile[0]),
                             {conv.out.h, tile[1]},
                             {conv.out.w, tile[2]}})
    if (place != ContractionView::kNone)
      grid[place] = llvm::divideCeil(grid[place], size);
  return grid;
}

uint64_t kiln::countTiles(ScheduleAttr schedule, const ContractionView &conv) {
  return multiply(getTileGrid(schedule, conv));
}

uint64_t kiln::countBlocks(ScheduleAttr schedule, const ContractionView &conv) {
  SmallVector<int64_t> grid = getTileGrid(schedule, conv);
  // Blocks walk channels that the kernel reduces.
  conv.op->getParentRegion()->walk([&](linalg::LinalgOp op) {
    if (op != conv.op && op.getNumReductionLoops() > 0 &&
        conv.out.f != ContractionView::kNone)
      grid[conv.out.f] = 1;
  });
  return multiply(grid);
}

bool kiln::canPackFilter(const ContractionView &conv) {
  if (!conv.getFilter().hasOneUse())
    return false;
  if (isa<BlockArgument>(conv.getFilter()))
    return true;
  auto producer = conv.getFilter().getDefiningOp<linalg::LinalgOp>();
  return producer && producer.getNumReductionLoops() == 0;
}

/// Fragments are words: 16-bit elements are loaded in pairs.
static LogicalResult checkPairs(ScheduleAttr schedule,
                                const ContractionView &conv,
                                function_ref<InFlightDiagnostic()> emitError) {
  Type element = conv.getImageType().getElementType();
  if (schedule.usesTensorCores() || element.getIntOrFloatBitWidth() >= 32)
    return success();
  OperandLayouts layouts = getOperandLayouts(schedule, conv);
  for (auto [layout, what] : {std::pair(layouts.filter, "output channel"),
                              std::pair(layouts.image, "position")})
    if (layout.getNumRegisters() < 2)
      return emitError() << getTileText(schedule) << " on "
                         << getWarpsText(schedule) << " gives a thread one "
                         << what << ", contraction = fma on " << element
                         << " needs two";
  return success();
}

/// Copies are unrolled: a patch, or a strided filter, far larger than what the
/// threads copy at once would be code without end.
static LogicalResult checkCopies(ScheduleAttr schedule,
                                 const ContractionView &conv,
                                 function_ref<InFlightDiagnostic()> emitError) {
  constexpr int64_t mostRounds = 512;
  auto check = [&](SharedLayoutAttr layout, int64_t vector,
                   StringRef what) -> LogicalResult {
    int64_t rounds =
        llvm::divideCeil(getCopyUnits(layout, vector), schedule.getThreads());
    if (rounds <= mostRounds)
      return success();
    return emitError() << getTileText(schedule)
                       << ", chunk = " << schedule.getChunk() << " and "
                       << getWarpsText(schedule) << " give a thread " << rounds
                       << " copies of " << what << ", at most " << mostRounds
                       << " are supported; take a smaller tile or more warps";
  };
  ImageCopy copy = getImageCopy(schedule, conv);
  if (failed(check(getImageBuffers(schedule, conv, copy).copied.getLayout(),
                   copy.vector, "the image's patch")))
    return failure();
  if (schedule.getWeights() == Weights::Packed)
    return success(); // in order, 16 bytes a copy
  SharedLayoutAttr filter = getStridedFilterLayout(schedule, conv);
  ShapedType type = conv.getFilterType();
  return check(filter,
               getCopyVector(type.getElementType(), {type.getShape().back(),
                                                     filter.getShape().back()}),
               "the filter, with weights = strided");
}

static LogicalResult checkFits(ScheduleAttr schedule, TargetAttr target,
                               const ContractionView &conv,
                               function_ref<InFlightDiagnostic()> emitError) {
  Type element = conv.getImageType().getElementType();
  Type wanted = schedule.getInstruction().getOperandType();
  if (wanted && wanted != element)
    return emitError() << "contraction = "
                       << stringifyContraction(schedule.getContraction())
                       << " does not multiply " << element;
  if (schedule.getThreads() > target.getThreadsPerBlock())
    return emitError() << getWarpsText(schedule) << " give "
                       << schedule.getThreads() << " threads a block, "
                       << target.getName() << " allows "
                       << target.getThreadsPerBlock();
  if (schedule.getWeights() == Weights::Packed && !canPackFilter(conv))
    return emitError() << "weights = packed needs a filter that only the "
                          "contraction reads; weights = strided takes it as "
                          "it lies in memory";
  if (conv.row < 0 &&
      (schedule.getTile()[1] != 1 || schedule.getWarps()[1] != 1))
    return emitError() << getTileText(schedule) << " on "
                       << getWarpsText(schedule)
                       << ": the result has columns only, rows must be 1";
  if (conv.needsAllFilters && schedule.getTile()[0] < conv.getFilters())
    return emitError() << "a value reduced over all " << conv.getFilters()
                       << " output channels is needed on each of them, or "
                          "leaves beside them, but "
                       << getTileText(schedule) << " holds "
                       << schedule.getTile()[0]
                       << "; it takes a tile that holds all channels";
  if (schedule.getStores() == Stores::Staged && !canStageStores(schedule, conv))
    return emitError() << "stores = staged brings results that keep their "
                          "channels to memory, of at least a warp's size and "
                          "in whole bytes; this kernel has none on "
                       << getTileText(schedule);
  if (schedule.getWeights() == Weights::Strided &&
      !isa<BlockArgument>(conv.getFilter()))
    return emitError() << "weights = strided copies the filter as it lies in "
                          "memory, but it is computed; weights = packed "
                          "computes it once";
  // Accumulators alone must leave room for addresses and fragments.
  uint64_t accumulators = countAccumulators(schedule);
  if (accumulators > kMostAccumulators)
    return emitError() << getTileText(schedule) << " needs " << accumulators
                       << " accumulators a thread, at most "
                       << kMostAccumulators << " fit";
  if (failed(checkPairs(schedule, conv, emitError)))
    return failure();
  uint64_t blocks = countBlocks(schedule, conv);
  if (!schedule.getPersistent() && blocks > uint64_t(INT32_MAX))
    return emitError() << "persistent = false and " << getTileText(schedule)
                       << " make " << blocks << " blocks, a launch has at most "
                       << INT32_MAX;
  if (schedule.getTranspose() && conv.isChannelInnermost())
    return emitError() << "transpose = true brings channels next to one "
                          "another, but those of the image already are";
  int64_t steps = conv.getKernelRows() * conv.getKernelColumns() *
                  schedule.getChunk() / schedule.getInstructionK();
  if (schedule.getRing())
    steps /= getRingParts(schedule, conv);
  if (schedule.getSpread() > steps)
    return emitError() << "spread = " << schedule.getSpread()
                       << " exceeds the k-steps of a "
                       << (schedule.getRing() ? "part of the ring, "
                                              : "stage, ")
                       << steps;
  uint64_t bytes = getSharedDemand(schedule, target, conv);
  if (bytes > uint64_t(target.getSharedPerBlock()))
    return emitError()
           << getTileText(schedule) << ", chunk = " << schedule.getChunk()
           << (schedule.getRing()
                   ? llvm::formatv(", ring = {0}", schedule.getRing()).str()
                   : std::string())
           << " and stages = " << schedule.getStages() << " need at least "
           << bytes << " bytes of shared memory, " << target.getName()
           << " has " << target.getSharedPerBlock() << " a block";
  return checkCopies(schedule, conv, emitError);
}

LogicalResult
kiln::checkScheduleFits(ScheduleAttr schedule, TargetAttr target,
                        const ContractionView &conv,
                        function_ref<InFlightDiagnostic()> emitError) {
  return failIfRefused(emitError, [&](auto refuse) {
    return checkFits(schedule, target, conv, refuse);
  });
}
