//===- NeighboursTest.cpp - Schedules one step apart ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace kiln;

namespace {

KernelSchedule parse(MLIRContext &context, StringRef text) {
  context.loadDialect<KilnDialect>();
  return cast<KernelSchedule>(parseAttribute(text, &context));
}

/// Whoever is a neighbour has the origin as one.
void expectSymmetric(KernelSchedule origin) {
  SmallVector<Attribute> neighbours = origin.getNeighbours();
  EXPECT_FALSE(neighbours.empty());
  for (Attribute neighbour : neighbours) {
    EXPECT_NE(neighbour, Attribute(origin));
    std::string text;
    llvm::raw_string_ostream(text) << neighbour;
    EXPECT_TRUE(llvm::is_contained(
        cast<KernelSchedule>(neighbour).getNeighbours(), Attribute(origin)))
        << text;
  }
}

TEST(Neighbours, ContractionSchedules) {
  MLIRContext context;
  KernelSchedule schedule = parse(
      context, "#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, "
               "32], chunk = 8, warps = [1, 2, 2], stages = 2, ring = 3, "
               "lookahead = 1, early_barrier = true, spread = 2>");
  expectSymmetric(schedule);
  // The order is part of what callers rely on.
  EXPECT_EQ(schedule.getNeighbours(), schedule.getNeighbours());
  auto isWider = [](Attribute neighbour) {
    return cast<ScheduleAttr>(neighbour).getTile()[0] == 128;
  };
  EXPECT_TRUE(llvm::any_of(schedule.getNeighbours(), isWider));
}

TEST(Neighbours, LoopSchedules) {
  MLIRContext context;
  KernelSchedule schedule =
      parse(context, "#kiln.loop_schedule<tile = [4, 128], threads = [[4:64], "
                     "[64:1]], vector = [1, 2], block = 256>");
  expectSymmetric(schedule);
  // The second axis takes a bit of the threads: those of the first move.
  EXPECT_TRUE(llvm::is_contained(
      schedule.getNeighbours(),
      Attribute(parse(context,
                      "#kiln.loop_schedule<tile = [4, 256], threads = "
                      "[[4:128], [128:1]], vector = [1, 2], block = 512>"))));
}

TEST(Neighbours, ThreadsThatAxesShareOrLeaveOut) {
  MLIRContext context;
  for (StringRef text :
       {"#kiln.loop_schedule<tile = [8, 16, 4], threads = [[8:1], [16:8], "
        "[4:8]], vector = [1, 1, 1], block = 128>",
        "#kiln.loop_schedule<tile = [8, 4], threads = [[8:1], [4:4]], vector = "
        "[1, 1], block = 64>",
        "#kiln.loop_schedule<tile = [1, 1, 8], threads = [[1:1], [1:64], "
        "[4:16]], vector = [1, 1, 2], block = 64>",
        "#kiln.loop_schedule<tile = [1024], threads = [[1024:1]], vector = "
        "[1], block = 1024>"}) {
    KernelSchedule schedule = parse(context, text);
    expectSymmetric(schedule);
    for (Attribute neighbour : schedule.getNeighbours())
      expectSymmetric(cast<KernelSchedule>(neighbour));
  }
}

TEST(Neighbours, OfTheSmallestStayValid) {
  MLIRContext context;
  expectSymmetric(parse(
      context, "#kiln.schedule<contraction = fma, tile = [1, 1, 1], chunk = 1, "
               "warps = [1, 1, 1], stages = 1, persistent = false>"));
}

} // namespace
