//===- CompilerCAPITest.cpp - The compiler through its C interface --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln-c/Compiler.h"

#include "gtest/gtest.h"

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
