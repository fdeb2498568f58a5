//===- ReadJsonTest.cpp - Profiles in JSON --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProfilingTest.h"

using namespace kiln::profiling;
using testing::Test;

namespace {
class ReadJson : public ProfilingTest {};
} // namespace

TEST_F(ReadJson, ObjectOfKernels) {
  Profile profile = read(R"x({"conv": {
    "launch__grid_size": 32258, "launch__registers_per_thread": 255,
    "launch__occupancy_limit_registers": 2,
    "launch__occupancy_limit_shared_mem": 3,
    "sm__throughput.avg.pct_of_peak_sustained_elapsed": 49.12,
    "sm__warps_active.avg.pct_of_peak_sustained_active": 16.63,
    "dram__throughput.avg.pct_of_peak_sustained_elapsed": 4.39,
    "lts__t_sector_hit_rate.pct": 95.37}})x");
  ASSERT_EQ(profile.kernels.size(), 1u);
  const KernelProfile &conv = profile.kernels.front();
  EXPECT_EQ(conv.kernel, "conv");
  EXPECT_EQ(conv.launches, 1u);
  EXPECT_EQ(conv.get(Metric::GridSize), 32258);
  EXPECT_EQ(conv.get(Metric::SmThroughput), 49.12);
  EXPECT_EQ(conv.get(Metric::WarpsActive), 16.63);
  EXPECT_EQ(conv.get(Metric::DramThroughput), 4.39);
  EXPECT_EQ(conv.get(Metric::L2HitRate), 95.37);
  EXPECT_EQ(conv.getBlocksPerSm(), 2);
  EXPECT_EQ(conv.places.at(Metric::SmThroughput), "p:5");
  EXPECT_TRUE(profile.notes.empty());
}

TEST_F(ReadJson, RowsOfKernelAreMedians) {
  Profile profile = read(R"x({"k": [
    {"launch__grid_size": 64, "sm__throughput.avg": 1,
     "sm__throughput": 40, "lts__t_sector_hit_rate.pct": null},
    {"launch__grid_size": 64, "sm__throughput": 44},
    {"launch__grid_size": 64, "sm__throughput": 90,
     "lts__t_sector_hit_rate.pct": 80}]})x");
  ASSERT_EQ(profile.kernels.size(), 1u);
  EXPECT_EQ(profile.kernels[0].launches, 3u);
  EXPECT_EQ(profile.kernels[0].get(Metric::SmThroughput), 44);
  EXPECT_EQ(profile.kernels[0].get(Metric::L2HitRate), 80);
  EXPECT_EQ(profile.notes,
            (std::vector<std::string>{
                "unknown metrics are ignored: sm__throughput.avg",
                "metrics without a value: lts__t_sector_hit_rate.pct"}));
}

TEST_F(ReadJson, EvenNumberOfRows) {
  Profile profile =
      read(R"x([{"sm__throughput": 40}, {"sm__throughput": 50}])x");
  EXPECT_EQ(profile.kernels[0].get(Metric::SmThroughput), 45);
}

TEST_F(ReadJson, LaunchesOfOtherGridsAreApart) {
  Profile profile = read(R"x({"k": [
    {"launch__grid_size": 64, "sm__throughput": 40},
    {"launch__grid_size": 32, "sm__throughput": 20}]})x");
  ASSERT_EQ(profile.kernels.size(), 2u);
  auto found = selectKernel(profile, "k", 32, "p");
  ASSERT_TRUE(bool(found));
  EXPECT_EQ((*found)->get(Metric::SmThroughput), 20);
  auto open = selectKernel(profile, "k", std::nullopt, "p");
  ASSERT_FALSE(bool(open));
  EXPECT_EQ(toString(open.takeError()),
            "p: several launches of 'k'; it has 'k' (grid 64), 'k' (grid 32)");
}

TEST_F(ReadJson, BareListAndBareObject) {
  Profile list = read(R"x([{"Kernel Name": "a", "sm__throughput": "12.5 %"},
                          {"Kernel Name": "b", "sm__throughput": "1e1"}])x");
  ASSERT_EQ(list.kernels.size(), 2u);
  EXPECT_EQ(list.kernels[1].kernel, "b");
  EXPECT_EQ(list.kernels[1].get(Metric::SmThroughput), 10);
  Profile object = read(R"x({"sm__throughput": 12.5})x");
  ASSERT_EQ(object.kernels.size(), 1u);
  EXPECT_EQ(object.kernels[0].kernel, "");
}

TEST_F(ReadJson, SelectsByName) {
  Profile profile =
      read(R"x({"void n::a<2, int>(float*, int)": {"sm__throughput": 1},
               "b": {"sm__throughput": 2}})x");
  auto a = selectKernel(profile, "n::a", std::nullopt, "p");
  ASSERT_TRUE(bool(a));
  EXPECT_EQ((*a)->get(Metric::SmThroughput), 1);
  auto none = selectKernel(profile, "c", std::nullopt, "p");
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(toString(none.takeError()),
            "p: no kernel 'c'; it has 'b', 'void n::a<2, int>(float*, int)'");
  // One kernel that has another name is still the kernel.
  Profile one = read(R"x({"b": {"sm__throughput": 2}})x");
  EXPECT_TRUE(bool(selectKernel(one, "c", std::nullopt, "p")));
}

TEST_F(ReadJson, MissingValues) {
  Profile profile = read(R"x({"k": {"sm__throughput": 5,
    "dram__throughput": "inf", "sm__warps_active": "-inf",
    "lts__t_sector_hit_rate.pct": NaN, "launch__grid_size": "",
    "lts__throughput": Infinity}})x");
  EXPECT_EQ(profile.kernels[0].values.size(), 1u);
  EXPECT_EQ(profile.notes.size(), 1u);
}

TEST_F(ReadJson, UnitsAndThousands) {
  Profile profile = read(R"x({"k": {"launch__grid_size": "32,258",
    "gpu__time_duration.sum": "21.3 msecond", "dram__bytes.sum": "1.5 Gbyte",
    "launch__block_size": "(8, 4, 4)",
    "launch__registers_per_thread": "255 register/thread"}})x");
  const KernelProfile &kernel = profile.kernels[0];
  EXPECT_EQ(kernel.get(Metric::GridSize), 32258);
  EXPECT_EQ(kernel.get(Metric::DurationNs), 21.3e6);
  EXPECT_EQ(kernel.get(Metric::DramBytes), 1.5e9);
  EXPECT_EQ(kernel.get(Metric::BlockSize), 128);
  EXPECT_EQ(kernel.get(Metric::Registers), 255);
}

TEST_F(ReadJson, StallReasons) {
  Profile profile = read(R"x({"k": {
    "smsp__average_warps_issue_stalled_barrier_per_issue_active.ratio": 0.5,
    "smsp__average_warps_issue_stalled_long_scoreboard_not_issued_per_issue_active.ratio": 1,
    "smsp__average_warps_issue_stalled_wait_per_issue_active": 0.25}})x");
  EXPECT_EQ(profile.kernels[0].stalls,
            (std::map<std::string, double>{{"barrier", 0.5}, {"wait", 0.25}}));
}

TEST_F(ReadJson, RefusesWhatCannotBe) {
  EXPECT_EQ(refuse("{\n\"k\": {\"sm__throughput\": 100.6}}"),
            "p:2: 'sm__throughput' is 100.6; it must be from 0 to 100 %");
  EXPECT_EQ(refuse(R"x({"k": {"sm__throughput": 100.5}})x"), "");
  EXPECT_EQ(refuse(R"x({"k": {"dram__throughput": -0.1}})x"),
            "p:1: 'dram__throughput' is -0.1; it must be from 0 to 100 %");
  EXPECT_EQ(refuse(R"x({"k": {"launch__registers_per_thread": -8}})x"),
            "p:1: 'launch__registers_per_thread' is -8; it must be a whole "
            "number of at least 1");
  EXPECT_EQ(refuse(R"x({"k": {"launch__registers_per_thread": 256}})x"),
            "p:1: 'launch__registers_per_thread' is 256; it must be from "
            "1 to 255");
  EXPECT_EQ(refuse(R"x({"k": {"launch__registers_per_thread": 255}})x"), "");
  EXPECT_EQ(refuse(R"x({"k": {"launch__grid_size": 2.5}})x"),
            "p:1: 'launch__grid_size' is 2.5; it must be a whole number of at "
            "least 1");
  EXPECT_EQ(refuse(R"x({"k": {"sm__throughput": "12 Mbyte"}})x"),
            "p:1: 'sm__throughput' cannot be in 'Mbyte'");
  EXPECT_EQ(refuse(R"x({"k": {"sm__throughput": "twelve"}})x"),
            "p:1: 'sm__throughput': 'twelve' is no number");
  EXPECT_EQ(refuse(R"x({"k": {"launch__grid_size": "12,34"}})x"),
            "p:1: 'launch__grid_size': '12,34' is no number");
  EXPECT_EQ(refuse(R"x({"k": {"sm__throughput": true}})x"),
            "p:1: 'sm__throughput' must be a number, a string or null");
  // Of two values of one launch one is wrong.
  EXPECT_EQ(refuse(R"x({"k": {"sm__warps_active": 60,
                   "sm__maximum_warps_per_active_cycle_pct": 50}})x"),
            "p:1: sm__warps_active is 60.00 %, above the 50.00 % that fit "
            "(sm__maximum_warps_per_active_cycle_pct)");
}

TEST_F(ReadJson, NamesRowOfError) {
  EXPECT_EQ(refuse("{\"k\": [\n{\"sm__throughput\": 1},\n"
                   "{\"sm__throughput\": 101}]}"),
            "p:3: 'sm__throughput' is 101; it must be from 0 to 100 %");
}

TEST_F(ReadJson, RefusesOtherFiles) {
  EXPECT_EQ(refuse("{\"k\": {\n"), "p:2:0: no JSON: Expected object key");
  EXPECT_EQ(refuse("{\"k\": {\"a\": 1}}"),
            "p: no metric that is known stands in it; unknown: a");
  EXPECT_EQ(refuse(std::string(1 << 20, '[')),
            "p:1: no JSON: brackets are nested more than 64 deep");
  EXPECT_EQ(refuse("[1]"), "p:1: row 0 is no object of metrics");
  EXPECT_EQ(refuse("{\"k\": {\"sm__throughput\": 1}, \"l\": 3}"),
            "p:1: kernel 'l' must have an object of metrics or a list of rows");
  EXPECT_EQ(refuse("{}"), "p: no metric that is known stands in it");
  EXPECT_EQ(refuse(""), "p: neither JSON nor the output of ncu --csv: no line "
                        "names columns such as \"Kernel Name\"");
}
