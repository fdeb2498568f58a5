//===- FakeCompiler.cpp - A libKilnCAPI without LLVM for tests --*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// "Compiles" a text that begins with '{' by taking it for the artifact.json.
// The emulator runs the program of FakeScale.h and plants these faults: wait
// (wrong values where copies land early), mask (an element is not written),
// index (a value beside its tile), round (values slightly off), lane (a
// finding).
//
//===----------------------------------------------------------------------===//

#include "FakeScale.h"
#include "kiln-c/Compiler.h"
#include "kiln-c/Emulator.h"
#include "kiln-c/Reference.h"

#include <cmath>
#include <map>
#include <vector>

struct KilnArtifact {
  std::vector<std::pair<std::string, std::string>> files;
};

KilnArtifact *kilnCompile(const char *source, size_t length,
                          const char *fileName,
                          const KilnCompileOptions *options,
                          KilnDiagnosticCallback callback, void *user) {
  std::string text(source, length);
  if (text.empty() || text[0] != '{') {
    std::string message = std::string(fileName) + ":1:1: expected a program";
    callback(KILN_ERROR, message.c_str(), user);
    return nullptr;
  }
  std::string remark =
      std::string("target ") + (options->target ? options->target : "default") +
      ", precision " + (options->precision ? options->precision : "default");
  callback(KILN_REMARK, remark.c_str(), user);
  auto *artifact = new KilnArtifact;
  artifact->files = {{"artifact.json", text},
                     {"kernels.ptx", ".target sm_89\n"},
                     {"kernels.bc", "BC"},
                     {"kernels.cubin", "CUBIN"},
                     {"reference.ptx", ".target sm_80\n"},
                     {"source.mlir", "scale"},
                     {"constants.bin", std::string("\0\0\0\x40", 4)}};
  return artifact;
}
size_t kilnArtifactGetNumFiles(const KilnArtifact *artifact) {
  return artifact->files.size();
}
const char *kilnArtifactGetFileName(const KilnArtifact *artifact,
                                    size_t index) {
  return artifact->files[index].first.c_str();
}
const char *kilnArtifactGetFileData(const KilnArtifact *artifact, size_t index,
                                    size_t *length) {
  *length = artifact->files[index].second.size();
  return artifact->files[index].second.data();
}
void kilnArtifactDestroy(KilnArtifact *artifact) { delete artifact; }

struct KilnEmulator {
  KilnCopyOrder copies;
  bool checks;
  std::string inject;
  KilnDiagnosticCallback callback;
  void *user;
  /// Address of a buffer to what was written of it.
  std::map<const char *, std::vector<uint8_t>> written;

  std::pair<const char *, std::vector<uint8_t> *> find(const void *address) {
    auto next = written.upper_bound(static_cast<const char *>(address));
    if (next == written.begin())
      return {nullptr, nullptr};
    --next;
    size_t offset = size_t(static_cast<const char *>(address) - next->first);
    if (offset >= next->second.size())
      return {nullptr, nullptr};
    return {next->first, &next->second};
  }
};

KilnEmulator *kilnEmulatorCreate(const void *bitcode, size_t length,
                                 const KilnEmulatorOptions *options,
                                 KilnDiagnosticCallback callback, void *user) {
  if (length < 2 || std::memcmp(bitcode, "BC", 2) != 0) {
    callback(KILN_ERROR, "this is no bitcode", user);
    return nullptr;
  }
  return new KilnEmulator{options->copies,
                          options->checks != 0,
                          options->inject ? options->inject : "",
                          callback,
                          user,
                          {}};
}
void kilnEmulatorAddBuffer(KilnEmulator *emulator, const char *, void *data,
                           size_t bytes, KilnBufferKind) {
  emulator->written[static_cast<const char *>(data)].assign(bytes, 0);
}

int64_t kilnEmulatorLaunch(KilnEmulator *emulator, const char *kernel,
                           const int64_t grid[3], const int64_t *, int64_t,
                           void *const *arguments, size_t,
                           const int64_t *blocks, size_t numBlocks) {
  std::vector<int64_t> all;
  if (!blocks) {
    for (int64_t i = 0; i < grid[0] * grid[1] * grid[2]; ++i)
      all.push_back(i);
    blocks = all.data();
    numBlocks = all.size();
  }
  int64_t findings = 0, stores = 0;
  bool compute = std::string(kernel) != "scale_pack";
  auto store = [&](float *to, float value) {
    if (compute) {
      ++stores;
      if (emulator->inject == "mask" && stores == 3)
        return;
      if (emulator->inject == "round")
        value *= 1.001f;
      if (emulator->inject == "wait" && emulator->copies == KILN_COPIES_EARLY)
        value += 1;
      if (emulator->inject == "lane" && stores == 1) {
        emulator->callback(KILN_ERROR, "race in block 0, thread 3",
                           emulator->user);
        ++findings;
      }
      if (emulator->inject == "index" && stores == 8)
        to += 1;
    }
    auto [base, written] = emulator->find(to);
    if (!written) {
      emulator->callback(KILN_ERROR, "store out of bounds", emulator->user);
      ++findings;
      return;
    }
    *to = value;
    std::fill_n(written->begin() + (reinterpret_cast<const char *>(to) - base),
                sizeof(float), uint8_t(1));
  };
  for (size_t i = 0; i < numBlocks; ++i)
    if (!fake::runBlock(kernel, arguments, blocks[i], grid[0], store))
      return -1;
  return findings;
}
const uint8_t *kilnEmulatorGetWritten(const KilnEmulator *emulator,
                                      const void *data) {
  auto found = emulator->written.find(static_cast<const char *>(data));
  if (!emulator->checks || found == emulator->written.end())
    return nullptr;
  return found->second.data();
}
void kilnEmulatorDestroy(KilnEmulator *emulator) { delete emulator; }

struct KilnReference {
  const float *inputs[2] = {};
};

KilnReference *kilnReferenceCreate(const char *source, size_t length,
                                   const char *fileName, const char *,
                                   const char *,
                                   KilnDiagnosticCallback callback,
                                   void *user) {
  if (std::string(source, length).find("broken") != std::string::npos) {
    std::string message = std::string(fileName) + ":1:1: broken";
    callback(KILN_ERROR, message.c_str(), user);
    return nullptr;
  }
  return new KilnReference;
}
int kilnReferenceSetInput(KilnReference *reference, size_t index,
                          const void *data, size_t) {
  reference->inputs[index] = static_cast<const float *>(data);
  return 0;
}
int kilnReferenceCheck(KilnReference *reference, size_t output,
                       const int64_t *coordinates, size_t count,
                       const void *actual, KilnReferenceResult *results, int) {
  for (size_t i = 0; i < count; ++i) {
    // The second output is the transposed first.
    int64_t row = coordinates[2 * i + (output == 1)];
    int64_t column = coordinates[2 * i + (output == 0)];
    int64_t element = row * fake::columns + column;
    double value =
        double(reference->inputs[0][element]) * *reference->inputs[1] * 2;
    double bound = 1e-6 * std::fabs(value) + 1e-30;
    float got;
    std::memcpy(&got, static_cast<const char *>(actual) + 4 * i, 4);
    results[i] = {value, bound, std::fabs(double(got) - value) <= bound};
  }
  return 0;
}
void kilnReferenceDestroy(KilnReference *reference) { delete reference; }
