//===- FragmentsTest.cpp - Fragment maps against the golden file ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Emulator/Fragments.h"

#include "gtest/gtest.h"

#include <fstream>
#include <set>
#include <sstream>

using namespace kiln::emulator;

// KILN_PRINT_FRAGMENTS=FILE writes the table instead.
TEST(Fragments, MatchGoldenFile) {
  if (const char *path = std::getenv("KILN_PRINT_FRAGMENTS")) {
    std::ofstream out(path);
    printFragments(out);
    GTEST_SKIP();
  }
  std::ifstream file(KILN_SOURCE_DIR "/test/Emulator/Inputs/fragments.golden");
  ASSERT_TRUE(file.good());
  std::ostringstream printed;
  printFragments(printed);
  std::istringstream table(printed.str());
  std::string expected, actual;
  size_t lines = 0;
  while (std::getline(file, expected)) {
    if (expected.empty() || expected[0] == '#')
      continue;
    ASSERT_TRUE(std::getline(table, actual)) << "no line for " << expected;
    EXPECT_EQ(expected, actual);
    ++lines;
  }
  EXPECT_FALSE(std::getline(table, actual)) << "not in the file: " << actual;
  EXPECT_GT(lines, 2000u);
}

// Every element of a matrix belongs to one lane.
TEST(Fragments, AreBijective) {
  for (MmaShape shape : {MmaShape{4, Element::TF32, Element::F32},
                         MmaShape{8, Element::TF32, Element::F32},
                         MmaShape{8, Element::F16, Element::F16},
                         MmaShape{16, Element::BF16, Element::F32}})
    for (Operand operand : {Operand::A, Operand::B, Operand::C}) {
      ASSERT_TRUE(isSupported(shape));
      std::set<std::pair<int, int>> seen;
      for (unsigned lane = 0; lane < 32; ++lane)
        for (unsigned i = 0; i < shape.getNumElements(operand); ++i) {
          Position p = getMmaPosition(shape, operand, lane, i);
          EXPECT_TRUE(seen.insert({p.row, p.col}).second);
        }
      EXPECT_EQ(seen.size(), 32 * shape.getNumElements(operand));
    }
}
