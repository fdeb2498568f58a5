//===- Description.cpp - kiln-explain --description -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Input.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Scheduling/Model/Model.h"

#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

int kiln::explain::predictDescription(StringRef path, StringRef card,
                                      bool asJson) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  FailureOr<TargetAttr> target = loadTarget(UnknownLoc::get(&context), card);
  if (failed(target))
    return kBadInput;
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(path, &message);
  if (!buffer)
    return fail(message);
  llvm::Expected<llvm::json::Value> json =
      llvm::json::parse(buffer->getBuffer());
  if (!json)
    return fail("'" + path + "': " + toString(json.takeError()));

  // A list prints a list.
  llvm::json::Array one;
  const llvm::json::Array *list = json->getAsArray();
  if (!list) {
    one.push_back(*json);
    list = &one;
  }
  llvm::json::Array results;
  std::string text;
  for (size_t i = 0; i < list->size(); ++i) {
    llvm::Expected<KernelDescription> kernel = parseDescription((*list)[i]);
    if (!kernel)
      return fail("'" + path + "': description " + Twine(i + 1) + ": " +
                  toString(kernel.takeError()));
    Prediction profiler = predict(*kernel, *target, Clock::Profiler);
    Prediction boost = predict(*kernel, *target, Clock::Boost);
    if (asJson)
      results.push_back(
          llvm::json::Object{{"name", kernel->name},
                             {"target", target->getName()},
                             {"profiler", toJson(*kernel, profiler)},
                             {"boost", toJson(*kernel, boost)}});
    else
      text += (i ? "\n" : "") + formatPredictions(*kernel, profiler, boost);
  }
  if (asJson)
    text = json->getAsArray()
               ? llvm::formatv("{0:2}\n", llvm::json::Value(std::move(results)))
                     .str()
               : llvm::formatv("{0:2}\n", results[0]).str();
  llvm::outs() << text;
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    llvm::outs().clear_error();
    return fail("cannot write to standard output");
  }
  return 0;
}
