//===- ConvertLayoutTest.cpp - Tiles change their threads and stay equal --===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Kernels that read a tile in one layout and store it in another one run in the
// emulator, which reports races of shared memory as well.
//
//===----------------------------------------------------------------------===//

#include "kiln-c/Emulator.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Pipelines/Compiler.h"
#include "kiln/Pipelines/Registration.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <random>

using namespace kiln;

namespace {

/// A step in one of the two dimensions of a tile.
using Step = std::pair<int64_t, int64_t>;

struct RandomLayout {
  std::vector<Step> registers, lanes, warps;

  /// Deals the steps to registers, five lane and `warpBits` warp bits; lanes
  /// and warps without one hold copies.
  RandomLayout(std::vector<Step> steps, size_t warpBits, std::mt19937 &random)
      : lanes(5), warps(warpBits) {
    std::shuffle(steps.begin(), steps.end(), random);
    size_t threadBits = 5 + warpBits;
    size_t least = steps.size() > 3 ? steps.size() - 3 : 0;
    size_t most = std::min(steps.size(), threadBits);
    size_t inThreads =
        std::min(most, least + random() % (most - std::min(least, most) + 1));
    std::vector<size_t> places(threadBits);
    for (size_t i = 0; i < threadBits; ++i)
      places[i] = i;
    std::shuffle(places.begin(), places.end(), random);
    for (size_t i = 0; i < steps.size(); ++i) {
      if (i >= inThreads)
        registers.push_back(steps[i]);
      else if (places[i] < 5)
        lanes[places[i]] = steps[i];
      else
        warps[places[i] - 5] = steps[i];
    }
  }

  std::string print() const {
    auto list = [](const std::vector<Step> &steps) {
      std::string text;
      for (const Step &step : steps)
        text += llvm::formatv("{0}[{1}, {2}]", text.empty() ? "" : ", ",
                              step.first, step.second);
      return text;
    };
    return llvm::formatv(
        "#kiln.layout<register = [{0}], lane = [{1}], warp = [{2}]>",
        list(registers), list(lanes), list(warps));
  }
};

class ConvertLayout : public ::testing::Test {
protected:
  ConvertLayout() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    static bool once = (registerAllPasses(), true);
    (void)once;
  }

  /// Three times: reads, converts there and back, and stores both behind what
  /// the last turn stored.
  static std::string makeKernel(const std::string &from, const std::string &to,
                                int64_t rows, int64_t columns,
                                const std::string &element, int64_t threads) {
    std::string shape = llvm::formatv("{0}x{1}x{2}", rows, columns, element);
    std::string results =
        llvm::formatv("{0}x{1}x{2}", 3 * rows, columns, element);
    return "#a = " + from + "\n#b = " + to + "\n" +
           llvm::formatv(R"(
gpu.module @kernels {{
  gpu.func @k(%x: memref<{0}>, %y: memref<{2}>, %z: memref<{2}>) kernel
      attributes {{kiln.num_written = 2 : i64, known_block_size = array<i32: {1}, 1, 1>} {{
    %0 = arith.constant 0 : index
    %step = arith.constant {3} : index
    %end = arith.constant {4} : index
    scf.for %i = %0 to %end step %step {{
      %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<{0}> -> tensor<{0}, #a>
      %u = kiln.convert_layout %t : tensor<{0}, #a> -> tensor<{0}, #b>
      %v = kiln.convert_layout %u : tensor<{0}, #b> -> tensor<{0}, #a>
      kiln.store_tile %u, %y[%i, %0] in_bounds [true, true] : tensor<{0}, #b>, memref<{2}>
      kiln.store_tile %v, %z[%i, %0] in_bounds [true, true] : tensor<{0}, #a>, memref<{2}>
    }
    gpu.return
  }
}
)",
                         shape, threads, results, rows, 3 * rows)
               .str();
  }

  /// Bytes of every element that must come back.
  void expectSame(const std::string &text, int64_t bytes, int64_t threads) {
    SCOPED_TRACE(text);
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    ASSERT_TRUE(module);
    int64_t shared = 0;
    mlir::PassManager placing(&context), rest(&context);
    ASSERT_TRUE(mlir::succeeded(mlir::parsePassPipeline(
        "gpu.module(kiln-allocate-scratch,kiln-place-shared)", placing)));
    ASSERT_TRUE(mlir::succeeded(placing.run(*module)));
    module->walk([&](AllocSharedOp alloc) {
      shared = std::max(shared, int64_t(*alloc.getOffset()) +
                                    alloc.getBuffer().getType().getBytes());
    });
    module->walk([&](ConvertLayoutOp op) { ++kinds[int(op.getKind())]; });
    ASSERT_TRUE(mlir::succeeded(
        mlir::parsePassPipeline("kiln-distribute,canonicalize,cse", rest)));
    buildLoweringStage(rest, CompileOptions());
    ASSERT_TRUE(mlir::succeeded(rest.run(*module)));
    auto kernels = *module->getOps<mlir::gpu::GPUModuleOp>().begin();
    SerializeOptions options;
    options.wantPtx = false;
    auto code = serializeKernels(kernels, kArch, options);
    ASSERT_TRUE(mlir::succeeded(code));

    std::vector<uint8_t> x(bytes), y(3 * bytes), z(3 * bytes);
    for (uint8_t &byte : x)
      byte = random();
    std::string messages;
    KilnEmulatorOptions emulation = {};
    emulation.checks = true;
    KilnEmulator *emulator = kilnEmulatorCreate(
        code->bitcode.data(), code->bitcode.size(), &emulation,
        [](KilnSeverity, const char *message, void *user) {
          *static_cast<std::string *>(user) += std::string(message) + "\n";
        },
        &messages);
    ASSERT_TRUE(emulator) << messages;
    kilnEmulatorAddBuffer(emulator, "x", x.data(), bytes, KILN_BUFFER_INPUT);
    kilnEmulatorAddBuffer(emulator, "y", y.data(), y.size(),
                          KILN_BUFFER_OUTPUT);
    kilnEmulatorAddBuffer(emulator, "z", z.data(), z.size(),
                          KILN_BUFFER_OUTPUT);
    void *buffers[] = {x.data(), y.data(), z.data()};
    void *arguments[] = {&buffers[0], &buffers[1], &buffers[2]};
    int64_t grid[] = {1, 1, 1}, block[] = {threads, 1, 1};
    EXPECT_EQ(kilnEmulatorLaunch(emulator, "k", grid, block, shared, arguments,
                                 3, nullptr, 0),
              0)
        << messages;
    kilnEmulatorDestroy(emulator);
    for (int turn = 0; turn < 3; ++turn) {
      EXPECT_TRUE(std::equal(x.begin(), x.end(), y.begin() + turn * bytes));
      EXPECT_TRUE(std::equal(x.begin(), x.end(), z.begin() + turn * bytes));
    }
  }

  void convertRandomly(const std::string &element, int64_t elementBytes,
                       int count) {
    for (int i = 0; i < count; ++i) {
      int64_t rowBits = random() % 4, columnBits = random() % 5;
      size_t warpBits = random() % 3;
      std::vector<Step> steps;
      for (int64_t bit = 0; bit < rowBits; ++bit)
        steps.push_back({int64_t(1) << bit, 0});
      for (int64_t bit = 0; bit < columnBits; ++bit)
        steps.push_back({0, int64_t(1) << bit});
      RandomLayout from(steps, warpBits, random), to(steps, warpBits, random);
      int64_t rows = int64_t(1) << rowBits, columns = int64_t(1) << columnBits;
      int64_t threads = int64_t(32) << warpBits;
      expectSame(
          makeKernel(from.print(), to.print(), rows, columns, element, threads),
          rows * columns * elementBytes, threads);
    }
  }

  mlir::MLIRContext context;
  std::mt19937 random{1};
  int kinds[3] = {0, 0, 0};
};

TEST_F(ConvertLayout, Words) {
  convertRandomly("i32", 4, 40);
  // All three ways have been gone.
  for (int kind : kinds)
    EXPECT_GT(kind, 0);
}

TEST_F(ConvertLayout, Halves) { convertRandomly("i16", 2, 15); }

TEST_F(ConvertLayout, Doubles) { convertRandomly("i64", 8, 15); }

TEST_F(ConvertLayout, Bytes) { convertRandomly("i8", 1, 15); }

// Copies in all lanes, then one element a lane: every lane has its own already.
TEST_F(ConvertLayout, SelectAmongRegisters) {
  expectSame(
      makeKernel("#kiln.layout<register = [[1, 0], [2, 0]], lane = [[0, 0], "
                 "[0, 0], [0, 0], [0, 0], [0, 0]], warp = []>",
                 "#kiln.layout<register = [], lane = [[0, 0], [2, 0], [0, 0], "
                 "[1, 0], [0, 0]], warp = []>",
                 4, 1, "i32", 32),
      16, 32);
  EXPECT_EQ(kinds[int(ConversionKind::Registers)], 1);
  EXPECT_EQ(kinds[int(ConversionKind::Shuffles)], 1);
}

} // namespace
