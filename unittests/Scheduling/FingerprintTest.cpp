//===- FingerprintTest.cpp - What is the same program, and what is not ----===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Fingerprint.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <set>

using namespace mlir;

namespace {
/// A strided convolution, scaled, and a constant beside it.
constexpr llvm::StringLiteral kProgram = R"(
func.func @f(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>) -> tensor<1x64x32x32xf32> {
  %y = kiln.kernel "conv" (%x, %w : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) -> tensor<1x64x32x32xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>):
    %zero = arith.constant 0.0 : f32
    %bias = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %e = tensor.empty() : tensor<1x64x32x32xf32>
    %o = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32>
    %c = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>} ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%o : tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32>
    %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c : tensor<1x64x32x32xf32>) outs(%e : tensor<1x64x32x32xf32>) {
    ^bb0(%in: f32, %out: f32):
      %two = arith.constant 2.0 : f32
      %m = arith.mulf %in, %two : f32
      linalg.yield %m : f32
    } -> tensor<1x64x32x32xf32>
    kiln.yield %r : tensor<1x64x32x32xf32>
  }
  return %y : tensor<1x64x32x32xf32>
}
)";

class Fingerprint : public testing::Test {
protected:
  Fingerprint() {
    context
        .loadDialect<kiln::KilnDialect, arith::ArithDialect, func::FuncDialect,
                     linalg::LinalgDialect, tensor::TensorDialect>();
    context.allowUnregisteredDialects();
  }

  kiln::KernelOp parse(llvm::StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    kiln::KernelOp found;
    if (module)
      module->walk([&](kiln::KernelOp kernel) { found = kernel; });
    return found;
  }

  std::string of(llvm::StringRef text) {
    kiln::KernelOp kernel = parse(text);
    if (!kernel) {
      ADD_FAILURE() << "does not parse:\n" << text.str();
      return "";
    }
    return kiln::getFingerprint(kernel);
  }

  /// Of kProgram with each `from` replaced by `to`; there must be one.
  std::string with(llvm::StringRef from, llvm::StringRef to) {
    std::string text = kProgram.str();
    size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from.str();
    for (; at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
    return of(text);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

TEST_F(Fingerprint, HasItsVersionAndIsTheSameEverywhere) {
  // Written down: another run, machine or build gives no other. If this
  // changes, raise kFingerprintVersion.
  EXPECT_EQ(of(kProgram), "1-d387e9ea29cdc424e65e64053e3a4a10");
}

TEST_F(Fingerprint, NamesDoNotCount) {
  std::string before = of(kProgram);
  EXPECT_EQ(with("%c", "%other"), before);
  EXPECT_EQ(with("%in", "%element"), before);
  EXPECT_EQ(with("@f", "@g"), before);
  EXPECT_EQ(with("\"conv\"", "\"other\""), before);
}

TEST_F(Fingerprint, LocationsDoNotCount) {
  EXPECT_EQ(with("kiln.yield %r : tensor<1x64x32x32xf32>",
                 "kiln.yield %r : tensor<1x64x32x32xf32> loc(\"a\":1:2)"),
            of(kProgram));
}

TEST_F(Fingerprint, WhatWasPrintedAndReadIsTheSame) {
  for (bool generic : {false, true}) {
    std::string before = of(kProgram), text;
    llvm::raw_string_ostream os(text);
    OpPrintingFlags flags;
    module->print(os, generic ? flags.printGenericOpForm().enableDebugInfo()
                              : flags);
    EXPECT_EQ(of(text), before) << generic;
  }
}

TEST_F(Fingerprint, TheScheduleAndForeignAttributesDoNotCount) {
  std::string before = of(kProgram);
  kiln::KernelOp kernel = parse(kProgram);
  kernel.setFlops(7);
  kernel->setAttr("exporter.note", StringAttr::get(&context, "x"));
  kernel.getBody().front().front().setAttr("exporter.note",
                                           StringAttr::get(&context, "x"));
  EXPECT_EQ(kiln::getFingerprint(kernel), before);
}

TEST_F(Fingerprint, WhatIsComputedCounts) {
  llvm::StringRef map = "affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, ";
  std::set<std::string> all = {
      of(kProgram),
      with("66x66", "65x65"),
      with("64x8x3x3xf32", "64x8x3x3xf16"),
      with("dense<2> : tensor<2xi64>", "dense<[2, 1]> : tensor<2xi64>"),
      with(map, "affine_map<(d0, d1, d2, d3) -> (d0, d1, d3, d2)>, "),
      with("arith.mulf %in, %two", "arith.addf %in, %two"),
      with("arith.mulf %in, %two", "arith.mulf %in, %in"),
      with("arith.mulf %in, %two", "arith.mulf %two, %in"),
      with("arith.mulf %in, %two", "arith.mulf %in, %two fastmath<nnan>"),
      with("%two = arith.constant 2.0", "%two = arith.constant 2.5"),
      with("dense<[1.0, 2.0]>", "dense<[1.0, 3.0]>"),
      with("dense<[1.0, 2.0]>", "dense<1.0>"),
  };
  EXPECT_EQ(all.size(), 12u);
}

TEST_F(Fingerprint, ResourcesCountByTheirBytes) {
  auto resource = [&](llvm::StringRef name, llvm::StringRef bytes) {
    std::string text = kProgram.str();
    llvm::StringRef inlined = "dense<[1.0, 2.0]>";
    text.replace(text.find(inlined), inlined.size(),
                 ("dense_resource<" + name + ">").str());
    return of(text + "{-# dialect_resources: { builtin: { " + name.str() +
              ": \"0x04000000" + bytes.str() + "\" } } #-}");
  };
  std::string before = resource("a", "0000803f00000040");
  EXPECT_EQ(resource("b", "0000803f00000040"), before);
  EXPECT_NE(resource("c", "0000803f00004040"), before);
}
