//===- KilnTileOps.cpp - Verifiers of the tile ops ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/Builders.h"

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
           << type.getRank() << " offsets and in_bounds, one for each dimension "
           << "of " << type;
  return success();
}

/// The encoding must cover exactly the tensor's shape.
static LogicalResult verifyEncoding(Operation *op, RankedTensorType type) {
  auto layout = dyn_cast_or_null<LayoutAttr>(type.getEncoding());
  if (!layout)
    return success();
  if (layout.getRank() != type.getRank() ||
      ArrayRef<int64_t>(layout.getShape()) != type.getShape())
    return op->emitOpError("layout covers [")
           << layout.getShape() << "], but the tensor is " << type;
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
  return verifyEncoding(*this, tile);
}

LogicalResult StoreTileOp::verify() {
  auto dest = cast<ShapedType>(getDest().getType());
  if (failed(verifyBox(*this, dest, getOffsets().size(), getInBounds())))
    return failure();
  RankedTensorType tile = getTile().getType();
  if (tile.getRank() != dest.getRank() ||
      tile.getElementType() != dest.getElementType())
    return emitOpError("tile must have the destination's rank and element type");
  return verifyEncoding(*this, tile);
}

LogicalResult PackOp::verify() {
  auto filter = cast<ShapedType>(getFilter().getType());
  SmallVector<int64_t> tile = getLayout().getShape();
  if (static_cast<int64_t>(tile.size()) != filter.getRank())
    return emitOpError("layout must have the filter's rank");
  int64_t dim = getChunkDim();
  if (dim < 0 || dim >= filter.getRank())
    return emitOpError("chunk_dim must be a dimension of the filter");
  for (int64_t i = 0; i < filter.getRank(); ++i)
    if (i != dim && tile[i] < filter.getDimSize(i))
      return emitOpError("layout cuts dimension ") << i << " of the filter";
  int64_t chunks = llvm::divideCeil(filter.getDimSize(dim), tile[dim]);
  RankedTensorType packed = getPacked().getType();
  if (packed.getShape() != ArrayRef<int64_t>{chunks, getLayout().getCosize()})
    return emitOpError("result must be ")
           << chunks << "x" << getLayout().getCosize() << ", not " << packed;
  return success();
}

LogicalResult AsyncCopyOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  if (failed(verifyBox(*this, source, getOffsets().size(), getInBounds())))
    return failure();
  SharedType buffer = getBuffer().getType();
  if (source.getElementType() != buffer.getElementType())
    return emitOpError("source and buffer must have one element type");
  if (!getFlat() &&
      static_cast<int64_t>(buffer.getShape().size()) != source.getRank())
    return emitOpError("buffer must have the source's rank");
  int64_t bytes = getVector() * source.getElementTypeBitWidth() / 8;
  if (bytes != 2 && bytes != 4 && bytes != 8 && bytes != 16)
    return emitOpError("units must be 2, 4, 8 or 16 bytes, not ") << bytes;
  int64_t inner = getFlat() ? buffer.getLayout().getCosize()
                            : buffer.getShape().back();
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

LogicalResult LocalLoadOp::verify() {
  SharedType buffer = getBuffer().getType();
  RankedTensorType type = getFragments().getType();
  SmallVector<int64_t> shape = buffer.getShape();
  if (!isa_and_nonnull<LayoutAttr>(type.getEncoding()))
    return emitOpError("result needs a #kiln.layout encoding");
  if (static_cast<int64_t>(shape.size()) != type.getRank() ||
      getOffsets().size() != shape.size() ||
      getStrides().size() != shape.size())
    return emitOpError("result, offsets and strides must have the buffer's "
                       "rank");
  for (auto [dim, extent] : llvm::enumerate(shape)) {
    int64_t last =
        getOffsets()[dim] + (type.getDimSize(dim) - 1) * getStrides()[dim];
    if (getOffsets()[dim] < 0 || last >= extent)
      return emitOpError("reads element ")
             << last << " of dimension " << dim << ", which has " << extent;
  }
  return verifyEncoding(*this, type);
}

LogicalResult DotOp::verify() {
  if (getMaps().size() != 3)
    return emitOpError("needs three maps, for a, b and the accumulator");
  Value operands[] = {getA(), getB(), getAcc()};
  for (auto [value, attr] : llvm::zip_equal(operands, getMaps())) {
    auto type = cast<RankedTensorType>(value.getType());
    if (!isa_and_nonnull<LayoutAttr>(type.getEncoding()))
      return emitOpError("operands need #kiln.layout encodings");
    if (cast<AffineMapAttr>(attr).getValue().getNumResults() !=
        static_cast<unsigned>(type.getRank()))
      return emitOpError("each map must have its operand's rank");
    if (failed(verifyEncoding(*this, type)))
      return failure();
  }
  return success();
}

LogicalResult ReduceOp::verify() {
  if (getInputs().size() != getResults().size() || getInputs().empty())
    return emitOpError("needs as many results as inputs, at least one");
  Block &block = getCombiner().front();
  if (block.getNumArguments() != 2 * getInputs().size())
    return emitOpError("combiner takes two values for each input");
  for (auto [input, result] : llvm::zip_equal(getInputs(), getResults())) {
    auto from = cast<RankedTensorType>(input.getType());
    auto to = cast<RankedTensorType>(result.getType());
    SmallVector<int64_t> shape;
    for (int64_t dim = 0; dim < from.getRank(); ++dim)
      if (!llvm::is_contained(getDims(), dim))
        shape.push_back(from.getDimSize(dim));
    if (ArrayRef<int64_t>(shape) != to.getShape())
      return emitOpError("result shape must be the input's without the reduced "
                         "dimensions");
  }
  return success();
}
