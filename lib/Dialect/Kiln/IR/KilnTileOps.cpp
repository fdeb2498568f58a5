//===- KilnTileOps.cpp - Verifiers of the tile ops ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TileVerifiers.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace kiln;

/// Offsets and in_bounds must name every dimension of the tensor they index.
static LogicalResult verifyBox(Operation *op, ShapedType type, size_t offsets,
                               ArrayRef<bool> inBounds) {
  if (!type.hasStaticShape())
    return op->emitOpError("needs static shapes, not ") << type;
  if (static_cast<int64_t>(offsets) != type.getRank() ||
      inBounds.size() != offsets)
    return op->emitOpError("needs ")
           << type.getRank()
           << " offsets and in_bounds, one for each dimension "
           << "of " << type;
  return success();
}

LogicalResult kiln::verifyTileEncoding(Operation *op, RankedTensorType type) {
  auto layout = dyn_cast_or_null<LayoutAttr>(type.getEncoding());
  if (!layout)
    return success();
  if (layout.getRank() != type.getRank() ||
      ArrayRef<int64_t>(layout.getShape()) != type.getShape())
    return op->emitOpError("layout covers [")
           << layout.getShape() << "], but the tensor is " << type;
  return success();
}

/// Units of `vector` neighbours need a register bit for each doubling, and rows
/// of whole units.
static LogicalResult verifyVector(Operation *op, RankedTensorType tile,
                                  ShapedType tensor, int64_t vector) {
  if (vector == 1)
    return success();
  if (vector < 1 || !llvm::isPowerOf2_64(vector))
    return op->emitOpError("vector must be a power of two, not ") << vector;
  auto layout = dyn_cast_or_null<LayoutAttr>(tile.getEncoding());
  if (!layout || layout.getNumNeighbours() < vector)
    return op->emitOpError("vector = ")
           << vector
           << " needs a layout whose first register bits are neighbours in the "
              "last dimension";
  if (tensor.getShape().back() % vector != 0)
    return op->emitOpError("rows of ")
           << tensor.getShape().back() << " elements are no whole units of "
           << vector;
  return success();
}

/// A slot that is a constant must be one of the buffer's.
static LogicalResult verifySlot(Operation *op, SharedType buffer, Value slot) {
  APInt number;
  if (!matchPattern(slot, m_ConstantInt(&number)))
    return success();
  if (number.isNegative() || number.getSExtValue() >= buffer.getSlots())
    return op->emitOpError("slot ")
           << number.getSExtValue() << " of a buffer with " << buffer.getSlots()
           << " slots";
  return success();
}

/// `packed` must hold `filter` cut into tiles along `tileDims`, each in the
/// order of `layout`.
static LogicalResult verifyPacking(Operation *op, ShapedType filter,
                                   ShapedType packed, SharedLayoutAttr layout,
                                   ArrayRef<int64_t> tileDims) {
  SmallVector<int64_t> tile = layout.getShape();
  if (!filter.hasStaticShape())
    return op->emitOpError("needs static shapes, not ") << filter;
  if (static_cast<int64_t>(tile.size()) != filter.getRank())
    return op->emitOpError("layout must have the filter's rank");
  llvm::SmallDenseSet<int64_t> seen;
  for (int64_t dim : tileDims)
    if (dim < 0 || dim >= filter.getRank() || !seen.insert(dim).second)
      return op->emitOpError("tile_dims must be different dimensions of the "
                             "filter");
  int64_t tiles = 1;
  for (int64_t dim = 0; dim < filter.getRank(); ++dim) {
    int64_t count = llvm::divideCeil(filter.getDimSize(dim), tile[dim]);
    if (count > 1 && !seen.contains(dim))
      return op->emitOpError("layout cuts dimension ")
             << dim << " of the filter, which is not in tile_dims";
    tiles *= count;
  }
  if (packed.getShape() != ArrayRef<int64_t>{tiles, layout.getCosize()} ||
      packed.getElementType() != filter.getElementType())
    return op->emitOpError("the packed filter must be ")
           << tiles << "x" << layout.getCosize() << "x"
           << filter.getElementType() << ", not " << packed;
  return success();
}

LogicalResult ExtractTileOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  if (failed(verifyBox(*this, source, getOffsets().size(), getInBounds())))
    return failure();
  RankedTensorType tile = getTile().getType();
  if (tile.getRank() != source.getRank() ||
      tile.getElementType() != source.getElementType())
    return emitOpError("tile must have the source's rank and element type");
  if (failed(verifyTileEncoding(*this, tile)))
    return failure();
  return verifyVector(*this, tile, source, getVector());
}

LogicalResult LoadTileOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  RankedTensorType tile = getTile().getType();
  if (!source.hasStaticShape())
    return emitOpError("needs static shapes, not ") << source;
  AffineMap map = getMap();
  if (map.getNumDims() != tile.getRank() || map.getNumSymbols() != 0 ||
      static_cast<int64_t>(getOffsets().size()) != tile.getRank())
    return emitOpError("needs an offset and a dimension of the map for each of "
                       "the tile's ")
           << tile.getRank() << " dimensions";
  if (map.getNumResults() != source.getRank() ||
      static_cast<int64_t>(getInBounds().size()) != source.getRank())
    return emitOpError("needs a coordinate of the map and an in_bounds for "
                       "each of the source's ")
           << source.getRank() << " dimensions";
  if (tile.getElementType() != source.getElementType())
    return emitOpError("tile must have the source's element type");
  if (auto padding = getPaddingAttr();
      padding && padding.getType() != tile.getElementType())
    return emitOpError("padding must have the element type ")
           << tile.getElementType() << ", not " << padding.getType();
  return verifyTileEncoding(*this, tile);
}

LogicalResult StoreTileOp::verify() {
  auto dest = cast<ShapedType>(getDest().getType());
  if (failed(verifyBox(*this, dest, getOffsets().size(), getInBounds())))
    return failure();
  RankedTensorType tile = getTile().getType();
  if (tile.getRank() != dest.getRank() ||
      tile.getElementType() != dest.getElementType())
    return emitOpError(
        "tile must have the destination's rank and element type");
  if (failed(verifyTileEncoding(*this, tile)))
    return failure();
  return verifyVector(*this, tile, dest, getVector());
}

LogicalResult PackOp::verify() {
  auto filter = cast<ShapedType>(getFilter().getType());
  if (getRoundTf32() && !filter.getElementType().isF32())
    return emitOpError("round_tf32 needs f32 elements, not ")
           << filter.getElementType();
  return verifyPacking(*this, filter, getPacked().getType(), getLayout(),
                       getTileDims());
}

LogicalResult UnpackOp::verify() {
  return verifyPacking(*this, getFilter().getType(),
                       cast<ShapedType>(getPacked().getType()), getLayout(),
                       getTileDims());
}

LogicalResult AllocSharedOp::verify() {
  std::optional<int64_t> offset = getOffset();
  if (offset && (*offset < 0 || *offset % SharedType::kAlignment != 0))
    return emitOpError("offset must be a multiple of ")
           << SharedType::kAlignment << " bytes and not negative, not "
           << *offset;
  return success();
}

LogicalResult AsyncCopyOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  if (failed(verifyBox(*this, source, getOffsets().size(), getInBounds())))
    return failure();
  SharedType buffer = getBuffer().getType();
  if (failed(verifySlot(*this, buffer, getSlot())))
    return failure();
  if (source.getElementType() != buffer.getElementType())
    return emitOpError("source and buffer must have one element type");
  if (!getFlat() &&
      static_cast<int64_t>(buffer.getShape().size()) != source.getRank())
    return emitOpError("buffer must have the source's rank");
  int64_t bytes = getVector() * source.getElementTypeBitWidth() / 8;
  if (bytes != 2 && bytes != 4 && bytes != 8 && bytes != 16)
    return emitOpError("units must be 2, 4, 8 or 16 bytes, not ") << bytes;
  int64_t inner =
      getFlat() ? buffer.getLayout().getCosize() : buffer.getShape().back();
  if (inner % getVector() != 0)
    return emitOpError("rows of ")
           << inner << " elements are no whole units of " << getVector();
  if (auto rounds = getRounds())
    if (rounds->size() != 2 || (*rounds)[0] < 0 || (*rounds)[0] > (*rounds)[1])
      return emitOpError("rounds must be a first and a last number");
  return success();
}

SmallVector<int64_t> AsyncCopyOp::getUnits() {
  SharedType buffer = getBuffer().getType();
  SmallVector<int64_t> units = buffer.getShape();
  if (getFlat())
    units = {buffer.getLayout().getCosize()};
  units.back() /= getVector();
  return units;
}

int64_t AsyncCopyOp::getNumRounds(int64_t threads) {
  int64_t total = 1;
  for (int64_t extent : getUnits())
    total *= extent;
  return llvm::divideCeil(total, threads);
}

LogicalResult AsyncWaitOp::verify() {
  if (int64_t pending = getPendingAttr().getInt(); pending < 0)
    return emitOpError("pending groups must not be negative, not ") << pending;
  return success();
}

LogicalResult LocalCopyOp::verify() {
  SharedType source = getSource().getType(), dest = getDest().getType();
  if (failed(verifySlot(*this, source, getSourceSlot())) ||
      failed(verifySlot(*this, dest, getDestSlot())))
    return failure();
  if (source.getElementType() != dest.getElementType() ||
      source.getShape() != dest.getShape())
    return emitOpError("source and destination must have one shape and one "
                       "element type");
  if (source.getElementType().getIntOrFloatBitWidth() != 16)
    return emitOpError("elements must have 16 bits");
  int64_t row = getRowDim(), unit = getUnitDim();
  if (row < 0 || unit < 0 || row == unit)
    return emitOpError("must turn a dimension that is contiguous in the source "
                       "into another one that is contiguous in the "
                       "destination, in units of ")
           << kUnit;
  // Rows of matrices are 16 bytes and start aligned.
  SmallVector<int64_t> shape = source.getShape();
  auto isAligned = [&](SharedLayoutAttr layout, int64_t contiguous) {
    for (auto [dim, mode] : llvm::enumerate(layout.getModes()))
      for (auto [i, part] : llvm::enumerate(mode.parts()))
        if (part.size > 1 && part.stride % kUnit != 0 &&
            (static_cast<int64_t>(dim) != contiguous || i != 0))
          return false;
    return true;
  };
  if (shape[row] % kUnit != 0 || shape[unit] % kUnit != 0 ||
      !isAligned(source.getLayout(), row) || !isAligned(dest.getLayout(), unit))
    return emitOpError("must move whole matrices of ")
           << kUnit << " by " << kUnit << " elements with aligned rows";
  if (auto rounds = getRounds())
    if (rounds->size() != 2 || (*rounds)[0] < 0 || (*rounds)[0] > (*rounds)[1])
      return emitOpError("rounds must be a first and a last number");
  return success();
}

/// The dimension whose innermost part has stride 1 and a size that `fits`.
static int64_t findContiguous(SharedLayoutAttr layout,
                              function_ref<bool(const Mode &)> fits) {
  for (auto [dim, mode] : llvm::enumerate(layout.getModes()))
    if (mode.parts().front().size > 1 && mode.parts().front().stride == 1 &&
        fits(mode))
      return dim;
  return -1;
}

int64_t LocalCopyOp::getRowDim() {
  return findContiguous(
      getSource().getType().getLayout(),
      [](const Mode &mode) { return mode.parts().size() == 1; });
}

int64_t LocalCopyOp::getUnitDim() {
  return findContiguous(getDest().getType().getLayout(), [](const Mode &mode) {
    return mode.parts().front().size % kUnit == 0;
  });
}

int64_t LocalCopyOp::getNumLines() {
  int64_t lines = 1, row = getRowDim();
  for (auto [dim, extent] : llvm::enumerate(getSource().getType().getShape()))
    lines *= static_cast<int64_t>(dim) == row ? 1 : extent;
  return lines / kUnit;
}

SmallVector<int64_t> LocalCopyOp::getLineStart(int64_t line) {
  SmallVector<int64_t> shape = getSource().getType().getShape();
  int64_t row = getRowDim(), unit = getUnitDim();
  SmallVector<int64_t> start(shape.size(), 0);
  start[unit] = line % (shape[unit] / kUnit) * kUnit;
  line /= shape[unit] / kUnit;
  for (int64_t dim = shape.size() - 1; dim >= 0; --dim) {
    if (dim == row || dim == unit)
      continue;
    start[dim] = line % shape[dim];
    line /= shape[dim];
  }
  return start;
}

int64_t LocalCopyOp::getNumRounds(int64_t threads) {
  return llvm::divideCeil(getNumLines(), threads / 32);
}

int64_t LocalCopyOp::getLineBytes() {
  SharedType dest = getDest().getType();
  int64_t row = getRowDim();
  // From the line's first element to the unit behind its last.
  SmallVector<int64_t> last(dest.getShape().size(), 0);
  last[row] = dest.getShape()[row] - 1;
  return (dest.getLayout().getOffset(last) + kUnit) * 2;
}

/// A region on the elements of a staged tile: from one to one of their type.
static LogicalResult verifyComputing(Operation *op, Region &region,
                                     SharedType buffer, ValueRange others) {
  Type element = buffer.getElementType();
  for (Value other : others)
    if (region.empty() || other.getType() != buffer)
      return op->emitOpError("other buffers must be of type ")
             << buffer << " and be computed with";
  if (region.empty())
    return success();
  Block &block = region.front();
  auto yield = llvm::hasSingleElement(region) && !block.empty()
                   ? dyn_cast<ComputeYieldOp>(block.back())
                   : ComputeYieldOp();
  if (!yield || block.getNumArguments() != 1 + others.size() ||
      llvm::any_of(block.getArgumentTypes(),
                   [&](Type type) { return type != element; }) ||
      yield.getValue().getType() != element)
    return op->emitOpError("computes each element in one block that takes and "
                           "yields ")
           << element;
  return success();
}

LogicalResult StagedOp::verify() {
  SharedType buffer = getBuffer().getType();
  if (failed(verifySlot(*this, buffer, getSlot())))
    return failure();
  RankedTensorType tile = getTile().getType();
  SmallVector<int64_t> shape = buffer.getShape();
  SmallVector<int64_t> origin(shape.size(), 0);
  if (getOrigin())
    origin.assign(getOrigin()->begin(), getOrigin()->end());
  if (tile.getElementType() != buffer.getElementType() ||
      tile.getRank() != static_cast<int64_t>(shape.size()) ||
      origin.size() != shape.size() ||
      llvm::any_of(llvm::zip_equal(origin, tile.getShape(), shape),
                   [](auto extents) {
                     auto [first, used, staged] = extents;
                     return first < 0 || used < 0 || used > staged ||
                            first > staged - used;
                   }))
    return emitOpError("tile ") << tile << " is no part of a slot of [" << shape
                                << "] " << buffer.getElementType();
  return verifyComputing(*this, getComputing(), buffer, getOthers());
}

LogicalResult LocalLoadOp::verify() {
  SharedType buffer = getBuffer().getType();
  if (failed(verifySlot(*this, buffer, getSlot())))
    return failure();
  RankedTensorType type = getFragments().getType();
  SmallVector<int64_t> shape = buffer.getShape();
  if (!isa_and_nonnull<LayoutAttr>(type.getEncoding()))
    return emitOpError("result needs a #kiln.layout encoding");
  if (type.getElementType() != buffer.getElementType())
    return emitOpError("result and buffer must have one element type");
  if (getRoundTf32() && !type.getElementType().isF32())
    return emitOpError("round_tf32 needs f32 elements, not ")
           << type.getElementType();
  if (static_cast<int64_t>(shape.size()) != type.getRank() ||
      getOffsets().size() != shape.size() ||
      getStrides().size() != shape.size())
    return emitOpError("result, offsets and strides must have the buffer's "
                       "rank");
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    if (getStrides()[dim] < 1)
      return emitOpError("steps must be positive, not ") << getStrides()[dim];
    if (getOffsets()[dim] < 0)
      return emitOpError("reads element ")
             << getOffsets()[dim] << " of dimension " << dim;
    int64_t last =
        getOffsets()[dim] + (type.getDimSize(dim) - 1) * getStrides()[dim];
    if (last >= extent)
      return emitOpError("reads element ")
             << last << " of dimension " << dim << ", which has " << extent;
  }
  if (failed(verifyComputing(*this, getComputing(), buffer, getOthers())))
    return failure();
  return verifyTileEncoding(*this, type);
}

/// The part of a coordinate that lies in parts of stride 0.
static int64_t getSharedDigits(const Mode &mode, int64_t coordinate) {
  int64_t digits = 0, unit = 1;
  for (const Mode::Part &part : mode.parts()) {
    if (part.stride == 0)
      digits += coordinate / unit % part.size * unit;
    unit *= part.size;
  }
  return digits;
}

/// What a tile in shared memory needs, written or read at `at`.
static LogicalResult verifyLocalTile(Operation *op, RankedTensorType tile,
                                     SharedType buffer, ArrayRef<int64_t> at) {
  auto layout = dyn_cast_or_null<LayoutAttr>(tile.getEncoding());
  if (!layout)
    return op->emitOpError("tile needs a #kiln.layout encoding");
  if (tile.getElementType() != buffer.getElementType())
    return op->emitOpError("tile and buffer must have one element type");
  SmallVector<int64_t> shape = buffer.getShape();
  if (static_cast<int64_t>(shape.size()) != tile.getRank() ||
      at.size() != shape.size())
    return op->emitOpError("tile and coordinate must have the buffer's rank");
  for (int64_t extent : shape)
    if (!llvm::isPowerOf2_64(extent))
      return op->emitOpError("extents of the buffer must be powers of two");
  return verifyTileEncoding(op, tile);
}

LogicalResult LocalWriteOp::verify() {
  RankedTensorType tile = getTile().getType();
  SharedType buffer = getBuffer().getType();
  if (failed(verifyLocalTile(*this, tile, buffer, getAt())))
    return failure();
  SmallVector<int64_t> shape = buffer.getShape();
  if (tile.getShape() != ArrayRef(shape))
    return emitOpError("the buffer must have the tile's shape");
  auto layout = cast<LayoutAttr>(tile.getEncoding());
  ArrayRef<Mode> modes = buffer.getLayout().getModes();
  for (auto [dim, mode] : llvm::enumerate(modes)) {
    int64_t at = getAt()[dim];
    if (at < 0 || at >= shape[dim] || getSharedDigits(mode, at) != at)
      return emitOpError("starts no slice at ")
             << at << " of dimension " << dim;
    for (ArrayRef<Basis> list : {layout.getLanes(), layout.getWarps()})
      for (const Basis &basis : list)
        if (getSharedDigits(mode, basis.values()[dim]) != 0)
          return emitOpError("slices of dimension ")
                 << dim << " would divide threads, not registers";
  }
  return success();
}

bool LocalWriteOp::isWritten(int64_t reg) {
  SmallVector<int64_t> coordinate =
      cast<LayoutAttr>(getTile().getType().getEncoding())
          .getCoordinate(reg, /*lane=*/0, /*warp=*/0);
  return llvm::all_of(
      llvm::zip_equal(getBuffer().getType().getLayout().getModes(), coordinate,
                      getAt()),
      [](auto dim) {
        auto [mode, position, at] = dim;
        return getSharedDigits(mode, position) == at;
      });
}

LogicalResult LocalReadOp::verify() {
  RankedTensorType tile = getTile().getType();
  SharedType buffer = getBuffer().getType();
  if (failed(verifyLocalTile(*this, tile, buffer, getAt())))
    return failure();
  // A box of a power of two starts at a multiple of it.
  for (auto [dim, at] : llvm::enumerate(getAt()))
    if (at < 0 || at + tile.getDimSize(dim) > buffer.getShape()[dim] ||
        at % tile.getDimSize(dim) != 0)
      return emitOpError("reads no part of dimension ")
             << dim << " at " << at << ", which has " << buffer.getShape()[dim];
  return success();
}
