//===- BlockReduction.cpp - Reductions in a block -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "BlockReduction.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace kiln;

bool kiln::startsNeutral(linalg::LinalgOp op, const Combiner &combiner) {
  for (auto [init, neutral] :
       llvm::zip_equal(op.getDpsInits(), combiner.getNeutral())) {
    auto fill = init.getDefiningOp<linalg::FillOp>();
    Attribute start;
    if (!fill || !matchPattern(fill.getInputs()[0], m_Constant(&start)) ||
        start != neutral)
      return false;
  }
  return true;
}

ReduceOp kiln::makeBlockReduction(OpBuilder &builder, Location loc,
                                  const Combiner &combiner, TypeRange results,
                                  ValueRange inputs, ArrayRef<int64_t> dims,
                                  bool halving) {
  auto reduce = ReduceOp::create(builder, loc, results, inputs, dims, halving);
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> pairs;
  for (int side = 0; side < 2; ++side)
    for (Type type : results)
      pairs.push_back(cast<RankedTensorType>(type).getElementType());
  Block *block = builder.createBlock(&reduce.getCombiner(), {}, pairs,
                                     SmallVector<Location>(pairs.size(), loc));
  ValueRange arguments(block->getArguments());
  ReduceYieldOp::create(builder, loc,
                        combiner.combine(builder, loc,
                                         arguments.take_front(results.size()),
                                         arguments.drop_front(results.size())));
  return reduce;
}

SmallVector<Value> kiln::appendToStarts(OpBuilder &builder, Location loc,
                                        const Combiner &combiner,
                                        ValueRange starts, ValueRange reduced) {
  SmallVector<Value> operands(starts), inits;
  for (Type type : reduced.getTypes())
    inits.push_back(tensor::EmptyOp::create(builder, loc, type, ValueRange()));
  llvm::append_range(operands, reduced);
  int64_t rank = cast<RankedTensorType>(reduced.front().getType()).getRank();
  SmallVector<AffineMap> maps(operands.size() + inits.size(),
                              builder.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  size_t count = starts.size();
  auto generic = linalg::GenericOp::create(
      builder, loc, reduced.getTypes(), operands, inits, maps, iterators,
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(b, loc,
                                combiner.append(b, loc,
                                                arguments.take_front(count),
                                                arguments.slice(count, count)));
      });
  return SmallVector<Value>(generic.getResults());
}
