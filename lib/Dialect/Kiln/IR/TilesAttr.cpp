//===- TilesAttr.cpp - How an output is cut into tiles ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

LogicalResult TilesAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                ArrayRef<int64_t> grid, ArrayRef<int64_t> shape,
                                ArrayRef<int64_t> outputDims) {
  if (grid.size() != shape.size() || grid.size() != outputDims.size())
    return emitError()
           << "grid, shape and output_dims of tiles must be equally "
              "long; they have "
           << grid.size() << ", " << shape.size() << " and "
           << outputDims.size() << " numbers";
  llvm::SmallSet<int64_t, 8> dims;
  int64_t count = 1;
  for (auto [tiles, extent, dim] : llvm::zip_equal(grid, shape, outputDims)) {
    if (tiles < 1 || extent < 1)
      return emitError() << "grid and shape of tiles must be positive";
    if (dim < 0)
      return emitError() << "output_dims names dimension " << dim;
    if (!dims.insert(dim).second)
      return emitError() << "output_dims names dimension " << dim << " twice";
    if (llvm::MulOverflow(count, tiles, count))
      return emitError() << "there are more tiles than 64 bits count";
  }
  return success();
}

int64_t TilesAttr::getCount() const {
  return ShapedType::getNumElements(getGrid());
}

bool TilesAttr::cover(ArrayRef<int64_t> outputShape) const {
  return llvm::all_of(llvm::zip_equal(getGrid(), getShape(), getOutputDims()),
                      [&](auto along) {
                        auto [tiles, extent, dim] = along;
                        return dim < static_cast<int64_t>(outputShape.size()) &&
                               llvm::divideCeil(outputShape[dim], extent) ==
                                   static_cast<uint64_t>(tiles);
                      });
}
