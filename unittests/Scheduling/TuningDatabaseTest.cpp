//===- TuningDatabaseTest.cpp - Lines, lookup, merging, pruning -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TuningTest.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace kiln;
using kiln::test::format;
using kiln::test::makeEntry;

namespace {
std::string print(const TuningDatabase &database) {
  std::string text;
  llvm::raw_string_ostream os(text);
  database.print(os);
  return text;
}

TuningDatabase parse(llvm::StringRef text) {
  return TuningDatabase::parse(text, "db");
}

/// The database of these entries.
TuningDatabase make(std::initializer_list<TuningEntry> entries) {
  TuningDatabase database;
  for (const TuningEntry &entry : entries)
    llvm::cantFail(database.add(entry));
  return database;
}

std::string message(llvm::StringRef line) {
  llvm::Expected<TuningEntry> entry = parseTuningEntry(line);
  return entry ? "no error" : toString(entry.takeError());
}

std::string replaced(std::string text, llvm::StringRef from,
                     llvm::StringRef to) {
  return text.replace(text.find(from), from.size(), to);
}
} // namespace

TEST(TuningEntry, TheLineIsAsDocumented) {
  EXPECT_EQ(
      format(makeEntry()),
      "{\"format\":1,\"program\":\"1-aa\",\"target\":\"rtx4090\","
      "\"precision\":\"tf32\",\"kiln\":\"" +
          getKilnVersion().str() +
          "\",\"kernel\":\"f\",\"schedule\":\"#kiln.loop_schedule<tile = [1], "
          "threads = [1], vector = [1]>\",\"measured\":\"cuda\","
          "\"device\":\"a \\\"card\\\"\",\"chosen_ms\":2,\"baseline_ms\":4,"
          "\"default_ms\":3,\"repetitions\":31,\"gain\":0.5,"
          "\"date\":\"2026-11-25T10:00:00Z\","
          "\"facts\":{\"registers\":128,\"spill_bytes\":0}}");
}

TEST(TuningEntry, IsReadAsItWasWritten) {
  TuningEntry entry = makeEntry("1-ab", 1.0 / 3);
  entry.baselineMs.reset();
  entry.device = "two\nlines\tand \xc3\xa4";
  llvm::Expected<TuningEntry> read = parseTuningEntry(format(entry));
  ASSERT_TRUE(static_cast<bool>(read)) << toString(read.takeError());
  EXPECT_EQ(read->key, entry.key);
  EXPECT_EQ(read->chosenMs, entry.chosenMs);
  EXPECT_FALSE(read->baselineMs.has_value());
  EXPECT_EQ(read->device, entry.device);
  EXPECT_EQ(read->facts, entry.facts);
  EXPECT_EQ(format(*read), format(entry));
  EXPECT_EQ(format(entry).find('\n'), std::string::npos);
}

TEST(TuningEntry, UnknownFieldsAreIgnored) {
  std::string line = replaced(format(makeEntry()), "\"format\":1",
                              "\"format\":1,\"later\":[\"[[\\\"[\"]");
  EXPECT_EQ(message(line), "no error");
}

TEST(TuningEntry, WhatIsWrongIsNamed) {
  std::string line = format(makeEntry());
  EXPECT_EQ(message("[]"), "not a JSON object");
  EXPECT_EQ(message(std::string(1000000, '[')),
            "objects are nested more than 64 deep");
  EXPECT_EQ(message("{}"), "'format' is missing");
  EXPECT_EQ(message(replaced(line, "\"format\":1", "\"format\":7")),
            "format 7 is not known; this Kiln reads format 1");
  EXPECT_EQ(message(replaced(line, "\"1-aa\"", "3")),
            "'program' is not a text");
  EXPECT_EQ(message(replaced(line, "\"1-aa\"", "\"\"")), "'program' is empty");
  EXPECT_EQ(message(replaced(line, "\"cuda\"", "\"guess\"")),
            "'measured' is 'guess', not cuda, replay or model");
  EXPECT_EQ(message(replaced(line, "\"chosen_ms\":2", "\"chosen_ms\":0")),
            "'chosen_ms' is 0.00, not a time above 0");
  EXPECT_EQ(message(replaced(line, "\"default_ms\":3", "\"default_ms\":\"3\"")),
            "'default_ms' is not a number");
  EXPECT_EQ(message(replaced(line, ":31", ":3.5")),
            "'repetitions' is not an integer");
  EXPECT_EQ(message(replaced(line, ":31", ":0")),
            "'repetitions' is 0, but times were measured");
  EXPECT_EQ(message(replaced(line, "128", "\"many\"")),
            "'facts.registers' is not an integer");
  EXPECT_EQ(message(replaced(line, "T10:00:00Z", "")),
            "'date' is '2026-11-25', not as 2026-11-25T10:00:00Z");
}

TEST(TuningEntry, WhatCannotBeReadIsNotWritten) {
  TuningEntry entry = makeEntry();
  entry.chosenMs = NAN;
  llvm::Expected<std::string> line = formatTuningEntry(entry);
  ASSERT_FALSE(static_cast<bool>(line));
  EXPECT_EQ(toString(line.takeError()),
            "'chosen_ms' is nan, not a time above 0");
  TuningDatabase database;
  EXPECT_EQ(toString(database.add(entry)),
            "'chosen_ms' is nan, not a time above 0");
  EXPECT_TRUE(database.getRecords().empty());
}

TEST(TuningEntry, TheDateIsOneThatCanBeRead) {
  TuningEntry entry = makeEntry();
  entry.date = getTuningDate();
  EXPECT_EQ(message(format(entry)), "no error");
}

TEST(TuningEntry, TheGainIsOnTheFasterOfBaselineAndDefault) {
  TuningEntry entry = makeEntry(); // 4, 3, 2 ms
  EXPECT_DOUBLE_EQ(entry.getGain(), 0.5);
  entry.baselineMs = 2.5;
  EXPECT_DOUBLE_EQ(entry.getGain(), 0.25);
  entry.baselineMs.reset();
  entry.defaultMs.reset();
  EXPECT_EQ(entry.getGain(), 0);
}

TEST(TuningDatabase, ABrokenLineIsReportedAndSkipped) {
  TuningDatabase database =
      parse(format(makeEntry("1-aa")) + "\n\nnonsense\n{\"format\":1}\r\n" +
            format(makeEntry("1-bb")) + "\n");
  ASSERT_EQ(database.getRecords().size(), 2u);
  EXPECT_EQ(database.getRecords()[1].getPlace(), "db:5");
  ASSERT_EQ(database.getBrokenLines().size(), 2u);
  EXPECT_EQ(database.getBrokenLines()[0].line, 3u);
  EXPECT_EQ(database.getBrokenLines()[0].message.substr(0, 9), "not JSON:");
  EXPECT_EQ(database.getBrokenLines()[1].line, 4u);
  EXPECT_EQ(database.getBrokenLines()[1].message, "'program' is missing");
}

TEST(TuningDatabase, EachPrefixHoldsTheEntriesWhoseLinesAreWhole) {
  std::string first = format(makeEntry("1-aa")) + "\n";
  std::string second = format(makeEntry("1-bb"));
  for (size_t length = 1; length < second.size(); ++length) {
    TuningDatabase database = parse(first + second.substr(0, length));
    ASSERT_EQ(database.getRecords().size(), 1u) << length;
    ASSERT_EQ(database.getBrokenLines().size(), 1u) << length;
    EXPECT_EQ(database.getBrokenLines()[0].message,
              "the last line is not whole: its writer was stopped");
  }
  EXPECT_EQ(parse(first + second).getRecords().size(), 2u);
}

TEST(TuningDatabase, LooksUpByEveryPartOfTheKey) {
  TuningDatabase database = make({makeEntry()});
  TuningKey key = makeEntry().key;
  EXPECT_NE(database.lookup(key), nullptr);
  for (std::string TuningKey::*part :
       {&TuningKey::program, &TuningKey::target, &TuningKey::precision,
        &TuningKey::version}) {
    TuningKey other = key;
    other.*part = "other";
    EXPECT_EQ(database.lookup(other), nullptr);
    EXPECT_EQ(database.lookupOtherVersion(other) != nullptr,
              part == &TuningKey::version);
  }
  EXPECT_EQ(database.lookupOtherVersion(key), nullptr);
}

TEST(TuningDatabase, TheBestSupportedIsMeasuredThenRepeatedThenFaster) {
  // From the best to the worst, each for one reason.
  std::vector<TuningEntry> order(8, makeEntry());
  order[0].chosenMs = 1.0;
  order[1].chosenMs = 1.5;
  order[1].repetitions = 31;
  order[2].chosenMs = 1.5;
  order[2].repetitions = 30;
  order[3] = order[2];
  order[3].date = "2026-11-24T10:00:00Z";
  order[4] = order[3];
  order[4].schedule += " ";
  order[5].chosenMs = 0.5;
  order[5].repetitions = kSupportedRepetitions - 1;
  order[6].measuredBy = MeasuredBy::Replay;
  order[6].chosenMs = 0.2;
  order[7].measuredBy = MeasuredBy::Model;
  order[7].chosenMs = 0.1;
  for (size_t i = 0; i < order.size(); ++i)
    for (size_t j = 0; j < order.size(); ++j)
      EXPECT_EQ(isBetterSupported(order[i], order[j]), i < j) << i << " " << j;
}

TEST(TuningDatabase, ShardsMergeToTheSameInAnyOrder) {
  TuningDatabase a = make({makeEntry("1-aa", 2.0), makeEntry("1-cc", 2.0)});
  TuningDatabase b = make({makeEntry("1-aa", 1.0), makeEntry("1-bb", 2.0)});
  TuningDatabase c = make({makeEntry("1-aa", 2.5), makeEntry("1-bb", 2.5)});
  TuningDatabase abc = a, cba = c;
  abc.merge(b);
  abc.merge(c);
  cba.merge(b);
  cba.merge(a);
  EXPECT_EQ(print(abc), print(cba));
  EXPECT_EQ(print(abc), format(makeEntry("1-aa", 1.0)) + "\n" +
                            format(makeEntry("1-bb", 2.0)) + "\n" +
                            format(makeEntry("1-cc", 2.0)) + "\n");
}

TEST(TuningDatabase, MergingKeepsLinesThatItCannotRead) {
  std::string later = "{\"format\":2,\"program\":\"1-aa\"}\n";
  TuningDatabase database = parse(later);
  database.merge(parse(later + format(makeEntry()) + "\n"));
  EXPECT_EQ(print(database), format(makeEntry()) + "\n" + later);
}

TEST(TuningDatabase, PruningKeepsTheBestOfThisVersion) {
  TuningEntry old = makeEntry("1-bb", 1.0);
  old.key.version = "0.0.1";
  TuningDatabase database =
      parse(format(makeEntry("1-aa", 2.0)) + "\nnonsense\n" + format(old) +
            "\n" + format(makeEntry("1-aa", 1.0)) + "\n");
  EXPECT_EQ(database.prune(getKilnVersion()), 3u);
  EXPECT_EQ(print(database), format(makeEntry("1-aa", 1.0)) + "\n");
  EXPECT_EQ(database.prune(getKilnVersion()), 0u);
}

TEST(TuningDatabase, TheTableHasARowForEachEntry) {
  std::string text;
  llvm::raw_string_ostream os(text);
  parse(format(makeEntry()) + "\n").printTable(os);
  EXPECT_EQ(llvm::StringRef(text).count('\n'), 2u);
  EXPECT_NE(text.find("2.0000"), std::string::npos);
  EXPECT_NE(text.find("50.0 %"), std::string::npos);
  EXPECT_NE(text.find("db:1"), std::string::npos);
}
