//===- kiln-explain.cpp - What was decided about a kernel, and why --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The explanation goes to standard output, as text or JSON, a page and a trace
// to files; everything else to standard error. Exit code 0: done; 2: bad usage
// or input, and nothing was written.
//
//===----------------------------------------------------------------------===//

#include "../CompileFlags.h"
#include "../kiln-compile/OutputDirectory.h"
#include "Describe.h"
#include "Input.h"

#include "kiln/Machine/Targets.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace kiln::explain;
namespace cl = llvm::cl;

namespace {
cl::OptionCategory category{"kiln-explain options"};

struct CommandLine {
  cl::opt<std::string> input{cl::Positional, cl::desc("IN.mlir|DIR"),
                             cl::cat(category)};
  cl::opt<std::string> description{
      "description", cl::cat(category), cl::value_desc("file"),
      cl::desc("Predict a kernel that is described in JSON, or a list of them, "
               "in place of a program; - is standard input")};
  cl::opt<bool> json{"json", cl::cat(category),
                     cl::desc("Print JSON in place of text")};
  cl::opt<std::string> html{"html", cl::cat(category), cl::value_desc("file"),
                            cl::desc("Write a page that stands alone")};
  cl::opt<std::string> trace{
      "trace", cl::cat(category), cl::value_desc("file"),
      cl::desc("Write the timelines for Perfetto or chrome://tracing")};
  cl::opt<std::string> ncu{
      "ncu", cl::cat(category), cl::value_desc("file"),
      cl::desc("Metrics of Nsight Compute, JSON or CSV: what bounds the kernel "
               "by them")};
  kiln::tools::CompileFlags compile{category, "Function to explain"};
  cl::opt<std::string> schedule{
      "schedule", cl::cat(category), cl::value_desc("#kiln.schedule<...>"),
      cl::desc("Schedule of the compute kernel in place of the rules")};
};

int fail(llvm::Error error) {
  return kiln::explain::fail(toString(std::move(error)));
}

int run(const CommandLine &line) {
  if (line.compile.target == "help") {
    MLIRContext context;
    llvm::outs() << kiln::formatTargets(&context);
    return 0;
  }
  ExplainOptions options;
  options.schedule = line.schedule;
  std::optional<kiln::profiling::Profile> profile;
  if (!line.ncu.empty()) {
    std::string message;
    std::unique_ptr<llvm::MemoryBuffer> buffer =
        openInputFile(line.ncu, &message);
    if (!buffer)
      return kiln::explain::fail("--ncu: " + message);
    auto read = kiln::profiling::readProfile(buffer->getBuffer(), line.ncu);
    if (!read)
      return fail(read.takeError());
    profile = std::move(*read);
    options.profile = &*profile;
    options.profileFile = line.ncu;
  }
  const kiln::tools::CompileFlags &compile = line.compile;
  if (!line.description.empty()) {
    if (!line.input.empty() || !line.html.empty() || !line.trace.empty() ||
        !line.schedule.empty() || !compile.entry.empty())
      return kiln::explain::fail("--description takes no program, --schedule, "
                                 "--entry, --html or --trace");
    return explainDescriptions(line.description, compile.target,
                               options.profile, line.ncu, line.json);
  }
  if (line.input.empty())
    return kiln::explain::fail("name a program, the directory of an artifact, "
                               "or a description with --description=FILE");
  FailureOr<Explanation> explanation =
      explainInput(line.input, compile.getOptions(),
                   compile.target.getNumOccurrences() > 0, std::move(options));
  if (failed(explanation))
    return kBadInput;

  // All is made before anything is written.
  struct Output {
    std::string path, data;
  };
  std::vector<Output> outputs;
  if (!line.html.empty())
    outputs.push_back({line.html, formatHtml(*explanation)});
  if (!line.trace.empty())
    outputs.push_back({line.trace, formatTrace(*explanation)});
  for (const Output &output : outputs)
    if (llvm::sys::fs::is_directory(output.path))
      return kiln::explain::fail("'" + output.path + "' is a directory");
  bool toStdout = false;
  for (const Output &output : outputs) {
    toStdout |= output.path == "-";
    if (llvm::Error error = kiln::writeOutputFile(output.path, output.data))
      return fail(std::move(error));
  }
  if (!toStdout)
    llvm::outs() << (line.json ? formatJson(*explanation)
                               : formatText(*explanation));
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    llvm::outs().clear_error();
    return kiln::explain::fail("cannot write to standard output");
  }
  return 0;
}
} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  CommandLine line;
  cl::HideUnrelatedOptions(category);
  // With a stream for errors a bad command line comes back instead of exiting.
  if (!cl::ParseCommandLineOptions(
          argc, argv, "Explains the kernels of a program or an artifact\n",
          &llvm::errs()))
    return kBadInput;
  return run(line);
}
