//===- CompilerCAPITest.cpp - The compiler through its C interface --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln-c/Compiler.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {
struct Message {
  KilnSeverity severity;
  std::string text;
};

void collect(KilnSeverity severity, const char *text, void *user) {
  static_cast<std::vector<Message> *>(user)->push_back({severity, text});
}

std::vector<Message> compileBad(const char *source,
                                const KilnCompileOptions *options) {
  std::vector<Message> messages;
  EXPECT_EQ(kilnCompile(source, std::strlen(source), "in.mlir", options,
                        collect, &messages),
            nullptr);
  return messages;
}

TEST(CompilerCAPITest, SyntaxErrorHasAPlace) {
  std::vector<Message> messages = compileBad("func.func @f(", nullptr);
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(messages[0].severity, KILN_ERROR);
  EXPECT_EQ(messages[0].text.rfind("in.mlir:1:", 0), 0u) << messages[0].text;
}

TEST(CompilerCAPITest, NoEntryIsNamed) {
  std::vector<Message> messages = compileBad("module {}", nullptr);
  ASSERT_FALSE(messages.empty());
  EXPECT_NE(messages[0].text.find("no entry"), std::string::npos);
}

TEST(CompilerCAPITest, UnknownTargetIsNamed) {
  KilnCompileOptions options = {};
  options.target = "abacus";
  std::vector<Message> messages = compileBad("module {}", &options);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].text.find(
                "unknown target 'abacus'; known are rtx4090, h100, h200"),
            0u);
}

TEST(CompilerCAPITest, CallbackMayBeMissing) {
  EXPECT_EQ(kilnCompile("module {}", 9, nullptr, nullptr, nullptr, nullptr),
            nullptr);
  EXPECT_EQ(kilnCompile(nullptr, 0, nullptr, nullptr, nullptr, nullptr),
            nullptr);
}

TEST(CompilerCAPITest, AMissingTuningDatabaseIsNamed) {
  KilnCompileOptions options = {};
  options.tuningDb = "/none/tuning.jsonl";
  std::vector<Message> messages = compileBad("module {}", &options);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].text,
            "cannot read the tuning database '/none/tuning.jsonl': No such "
            "file or directory");
}

TEST(CompilerCAPITest, TheTuningDatabaseIsUsed) {
  const std::string source = R"(
func.func @exp(%x: tensor<4x192xf32>) -> tensor<4x192xf32> {
  %e = tensor.empty() : tensor<4x192xf32>
  %y = linalg.exp ins(%x : tensor<4x192xf32>) outs(%e : tensor<4x192xf32>) -> tensor<4x192xf32>
  return %y : tensor<4x192xf32>
}
)";
  // As in test/tools/kiln-compile/tuning-db.test, with a broken line.
  const std::string path = testing::TempDir() + "kiln-capi-tuning.jsonl";
  std::ofstream(path)
      << R"({"format":1,"program":"1-8ef4b9b40f02a4586210b4e1874f3a14",)"
      << R"("target":"rtx4090","precision":"tf32","kiln":")" KILN_VERSION
      << R"(","kernel":"exp","schedule":"#kiln.loop_schedule<tile = [1, 64], )"
      << R"(threads = [[1:0], [64:1]], vector = [1, 1], block = 64>",)"
      << R"("measured":"cuda","device":"","chosen_ms":0.5,"repetitions":31,)"
      << R"("date":"2026-11-25T10:00:00Z","facts":{}})"
      << "\n{}\n";
  KilnCompileOptions options = {};
  options.tuningDb = path.c_str();
  std::vector<Message> messages;
  KilnArtifact *artifact = kilnCompile(source.data(), source.size(), "in.mlir",
                                       &options, collect, &messages);
  ASSERT_NE(artifact, nullptr);
  EXPECT_NE(std::string(kilnArtifactGetFileData(artifact, 0, nullptr))
                .find("tile = [1, 64]"),
            std::string::npos);
  kilnArtifactDestroy(artifact);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].severity, KILN_WARNING);
  EXPECT_EQ(messages[0].text, path + ":2:1: this line of the tuning database "
                                     "is skipped: 'format' is missing");
  std::remove(path.c_str());
}

/// The files of the compiled example by name; empty after an error.
std::map<std::string, std::string> compileExample() {
  std::ifstream file(KILN_SOURCE);
  std::string source((std::istreambuf_iterator<char>(file)), {});
  KilnCompileOptions options = {};
  options.withReference = 1;
  std::vector<Message> messages;
  KilnArtifact *artifact = kilnCompile(source.data(), source.size(), "in.mlir",
                                       &options, collect, &messages);
  std::map<std::string, std::string> files;
  if (!artifact)
    return files;
  for (size_t i = 0; i < kilnArtifactGetNumFiles(artifact); ++i) {
    size_t length = 0;
    const char *data = kilnArtifactGetFileData(artifact, i, &length);
    files[kilnArtifactGetFileName(artifact, i)] = std::string(data, length);
  }
  EXPECT_EQ(kilnArtifactGetFileName(artifact, files.size()), nullptr);
  EXPECT_EQ(kilnArtifactGetFileData(artifact, files.size(), nullptr), nullptr);
  kilnArtifactDestroy(artifact);
  return files;
}

TEST(CompilerCAPITest, ThreadsCompileTheSameBytes) {
  std::vector<std::map<std::string, std::string>> results(3);
  std::vector<std::thread> threads;
  for (auto &result : results)
    threads.emplace_back([&result] { result = compileExample(); });
  for (std::thread &thread : threads)
    thread.join();
  for (const char *name : {"artifact.json", "kernels.ptx", "kernels.bc",
                           "source.mlir", "reference.ptx"})
    EXPECT_FALSE(results[0][name].empty()) << name;
  EXPECT_EQ(results[0].count("kernels.cubin"), 0u);
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(CompilerCAPITest, ThreadsAreIndependent) {
  std::vector<std::vector<Message>> messages(4);
  std::vector<std::thread> threads;
  for (auto &list : messages)
    threads.emplace_back([&list] { list = compileBad("module {}", nullptr); });
  for (std::thread &thread : threads)
    thread.join();
  for (const auto &list : messages) {
    ASSERT_EQ(list.size(), messages[0].size());
    EXPECT_EQ(list[0].text, messages[0][0].text);
  }
}
} // namespace
