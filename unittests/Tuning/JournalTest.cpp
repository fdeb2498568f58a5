//===- JournalTest.cpp - What a killed run leaves -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Journal.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>
#include <thread>

using namespace kiln::tuning;

namespace {
class JournalTest : public testing::Test {
protected:
  JournalTest() {
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("journal", "", path));
    llvm::sys::fs::remove(path);
  }
  ~JournalTest() override { llvm::sys::fs::remove(path); }
  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(path, key);
    if (!journal) {
      ADD_FAILURE() << toString(journal.takeError());
      return nullptr;
    }
    return std::move(*journal);
  }
  std::string getError(const JournalKey &other) {
    auto journal = Journal::open(path, other);
    return journal ? "" : toString(journal.takeError());
  }
  std::string read() {
    return (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
  }
  void write(llvm::StringRef text) {
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << text;
  }
  static JournalEntry makeEntry(int number) {
    JournalEntry entry;
    entry.schedule = "#kiln.schedule<" + std::to_string(number) + ">";
    CompileFacts facts;
    facts.registers = 100 + number;
    facts.limiter = "registers";
    facts.occupancy = 0.1;
    entry.facts = facts;
    entry.times = {{0.1, 1e-3 / 3}, {0.2, 0.3}};
    return entry;
  }

  llvm::SmallString<128> path;
  JournalKey key{"abc", "rtx4090", "tf32", "none"};
};
} // namespace

TEST_F(JournalTest, KeepsAllThatIsKnown) {
  {
    auto journal = open();
    EXPECT_FALSE(bool(journal->append(makeEntry(1))));
    JournalEntry failed;
    failed.schedule = "#kiln.schedule<2>";
    failed.failure = "wrong result of y";
    EXPECT_FALSE(bool(journal->append(failed)));
  }
  auto journal = open();
  EXPECT_EQ(journal->size(), 2u);
  const JournalEntry *entry = journal->find("#kiln.schedule<1>");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->facts->registers, 101);
  EXPECT_EQ(entry->facts->limiter, "registers");
  EXPECT_EQ(entry->facts->occupancy, 0.1);
  EXPECT_EQ(entry->times.ms, makeEntry(1).times.ms); // to the last bit
  EXPECT_EQ(entry->times.reference, makeEntry(1).times.reference);
  EXPECT_EQ(journal->find("#kiln.schedule<2>")->failure, "wrong result of y");
  EXPECT_EQ(journal->find("#kiln.schedule<3>"), nullptr);
}

TEST_F(JournalTest, ATornLineIsDroppedAtEveryPlace) {
  {
    auto journal = open();
    EXPECT_FALSE(bool(journal->append(makeEntry(1))));
    EXPECT_FALSE(bool(journal->append(makeEntry(2))));
  }
  std::string whole = read();
  size_t first = whole.find('\n') + 1, second = whole.find('\n', first) + 1;
  for (size_t length = 0; length <= whole.size(); ++length) {
    write(llvm::StringRef(whole).take_front(length));
    size_t known = length == whole.size() ? 2 : length >= second ? 1 : 0;
    auto journal = open();
    ASSERT_TRUE(journal) << length;
    EXPECT_EQ(journal->size(), known) << length;
    // What is added stands on a line of its own.
    EXPECT_FALSE(bool(journal->append(makeEntry(3))));
    journal.reset();
    EXPECT_EQ(open()->size(), known + 1) << length;
  }
}

TEST_F(JournalTest, ALaterLineCounts) {
  {
    auto journal = open();
    EXPECT_FALSE(bool(journal->append(makeEntry(1))));
    JournalEntry entry = makeEntry(1);
    entry.times.ms = {7};
    EXPECT_FALSE(bool(journal->append(entry)));
  }
  auto journal = open();
  EXPECT_EQ(journal->size(), 1u);
  EXPECT_EQ(journal->find("#kiln.schedule<1>")->times.ms,
            std::vector<double>{7});
}

TEST_F(JournalTest, BelongsToOneRunAtATime) {
  auto journal = open();
  EXPECT_NE(getError(key).find("in use by another run"), std::string::npos);
  journal.reset();
  EXPECT_EQ(getError(key), "");
}

TEST_F(JournalTest, IsAboutOneRun) {
  open();
  JournalKey other = key;
  other.fingerprint = "abd";
  EXPECT_NE(getError(other).find("another program"), std::string::npos);
  other = key;
  other.device = "NVIDIA H100";
  EXPECT_NE(getError(other).find("another device than NVIDIA H100"),
            std::string::npos);
  write("{\"kiln_tune_journal\": 99}\n");
  EXPECT_NE(getError(key).find("another version"), std::string::npos);
  write("[]\n");
  EXPECT_NE(getError(key).find("no journal of kiln-tune"), std::string::npos);
}

TEST_F(JournalTest, ThreadsWriteWholeLines) {
  {
    auto journal = open();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i)
          llvm::cantFail(journal->append(makeEntry(50 * t + i)));
      });
    for (std::thread &thread : threads)
      thread.join();
  }
  EXPECT_EQ(open()->size(), 200u);
}
