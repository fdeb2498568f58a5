//===- EntryFunction.cpp - Which function is compiled ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "EntryFunction.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

static func::FuncOp findEntry(ModuleOp module, StringRef name) {
  SmallVector<func::FuncOp> candidates;
  for (auto func : module.getOps<func::FuncOp>()) {
    bool wanted = name.empty() ? func.isPublic() : func.getName() == name;
    if (wanted && !func.isExternal())
      candidates.push_back(func);
  }
  if (candidates.size() == 1)
    return candidates.front();
  if (!candidates.empty()) {
    InFlightDiagnostic error =
        module.emitError("several functions could be the entry; choose one by "
                         "its name: ")
        << llvm::join(llvm::map_range(
                          candidates,
                          [](func::FuncOp func) { return func.getName(); }),
                      ", ");
    for (func::FuncOp func : candidates)
      error.attachNote(func.getLoc()) << "'" << func.getName() << "' is here";
    return {};
  }
  if (name.empty())
    module.emitError("no entry: expected a public func.func with a body");
  else
    module.emitError("no entry: there is no func.func '")
        << name << "' with a body";
  return {};
}

/// Products and sums of sizes in bytes must stay far from 64 bits.
static bool isTooLarge(ArrayRef<int64_t> shape) {
  uint64_t elements = 1;
  for (int64_t extent : shape)
    elements = llvm::SaturatingMultiply(elements, uint64_t(extent));
  return elements > uint64_t(1) << 48;
}

/// What is wrong with a tensor type, as the end of a sentence, or nothing.
static std::string findFault(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped)
    return "";
  std::string text;
  llvm::raw_string_ostream os(text);
  if (!shaped.hasStaticShape())
    os << "'" << type << "' has no static shape; give every dimension a size";
  else if (llvm::is_contained(shaped.getShape(), 0))
    os << "'" << type << "' has no elements; a dimension has size 0";
  else if (isTooLarge(shaped.getShape()))
    os << "'" << type << "' is too large; at most 2^48 elements are supported";
  return text;
}

static bool isSupportedElement(Type type) {
  return type.isF32() || type.isF16() || type.isBF16() || type.isF64() ||
         type.isSignlessInteger(64) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(1);
}

static LogicalResult verifyInterface(func::FuncOp entry) {
  auto check = [&](Location loc, Type type, const Twine &what) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return emitError(loc)
             << what << " is " << type << "; expected a ranked tensor";
    if (std::string fault = findFault(type); !fault.empty())
      return emitError(loc) << what << ": " << fault;
    if (!isSupportedElement(tensor.getElementType()))
      return emitError(loc)
             << what << " has elements of type " << tensor.getElementType()
             << "; supported are f32, f16, bf16, f64, i64, i32 "
                "and i1";
    return InFlightDiagnostic();
  };
  bool refused = false;
  for (BlockArgument argument : entry.getArguments())
    refused |= failed(check(argument.getLoc(), argument.getType(),
                            "argument " + Twine(argument.getArgNumber())));
  for (auto [index, type] : llvm::enumerate(entry.getResultTypes()))
    refused |= failed(check(entry.getLoc(), type, "result " + Twine(index)));
  if (entry.getNumResults() == 0) {
    entry.emitError("the entry returns nothing; there is nothing to compute");
    refused = true;
  }
  return failure(refused);
}

static LogicalResult verifyShapes(func::FuncOp function) {
  WalkResult walk = function.walk([](Operation *op) {
    for (Type type : op->getResultTypes())
      if (std::string fault = findFault(type); !fault.empty()) {
        op->emitError("result ") << fault;
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

LogicalResult kiln::selectEntry(ModuleOp module, StringRef name) {
  func::FuncOp entry = findEntry(module, name);
  if (!entry || failed(verifyInterface(entry)))
    return failure();
  // What the entry calls, and what that calls, stays to be inlined.
  llvm::SetVector<Operation *> used;
  used.insert(entry);
  for (size_t i = 0; i < used.size(); ++i)
    if (auto uses = SymbolTable::getSymbolUses(used[i]))
      for (const SymbolTable::SymbolUse &use : *uses)
        if (auto callee = module.lookupSymbol<func::FuncOp>(
                use.getSymbolRef().getRootReference()))
          used.insert(callee);
  for (Operation *function : used)
    if (failed(verifyShapes(cast<func::FuncOp>(function))))
      return failure();
  for (auto func : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
    if (!used.contains(func))
      func.erase();
    else
      func.setVisibility(func == entry ? SymbolTable::Visibility::Public
                                       : SymbolTable::Visibility::Private);
  }
  return success();
}
