//===- BuildProgram.cpp - From linalg to the graph of elements ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace kiln::reference;

LogicalResult ProgramBuilder::setType(Node &node, mlir::Value value) {
  auto tensor = dyn_cast<RankedTensorType>(value.getType());
  std::optional<ElementType> type =
      ElementType::get(tensor ? tensor.getElementType() : value.getType());
  if (!type || (!tensor && !value.getType().isIntOrIndexOrFloat()))
    return emitError(value.getLoc())
           << "the reference does not know the type " << value.getType()
           << "; elements are f16, bf16, f32, f64, i1, i8, i16, i32 or i64";
  node.type = *type;
  if (!tensor)
    return success();
  if (!tensor.hasStaticShape())
    return emitError(value.getLoc())
           << "the reference needs static shapes, not " << tensor;
  node.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
  node.strides.resize(node.shape.size());
  for (size_t i = node.shape.size(); i-- != 0;) {
    node.strides[i] = node.count;
    node.count *= node.shape[i];
  }
  return success();
}

FailureOr<int> ProgramBuilder::getNode(mlir::Value value) {
  if (auto it = nodes.find(value); it != nodes.end()) {
    ++program.nodes[it->second].uses;
    return it->second;
  }
  Node node;
  if (failed(setType(node, value)))
    return failure();
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    node.kind = Node::Input;
    node.index = argument.getArgNumber();
  } else if (failed(buildDefinition(value.getDefiningOp(),
                                    cast<OpResult>(value), node))) {
    return failure();
  }
  node.uses = 1;
  int id = program.nodes.size();
  program.nodes.push_back(std::move(node));
  nodes[value] = id;
  return id;
}

LogicalResult ProgramBuilder::buildDefinition(Operation *op, OpResult result,
                                              Node &node) {
  auto forward = [&](mlir::Value source, Node::Kind kind) -> LogicalResult {
    FailureOr<int> id = getNode(source);
    if (failed(id))
      return failure();
    node.kind = kind;
    node.source = *id;
    return success();
  };
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return buildStructured(linalgOp, result, node);
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](arith::ConstantOp constant) {
        return buildConstant(constant, node);
      })
      .Case([&](tensor::PadOp pad) { return buildPad(pad, node); })
      .Case(
          [&](tensor::ExtractSliceOp slice) { return buildSlice(slice, node); })
      .Case<tensor::ExpandShapeOp, tensor::CollapseShapeOp>([&](auto reshape) {
        return forward(reshape.getSrc(), Node::Reshape);
      })
      .Case([&](tensor::CastOp cast) {
        return forward(cast.getSource(), Node::Forward);
      })
      .Case([&](tensor::EmptyOp) {
        node.kind = Node::Empty;
        return success();
      })
      .Default([&](Operation *) -> LogicalResult {
        return op->emitOpError("cannot be evaluated by the reference; it "
                               "takes linalg ops with a body, tensor.pad, "
                               "reshapes, slices and constants");
      });
}

LogicalResult ProgramBuilder::buildConstant(arith::ConstantOp op, Node &node) {
  node.kind = Node::Constant;
  if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue())) {
    node.isSplat = dense.isSplat();
    // One-bit elements may be packed in the attribute.
    if (node.type.width == 1) {
      for (bool bit : dense.getValues<bool>()) {
        node.constant.push_back(bit);
        if (node.isSplat)
          break;
      }
      return success();
    }
    ArrayRef<char> raw = dense.getRawData();
    node.constant.assign(raw.begin(), raw.end());
    return success();
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue());
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return op.emitOpError("cannot be evaluated by the reference: the value is "
                          "neither dense nor a resource that is present");
  node.constant.assign(blob->getData().begin(), blob->getData().end());
  if (node.constant.size() < size_t(node.count) * node.type.bytes())
    return op.emitOpError("names a resource of ")
           << node.constant.size() << " bytes where its type needs "
           << node.count * node.type.bytes();
  return success();
}

LogicalResult ProgramBuilder::buildPad(tensor::PadOp op, Node &node) {
  FailureOr<int> source = getNode(op.getSource());
  if (failed(source))
    return failure();
  node.kind = Node::Pad;
  node.source = *source;
  node.offsets.assign(op.getStaticLow().begin(), op.getStaticLow().end());
  if (llvm::any_of(node.offsets, ShapedType::isDynamic))
    return op.emitOpError("has dynamic padding, which the reference does not "
                          "evaluate");
  llvm::SaveAndRestore<DenseMap<mlir::Value, int>> outer(
      registers, llvm::DenseMap<mlir::Value, int>());
  Block &block = op.getRegion().front();
  for (BlockArgument argument : block.getArguments()) {
    Instruction loop{Opcode::LoopIndex, ElementType{ElementType::Int, 64}, {}};
    loop.immediate = argument.getArgNumber();
    registers[argument] = emit(node.padding, std::move(loop));
  }
  FailureOr<int> yield =
      getRegister(node.padding, block.getTerminator()->getOperand(0));
  if (failed(yield))
    return failure();
  node.padding.yields.push_back(*yield);
  return success();
}

LogicalResult ProgramBuilder::buildSlice(tensor::ExtractSliceOp op,
                                         Node &node) {
  FailureOr<int> source = getNode(op.getSource());
  if (failed(source))
    return failure();
  node.kind = Node::Slice;
  node.source = *source;
  if (llvm::any_of(op.getStaticOffsets(), ShapedType::isDynamic) ||
      llvm::any_of(op.getStaticStrides(), ShapedType::isDynamic))
    return op.emitOpError("has dynamic offsets or strides, which the "
                          "reference does not evaluate");
  node.offsets.assign(op.getStaticOffsets().begin(),
                      op.getStaticOffsets().end());
  node.steps.assign(op.getStaticStrides().begin(), op.getStaticStrides().end());
  llvm::SmallBitVector dropped = op.getDroppedDims();
  for (unsigned i = 0; i != node.offsets.size(); ++i)
    if (!dropped.test(i))
      node.keptDims.push_back(i);
  return success();
}

LogicalResult ProgramBuilder::buildStructured(linalg::LinalgOp op,
                                              OpResult result, Node &node) {
  node.kind = Node::Structured;
  node.index = result.getResultNumber();
  if (auto it = structured.find(op); it != structured.end()) {
    node.op = it->second;
    return success();
  }
  auto s = std::make_shared<Structured>();
  s->extents = op.getStaticLoopRanges();
  if (llvm::any_of(s->extents, ShapedType::isDynamic))
    return op.emitOpError("has dynamic shapes; the reference needs static "
                          "ones");
  s->numInputs = op.getNumDpsInputs();
  for (AffineMap map : op.getIndexingMapsArray())
    s->maps.emplace_back(map);

  // The results must be indexed alike, by loops.
  AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (OpOperand &init : op.getDpsInitsMutable())
    if (op.getMatchingIndexingMap(&init) != resultMap)
      return op.emitOpError("has results with different indexing maps, which "
                            "the reference does not evaluate");
  llvm::SmallBitVector bound(s->extents.size());
  for (AffineExpr expr : resultMap.getResults()) {
    s->pinned.push_back(0);
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      s->loopOfCoordinate.push_back(dim.getPosition());
      bound.set(dim.getPosition());
    } else if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
      s->loopOfCoordinate.push_back(-1);
      s->pinned.back() = constant.getValue();
    } else {
      return op.emitOpError("has a result that is not indexed by loops, which "
                            "the reference does not evaluate");
    }
  }
  for (unsigned loop = 0; loop != s->extents.size(); ++loop)
    if (!bound.test(loop)) {
      s->freeLoops.push_back(loop);
      s->numFreePoints *= s->extents[loop];
    }

  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType())) {
      s->operands.push_back(-1);
      continue;
    }
    FailureOr<int> id = getNode(operand.get());
    if (failed(id))
      return failure();
    s->operands.push_back(*id);
  }

  Block &block = *op.getBlock();
  llvm::SaveAndRestore<DenseMap<mlir::Value, int>> outer(
      registers, llvm::DenseMap<mlir::Value, int>());
  Body &body = s->body;
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    if (number >= block.getNumArguments()) // linalg.map without an init
      break;
    BlockArgument argument = block.getArgument(number);
    if (s->operands[number] < 0) {
      FailureOr<int> scalar = getRegister(body, operand.get());
      if (failed(scalar))
        return failure();
      registers[argument] = *scalar;
      body.arguments.push_back(-1);
      continue;
    }
    registers[argument] = body.numRegisters;
    body.arguments.push_back(argument.use_empty() ? -1 : body.numRegisters);
    ++body.numRegisters;
  }
  body.arguments.resize(op->getNumOperands(), -1);
  for (auto [index, value] :
       llvm::enumerate(block.getTerminator()->getOperands())) {
    FailureOr<int> yield = getRegister(body, value);
    if (failed(yield))
      return failure();
    body.yields.push_back(*yield);
    // A sum: yield addf(x, accumulator) or subf(accumulator, x) with no other
    // use of the accumulator; a product likewise.
    int addend = -1, factor = -1;
    bool subtracted = false;
    unsigned number = s->numInputs + index;
    Operation *combiner = value.getDefiningOp();
    if (isa_and_nonnull<arith::AddFOp, arith::MulFOp, arith::SubFOp>(
            combiner) &&
        number < block.getNumArguments() && combiner->hasOneUse() &&
        !s->freeLoops.empty()) {
      BlockArgument accumulator = block.getArgument(number);
      bool isLhs = combiner->getOperand(0) == accumulator;
      subtracted = isa<arith::SubFOp>(combiner) && isLhs;
      if (accumulator.hasOneUse() && (isLhs || !isa<arith::SubFOp>(combiner)) &&
          llvm::is_contained(combiner->getOperands(), accumulator)) {
        (isa<arith::MulFOp>(combiner) ? factor : addend) =
            registers.lookup(combiner->getOperand(isLhs ? 1 : 0));
      }
    }
    s->addends.push_back(addend);
    s->subtracted.push_back(subtracted);
    s->factors.push_back(factor);
    auto select = dyn_cast_or_null<arith::SelectOp>(combiner);
    s->picksZero.push_back(select && !s->freeLoops.empty() &&
                           select.getCondition().hasOneUse());
  }
  s->id = program.ops.size();
  matchContraction(program, *s, precision);
  program.ops.push_back(s);
  structured[op] = s;
  node.op = s;
  return success();
}

FailureOr<Program> ProgramBuilder::build() {
  // Arguments first, so that inputs that nothing reads have a node, too.
  for (BlockArgument argument : function.getArguments()) {
    FailureOr<int> node = getNode(argument);
    if (failed(node))
      return failure();
    program.inputs.push_back(*node);
  }
  Operation *terminator = function.front().getTerminator();
  if (!isa<func::ReturnOp>(terminator) ||
      function.getBody().getBlocks().size() != 1)
    return function.emitOpError("must be one block that ends in a return");
  for (mlir::Value value : terminator->getOperands()) {
    if (!isa<RankedTensorType>(value.getType()))
      return emitError(value.getLoc())
             << "the reference gives tensors, not a " << value.getType();
    FailureOr<int> node = getNode(value);
    if (failed(node))
      return failure();
    program.outputs.push_back(*node);
  }
  for (const Node &node : program.nodes) {
    if (!node.op)
      continue;
    node.op->memoise |= node.uses > 1 || node.op->numResults() > 1 ||
                        !node.op->freeLoops.empty();
    // Contractions have a cache of their own.
    node.op->memoise &= !node.op->contraction;
  }
  return std::move(program);
}

FailureOr<Program> kiln::reference::buildProgram(func::FuncOp function,
                                                 Precision precision) {
  return ProgramBuilder(function, precision).build();
}
