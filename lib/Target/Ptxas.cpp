//===- Ptxas.cpp - Machine code and resource usage from ptxas -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/Ptxas.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"

using namespace mlir;
namespace fs = llvm::sys::fs;

const kiln::KernelUsage *kiln::AssembledKernels::find(StringRef name) const {
  for (const KernelUsage &kernel : usage)
    if (kernel.name == name)
      return &kernel;
  return nullptr;
}

std::optional<std::string> kiln::findPtxas(StringRef option) {
  auto inDirectory = [](StringRef directory) -> std::optional<std::string> {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, "ptxas");
    if (fs::can_execute(path))
      return path.str().str();
    return std::nullopt;
  };
  if (!option.empty()) {
    if (fs::is_directory(option))
      return inDirectory(option);
    if (fs::can_execute(option))
      return option.str();
    return std::nullopt;
  }
  for (const char *variable : {"CUDA_HOME", "CUDA_PATH"})
    if (auto home = llvm::sys::Process::GetEnv(variable))
      if (auto path = inDirectory(*home + "/bin"))
        return path;
  if (auto path = llvm::sys::findProgramByName("ptxas"))
    return *path;
  return inDirectory("/usr/local/cuda/bin");
}

/// The integer before `unit` in a line such as "8 bytes stack frame, ...".
static int64_t numberBefore(StringRef line, StringRef unit) {
  size_t end = line.find(unit);
  if (end == StringRef::npos)
    return 0;
  StringRef head = line.take_front(end).rtrim();
  StringRef digits =
      head.take_back(head.size() - (head.find_last_not_of("0123456789") + 1));
  int64_t value = 0;
  digits.getAsInteger(10, value);
  return value;
}

std::vector<kiln::KernelUsage> kiln::parsePtxasOutput(StringRef text) {
  std::vector<KernelUsage> kernels;
  for (StringRef line : llvm::split(text, '\n')) {
    if (line.contains("Compiling entry function '")) {
      StringRef name = line.split('\'').second.split('\'').first;
      kernels.push_back({});
      kernels.back().name = name.str();
      continue;
    }
    if (kernels.empty())
      continue;
    KernelUsage &kernel = kernels.back();
    if (line.contains("bytes stack frame")) {
      kernel.stack = numberBefore(line, "bytes stack frame");
      kernel.spillStores = numberBefore(line, "bytes spill stores");
      kernel.spillLoads = numberBefore(line, "bytes spill loads");
    } else if (line.contains(" registers")) {
      kernel.registers = numberBefore(line, "registers");
      kernel.staticShared = numberBefore(line, "bytes smem");
    }
  }
  return kernels;
}

namespace {
/// A named file that is gone with the object unless it is kept.
class TemporaryFile {
public:
  static FailureOr<TemporaryFile> create(Location loc, StringRef suffix) {
    TemporaryFile file;
    if (std::error_code error =
            fs::createTemporaryFile("kiln", suffix, file.path))
      return emitError(loc, "cannot create a temporary file: ")
             << error.message();
    file.remover = std::make_unique<llvm::FileRemover>(file.path);
    return file;
  }
  void keep() { remover->releaseFile(); }
  FailureOr<std::string> read(Location loc) const {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer)
      return emitError(loc, "cannot read ")
             << path.str() << ": " << buffer.getError().message();
    return (*buffer)->getBuffer().str();
  }

  llvm::SmallString<128> path;

private:
  std::unique_ptr<llvm::FileRemover> remover; // itself copyable by mistake
};
} // namespace

FailureOr<kiln::AssembledKernels>
kiln::assemble(Location loc, StringRef ptxas, StringRef ptx, StringRef arch) {
  FailureOr<TemporaryFile> input = TemporaryFile::create(loc, "ptx");
  FailureOr<TemporaryFile> output = TemporaryFile::create(loc, "cubin");
  FailureOr<TemporaryFile> log = TemporaryFile::create(loc, "log");
  if (failed(input) || failed(output) || failed(log))
    return failure();
  {
    std::error_code error;
    llvm::raw_fd_ostream stream(input->path, error);
    if (!error) {
      stream << ptx;
      stream.close();
      error = stream.error();
      stream.clear_error();
    }
    if (error)
      return emitError(loc, "cannot write ")
             << input->path.str() << ": " << error.message();
  }

  std::string archOption = ("-arch=" + arch).str();
  SmallVector<StringRef> command = {ptxas,       archOption, "-v",
                                    input->path, "-o",       output->path};
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(log->path),
                                          StringRef(log->path)};
  std::string message;
  bool notRun = false;
  int status = llvm::sys::ExecuteAndWait(ptxas, command, std::nullopt,
                                         redirects, /*SecondsToWait=*/0,
                                         /*MemoryLimit=*/0, &message, &notRun);
  FailureOr<std::string> text = log->read(loc);
  if (failed(text))
    return failure();
  if (status != 0) {
    input->keep();
    InFlightDiagnostic diagnostic = emitError(loc, "ptxas failed")
                                    << (message.empty() ? "" : ": " + message);
    for (StringRef line : llvm::split(StringRef(*text).trim(), '\n'))
      if (!line.empty())
        diagnostic.attachNote(loc) << line;
    diagnostic.attachNote(loc)
        << "to reproduce: " << ptxas << " " << archOption << " -v "
        << input->path.str() << " -o /dev/null";
    return failure();
  }
  FailureOr<std::string> cubin = output->read(loc);
  if (failed(cubin))
    return failure();
  AssembledKernels result;
  result.cubin = std::move(*cubin);
  result.usage = parsePtxasOutput(*text);
  return result;
}
