//===- CopyScheduleTest.cpp - When copies are issued and waited for -------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/MainLoop/CopySchedule.h"

#include "llvm/Support/MathExtras.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

using namespace kiln;

namespace {

using Buffer = CopySchedule::Buffer;
using Item = CopySchedule::Item;

/// A buffer whose only copy is read from the first segment to the last.
Buffer whole(int64_t slots, int64_t segments = 1) {
  return {slots, {{-1, segments - 1}}};
}

/// A ring of `slots`: part s is copied and read for segment s alone.
Buffer ring(int64_t slots, int64_t parts) {
  Buffer buffer{slots, {}};
  for (int64_t part = 0; part < parts; ++part)
    buffer.copies.push_back({part - 1, part});
  return buffer;
}

/// The source of a transposition, which is read between the last two syncs in
/// front of its iteration.
Buffer transposed(int64_t slots) { return {slots, {{-2, -1}}}; }

/// `buffer.copy+distance` of each item.
std::string text(llvm::ArrayRef<Item> items) {
  std::string list;
  for (Item item : items)
    list += (list.empty() ? "" : " ") + std::to_string(item.buffer) + "." +
            std::to_string(item.copy) + "+" + std::to_string(item.distance);
  return list;
}
using Groups = llvm::SmallVector<int64_t>;

/// Runs a schedule as the loop does. Every slot must be free when it is
/// refilled and full when it is read, and no wait could leave one group more
/// open.
void simulate(int64_t segments, llvm::ArrayRef<Buffer> buffers) {
  CopySchedule schedule(segments, buffers);
  constexpr int64_t iterations = 12;
  struct Copy {
    int64_t window, group;
  };
  // By buffer and number of the copy.
  std::map<std::pair<int64_t, int64_t>, Copy> issued;
  int64_t groups = 0;
  auto count = [&](int64_t buffer) -> int64_t {
    return buffers[buffer].copies.size();
  };
  auto issue = [&](llvm::ArrayRef<Item> items, int64_t window,
                   int64_t iteration) {
    for (Item item : items) {
      int64_t number =
          (iteration + item.distance) * count(item.buffer) + item.copy;
      EXPECT_TRUE(
          issued.insert({{item.buffer, number}, {window, groups}}).second);
    }
  };
  // Groups that were issued before each window. Those of the prologue count
  // even where nothing is left in them.
  std::map<int64_t, int64_t> groupsBefore;
  int64_t end = segments * iterations;
  for (int64_t window = schedule.getFirstWindow(); window < end; ++window) {
    groupsBefore[window] = groups;
    llvm::ArrayRef<Item> items = schedule.windows[llvm::mod(window, segments)];
    if (window < 0)
      issue(schedule.getPrologue(window), window, 0);
    else
      issue(items, window, window / segments);
    groups += !items.empty();
  }

  for (size_t buffer = 0; buffer < buffers.size(); ++buffer)
    for (int64_t number = 0; number < iterations * count(buffer); ++number)
      EXPECT_EQ(issued.count({buffer, number}), 1u) << "never copied";

  // What each wait could leave open beyond what it does.
  Groups slack(segments, std::numeric_limits<int64_t>::max());
  for (auto [key, copy] : issued) {
    auto [buffer, number] = key;
    int64_t iteration = number / count(buffer), n = count(buffer);
    auto use = buffers[buffer].copies[number % n];
    int64_t previous = number - buffers[buffer].slots;
    if (previous >= 0)
      EXPECT_GE(copy.window, previous / n * segments +
                                 buffers[buffer].copies[previous % n].freed)
          << "slot refilled while it is read";
    int64_t guard = iteration * segments + use.guard;
    if (guard >= end)
      continue;
    EXPECT_LT(copy.window, guard) << "copied after the wait";
    // Groups that were issued before the sync, and after the copy's own.
    int64_t open = groupsBefore[guard] - 1 - copy.group;
    int64_t pending = schedule.pending[llvm::mod(guard, segments)];
    EXPECT_LE(pending, open) << "read before it has landed";
    int64_t &least = slack[llvm::mod(guard, segments)];
    least = std::min(least, open - pending);
  }
  for (int64_t segment = 0; segment < segments; ++segment)
    if (schedule.pending[segment] >= 0)
      EXPECT_EQ(slack[segment], 0) << "waits for more than is read";
}

TEST(CopyScheduleTest, OneSegmentTwoSlots) {
  CopySchedule schedule(1, {whole(2), whole(2)});
  ASSERT_EQ(schedule.windows.size(), 1u);
  EXPECT_EQ(text(schedule.windows[0]), "0.0+2 1.0+2");
  EXPECT_EQ(schedule.pending, Groups({0}));
  EXPECT_EQ(schedule.getFirstWindow(), -2);
  EXPECT_EQ(text(schedule.getPrologue(-2)), "0.0+0 1.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-1)), "0.0+1 1.0+1");
}

TEST(CopyScheduleTest, OneSegmentThreeSlots) {
  CopySchedule schedule(1, {whole(3)});
  EXPECT_EQ(text(schedule.windows[0]), "0.0+3");
  EXPECT_EQ(schedule.pending, Groups({1}));
  EXPECT_EQ(schedule.getFirstWindow(), -3);
  EXPECT_EQ(text(schedule.getPrologue(-3)), "0.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-1)), "0.0+2");
}

// Parts run three segments ahead, the other operand from the last segment of
// an iteration to the iteration after the next.
TEST(CopyScheduleTest, RingOfThreeParts) {
  CopySchedule schedule(3, {whole(2, 3), ring(3, 3)});
  EXPECT_EQ(text(schedule.windows[0]), "1.0+1");
  EXPECT_EQ(text(schedule.windows[1]), "1.1+1");
  EXPECT_EQ(text(schedule.windows[2]), "0.0+2 1.2+1");
  EXPECT_EQ(schedule.pending, Groups({1, 1, 1}));
  EXPECT_EQ(schedule.getFirstWindow(), -4);
  EXPECT_EQ(text(schedule.getPrologue(-4)), "0.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-3)), "1.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-2)), "1.1+0");
  EXPECT_EQ(text(schedule.getPrologue(-1)), "0.0+1 1.2+0");
}

// With two slots only the next part but one is copied, so that the last three
// parts of an iteration are copied in it.
TEST(CopyScheduleTest, RingOfTwoSlotsAndFiveParts) {
  CopySchedule schedule(5, {ring(2, 5)});
  EXPECT_EQ(text(schedule.windows[0]), "0.2+0");
  EXPECT_EQ(text(schedule.windows[1]), "0.3+0");
  EXPECT_EQ(text(schedule.windows[2]), "0.4+0");
  EXPECT_EQ(text(schedule.windows[3]), "0.0+1");
  EXPECT_EQ(text(schedule.windows[4]), "0.1+1");
  EXPECT_EQ(schedule.pending, Groups({0, 0, 0, 0, 0}));
  EXPECT_EQ(schedule.getFirstWindow(), -2);
  EXPECT_EQ(text(schedule.getPrologue(-2)), "0.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-1)), "0.1+0");
}

// The source is a window further ahead than what fragments are loaded from;
// the transposed buffer has no copies.
TEST(CopyScheduleTest, TransposedSource) {
  CopySchedule schedule(1, {transposed(2), {2, {}}, whole(2)});
  EXPECT_EQ(text(schedule.windows[0]), "0.0+3 2.0+2");
  EXPECT_EQ(schedule.pending, Groups({0}));
  EXPECT_EQ(schedule.getFirstWindow(), -3);
  EXPECT_EQ(text(schedule.getPrologue(-3)), "0.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-2)), "0.0+1 2.0+0");
  EXPECT_EQ(text(schedule.getPrologue(-1)), "0.0+2 2.0+1");
}

// With three segments one slot of the source is enough: the last window fills
// it, and it is transposed in the one in front of the next iteration's last.
TEST(CopyScheduleTest, TransposedSourceBesideRing) {
  CopySchedule schedule(3, {transposed(1), {2, {}}, ring(3, 3)});
  EXPECT_EQ(text(schedule.windows[0]), "2.0+1");
  EXPECT_EQ(text(schedule.windows[1]), "2.1+1");
  EXPECT_EQ(text(schedule.windows[2]), "0.0+2 2.2+1");
  EXPECT_EQ(schedule.pending, Groups({1, 1, 1}));
  EXPECT_EQ(schedule.getFirstWindow(), -4);
}

// A sync in front of which nothing has to land.
TEST(CopyScheduleTest, SyncWithoutWait) {
  CopySchedule schedule(2, {whole(2, 2)});
  EXPECT_EQ(text(schedule.windows[0]), "");
  EXPECT_EQ(text(schedule.windows[1]), "0.0+2");
  EXPECT_EQ(schedule.pending, Groups({-1, 0}));
}

TEST(CopyScheduleTest, EveryWaitIsExact) {
  for (int64_t segments = 1; segments <= 9; ++segments)
    for (int64_t slots = 2; slots <= 4; ++slots)
      for (int64_t ringSlots = 2; ringSlots <= 8; ++ringSlots) {
        SCOPED_TRACE(testing::Message() << segments << " segments, " << slots
                                        << " slots, ring of " << ringSlots);
        simulate(segments, {whole(slots, segments), ring(ringSlots, segments)});
        simulate(segments, {transposed(segments > 2 ? 1 : 2),
                            {slots, {}},
                            ring(ringSlots, segments)});
      }
}

} // namespace
