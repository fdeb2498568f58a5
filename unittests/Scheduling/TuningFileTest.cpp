//===- TuningFileTest.cpp - Several writers, and writers that die ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TuningTest.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace kiln;
using kiln::test::format;
using kiln::test::makeEntry;
namespace fs = llvm::sys::fs;

namespace {
class TuningFile : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("kiln-tuning", directory));
    path = directory;
    llvm::sys::path::append(path, "tuning.jsonl");
  }
  void TearDown() override { fs::remove_directories(directory); }

  void write(llvm::StringRef text) {
    std::error_code error;
    llvm::raw_fd_ostream stream(path, error);
    ASSERT_FALSE(error);
    stream << text;
  }
  std::string read() {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "";
  }
  TuningDatabase load() {
    llvm::Expected<TuningDatabase> database = TuningDatabase::load(path);
    if (!database) {
      ADD_FAILURE() << toString(database.takeError());
      return {};
    }
    return std::move(*database);
  }
  std::set<std::string> loadPrograms() {
    std::set<std::string> programs;
    TuningDatabase database = load();
    for (const auto &record : database.getRecords())
      programs.insert(record.entry.key.program);
    return programs;
  }

  llvm::SmallString<128> directory, path;
};

/// The program of entry `index` of a writer.
std::string nameOf(int writer, int index) {
  return ("1-" + llvm::Twine(writer) + "." + llvm::Twine(index)).str();
}

bool append(llvm::StringRef path, const TuningEntry &entry) {
  if (llvm::Error error = appendTuningEntry(path, entry)) {
    llvm::errs() << toString(std::move(error)) << "\n";
    return false;
  }
  return true;
}

bool rewrite(llvm::StringRef path) {
  llvm::Error error = updateTuningDatabase(
      path, [](TuningDatabase &database) { database.merge({}); });
  if (error) {
    llvm::errs() << toString(std::move(error)) << "\n";
    return false;
  }
  return true;
}

constexpr int kWriters = 8, kEntries = 50;

/// Appends kEntries; writer 0 rewrites the whole file after each fifth.
bool runWriter(llvm::StringRef path, int writer) {
  for (int i = 0; i < kEntries; ++i) {
    if (!append(path, makeEntry(nameOf(writer, i))))
      return false;
    if (writer == 0 && i % 5 == 0 && !rewrite(path))
      return false;
  }
  return true;
}
} // namespace

TEST_F(TuningFile, AMissingFileIsAnErrorOfLoading) {
  llvm::Expected<TuningDatabase> database = TuningDatabase::load(path);
  ASSERT_FALSE(static_cast<bool>(database));
  EXPECT_EQ(toString(database.takeError()),
            "cannot read the tuning database '" + path.str().str() +
                "': No such file or directory");
}

TEST_F(TuningFile, AppendingMakesTheFile) {
  ASSERT_TRUE(append(path, makeEntry("1-aa")));
  ASSERT_TRUE(append(path, makeEntry("1-bb")));
  EXPECT_EQ(read(), format(makeEntry("1-aa")) + "\n" +
                        format(makeEntry("1-bb")) + "\n");
}

TEST_F(TuningFile, AppendingNamesTheFileThatItCannotWrite) {
  llvm::Error error = appendTuningEntry(directory, makeEntry());
  ASSERT_TRUE(static_cast<bool>(error));
  EXPECT_EQ(toString(std::move(error)), "cannot write the tuning database '" +
                                            directory.str().str() +
                                            "': Is a directory");
}

TEST_F(TuningFile, AppendingHealsALineThatIsNotWhole) {
  std::string first = format(makeEntry("1-aa")) + "\n";
  std::string torn = format(makeEntry("1-bb"));
  std::string next = format(makeEntry("1-cc")) + "\n";
  for (size_t length = 0; length < torn.size(); ++length) {
    write(first + torn.substr(0, length));
    ASSERT_TRUE(append(path, makeEntry("1-cc")));
    ASSERT_EQ(read(), first + next) << length;
  }
  // It lacks nothing but its newline.
  write(first + torn);
  ASSERT_TRUE(append(path, makeEntry("1-cc")));
  EXPECT_EQ(read(), first + torn + "\n" + next);
  // It is no entry: somebody else's text stays.
  write(first + "note");
  ASSERT_TRUE(append(path, makeEntry("1-cc")));
  EXPECT_EQ(read(), first + "note\n" + next);
  // The only line.
  write(torn.substr(0, 20));
  ASSERT_TRUE(append(path, makeEntry("1-cc")));
  EXPECT_EQ(read(), next);
}

TEST_F(TuningFile, UpdatingReplacesTheFileBehindALink) {
  llvm::SmallString<128> link(directory);
  llvm::sys::path::append(link, "link");
  ASSERT_TRUE(append(path, makeEntry("1-aa", 2.0)));
  ASSERT_TRUE(append(path, makeEntry("1-aa", 1.0)));
  ASSERT_FALSE(fs::create_link(path, link));
  ASSERT_TRUE(rewrite(link));
  EXPECT_TRUE(fs::is_symlink_file(link));
  EXPECT_EQ(read(), format(makeEntry("1-aa", 1.0)) + "\n");
}

TEST_F(TuningFile, ThreadsLoseNothing) {
  std::vector<std::thread> threads;
  std::atomic<int> succeeded = 0;
  for (int writer = 0; writer < kWriters; ++writer)
    threads.emplace_back([&, writer] { succeeded += runWriter(path, writer); });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(succeeded, kWriters);
  EXPECT_EQ(loadPrograms().size(), size_t(kWriters * kEntries));
  EXPECT_EQ(load().getBrokenLines().size(), 0u);
}

TEST_F(TuningFile, ProcessesLoseNothing) {
  std::vector<pid_t> processes;
  for (int writer = 0; writer < kWriters; ++writer) {
    pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0)
      _exit(runWriter(path, writer) ? 0 : 1);
    processes.push_back(process);
  }
  for (pid_t process : processes) {
    int status = 0;
    ASSERT_EQ(waitpid(process, &status, 0), process);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(loadPrograms().size(), size_t(kWriters * kEntries));
  EXPECT_EQ(load().getBrokenLines().size(), 0u);
}

/// A writer that appends and rewrites is killed at a random moment, over and
/// over. KILN_KILL_ROUNDS says how often. The writer says through a pipe which
/// entries it has written; they must all be there.
TEST_F(TuningFile, AKillLosesNothingThatWasWritten) {
  const char *asked = std::getenv("KILN_KILL_ROUNDS");
  int rounds = asked ? std::atoi(asked) : 20;
  ASSERT_GT(rounds, 0);
  std::mt19937 random(1); // the moments differ anyway
  std::set<std::string> written;
  int killed = 0;
  for (int round = 0; round < rounds; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
      close(ends[0]);
      for (int i = 0;; ++i) {
        TuningEntry entry = makeEntry(nameOf(round, i));
        // Longer than a page: such a write may be cut.
        entry.device.assign(i % 3 * 5000, 'x');
        if (!append(path, entry) || (i % 4 == 0 && !rewrite(path)))
          _exit(1);
        if (::write(ends[1], &i, sizeof(i)) != sizeof(i))
          _exit(1);
      }
    }
    close(ends[1]);
    usleep(500 + random() % 20000);
    kill(process, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(process, &status, 0), process);
    killed += WIFSIGNALED(status);
    int index = 0;
    while (::read(ends[0], &index, sizeof(index)) == sizeof(index))
      written.insert(nameOf(round, index));
    close(ends[0]);

    TuningDatabase database = load();
    std::set<std::string> found;
    for (const auto &record : database.getRecords())
      found.insert(record.entry.key.program);
    for (const std::string &program : written)
      ASSERT_TRUE(found.count(program)) << program << " in round " << round;
    // What is not whole can only be the last line.
    std::string text = read();
    for (const auto &line : database.getBrokenLines())
      ASSERT_TRUE(text.back() != '\n' &&
                  llvm::StringRef(text).ends_with(line.text))
          << line.message;
  }
  EXPECT_EQ(killed, rounds);
  EXPECT_FALSE(written.empty());
  // The next writer leaves it whole, and nothing else beside it.
  ASSERT_TRUE(append(path, makeEntry("1-last")));
  ASSERT_TRUE(rewrite(path));
  EXPECT_EQ(load().getBrokenLines().size(), 0u);
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end;
       !error && entry != end; entry.increment(error))
    EXPECT_EQ(entry->path(), path.str());
}
