//===- Grid.cpp - Grids that depend on the card ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Grid.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace kiln;

static constexpr StringLiteral kSmCount = "sm_count";
static constexpr StringLiteral kDivideInIR = "floordiv";
static constexpr StringLiteral kDivideInArtifact = "/";

ArrayAttr kiln::makeGrid(MLIRContext *context, int64_t blocks,
                         bool persistent) {
  AffineMap x = AffineMap::getConstantMap(blocks, context);
  AffineMap one = AffineMap::getConstantMap(1, context);
  if (persistent)
    x = AffineMap::get(0, 1, {x.getResult(0), getAffineSymbolExpr(0, context)},
                       context);
  return Builder(context).getAffineMapArrayAttr({x, one, one});
}

static void print(raw_ostream &os, AffineExpr expr, StringRef divide,
                  bool isFactor = false) {
  if (isa<AffineSymbolExpr>(expr)) {
    os << kSmCount;
    return;
  }
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    // The grammar of artifacts has no sign.
    if (constant.getValue() < 0)
      os << "(0 - " << -static_cast<uint64_t>(constant.getValue()) << ')';
    else
      os << constant.getValue();
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  bool isSum = expr.getKind() == AffineExprKind::Add;
  auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (isFactor)
    os << '(';
  print(os, binary.getLHS(), divide, /*isFactor=*/!isSum);
  if (isSum && constant && constant.getValue() < 0) {
    os << " - " << -static_cast<uint64_t>(constant.getValue());
  } else {
    StringRef sign = isSum                                   ? "+"
                     : expr.getKind() == AffineExprKind::Mul ? "*"
                                                             : divide;
    os << ' ' << sign << ' ';
    print(os, binary.getRHS(), divide, /*isFactor=*/!isSum);
  }
  if (isFactor)
    os << ')';
}

static void print(raw_ostream &os, AffineMap size, StringRef divide) {
  if (size.getNumResults() == 1)
    return print(os, size.getResult(0), divide);
  os << "min(";
  llvm::interleaveComma(size.getResults(), os,
                        [&](AffineExpr expr) { print(os, expr, divide); });
  os << ')';
}

std::string kiln::formatGridSize(AffineMap size) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os, size, kDivideInArtifact);
  return text;
}

LogicalResult kiln::verifyGrid(function_ref<InFlightDiagnostic()> emitError,
                               ArrayAttr grid) {
  if (grid.size() != 3)
    return emitError() << "grid must have three sizes, not " << grid.size();
  for (AffineMap size : grid.getAsValueRange<AffineMapAttr>()) {
    if (size.getNumDims() != 0 || size.getNumSymbols() > 1)
      return emitError() << "a size of the grid has no dimensions and at most "
                            "one symbol, the number of multiprocessors; "
                         << AffineMapAttr::get(size) << " has more";
    if (size.getNumResults() < 1 || size.getNumResults() > 2)
      return emitError() << "a size of the grid is one expression or the least "
                            "of two, not "
                         << AffineMapAttr::get(size);
    for (AffineExpr result : size.getResults()) {
      if (auto constant = dyn_cast<AffineConstantExpr>(result);
          constant && constant.getValue() < 1)
        return emitError() << "a grid has no " << constant.getValue()
                           << " blocks";
      WalkResult walked = result.walk([&](AffineExpr expr) {
        switch (expr.getKind()) {
        case AffineExprKind::Mod:
        case AffineExprKind::CeilDiv:
          emitError() << "a size of the grid is made with +, -, * and "
                         "floordiv only, not "
                      << AffineMapAttr::get(size);
          return WalkResult::interrupt();
        case AffineExprKind::FloorDiv: {
          auto divisor = dyn_cast<AffineConstantExpr>(
              cast<AffineBinaryOpExpr>(expr).getRHS());
          if (divisor && divisor.getValue() > 0)
            return WalkResult::advance();
          emitError() << "a size of the grid divides by a positive constant "
                         "only, not as in "
                      << AffineMapAttr::get(size);
          return WalkResult::interrupt();
        }
        default:
          return WalkResult::advance();
        }
      });
      if (walked.wasInterrupted())
        return failure();
    }
  }
  return success();
}

/// `[min(18, sm_count), 1, 1]`
ParseResult kiln::parseGrid(OpAsmParser &parser, ArrayAttr &grid) {
  MLIRContext *context = parser.getContext();
  SmallVector<std::pair<StringRef, AffineExpr>> symbols = {
      {kSmCount, getAffineSymbolExpr(0, context)}};
  SmallVector<AffineMap> sizes;
  auto parseSize = [&]() -> ParseResult {
    SmallVector<AffineExpr> results;
    auto parseResult = [&] {
      return parser.parseAffineExpr(symbols, results.emplace_back());
    };
    if (failed(parser.parseOptionalKeyword("min")
                   ? parseResult()
                   : parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren,
                                                    parseResult)))
      return failure();
    bool usesSmCount = llvm::any_of(
        results, [](AffineExpr expr) { return expr.isFunctionOfSymbol(0); });
    sizes.push_back(AffineMap::get(0, usesSmCount, results, context));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseSize))
    return failure();
  grid = parser.getBuilder().getAffineMapArrayAttr(sizes);
  return success();
}

void kiln::printGrid(OpAsmPrinter &printer, Operation *, ArrayAttr grid) {
  printer << '[';
  llvm::interleaveComma(
      grid.getAsValueRange<AffineMapAttr>(), printer,
      [&](AffineMap size) { print(printer.getStream(), size, kDivideInIR); });
  printer << ']';
}
