//===- Targets.cpp - The cards that Kiln knows ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Targets.h"

#include "kiln/Machine/Passes.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Support/FileUtilities.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace {
struct Card {
  StringLiteral name;
  StringLiteral facts;
};
constexpr Card kCards[] = {
#define CARD(name, facts) {name, facts},
#include "Cards.inc"
};
} // namespace

kiln::TargetAttr kiln::lookupTarget(MLIRContext *context, StringRef name) {
  for (const Card &card : kCards)
    if (card.name == name) {
      context->loadDialect<KilnDialect>();
      std::string text =
          ("#kiln.target<name = \"" + card.name + "\", " + card.facts + ">")
              .str();
      return cast<TargetAttr>(parseAttribute(text, context));
    }
  return {};
}

/// The one attribute in the file `path`.
static FailureOr<kiln::TargetAttr> readTarget(Location loc, StringRef path) {
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(path, &error);
  if (!file)
    return emitError(loc) << "target file " << error;
  MLIRContext *context = loc.getContext();
  context->loadDialect<kiln::KilnDialect>();
  StringRef text = file->getBuffer();
  Attribute attr;
  size_t read = 0;
  // The parser's own locations are those of a string without a name.
  SmallVector<std::pair<Location, std::string>> errors;
  {
    ScopedDiagnosticHandler inString(context, [&](Diagnostic &diagnostic) {
      Location at = diagnostic.getLocation();
      if (auto inText = dyn_cast<FileLineColLoc>(at))
        at = FileLineColLoc::get(context, path, inText.getLine(),
                                 inText.getColumn());
      errors.emplace_back(at, diagnostic.str());
    });
    attr = parseAttribute(text, context, {}, &read);
  }
  for (auto &[at, message] : errors)
    emitError(at, message);
  if (!attr)
    return failure();
  auto target = dyn_cast<kiln::TargetAttr>(attr);
  if (!target || !text.substr(read).trim().empty())
    return emitError(loc) << "target file '" << path
                          << "' must hold one #kiln.target<...> and nothing "
                             "else";
  return target;
}

FailureOr<kiln::TargetAttr> kiln::loadTarget(Location loc, StringRef target) {
  if (target.contains('/') || target.contains('.'))
    return readTarget(loc, target);
  if (TargetAttr known = lookupTarget(loc.getContext(), target))
    return known;
  return emitError(loc) << "unknown target '" << target << "'; known are "
                        << getTargetNames() << ", or a file with a "
                        << "#kiln.target";
}

FailureOr<kiln::TargetAttr> kiln::loadKernelTarget(Location loc,
                                                   StringRef target) {
  FailureOr<TargetAttr> facts = loadTarget(loc, target);
  if (succeeded(facts) && !facts->runsKernels())
    return emitError(loc) << "target '" << facts->getName() << "' is "
                          << facts->getArch()
                          << ", which cannot run kernels for sm_89; choose "
                             "one of "
                          << getTargetNames();
  return facts;
}

SmallVector<StringRef> kiln::getTargets(bool runKernels) {
  SmallVector<StringRef> names;
  for (const Card &card : kCards)
    if (!runKernels ||
        !(card.facts.contains("\"sm_80\"") || card.facts.contains("\"sm_86\"")))
      names.push_back(card.name);
  return names;
}

std::string kiln::getTargetNames() {
  return llvm::join(getTargets(/*runKernels=*/true), ", ");
}

std::string kiln::formatTargets(MLIRContext *context) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "card            arch    SMs   MHz  GB/s  L2 MiB  TFLOP/s tf32    f16  "
        "kernels\n";
  for (StringRef name : getTargets()) {
    TargetAttr card = lookupTarget(context, name);
    os << llvm::left_justify(name, 16) << card.getArch()
       << llvm::format("%6d%6d%6d%8.0f%14.1f%7.1f  ", int(card.getSms()),
                       int(card.getClockMhz()), int(card.getBandwidthGbs()),
                       card.getL2Bytes() / double(1 << 20),
                       card.getTf32Gflops() / 1e3, card.getF16Gflops() / 1e3)
       << (card.runsKernels() ? "yes" : "no") << "\n";
  }
  os << "Rates are those of mma.sync, dense, accumulated in f32. A card "
        "without "
        "kernels\ncannot run PTX for sm_89; occupancy and model know it. "
        "--target=FILE takes the\nfacts from a file with one "
        "#kiln.target<...>.\n";
  return text;
}

kiln::TargetAttr kiln::getTarget(ModuleOp module) {
  return module->getAttrOfType<TargetAttr>(KilnDialect::kTargetAttrName);
}

namespace kiln {
#define GEN_PASS_DEF_SETTARGET
#include "kiln/Machine/Passes.h.inc"

namespace {
class SetTarget : public impl::SetTargetBase<SetTarget> {
  using SetTargetBase::SetTargetBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    FailureOr<TargetAttr> facts =
        loadKernelTarget(getOperation()->getLoc(), target);
    if (failed(facts))
      return signalPassFailure();
    getOperation()->setAttr(KilnDialect::kTargetAttrName, *facts);
    ++numSet;
  }
};
} // namespace
} // namespace kiln
