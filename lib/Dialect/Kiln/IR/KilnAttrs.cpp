//===- KilnAttrs.cpp - Schedule and layout attributes ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

#include "kiln/Dialect/Kiln/IR/KilnEnums.cpp.inc"

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<int64_t>> kiln::parseIntList(AsmParser &parser) {
  SmallVector<int64_t> list;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
        return parser.parseInteger(list.emplace_back());
      }))
    return failure();
  return list;
}

void kiln::printIntList(AsmPrinter &printer, ArrayRef<int64_t> list) {
  printer << '[';
  llvm::interleaveComma(list, printer);
  printer << ']';
}

FailureOr<SmallVector<Basis>> kiln::parseBasisList(AsmParser &parser) {
  SmallVector<Basis> list;
  auto parseBasis = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    FailureOr<SmallVector<int64_t>> steps = parseIntList(parser);
    if (failed(steps))
      return failure();
    if (steps->size() > kMaxTileRank)
      return parser.emitError(loc)
             << "at most " << kMaxTileRank << " dimensions in a layout";
    list.emplace_back(*steps);
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseBasis))
    return failure();
  return list;
}

void kiln::printBasisList(AsmPrinter &printer, ArrayRef<Basis> list) {
  printer << '[';
  llvm::interleaveComma(list, printer, [&](const Basis &basis) {
    printIntList(printer, basis.values());
  });
  printer << ']';
}

FailureOr<SmallVector<Mode>> kiln::parseModeList(AsmParser &parser) {
  SmallVector<Mode> list;
  auto parseMode = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    SmallVector<Mode::Part> parts;
    auto parsePart = [&]() -> ParseResult {
      Mode::Part &part = parts.emplace_back();
      return failure(parser.parseInteger(part.size) || parser.parseColon() ||
                     parser.parseInteger(part.stride));
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parsePart))
      return failure();
    if (parts.size() > Mode::kMaxParts)
      return parser.emitError(loc)
             << "at most " << Mode::kMaxParts << " parts in a dimension";
    list.emplace_back(parts);
    return success();
  };
  if (parser.parseCommaSeparatedList(parseMode))
    return failure();
  return list;
}

void kiln::printModeList(AsmPrinter &printer, ArrayRef<Mode> list) {
  llvm::interleaveComma(list, printer, [&](const Mode &mode) {
    printer << '[';
    llvm::interleaveComma(mode.parts(), printer, [&](const Mode::Part &part) {
      printer << part.size << ':' << part.stride;
    });
    printer << ']';
  });
}

#include "kiln/Dialect/Kiln/IR/KilnAttrInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "kiln/Dialect/Kiln/IR/KilnAttrs.cpp.inc"

void KilnDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "kiln/Dialect/Kiln/IR/KilnAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Loop schedule
//===----------------------------------------------------------------------===//

int64_t LoopScheduleAttr::getThreads() const { return getBlock(); }
bool LoopScheduleAttr::hasPersistentBlocks() const { return false; }
int64_t LoopScheduleAttr::getNumStages() const { return 1; }

Attribute LoopScheduleAttr::parse(AsmParser &parser, Type) {
  FailureOr<SmallVector<int64_t>> tile, vector;
  FailureOr<SmallVector<Mode>> threads;
  int64_t block = 0;
  // A list of dimensions in brackets of its own.
  auto parseThreads = [&]() -> FailureOr<SmallVector<Mode>> {
    if (parser.parseLSquare())
      return failure();
    if (succeeded(parser.parseOptionalRSquare()))
      return SmallVector<Mode>();
    FailureOr<SmallVector<Mode>> list = parseModeList(parser);
    if (failed(list) || parser.parseRSquare())
      return failure();
    return list;
  };
  if (parser.parseLess() || parser.parseKeyword("tile") ||
      parser.parseEqual() || failed(tile = parseIntList(parser)) ||
      parser.parseComma() || parser.parseKeyword("threads") ||
      parser.parseEqual() || failed(threads = parseThreads()) ||
      parser.parseComma() || parser.parseKeyword("vector") ||
      parser.parseEqual() || failed(vector = parseIntList(parser)) ||
      parser.parseComma() || parser.parseKeyword("block") ||
      parser.parseEqual() || parser.parseInteger(block) ||
      parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); },
                    parser.getContext(), *tile, *threads, *vector, block);
}

void LoopScheduleAttr::print(AsmPrinter &printer) const {
  printer << "<tile = ";
  printIntList(printer, getTile());
  printer << ", threads = [";
  printModeList(printer, getThreadsAlong());
  printer << "], vector = ";
  printIntList(printer, getVector());
  printer << ", block = " << getBlock() << '>';
}

LogicalResult
LoopScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<int64_t> tile, ArrayRef<Mode> threads,
                         ArrayRef<int64_t> vector, int64_t block) {
  if (tile.size() != threads.size() || tile.size() != vector.size())
    return emitError() << "tile, threads and vector need an entry for each "
                          "axis: they have "
                       << tile.size() << ", " << threads.size() << " and "
                       << vector.size();
  if (block < 32 || block > 1024 || !llvm::isPowerOf2_64(block))
    return emitError() << "block must be a power of two from 32 to 1024, not "
                       << block;
  for (auto [axis, size] : llvm::enumerate(tile)) {
    if (threads[axis].numParts != 1)
      return emitError() << "threads of axis " << axis
                         << " must be one size:stride";
    Mode::Part part = threads[axis].parts().front();
    if (size < 1 || part.size < 1 || vector[axis] < 1 ||
        !llvm::isPowerOf2_64(size) || !llvm::isPowerOf2_64(part.size) ||
        !llvm::isPowerOf2_64(vector[axis]))
      return emitError() << "tile, threads and vector of axis " << axis
                         << " must be powers of two";
    if (part.size * vector[axis] > size)
      return emitError() << "axis " << axis << " has " << part.size
                         << " threads of " << vector[axis]
                         << " positions, its tile only " << size;
    if (part.size > 1 &&
        (part.stride < 1 || !llvm::isPowerOf2_64(part.stride) ||
         part.size * part.stride > block))
      return emitError() << "threads " << part.size << ":" << part.stride
                         << " of axis " << axis << " do not lie in a block of "
                         << block;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

int64_t ScheduleAttr::getThreads() const {
  return 32 * getWarps()[0] * getWarps()[1] * getWarps()[2];
}
bool ScheduleAttr::hasPersistentBlocks() const { return getPersistent(); }
int64_t ScheduleAttr::getNumStages() const { return getStages(); }

LogicalResult
ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                     Contraction contraction, ArrayRef<int64_t> tile,
                     int64_t chunk, ArrayRef<int64_t> warps, int64_t stages,
                     bool persistent, Columns columns, Weights weights,
                     int64_t ring, bool transpose, int64_t lookahead,
                     bool earlyBarrier, int64_t spread, bool peel, bool halving,
                     bool pairedStores, Stores stores, Channels channels) {
  // A field and its value, as it is written.
  auto field = [&](StringRef name, ArrayRef<int64_t> list) {
    return llvm::formatv("{0} = [{1:$[, ]}]", name,
                         llvm::make_range(list.begin(), list.end()))
        .str();
  };
  std::string theTile = field("tile", tile), theWarps = field("warps", warps);
  auto powersOfTwo = [](ArrayRef<int64_t> list) {
    return llvm::all_of(list, [](int64_t value) {
      return value > 0 && llvm::isPowerOf2_64(value);
    });
  };
  if (tile.size() != 3 || !powersOfTwo(tile))
    return emitError() << theTile
                       << " must be three powers of two: output channels, "
                          "rows, columns";
  if (warps.size() != 3 || !powersOfTwo(warps))
    return emitError() << theWarps
                       << " must be three powers of two: over channels, rows, "
                          "columns";
  uint64_t count = 1;
  for (int64_t size : warps)
    count = llvm::SaturatingMultiply(count, uint64_t(size));
  if (count > 32)
    return emitError() << theWarps << " are more than the 32 warps of a block";
  const StringRef names[] = {"channels", "rows", "columns"};
  for (auto [size, count, name] : llvm::zip_equal(tile, warps, names))
    if (size < count)
      return emitError() << theTile << " has " << size << " " << name << " for "
                         << count << " warps";
  InstructionShape instruction = getInstructionShape(contraction);
  int64_t k = instruction.k;
  bool mma = contraction != Contraction::FMA;
  if (chunk <= 0 || !llvm::isPowerOf2_64(chunk) || chunk % k != 0)
    return emitError() << "chunk must be a power of two and a multiple of the "
                          "instruction's k ("
                       << k << "), not " << chunk;
  if (columns == Columns::EvenOdd && !(mma && instruction.elementsPerWord == 1))
    return emitError() << "columns = even_odd is a layout of 32-bit mma "
                          "operands, contraction = "
                       << stringifyContraction(contraction) << " has none";
  if (channels == Channels::Adjacent && !mma)
    return emitError() << "channels = adjacent is a layout of mma fragments, "
                          "contraction = fma has none";
  if (mma) {
    auto tooFew = [&](int64_t dim, int64_t least, StringRef who) {
      return emitError() << theTile << " on " << theWarps << " gives a warp "
                         << tile[dim] / warps[dim] << " " << names[dim] << ", "
                         << who << " needs at least " << least;
    };
    if (tile[0] / warps[0] < instruction.m)
      return tooFew(0, instruction.m, "mma");
    if (tile[2] / warps[2] < instruction.n)
      return tooFew(2, instruction.n, "mma");
    if (columns == Columns::EvenOdd && tile[2] / warps[2] < 2 * instruction.n)
      return tooFew(2, 2 * instruction.n, "columns = even_odd");
  }
  if (stages < 1 || stages > 4)
    return emitError() << "stages must be 1 to 4, not " << stages;
  if (ring != 0 && (ring < 2 || ring > 8))
    return emitError() << "ring must be 0 or 2 to 8, not " << ring;
  if (ring != 0 && weights != Weights::Packed)
    return emitError() << "ring = " << ring
                       << " needs weights = packed: parts of a strided filter "
                          "are not contiguous";
  if (ring != 0 && stages < 2)
    return emitError() << "ring = " << ring << " needs stages = 2 or more, not "
                       << stages;
  if (transpose && instruction.elementsPerWord != 2)
    return emitError() << "transpose = true moves 16-bit elements, contraction "
                          "= "
                       << stringifyContraction(contraction) << " has others";
  if (lookahead < 0 || lookahead > 1)
    return emitError() << "lookahead must be 0 or 1, not " << lookahead;
  if (lookahead == 1 && stages < 2)
    return emitError() << "lookahead = 1 needs stages = 2 or more, not "
                       << stages << ": with one slot nothing runs ahead";
  if (earlyBarrier && lookahead == 0)
    return emitError() << "early_barrier = true needs lookahead = 1, not 0: "
                          "the last k-step's fragments must be in registers";
  if (spread < 1)
    return emitError() << "spread must be positive, not " << spread;
  if (spread > 1 && !earlyBarrier)
    return emitError()
           << "spread = " << spread
           << " needs early_barrier = true: without it all copies of "
              "a stage are issued at once";
  if (peel && !earlyBarrier)
    return emitError() << "peel = true needs early_barrier = true";
  return success();
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  SmallVector<Basis> lists[3];
  StringRef names[3] = {"register", "lane", "warp"};
  if (parser.parseLess())
    return {};
  for (int i = 0; i < 3; ++i) {
    if ((i > 0 && parser.parseComma()) || parser.parseKeyword(names[i]) ||
        parser.parseEqual())
      return {};
    FailureOr<SmallVector<Basis>> list = parseBasisList(parser);
    if (failed(list))
      return {};
    lists[i] = std::move(*list);
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<LayoutAttr>(parser.getContext(), lists[0], lists[1],
                                       lists[2]);
}

void LayoutAttr::print(AsmPrinter &printer) const {
  printer << "<register = ";
  printBasisList(printer, getRegisters());
  printer << ", lane = ";
  printBasisList(printer, getLanes());
  printer << ", warp = ";
  printBasisList(printer, getWarps());
  printer << '>';
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<Basis> registers,
                                 ArrayRef<Basis> lanes, ArrayRef<Basis> warps) {
  if (lanes.size() != 5)
    return emitError() << "a layout has 5 lane bits, not " << lanes.size();
  if (warps.size() > 5)
    return emitError() << "a layout has at most 5 warp bits, not "
                       << warps.size();
  if (registers.size() > 8)
    return emitError() << "a layout has at most 8 register bits, not "
                       << registers.size();
  int64_t rank = lanes.front().rank;
  std::array<int64_t, kMaxTileRank> used = {};
  for (ArrayRef<Basis> list : {registers, lanes, warps})
    for (const Basis &basis : list) {
      if (basis.rank != rank)
        return emitError() << "every step must have " << rank
                           << " coordinates like the first lane step";
      for (auto [dim, value] : llvm::enumerate(basis.values())) {
        if (value == 0)
          continue;
        if (value < 0 || !llvm::isPowerOf2_64(value))
          return emitError() << "steps are 0 or powers of two, not " << value;
        if (used[dim] & value)
          return emitError()
                 << "two bits step by " << value << " in dimension " << dim;
        used[dim] |= value;
      }
    }
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::isPowerOf2_64(used[dim] + 1))
      return emitError() << "dimension " << dim << " has a gap in its steps";
  return success();
}

int64_t LayoutAttr::getRank() const { return getLanes().front().rank; }

SmallVector<int64_t> LayoutAttr::getCoordinate(int64_t reg, int64_t lane,
                                               int64_t warp) const {
  SmallVector<int64_t> coordinate(getRank(), 0);
  auto add = [&](ArrayRef<Basis> bits, int64_t number) {
    for (auto [bit, basis] : llvm::enumerate(bits))
      if (number >> bit & 1)
        for (auto [dim, value] : llvm::enumerate(basis.values()))
          coordinate[dim] += value;
  };
  add(getRegisters(), reg);
  add(getLanes(), lane);
  add(getWarps(), warp);
  return coordinate;
}

int64_t LayoutAttr::getNumNeighbours() const {
  int64_t rank = getRank(), neighbours = 1;
  if (rank == 0)
    return 1;
  for (const Basis &basis : getRegisters()) {
    if (basis != Basis::unit(rank, rank - 1, neighbours))
      break;
    neighbours *= 2;
  }
  return neighbours;
}

SmallVector<int64_t> LayoutAttr::getShape() const {
  return llvm::map_to_vector(getCoordinate(-1, -1, -1),
                             [](int64_t last) { return last + 1; });
}

LayoutAttr LayoutAttr::dropDims(ArrayRef<int64_t> dims) const {
  auto drop = [&](const Basis &basis) {
    SmallVector<int64_t> kept;
    for (auto [dim, value] : llvm::enumerate(basis.values()))
      if (!llvm::is_contained(dims, static_cast<int64_t>(dim)))
        kept.push_back(value);
    return Basis(kept);
  };
  SmallVector<Basis> registers;
  for (const Basis &basis : getRegisters())
    if (Basis kept = drop(basis); !kept.isZero())
      registers.push_back(kept);
  return get(getContext(), registers, llvm::map_to_vector(getLanes(), drop),
             llvm::map_to_vector(getWarps(), drop));
}

LayoutAttr kiln::getReducedLayout(LayoutAttr input, ArrayRef<int64_t> dims,
                                  bool halving) {
  LayoutAttr dropped = input.dropDims(dims);
  if (!halving)
    return dropped;
  SmallVector<Basis> registers(dropped.getRegisters());
  SmallVector<Basis> lanes(dropped.getLanes());
  // A lane bit that stepped in a reduced dimension takes over the last register
  // bit that is left.
  for (int64_t bit = 4; bit >= 0; --bit) {
    if (!lanes[bit].isZero() || input.getLanes()[bit].isZero() ||
        registers.empty())
      continue;
    lanes[bit] = registers.pop_back_val();
  }
  return LayoutAttr::get(input.getContext(), registers, lanes,
                         dropped.getWarps());
}

LogicalResult
SharedLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<Mode> modes) {
  if (modes.empty() || modes.size() > kMaxTileRank)
    return emitError() << "a shared layout has 1 to " << kMaxTileRank
                       << " dimensions";
  for (const Mode &mode : modes) {
    if (mode.parts().empty())
      return emitError() << "every dimension needs a size:stride part";
    for (const Mode::Part &part : mode.parts())
      if (part.size <= 0 || part.stride < 0)
        return emitError() << "sizes are positive and strides not negative";
  }
  return success();
}

SmallVector<int64_t> SharedLayoutAttr::getShape() const {
  return llvm::map_to_vector(getModes(),
                             [](const Mode &mode) { return mode.size(); });
}

int64_t SharedLayoutAttr::getOffset(ArrayRef<int64_t> coordinate) const {
  int64_t offset = 0;
  for (auto [mode, start] : llvm::zip_equal(getModes(), coordinate)) {
    int64_t value = start;
    for (auto [index, part] : llvm::enumerate(mode.parts())) {
      bool last = static_cast<int64_t>(index) + 1 == mode.numParts;
      offset += (last ? value : value % part.size) * part.stride;
      value /= part.size;
    }
  }
  return offset;
}

int64_t SharedLayoutAttr::getCosize() const {
  int64_t last = 0;
  for (const Mode &mode : getModes())
    for (const Mode::Part &part : mode.parts())
      last += (part.size - 1) * part.stride;
  return last + 1;
}
