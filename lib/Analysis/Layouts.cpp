//===- Layouts.cpp - Layouts that a schedule asks for ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Layouts.h"

#include "mlir/IR/AffineMap.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

namespace {
/// What a bit steps in; the filter, the image and the output have each their
/// own dimension for it, or none.
enum class Axis { Filter, Channel, Row, Column };
struct Step {
  Axis axis;
  int64_t size;
};
struct Bits {
  SmallVector<Step> registers, lanes, warps;
};
} // namespace

/// Powers of two from `from` up to, but without, `to`.
static void addSteps(SmallVectorImpl<Step> &bits, Axis axis, int64_t from,
                     int64_t to) {
  for (int64_t size = from; size < to; size *= 2)
    bits.push_back({axis, size});
}

static LayoutAttr makeLayout(MLIRContext *context, const Bits &bits,
                             function_ref<int64_t(Axis)> dimOf, int64_t rank) {
  auto toBasis = [&](const Step &step) {
    int64_t dim = dimOf(step.axis);
    return dim < 0 ? Basis(SmallVector<int64_t>(rank, 0))
                   : Basis::unit(rank, dim, step.size);
  };
  SmallVector<Basis> registers;
  for (const Step &step : bits.registers)
    if (dimOf(step.axis) >= 0)
      registers.push_back(toBasis(step));
  return LayoutAttr::get(context, registers,
                         llvm::map_to_vector(bits.lanes, toBasis),
                         llvm::map_to_vector(bits.warps, toBasis));
}

OperandLayouts kiln::getOperandLayouts(ScheduleAttr schedule,
                                       const ContractionView &conv) {
  MLIRContext *context = schedule.getContext();
  ArrayRef<int64_t> tile = schedule.getTile(), warps = schedule.getWarps();
  int64_t filters = tile[0] / warps[0], rows = tile[1] / warps[1],
          columns = tile[2] / warps[2];
  Bits filter, image, out;
  if (schedule.usesTensorCores()) {
    // The fragments of the instruction. Where even and odd columns alternate,
    // the bits of n step by 2, 4 and 8, and its tiles take over the first.
    InstructionAttr instruction = schedule.getInstruction();
    int64_t first = schedule.getColumns() == Columns::EvenOdd ? 2 : 1;
    SmallVector<Step> nTiles;
    addSteps(nTiles, Axis::Column, 1, first);
    addSteps(nTiles, Axis::Column, instruction.getShape().n * first, columns);
    addSteps(nTiles, Axis::Row, 1, rows);
    // Where a lane's channels are neighbours, the bits of m that are registers
    // step by 1, 2 and so on, those that are lanes by what is left.
    int64_t mOfTile = instruction.getShape().m;
    constexpr int64_t lanesOfM = 8;
    bool adjacent = schedule.getChannels() == Channels::Adjacent;
    auto getChannelStep = [&](int64_t size) {
      if (!adjacent)
        return size;
      return size < lanesOfM ? size * (filters / lanesOfM) : size / lanesOfM;
    };
    SmallVector<Step> mTiles;
    for (int64_t size = mOfTile; size < filters; size *= 2)
      mTiles.push_back({Axis::Filter, getChannelStep(size)});

    auto addFragment = [&](Bits &bits, LayoutAttr fragment, Step dim0,
                           Step dim1) {
      auto add = [&](SmallVectorImpl<Step> &steps, const Basis &basis) {
        const Step &unit = basis.values()[0] != 0 ? dim0 : dim1;
        int64_t size =
            std::max(basis.values()[0], basis.values()[1]) * unit.size;
        steps.push_back({unit.axis, unit.axis == Axis::Filter
                                        ? getChannelStep(size)
                                        : size});
      };
      for (const Basis &basis : fragment.getRegisters())
        add(bits.registers, basis);
      for (const Basis &basis : fragment.getLanes())
        add(bits.lanes, basis);
    };
    Step m{Axis::Filter, 1}, n{Axis::Column, first}, k{Axis::Channel, 1};
    addFragment(filter, instruction.getALayout(), m, k);
    addFragment(image, instruction.getBLayout(), k, n);
    addFragment(out, instruction.getAccLayout(), m, n);
    filter.registers.append(mTiles);
    image.registers.append(nTiles);
    out.registers.append(mTiles);
    out.registers.append(nTiles);
  } else {
    // Lanes cover up to 8 columns first, then channels, then rows.
    int64_t laneColumns = std::min<int64_t>(columns, 8);
    int64_t laneFilters = std::min<int64_t>(filters, 32 / laneColumns);
    int64_t laneRows = std::min(rows, 32 / laneColumns / laneFilters);
    addSteps(out.lanes, Axis::Column, 1, laneColumns);
    addSteps(out.lanes, Axis::Filter, 1, laneFilters);
    addSteps(out.lanes, Axis::Row, 1, laneRows);
    // A tile too small for 32 lanes is held in copies.
    while (out.lanes.size() < 5)
      out.lanes.push_back({Axis::Channel, 0});
    addSteps(out.registers, Axis::Filter, laneFilters, filters);
    addSteps(out.registers, Axis::Column, laneColumns, columns);
    addSteps(out.registers, Axis::Row, laneRows, rows);
    filter = image = out;
  }
  // Warp number: channels fastest, then columns, then rows.
  Bits warpBits;
  addSteps(warpBits.warps, Axis::Filter, filters, tile[0]);
  addSteps(warpBits.warps, Axis::Column, columns, tile[2]);
  addSteps(warpBits.warps, Axis::Row, rows, tile[1]);
  filter.warps = image.warps = out.warps = warpBits.warps;

  OperandLayouts layouts;
  layouts.filter = makeLayout(
      context, filter,
      [&](Axis axis) -> int64_t {
        return axis == Axis::Filter    ? conv.filter.f
               : axis == Axis::Channel ? conv.filter.c
                                       : -1;
      },
      conv.getFilterType().getRank());
  layouts.image = makeLayout(
      context, image,
      [&](Axis axis) -> int64_t {
        return axis == Axis::Channel  ? conv.image.c
               : axis == Axis::Row    ? conv.image.h
               : axis == Axis::Column ? conv.image.w
                                      : -1;
      },
      conv.getImageType().getRank());
  layouts.out = makeLayout(
      context, out,
      [&](Axis axis) -> int64_t {
        return axis == Axis::Filter   ? conv.out.f
               : axis == Axis::Row    ? conv.out.h
               : axis == Axis::Column ? conv.out.w
                                      : -1;
      },
      conv.getOutType().getRank());
  return layouts;
}

/// Parts of one dimension from the stride of each of its bits, lowest first.
static Mode makeMode(ArrayRef<std::pair<int64_t, int64_t>> bitStrides) {
  SmallVector<Mode::Part> parts;
  for (auto [size, stride] : bitStrides) {
    if (!parts.empty() && parts.back().stride * parts.back().size == stride)
      parts.back().size *= size;
    else
      parts.push_back({size, stride});
  }
  if (parts.empty())
    parts.push_back({1, 0});
  return Mode(parts);
}

bool kiln::isKernelRowInner(ScheduleAttr schedule) {
  return schedule.getColumns() == Columns::Plain;
}

int64_t kiln::getRingParts(ScheduleAttr schedule, const ContractionView &conv) {
  int64_t rows = conv.getKernelRows(), columns = conv.getKernelColumns();
  int64_t outer = isKernelRowInner(schedule) ? columns : rows;
  if (outer > 1)
    return outer;
  if (rows * columns > 1)
    return rows * columns;
  return schedule.getChunk() / schedule.getInstructionK();
}

SharedLayoutAttr kiln::getPackedFilterLayout(ScheduleAttr schedule,
                                             const ContractionView &conv) {
  LayoutAttr fragments = getOperandLayouts(schedule, conv).filter;
  int64_t bits = conv.getFilterType().getElementType().getIntOrFloatBitWidth();
  // The bits of the fragment order, from the innermost: the registers of 16
  // bytes, the lanes, the other registers, the warps.
  SmallVector<Basis> order;
  size_t vectorBits = std::min<size_t>(llvm::Log2_64(128 / bits),
                                       fragments.getRegisters().size());
  llvm::append_range(order, fragments.getRegisters().take_front(vectorBits));
  llvm::append_range(order, fragments.getLanes());
  llvm::append_range(order, fragments.getRegisters().drop_front(vectorBits));
  llvm::append_range(order, fragments.getWarps());
  llvm::DenseMap<std::pair<int64_t, int64_t>, int64_t> strideOf;
  int64_t stride = 1;
  for (const Basis &basis : order)
    for (auto [dim, size] : llvm::enumerate(basis.values()))
      if (size != 0) {
        strideOf[{dim, size}] = stride;
        stride *= 2;
      }
  auto bitsOf = [&](int64_t dim, int64_t extent) {
    SmallVector<std::pair<int64_t, int64_t>> list;
    for (int64_t size = 1; size < extent; size *= 2)
      list.push_back({2, strideOf.lookup({dim, size})});
    return list;
  };
  int64_t k = schedule.getInstructionK();
  auto channels = bitsOf(conv.filter.c, k);
  if (schedule.getChunk() > k)
    channels.push_back({schedule.getChunk() / k, stride});
  stride *= schedule.getChunk() / k;
  SmallVector<Mode> modes(conv.getFilterType().getRank(), makeMode({}));
  modes[conv.filter.f] = makeMode(bitsOf(conv.filter.f, schedule.getTile()[0]));
  modes[conv.filter.c] = makeMode(channels);
  int64_t rows = conv.getKernelRows(), columns = conv.getKernelColumns();
  bool rowInner = isKernelRowInner(schedule);
  if (conv.filter.w >= 0)
    modes[conv.filter.w] =
        makeMode({{columns, rowInner ? stride * rows : stride}});
  if (conv.filter.h >= 0)
    modes[conv.filter.h] =
        makeMode({{rows, rowInner ? stride : stride * columns}});
  return SharedLayoutAttr::get(schedule.getContext(), modes);
}

SharedLayoutAttr kiln::getStridedFilterLayout(ScheduleAttr schedule,
                                              const ContractionView &conv) {
  SmallVector<int64_t> shape(conv.getFilterType().getShape());
  shape[conv.filter.f] = schedule.getTile()[0];
  shape[conv.filter.c] = schedule.getChunk();
  for (unsigned loop : conv.batch)
    shape[*conv.getFilterMap().getResultPosition(
        getAffineDimExpr(loop, schedule.getContext()))] = 1;
  SmallVector<Mode> modes(shape.size());
  int64_t stride = 1;
  for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
    modes[dim] = Mode({{shape[dim], stride}});
    stride *= shape[dim];
  }
  return SharedLayoutAttr::get(schedule.getContext(), modes);
}

SharedLayoutAttr kiln::getImageLayout(ScheduleAttr schedule,
                                      const ContractionView &conv,
                                      ImageCopy copy) {
  int64_t bytes =
      conv.getImageType().getElementType().getIntOrFloatBitWidth() / 8;
  int64_t rows = conv.getWindow(0, schedule.getTile()[1]),
          columns = copy.lead + conv.getWindow(1, schedule.getTile()[2]),
          chunk = schedule.getChunk();
  LayoutAttr fragments = getOperandLayouts(schedule, conv).image;
  int64_t rank = conv.getImageType().getRank();
  SmallVector<int64_t> steps(rank, 1);
  if (conv.image.h >= 0)
    steps[conv.image.h] = conv.strides[0];
  steps[conv.image.w] = conv.strides[1];
  bool channelsInner = conv.isChannelInnermost() || schedule.getTranspose();
  if (schedule.getTranspose())
    columns = llvm::alignTo(columns, LocalCopyOp::kUnit);
  auto build = [&](int64_t pad) {
    SmallVector<Mode> modes(rank, Mode({{1, 0}}));
    if (channelsInner) {
      // Channels innermost: units of 16 bytes, one plane for each unit.
      int64_t inner = std::min<int64_t>(chunk, 16 / bytes);
      int64_t plane = rows * columns * inner + pad;
      modes[conv.image.w] = Mode({{columns, inner}});
      if (conv.image.h >= 0)
        modes[conv.image.h] = Mode({{rows, columns * inner}});
      modes[conv.image.c] = chunk > inner
                                ? Mode({{inner, 1}, {chunk / inner, plane}})
                                : Mode({{inner, 1}});
    } else {
      int64_t pitch = llvm::alignTo(columns, copy.vector);
      modes[conv.image.w] = Mode({{pitch, 1}});
      if (conv.image.h >= 0)
        modes[conv.image.h] = Mode({{rows, pitch}});
      modes[conv.image.c] = Mode({{chunk, rows * pitch + pad}});
    }
    return SharedLayoutAttr::get(schedule.getContext(), modes);
  };
  // Planes are shifted by whole copy units until the fragment loads meet the
  // fewest conflicts; the pattern repeats after 128 bytes.
  int64_t unit = channelsInner ? 16 / bytes : copy.vector;
  SharedLayoutAttr best = build(0);
  int64_t fewest = getBankConflicts(fragments, best, bytes, steps);
  for (int64_t pad = unit; pad * bytes < 128 && fewest > 1; pad += unit) {
    SharedLayoutAttr candidate = build(pad);
    int64_t conflicts = getBankConflicts(fragments, candidate, bytes, steps);
    if (conflicts < fewest) {
      fewest = conflicts;
      best = candidate;
    }
  }
  return best;
}

SharedLayoutAttr kiln::getUntransposedImageLayout(ScheduleAttr schedule,
                                                  const ContractionView &conv,
                                                  ImageCopy copy) {
  constexpr int64_t unit = LocalCopyOp::kUnit;
  int64_t rows = conv.getWindow(0, schedule.getTile()[1]);
  int64_t pitch =
      llvm::alignTo(copy.lead + conv.getWindow(1, schedule.getTile()[2]), unit);
  // The eight channels of a matrix are an odd number of 16-byte units apart.
  int64_t plane = rows * pitch;
  if (plane / unit % 2 == 0)
    plane += unit;
  SmallVector<Mode> modes(conv.getImageType().getRank(), Mode({{1, 0}}));
  modes[conv.image.c] = Mode({{schedule.getChunk(), plane}});
  if (conv.image.h >= 0)
    modes[conv.image.h] = Mode({{rows, pitch}});
  modes[conv.image.w] = Mode({{pitch, 1}});
  return SharedLayoutAttr::get(schedule.getContext(), modes);
}

int64_t kiln::countWavefronts(ArrayRef<int64_t> words) {
  SmallVector<SmallVector<int64_t>> wordsOfBank(32);
  size_t most = 1;
  for (int64_t word : words) {
    SmallVector<int64_t> &list = wordsOfBank[word % 32];
    if (!llvm::is_contained(list, word))
      list.push_back(word);
    most = std::max(most, list.size());
  }
  return most;
}

int64_t kiln::getBankConflicts(LayoutAttr registers, SharedLayoutAttr shared,
                               int64_t elementBytes,
                               ArrayRef<int64_t> strides) {
  SmallVector<int64_t> words;
  for (int64_t lane = 0; lane < 32; ++lane) {
    SmallVector<int64_t> coordinate = registers.getCoordinate(0, lane, 0);
    for (auto [value, stride] : llvm::zip_equal(coordinate, strides))
      value *= stride;
    words.push_back(shared.getOffset(coordinate) * elementBytes / 4);
  }
  return countWavefronts(words);
}

LayoutAttr kiln::projectLayout(LayoutAttr layout, AffineMap map) {
  auto project = [&](const Basis &basis) {
    SmallVector<int64_t> steps;
    for (AffineExpr expr : map.getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      steps.push_back(dim ? basis.values()[dim.getPosition()] : 0);
    }
    return Basis(steps);
  };
  SmallVector<Basis> registers;
  for (const Basis &basis : layout.getRegisters())
    if (Basis kept = project(basis); !kept.isZero())
      registers.push_back(kept);
  return LayoutAttr::get(layout.getContext(), registers,
                         llvm::map_to_vector(layout.getLanes(), project),
                         llvm::map_to_vector(layout.getWarps(), project));
}
