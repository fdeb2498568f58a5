//===- kiln-explain.cpp - What bounds a kernel ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Predicts time and metrics of described kernels. Results go to standard
// output, everything else to standard error. Exit code 0: done; 2: bad usage or
// input.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Targets.h"
#include "kiln/Scheduling/Model/Model.h"

#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
namespace cl = llvm::cl;

namespace {
cl::OptionCategory category{"kiln-explain options"};

struct CommandLine {
  cl::opt<std::string> description{
      "description", cl::cat(category), cl::value_desc("file"),
      cl::desc("JSON description of a kernel, or a list of them; - is standard "
               "input")};
  cl::opt<std::string> target{"target", cl::init("rtx4090"), cl::cat(category),
                              cl::desc("Card, or a file with a #kiln.target; "
                                       "help lists the cards")};
  cl::opt<bool> json{"json", cl::cat(category), cl::desc("Print JSON")};
};

constexpr int kBadInput = 2;

int fail(const Twine &message) {
  llvm::errs() << "kiln-explain: error: " << message << "\n";
  return kBadInput;
}

int run(const CommandLine &line) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  if (line.target == "help") {
    llvm::outs() << kiln::formatTargets(&context);
    return 0;
  }
  if (line.description.empty())
    return fail("name a description with --description=FILE");
  FailureOr<kiln::TargetAttr> target =
      kiln::loadTarget(UnknownLoc::get(&context), line.target);
  if (failed(target))
    return kBadInput;
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer =
      openInputFile(line.description, &message);
  if (!buffer)
    return fail(message);
  llvm::Expected<llvm::json::Value> json =
      llvm::json::parse(buffer->getBuffer());
  if (!json)
    return fail("'" + line.description + "': " + toString(json.takeError()));

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
    llvm::Expected<kiln::KernelDescription> kernel =
        kiln::parseDescription((*list)[i]);
    if (!kernel)
      return fail("'" + line.description + "': description " + Twine(i + 1) +
                  ": " + toString(kernel.takeError()));
    kiln::Prediction profiler =
        kiln::predict(*kernel, *target, kiln::Clock::Profiler);
    kiln::Prediction boost =
        kiln::predict(*kernel, *target, kiln::Clock::Boost);
    if (line.json)
      results.push_back(
          llvm::json::Object{{"name", kernel->name},
                             {"target", target->getName()},
                             {"profiler", kiln::toJson(*kernel, profiler)},
                             {"boost", kiln::toJson(*kernel, boost)}});
    else
      text +=
          (i ? "\n" : "") + kiln::formatPredictions(*kernel, profiler, boost);
  }
  if (!line.json)
    llvm::outs() << text;
  else if (json->getAsArray())
    llvm::outs() << llvm::formatv("{0:2}\n",
                                  llvm::json::Value(std::move(results)));
  else
    llvm::outs() << llvm::formatv("{0:2}\n", results[0]);
  return 0;
}
} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  CommandLine line;
  cl::HideUnrelatedOptions(category);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "Predicts time and metrics of kernels\n", &llvm::errs()))
    return kBadInput;
  return run(line);
}
