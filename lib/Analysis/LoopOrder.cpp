//===- LoopOrder.cpp - Loops in the order of a result ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/LoopOrder.h"

using namespace mlir;

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
