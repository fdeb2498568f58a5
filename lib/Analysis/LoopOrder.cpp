//===- LoopOrder.cpp - Loops in the order of a result ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/LoopOrder.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using llvm::formatv;

SmallVector<unsigned> kiln::getResultOrder(linalg::LinalgOp op) {
  SmallVector<unsigned> written;
  for (AffineExpr expr :
       op.getMatchingIndexingMap(op.getDpsInitOperand(0)).getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      written.push_back(dim.getPosition());
  SmallVector<unsigned> places(written);
  llvm::sort(places);
  SmallVector<unsigned> order =
      llvm::to_vector(llvm::seq<unsigned>(op.getNumLoops()));
  if (std::adjacent_find(places.begin(), places.end()) != places.end())
    return order;
  for (auto [place, loop] : llvm::zip_equal(places, written))
    order[place] = loop;
  return order;
}

std::string kiln::findWrongLoop(linalg::LinalgOp op) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (OpOperand &init : op.getDpsInitsMutable()) {
    AffineMap map = op.getMatchingIndexingMap(&init);
    for (auto [loop, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
      if (ranges[loop] == 1)
        continue;
      bool isParallel = kind == utils::IteratorType::parallel;
      if (isParallel && !map.isFunctionOfDim(loop))
        return formatv("writes a position of its result several times in "
                       "parallel loop d{0}, which its map does not have; make "
                       "it a reduction",
                       loop);
      if (!isParallel && map.isFunctionOfDim(loop))
        return formatv("moves along its result in reduction loop d{0}; make it "
                       "parallel",
                       loop);
    }
  }
  return {};
}
