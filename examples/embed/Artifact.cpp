//===- Artifact.cpp - Compiles a module made in memory --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What a framework that embeds Kiln does: makes a linalg module with a builder,
// compiles it in its own process and takes the PTX from memory. Its runtime
// loads that, and launches as artifact.json says (docs/artifact.md).
//
//===----------------------------------------------------------------------===//

#include "Routes.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Pipelines/Compiler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <iostream>
#include <limits>

using namespace mlir;

/// min over the channels of conv2d(image, weights) + bias, NCHW, f32:
///   image 4x32x66x66, weights 64x32x3x3, bias 64 -> 4x64x64.
static OwningOpRef<ModuleOp> buildConvMin(MLIRContext &context) {
  OpBuilder builder(&context);
  Location loc =
      FileLineColLoc::get(builder.getStringAttr("embed"), /*line=*/1, 1);
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);

  Type f32 = builder.getF32Type();
  auto imageType = RankedTensorType::get({4, 32, 66, 66}, f32);
  auto weightsType = RankedTensorType::get({64, 32, 3, 3}, f32);
  auto biasType = RankedTensorType::get({64}, f32);
  auto convType = RankedTensorType::get({4, 64, 64, 64}, f32);
  auto minType = RankedTensorType::get({4, 64, 64}, f32);

  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(
      builder, loc, "conv_min",
      builder.getFunctionType({imageType, weightsType, biasType}, {minType}));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  Value image = entry->getArgument(0), weights = entry->getArgument(1),
        bias = entry->getArgument(2);

  // The bias is where the convolution starts to add up.
  Value empty = tensor::EmptyOp::create(builder, loc, convType.getShape(), f32);
  Value start = linalg::BroadcastOp::create(builder, loc, bias, empty,
                                            ArrayRef<int64_t>{0, 2, 3})
                    ->getResult(0);
  Value conv =
      linalg::Conv2DNchwFchwOp::create(
          builder, loc, convType, ValueRange{image, weights}, ValueRange{start},
          builder.getI64VectorAttr({1, 1}), builder.getI64VectorAttr({1, 1}))
          .getResult(0);

  Value infinity = arith::ConstantOp::create(
      builder, loc,
      builder.getF32FloatAttr(std::numeric_limits<float>::infinity()));
  Value minEmpty =
      tensor::EmptyOp::create(builder, loc, minType.getShape(), f32);
  Value minStart = linalg::FillOp::create(builder, loc, ValueRange{infinity},
                                          ValueRange{minEmpty})
                       .getResult(0);
  auto reduce = linalg::ReduceOp::create(
      builder, loc, ValueRange{conv}, ValueRange{minStart},
      ArrayRef<int64_t>{1},
      [](OpBuilder &nested, Location bodyLoc, ValueRange arguments) {
        Value least = arith::MinimumFOp::create(nested, bodyLoc, arguments[0],
                                                arguments[1]);
        linalg::YieldOp::create(nested, bodyLoc, least);
      });
  func::ReturnOp::create(builder, loc, reduce->getResults());
  return module;
}

int runArtifactRoute(MLIRContext &context) {
  OwningOpRef<ModuleOp> module = buildConvMin(context);
  kiln::CompileOptions options = getCompileOptions();
  // Each level can be looked at as it is reached: here the schedule.
  options.onLevel = [](StringRef level, ModuleOp reached) {
    if (level == "schedule")
      reached.walk([](kiln::KernelOp kernel) {
        std::string schedule;
        llvm::raw_string_ostream(schedule) << kernel.getScheduleAttr();
        std::cerr << "embed: kernel " << kernel.getKernelName().str() << " has "
                  << schedule << "\n";
      });
  };
  FailureOr<kiln::Artifact> artifact = kiln::compile(*module, options);
  if (failed(artifact))
    return 1; // The handler has said why.
  const std::string *ptx = artifact->find("kernels.ptx");
  if (!ptx) {
    std::cerr << "embed: the artifact holds no kernels.ptx\n";
    return 1;
  }
  std::cout << *ptx;
  return 0;
}
