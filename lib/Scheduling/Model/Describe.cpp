//===- Describe.cpp - Kiln's own kernels, described -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Describe.h"

#include "BodyWork.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Scheduling/KernelResult.h"
#include "kiln/Scheduling/Rules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

#include <cmath>

using namespace mlir;
using namespace kiln;

namespace {
/// Instructions of an asynchronous copy with its address, which is a sum of
/// numbers that stay (counted in the PTX of examples/conv_scale_min.mlir).
constexpr double kPerCopy = 3;
/// The same of a copy that is too narrow to be asynchronous: a load, a mask, a
/// store (counted in a residual block of 28 columns of f16).
constexpr double kPerNarrowCopy = 11;
constexpr double kNarrowestCopy = 4; // bytes of cp.async
/// Instructions of a turn of the main loop beside those counted here: slots
/// that turn, addresses that move on, the branch (45 to 65 in the machine code
/// of two products and two convolutions); and where there is one slot.
constexpr double kPerStep = 45;
constexpr double kAround = 20;
/// Instructions in front of the main loop: a thread's places, and an address
/// for each copy of a step (190 to 390 in the machine code of three
/// convolutions with 5 to 23 copies).
constexpr double kSetup = 130;
constexpr double kPerAddress = 12;
/// Instructions that round a word of the image to tf32: an addition, and a
/// minimum that keeps a NaN one.
constexpr double kPerRoundedWord = 2;
/// Instructions that split an f32 word into two of tf32: those, a mask and a
/// subtraction; and, for each accumulator of a product of split words, a
/// maximum and the addition that promotes the sum.
constexpr double kPerSplitWord = 4;
constexpr double kPerPromoted = 2;
} // namespace

double kiln::getBytes(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasStaticShape() ||
      !shaped.getElementType().isIntOrFloat())
    return 0;
  return double(shaped.getNumElements()) *
         llvm::divideCeil(shaped.getElementTypeBitWidth(), 8u);
}

/// What stores of an accumulator cost beside stores of whole sectors: eight
/// groups of four lanes, a row each; `whole` if the lanes of a group fill 32
/// bytes, `aligned` if rows start at a sector. Measured on an H100 with
/// bench/probe_l2_writes.cu: 1820, 730, 581 and 384 useful bytes a cycle.
static double getStoreCost(bool whole, bool aligned) {
  if (whole)
    return aligned ? 1 : 1820. / 730;
  return aligned ? 1820. / 581 : 1820. / 384;
}

/// Instructions of an op on a scalar, and how many of them a special function
/// unit takes: the table in docs/numerics.md, counted in machine code.
static BodyWork countOp(Operation &op) {
  using Work = BodyWork;
  return llvm::TypeSwitch<Operation *, Work>(&op)
      .Case<math::ExpOp>([](auto) { return Work{10, 1}; })
      .Case<math::Exp2Op, math::RsqrtOp>([](auto) { return Work{4, 1}; })
      .Case<math::ExpM1Op>([](auto) { return Work{22, 0}; })
      .Case<math::LogOp, math::Log2Op, math::Log10Op>(
          [](auto) { return Work{35, 0}; })
      .Case<math::Log1pOp>([](auto) { return Work{29, 0}; })
      .Case<math::TanhOp>([](auto) { return Work{13, 2}; })
      .Case<math::ErfOp>([](auto) { return Work{18, 1}; })
      .Case<math::SinOp, math::CosOp>([](auto) { return Work{64, 0}; })
      .Case<math::SqrtOp>([](auto) { return Work{14, 1}; })
      .Case<math::PowFOp>([](auto) { return Work{75, 1}; })
      .Case<arith::DivFOp>([](auto) { return Work{10, 1}; })
      .Case<arith::ConstantOp>([](auto) { return Work{0, 0}; })
      .Default([](auto) { return Work{1, 0}; });
}

BodyWork kiln::countBody(linalg::LinalgOp op) {
  BodyWork sum;
  for (Operation &inner : op->getRegion(0).front().without_terminator()) {
    BodyWork work = countOp(inner);
    sum.instructions += work.instructions;
    sum.functions += work.functions;
  }
  return sum;
}

/// Sectors of 32 bytes, as bytes, that runs of `run` bytes touch; rows of
/// `pitch` bytes lie behind each other.
static double getSectorBytes(double run, int64_t pitch) {
  bool aligned = pitch % 32 == 0;
  return 32 * (aligned ? std::ceil(run / 32) : run / 32 + 1 - 4. / 32);
}

/// Sizes of the image patch that a tile reads, and bytes of L2 sectors.
static double getPatchBytes(const ContractionView &conv, double rows,
                            double columns, double elementBytes) {
  ShapedType type = conv.getImageType();
  double channels = conv.getChannels();
  int64_t innermost = type.getShape().back();
  if (conv.isChannelInnermost())
    return rows * columns *
           getSectorBytes(channels * elementBytes, innermost * elementBytes);
  double run = conv.image.w == type.getRank() - 1 ? columns : 1;
  double others = conv.image.w == type.getRank() - 1 ? rows : rows * columns;
  return channels * others *
         getSectorBytes(run * elementBytes, innermost * elementBytes);
}

/// Rows or columns of the image that `positions` neighbouring positions read
/// at all taps, each once.
static double countRead(const ContractionView &conv, int dim,
                        double positions) {
  int64_t taps = dim == 0 ? conv.getKernelRows() : conv.getKernelColumns();
  llvm::SmallDenseSet<int64_t> read;
  for (int64_t position = 0; position < positions; ++position)
    for (int64_t tap = 0; tap < taps; ++tap)
      read.insert(position * conv.strides[dim] + tap * conv.dilations[dim]);
  return double(read.size());
}

/// Wavefronts of a load of 32-bit words, or of a matrix of 16-bit elements, by
/// a warp; and whether pairs of 16-bit elements are no words in shared memory.
static std::pair<double, bool>
countImageConflicts(ScheduleAttr schedule, const ContractionView &conv) {
  int64_t bytes = conv.getImageType().getElementTypeBitWidth() / 8;
  SmallVector<int64_t> steps(conv.getImageType().getRank(), 1);
  if (conv.image.h >= 0)
    steps[conv.image.h] = conv.strides[0];
  steps[conv.image.w] = conv.strides[1];
  SharedLayoutAttr shared =
      getImageLayout(schedule, conv, getImageCopy(schedule, conv));
  double conflicts = double(getBankConflicts(
      getOperandLayouts(schedule, conv).image, shared, bytes, steps));
  bool apart =
      bytes == 2 && !conv.isChannelInnermost() && !schedule.getTranspose();
  return {conflicts, apart};
}

/// Fragments and shared memory of one chunk.
static void describeFragments(KernelDescription &kernel, ScheduleAttr schedule,
                              const ContractionView &conv) {
  ArrayRef<int64_t> tile = schedule.getTile(), warps = schedule.getWarps();
  InstructionAttr instruction = schedule.getInstruction();
  double tapColumns = conv.getKernelColumns();
  double channels = double(tile[0]) / warps[0];
  double rows = double(tile[1]) / warps[1],
         columns = double(tile[2]) / warps[2];
  InstructionShape shape = instruction.getShape();
  double slices = std::max(1., schedule.getChunk() / double(shape.k));
  double taps = conv.getKernelRows() * tapColumns;
  if (!instruction.usesTensorCores()) {
    // Each operand word is loaded once a thread and used along the other side.
    kernel.fragments = kernel.flops / 64 / kernel.warps * 1.5;
    kernel.sharedWavefronts = kernel.fragments * kernel.warps / 3;
    return;
  }
  double multiplies =
      channels / shape.m * rows * columns / shape.n * slices * taps;
  // A filter fragment is 16 bytes a lane where it is packed so: 4 wavefronts.
  double filterLoads = channels / shape.m * slices * taps;
  if (schedule.getWeights() != Weights::Packed)
    filterLoads *= 4;
  // Words of a row of the image serve all positions that read it.
  double imageRows = countRead(conv, 0, rows);
  auto [conflicts, apart] = countImageConflicts(schedule, conv);
  double imageLoads, imageWavefronts, splitWords = 0;
  if (shape.elementsPerWord == 1) {
    // tf32: two words of each fragment of 8 columns. Even and odd columns share
    // words of 64 bits between neighbouring taps.
    bool pairs = schedule.getColumns() == Columns::EvenOdd && tapColumns > 1;
    double perColumn =
        pairs ? std::ceil(countRead(conv, 1, 2) / 2) : tapColumns;
    imageLoads = imageRows * perColumn * columns / shape.n * slices * 2;
    imageWavefronts =
        imageLoads * (pairs ? std::max(2., conflicts) : conflicts);
    double words = imageLoads * (pairs ? 2 : 1);
    if (instruction.splitsToTF32())
      splitWords = words + channels / shape.m * slices * taps * 4;
    else
      kernel.instructions += words * kPerRoundedWord;
  } else if (apart) {
    // Two words of each fragment of 8 columns, each put together from two
    // loads.
    double words = imageRows * tapColumns * columns / shape.n * slices * 2;
    imageLoads = words * 2;
    imageWavefronts = imageLoads * conflicts;
    kernel.instructions += words;
  } else {
    imageLoads = imageRows * tapColumns * columns / shape.n * slices / 2;
    imageWavefronts = imageLoads * 4 * conflicts;
  }
  kernel.fragments = multiplies * double(instruction.getNumProducts()) +
                     filterLoads + imageLoads;
  // What is done to split words stands between the multiplies and overlaps with
  // them, as loads do.
  if (splitWords > 0)
    kernel.fragments += splitWords * kPerSplitWord +
                        multiplies * shape.m * shape.n / 32 * kPerPromoted;
  double filterWavefronts =
      schedule.getWeights() == Weights::Packed ? 4 * filterLoads : filterLoads;
  double fragmentWavefronts =
      kernel.warps * (filterWavefronts + imageWavefronts);
  kernel.sharedWavefronts += fragmentWavefronts;
  // The first k-step's fragments of a chunk wait for its barrier.
  if (kernel.lookahead)
    kernel.hiddenWavefronts = fragmentWavefronts * (1 - 1 / (slices * taps));
}

KernelDescription kiln::describe(ScheduleAttr schedule,
                                 const ContractionView &conv,
                                 std::optional<UsageFacts> usage) {
  auto parent = conv.op->getParentOfType<KernelOp>();
  ArrayRef<int64_t> tile = schedule.getTile();
  InstructionAttr instruction = schedule.getInstruction();
  KernelDescription kernel;
  if (parent)
    kernel.name = parent.getKernelName().str();
  double elementBytes =
      llvm::divideCeil(conv.getImageType().getElementTypeBitWidth(), 8u);
  double threads = schedule.getThreads();
  double accumulators = ShapedType::getNumElements(tile) / threads;
  bool keepsChannels = describeResult(conv).keepsChannels;

  // The grid: columns fastest, then rows, channels, images.
  int64_t across = llvm::divideCeil(conv.getFilters(), tile[0]);
  int64_t tiles = countTiles(schedule, conv);
  int64_t places = std::max<int64_t>(1, tiles / across);
  int64_t ofImage = llvm::divideCeil(conv.getOutRows(), tile[1]) *
                    llvm::divideCeil(conv.getOutColumns(), tile[2]);
  // Channels that are reduced are walked by the block.
  int64_t passes = keepsChannels ? 1 : across;
  kernel.tiles = keepsChannels ? tiles : places;
  kernel.fastTiles = places;
  kernel.group = across > 1 ? std::min(ofImage, places) : 0;
  kernel.persistent = schedule.getPersistent();

  kernel.warps = threads / 32;
  kernel.registers = usage ? usage->registers : estimateRegisters(schedule);
  kernel.sharedBytes =
      usage ? usage->sharedBytes : getSharedBytes(schedule, conv);

  // A k-step is one chunk with all its taps.
  int64_t chunks = llvm::divideCeil(conv.getChannels(), schedule.getChunk());
  double taps = conv.getKernelRows() * conv.getKernelColumns();
  kernel.steps = chunks * passes;
  kernel.slots = schedule.getStages();
  kernel.multiply = !instruction.usesTensorCores() ? Multiply::Fma
                    : instruction.roundsToTF32()   ? Multiply::Tf32
                    : instruction.splitsToTF32()   ? Multiply::Tf32x3
                                                   : Multiply::F16;
  kernel.flops = 2. * tile[0] * tile[1] * tile[2] * schedule.getChunk() * taps;
  kernel.lookahead = schedule.getLookahead() > 0;
  kernel.cyclesAlone = kCyclesAlone;

  // Copies of a chunk.
  double rows = conv.getWindow(0, tile[1]),
         columns = conv.getWindow(1, tile[2]);
  // What is staged has whole units, from before the first column on.
  ImageCopy copy = getImageCopy(schedule, conv);
  double staged =
      conv.isChannelInnermost()
          ? columns
          : llvm::alignTo(int64_t(columns) + copy.lead, copy.vector);
  double patch = rows * staged * schedule.getChunk();
  double unit = copy.vector * elementBytes;
  double filterBytes = tile[0] * schedule.getChunk() * taps * elementBytes;
  bool narrow = unit < kNarrowestCopy;
  double imageCopies = patch * elementBytes / unit / threads;
  double filterCopies = filterBytes / 16 / threads;
  kernel.instructions = imageCopies * (narrow ? kPerNarrowCopy : kPerCopy) +
                        filterCopies * kPerCopy +
                        (schedule.getStages() > 1 ? kPerStep : kAround);
  if (narrow) { // each part of the loads is waited for where it stands
    kernel.slots = 1;
    kernel.waits = std::max<int64_t>(1, schedule.getSpread());
  }
  // A warp's copies touch a line each 128 bytes, at least one a row segment.
  double segments =
      conv.isChannelInnermost() ? rows * columns : rows * schedule.getChunk();
  kernel.l1Wavefronts =
      filterBytes / 128 + std::max(patch * elementBytes / 128, segments);
  kernel.sharedWavefronts = (patch * elementBytes + filterBytes) / 128;
  if (schedule.getTranspose()) {
    // Every patch is read by ldmatrix and written back by words.
    double matrices = patch * elementBytes / 512;
    kernel.instructions += matrices / kernel.warps * (1 + 4 + 3);
    kernel.sharedWavefronts += matrices * 8;
  }
  describeFragments(kernel, schedule, conv);

  // Reads.
  double image = getPatchBytes(conv, rows, columns, elementBytes) * passes;
  double filter = double(tile[0]) * conv.getChannels() * taps * elementBytes;
  kernel.reads.push_back(
      {"image", getBytes(conv.getImageType()), image, Along::Fast});
  kernel.reads.push_back(
      {"filter", getBytes(conv.getFilterType()), filter * passes,
       across > 1 && keepsChannels ? Along::Slow : Along::None});

  // Behind the main loop: what each body does on its elements, reductions by
  // shuffles, stores.
  double perElement = 0, functions = 0;
  auto addOperand = [&](Value operand) {
    double bytes = getBytes(operand.getType());
    if (!isa<BlockArgument>(operand) ||
        operand.getParentBlock() != conv.op->getBlock() ||
        bytes < getBytes(conv.getOutType()) / 2)
      return;
    kernel.reads.push_back(
        {"operand", bytes, bytes / kernel.tiles, Along::Both});
    perElement += 1;
  };
  addOperand(conv.getInit());
  if (parent)
    parent.getBody().walk([&](linalg::LinalgOp op) {
      if (op == conv.op)
        return;
      // Work on reduced values is done once for all channels.
      auto out = dyn_cast<ShapedType>(
          op->getOperand(op->getNumOperands() - 1).getType());
      bool reduces = op.getNumReductionLoops() > 0;
      double share = 1;
      if (!reduces && out && !keepsChannels &&
          out.getNumElements() < conv.getOutType().getNumElements())
        share = 1. / std::max<double>(1, conv.getFilters());
      BodyWork work = countBody(op);
      perElement += work.instructions * share;
      functions += work.functions * share;
      for (OpOperand &operand : op->getOpOperands())
        if (op.payloadUsesValueFromOperand(&operand))
          addOperand(operand.get());
    });
  double written = 0;
  if (parent)
    for (Type type : parent.getResultTypes())
      written += getBytes(type);
  else
    written = getBytes(conv.getOutType());
  kernel.writeBytes = written;
  double work = accumulators * passes;
  kernel.specialFunctions =
      functions * ShapedType::getNumElements(tile) * passes;
  double stores = 0;
  if (keepsChannels && schedule.getStores() == Stores::Staged) {
    // Two or four neighbours are written to shared memory at a time; units of
    // up to 16 bytes are read back and stored, in rows of the tile.
    int64_t outBytes = describeResult(conv).elementBytes;
    ShapedType out = conv.getOutType();
    int64_t inner = out.getRank() - 1, row = out.getShape().back();
    double run = std::min(row, inner == conv.out.f   ? tile[0]
                               : inner == conv.out.w ? tile[2]
                                                     : tile[1]);
    double unit = std::gcd(16 / outBytes, row);
    stores = work / unit;
    perElement += 0.5 + 1 / unit;
    kernel.sharedWavefronts += 2 * ShapedType::getNumElements(tile) *
                               double(outBytes) / 128 / double(kernel.steps);
    kernel.l2WriteBytes = written *
                          getSectorBytes(run * outBytes, row * outBytes) /
                          (run * outBytes);
  } else if (keepsChannels && schedule.getChannels() == Channels::Adjacent &&
             conv.out.f == conv.getOutType().getRank() - 1) {
    // Eight lanes store the channels of a warp, in units of up to 16 bytes.
    double outBytes = describeResult(conv).elementBytes;
    stores =
        work / std::min(16 / outBytes, tile[0] / schedule.getWarps()[0] / 8.);
  } else if (keepsChannels) {
    // A group of four lanes stores two neighbouring columns each, of 4 bytes or
    // 8; even and odd columns are stored one by one.
    bool paired =
        schedule.getPairedStores() && schedule.getColumns() == Columns::Plain;
    double outBytes = describeResult(conv).elementBytes;
    stores = work / (paired ? 2 : 1);
    ShapedType out = conv.getOutType();
    bool aligned = int64_t(out.getShape().back() * outBytes) % 32 == 0;
    kernel.l2WriteBytes =
        written * getStoreCost(paired && outBytes >= 4, aligned);
  } else {
    perElement += 2; // combining and shuffling
  }
  kernel.epilogueInstructions = kSetup +
                                kPerAddress * (imageCopies + filterCopies) +
                                work * perElement + stores * 3;
  llvm::cantFail(kernel.complete());
  return kernel;
}

FailureOr<KernelDescription>
kiln::describeKernel(KernelOp kernel, KernelSchedule schedule,
                     std::optional<UsageFacts> usage) {
  if (!schedule)
    schedule = kernel.getScheduleAttr();
  Block &body = kernel.getBody().front();
  ValueRange results = body.getTerminator()->getOperands();
  if (!schedule)
    return failure();
  FailureOr<KernelSpace> space = KernelSpace::analyze(
      body, results, /*aroundContraction=*/isa<ScheduleAttr>(schedule));
  if (failed(space))
    return failure();
  if (auto staged = dyn_cast<ScheduleAttr>(schedule)) {
    if (!space->getContraction())
      return failure();
    ContractionView view = *space->getContraction();
    view.needsAllFilters = space->needsAllChannels(results);
    return describe(staged, view, usage);
  }
  auto loops = cast<LoopScheduleAttr>(schedule);
  FailureOr<TilePlan> plan =
      getTilePlan(loops, *space, results, [&] { return kernel.emitError(); });
  if (failed(plan))
    return failure();
  KernelDescription described = describe(loops, *plan, *space, results, usage);
  described.name = kernel.getKernelName().str();
  return described;
}
