//===- ReportTest.cpp - Bounds of a kernel --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Targets.h"
#include "kiln/Target/LaunchPlan.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {
TEST(ReportTest, Roofline) {
  mlir::MLIRContext context;
  TargetAttr ada = lookupTarget(&context, "rtx4090");
  KernelInfo kernel;
  kernel.bytes = 1008 * 1000 * 1000;
  EXPECT_DOUBLE_EQ(computeRoofline(ada, kernel).memoryMs, 1.0);
  kernel.flops = 826 * 1000 * 1000; // scalar f32 runs at 82.6 TFLOP/s
  EXPECT_NEAR(computeRoofline(ada, kernel).computeMs, 0.01, 1e-5);
  EXPECT_DOUBLE_EQ(computeRoofline(ada, kernel).boundMs(), 1.0);
}
} // namespace
