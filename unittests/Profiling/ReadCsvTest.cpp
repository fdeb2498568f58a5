//===- ReadCsvTest.cpp - Profiles as `ncu --csv` writes them --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProfilingTest.h"

using namespace kiln::profiling;

namespace {
class ReadCsv : public ProfilingTest {};

constexpr llvm::StringLiteral kDetails =
    R"csv(==PROF== Connected to process 12
loss, 0.5
==PROF== Profiling "conv": 0%....100% - 5 passes
"ID","Process ID","Kernel Name","Block Size","Grid Size","Metric Name","Metric Unit","Metric Value"
"0","12","void conv(float*, int)","(256, 1, 1)","(128, 1, 1)","sm__throughput.avg.pct_of_peak_sustained_elapsed","%","46.00"
"0","12","void conv(float*, int)","(256, 1, 1)","(128, 1, 1)","gpu__time_duration.sum","usecond","1,234.5"
"1","12","void conv(float*, int)","(256, 1, 1)","(128, 1, 1)","sm__throughput.avg.pct_of_peak_sustained_elapsed","%","48.00"
"1","12","void conv(float*, int)","(256, 1, 1)","(128, 1, 1)","gpu__time_duration.sum","nsecond","1,234,000"
"2","12","fill","(128, 1, 1)","(9, 1, 1)","Registers Per Thread","register/thread","16"
"2","12","fill","(128, 1, 1)","(9, 1, 1)","Achieved Occupancy","%","90.1"
"2","12","fill","(128, 1, 1)","(9, 1, 1)","","",""
==PROF== Disconnected from process 12
)csv";
constexpr llvm::StringLiteral kRaw =
    R"csv("ID","Kernel Name","launch__grid_size","dram__bytes.sum","sm__throughput.avg.pct_of_peak_sustained_elapsed"
"","","","Mbyte","%"
"0","conv","128","1,000.5","46.5"
"1","conv","128","2,000.5","47.5"
)csv";
} // namespace

TEST_F(ReadCsv, Details) {
  Profile profile = read(kDetails);
  ASSERT_EQ(profile.kernels.size(), 2u);
  const KernelProfile &conv = profile.kernels[0];
  EXPECT_EQ(conv.kernel, "void conv(float*, int)");
  EXPECT_EQ(conv.launches, 2u);
  EXPECT_EQ(conv.get(Metric::SmThroughput), 47);
  EXPECT_EQ(conv.get(Metric::DurationNs), (1234500.0 + 1234000) / 2);
  EXPECT_EQ(conv.get(Metric::GridSize), 128);
  EXPECT_EQ(conv.get(Metric::BlockSize), 256);
  EXPECT_EQ(conv.places.at(Metric::SmThroughput), "p:5");
  EXPECT_EQ(profile.kernels[1].get(Metric::Registers), 16);
  EXPECT_EQ(profile.kernels[1].get(Metric::WarpsActive), 90.1);
}

TEST_F(ReadCsv, RowsHaveAsManyFieldsAsTheHeader) {
  EXPECT_EQ(refuse("Kernel Name,sm__throughput\n\nk\n"),
            "p:3: 1 fields, but the header has 2");
}

TEST_F(ReadCsv, Raw) {
  Profile profile = read(kRaw);
  ASSERT_EQ(profile.kernels.size(), 1u);
  EXPECT_EQ(profile.kernels[0].launches, 2u);
  EXPECT_EQ(profile.kernels[0].get(Metric::DramBytes), 1500.5e6);
  EXPECT_EQ(profile.kernels[0].get(Metric::SmThroughput), 47);
}

TEST_F(ReadCsv, RawWithoutUnits) {
  Profile profile = read("Kernel Name,sm__throughput\nk,50\n");
  EXPECT_EQ(profile.kernels[0].get(Metric::SmThroughput), 50);
}

TEST_F(ReadCsv, DetailsWithoutIds) {
  Profile profile = read("Metric Name,Metric Value\nsm__throughput,50\n"
                         "dram__throughput,1\nsm__throughput,52\n");
  EXPECT_EQ(profile.kernels[0].launches, 2u);
  EXPECT_EQ(profile.kernels[0].get(Metric::SmThroughput), 51);
}

TEST_F(ReadCsv, QuotesAndLineEnds) {
  Profile profile = read("\"Kernel Name\",sm__throughput\r\n"
                         "\"a \"\"b\"\", c\nd\",7\r\n");
  EXPECT_EQ(profile.kernels[0].kernel, "a \"b\", c\nd");
  EXPECT_EQ(refuse("Kernel Name,sm__throughput\nk,\"5\n"),
            "p:2: a quote is not closed");
  EXPECT_EQ(refuse("Kernel Name,sm__throughput\nk,\"5\"6\n"),
            "p:2: text behind the closing quote of a field");
  EXPECT_EQ(refuse("Kernel Name,sm__throughput\nk,5\"\n"),
            "p:2: a quote inside a field that does not begin with one");
}

TEST_F(ReadCsv, NamesLineOfError) {
  EXPECT_EQ(refuse("==PROF== x\nKernel Name,sm__throughput\nk,5\nk,500\n"),
            "p:4: 'sm__throughput' is 500; it must be from 0 to 100 %");
  EXPECT_EQ(refuse("Kernel Name,Metric Name,Value\nk,sm__throughput,5\n"),
            "p:1: a column 'Metric Name' but none 'Metric Value'");
}

TEST_F(ReadCsv, ColumnsThatDisagree) {
  EXPECT_EQ(refuse("Kernel Name,Grid Size,launch__grid_size\n"
                   "k,\"(4, 2, 1)\",9\n"),
            "p:2: launch__grid_size is 8 and 9 in one launch");
  EXPECT_EQ(refuse("Kernel Name,Metric Name,Metric Value,ID\n"
                   "k,sm__throughput,5,0\nk,sm__throughput,6,0\n"),
            "p:3: 'sm__throughput' is 5 and 6 in one launch");
}
