//===- Describe.cpp - Kernels that are described, not compiled ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Describe.h"

#include "Input.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Profiling/Json.h"
#include "kiln/Scheduling/Model/Model.h"

#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace kiln;
using namespace kiln::explain;
namespace json = llvm::json;

/// What a description says of a kernel to those who diagnose it.
static profiling::KernelFacts getFacts(const KernelDescription &kernel,
                                       const Prediction &prediction,
                                       TargetAttr target) {
  profiling::KernelFacts facts;
  facts.kernel = kernel.name;
  facts.target = target;
  facts.grid = prediction.grid;
  facts.tiles = kernel.tiles;
  facts.threads = kernel.warps * 32;
  if (kernel.registers) {
    facts.registers = kernel.registers;
    facts.blocksPerSm = prediction.occupancy.blocksPerSm;
  }
  facts.flops = kernel.flops * double(kernel.steps) * double(kernel.tiles);
  for (const ReadDescription &read : kernel.reads)
    facts.bytes += read.bytes;
  facts.bytes += kernel.writeBytes;
  facts.instruction = kernel.multiply == Multiply::Tf32 ? Contraction::TF32
                      : kernel.multiply == Multiply::Tf32x3
                          ? Contraction::TF32x3
                      : kernel.multiply == Multiply::F16 ? Contraction::F16
                                                         : Contraction::FMA;
  return facts;
}

/// What bounds the kernel by its profile.
static llvm::Expected<profiling::Diagnosis>
diagnose(const KernelDescription &kernel, const Prediction &prediction,
         TargetAttr target, const profiling::Profile &profile,
         StringRef profileFile) {
  profiling::KernelFacts facts = getFacts(kernel, prediction, target);
  auto entry =
      profiling::selectKernel(profile, kernel.name, facts.grid, profileFile);
  if (!entry)
    return entry.takeError();
  if (llvm::Error error = profiling::checkProfile(**entry, facts))
    return std::move(error);
  return profiling::diagnose(**entry, facts);
}

int kiln::explain::explainDescriptions(StringRef file, StringRef targetName,
                                       const profiling::Profile *profile,
                                       StringRef profileFile, bool asJson) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  FailureOr<TargetAttr> target =
      loadTarget(UnknownLoc::get(&context), targetName);
  if (failed(target))
    return kBadInput;
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(file, &message);
  if (!buffer)
    return fail(message);
  llvm::Expected<json::Value> parsed =
      profiling::parseJson(buffer->getBuffer(), file);
  if (!parsed)
    return fail(toString(parsed.takeError()));

  // A list prints a list.
  json::Array one;
  const json::Array *list = parsed->getAsArray();
  if (!list) {
    one.push_back(*parsed);
    list = &one;
  }
  if (profile)
    for (const std::string &note : profile->notes)
      llvm::errs() << "kiln-explain: note: " << note << "\n";
  json::Array results;
  std::string text;
  for (size_t i = 0; i < list->size(); ++i) {
    llvm::Expected<KernelDescription> kernel = parseDescription((*list)[i]);
    if (!kernel)
      return fail("'" + file + "': description " + Twine(i + 1) + ": " +
                  toString(kernel.takeError()));
    Prediction profiler = predict(*kernel, *target, Clock::Profiler);
    Prediction boost = predict(*kernel, *target, Clock::Boost);
    std::optional<profiling::Diagnosis> diagnosis;
    if (profile) {
      auto found = diagnose(*kernel, profiler, *target, *profile, profileFile);
      if (!found)
        return fail(toString(found.takeError()));
      diagnosis = std::move(*found);
    }
    if (asJson) {
      json::Object result{{"name", kernel->name},
                          {"target", target->getName()},
                          {"profiler", toJson(*kernel, profiler)},
                          {"boost", toJson(*kernel, boost)}};
      if (diagnosis)
        result["diagnosis"] = toJson(*diagnosis);
      results.push_back(std::move(result));
    } else {
      text += (i ? "\n" : "") + formatPredictions(*kernel, profiler, boost);
      if (diagnosis)
        text += "by its profile " + profiling::formatText(*diagnosis);
    }
  }
  if (!asJson)
    llvm::outs() << text;
  else if (parsed->getAsArray())
    llvm::outs() << llvm::formatv("{0:2}\n", json::Value(std::move(results)));
  else
    llvm::outs() << llvm::formatv("{0:2}\n", results[0]);
  return 0;
}
