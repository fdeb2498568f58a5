//===- EmbedTest.cpp - Kernels in the module of a host --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Embed.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Pipelines/Registration.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace mlir;

namespace {

constexpr const char *kProduct = R"(
func.func @product(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant dense<0.0> : tensor<64x64xf32>
  %y = linalg.matmul ins(%a, %b : tensor<64x32xf32>, tensor<32x64xf32>) outs(%zero : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %y : tensor<64x64xf32>
}
)";

constexpr const char *kHost = R"(
func.func @host(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>) -> tensor<64x64xf32> {
  %0 = arith.addf %a, %a : tensor<64x32xf32>
  %1 = arith.addf %a, %a : tensor<64x32xf32>
  %y = call @product(%1, %b) : (tensor<64x32xf32>, tensor<32x64xf32>) -> tensor<64x64xf32>
  return %y : tensor<64x64xf32>
}
)";

class EmbedTest : public testing::Test {
protected:
  EmbedTest() : context(makeRegistry(), MLIRContext::Threading::DISABLED) {
    options.compile.withCubin = false;
  }

  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    kiln::registerAllDialects(registry);
    return registry;
  }

  OwningOpRef<ModuleOp> parse(const std::string &source) {
    return parseSourceString<ModuleOp>(source, &context, "embed.mlir");
  }

  static std::string print(Operation *op) {
    std::string text;
    llvm::raw_string_ostream(text) << *op;
    return text;
  }

  MLIRContext context;
  kiln::EmbedOptions options;
  std::vector<std::string> errors;
  ScopedDiagnosticHandler handler{&context, [this](Diagnostic &diagnostic) {
                                    errors.push_back(diagnostic.str());
                                  }};
};

TEST_F(EmbedTest, LeavesTheRestOfTheHost) {
  auto module = parse(std::string(kProduct) + kHost);
  std::string before = print(module->lookupSymbol("host"));
  options.functions = {"product"};
  ASSERT_TRUE(succeeded(kiln::embed(*module, options)))
      << testing::PrintToString(errors);
  EXPECT_EQ(print(module->lookupSymbol("host")), before);
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(llvm::range_size(module->getOps<gpu::BinaryOp>()), 1u);
  // Its signature stays, so that what calls it need not change.
  auto product = module->lookupSymbol<func::FuncOp>("product");
  EXPECT_TRUE(isa<RankedTensorType>(product.getResultTypes()[0]));
}

// Both routes give the same machine code and say the same about it.
TEST_F(EmbedTest, GivesTheKernelsOfAnArtifact) {
  auto module = parse(kProduct);
  std::string schedule;
  kiln::CompileOptions whole = options.compile;
  whole.onLevel = [&](StringRef level, ModuleOp reached) {
    if (level == "schedule")
      reached.walk([&](kiln::KernelOp kernel) {
        llvm::raw_string_ostream(schedule) << kernel.getScheduleAttr();
      });
  };
  FailureOr<kiln::Artifact> artifact = kiln::compile(*module, whole);
  ASSERT_TRUE(succeeded(artifact)) << testing::PrintToString(errors);

  auto host = parse(kProduct);
  options.functions = {"product"};
  ASSERT_TRUE(succeeded(kiln::embed(*host, options)))
      << testing::PrintToString(errors);
  gpu::BinaryOp binary = *host->getOps<gpu::BinaryOp>().begin();
  auto ptx = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
  EXPECT_EQ(ptx.getFormat(), gpu::CompilationTarget::Assembly);
  EXPECT_EQ(ptx.getObject().getValue(), *artifact->find("kernels.ptx"));

  std::vector<kiln::EmbeddedKernel> kernels = kiln::getKernels(binary);
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name, "product");
  EXPECT_EQ(kernels[0].role, "compute");
  EXPECT_EQ(kernels[0].schedule, schedule);
  EXPECT_EQ(kernels[0].grid.size(), 3u);
  EXPECT_GT(kernels[0].sharedBytes, 0);
  EXPECT_EQ(kernels[0].registers, 0); // ptxas did not run
  EXPECT_EQ(kernels[1].name, "product_pack");
  EXPECT_EQ(kernels[1].role, "pack");
}

// A host may come back with more functions: names stay apart.
TEST_F(EmbedTest, EmbedsTwice) {
  std::string other = kProduct;
  other.replace(other.find("@product"), 8, "@another");
  auto module = parse(std::string(kProduct) + other);
  for (const char *name : {"product", "another"}) {
    options.functions = {name};
    ASSERT_TRUE(succeeded(kiln::embed(*module, options)))
        << testing::PrintToString(errors);
  }
  std::vector<std::string> names;
  for (auto binary : module->getOps<gpu::BinaryOp>())
    names.push_back(binary.getName().str());
  EXPECT_EQ(names, (std::vector<std::string>{"kernels", "kernels_0"}));
  auto launch = module->lookupSymbol<func::FuncOp>("another_launch");
  ASSERT_TRUE(launch);
  for (auto op : launch.getOps<gpu::LaunchFuncOp>())
    EXPECT_EQ(op.getKernelModuleName().getValue(), "kernels_0");
}

TEST_F(EmbedTest, SaysWhatIsWrong) {
  auto expect = [&](const std::string &source, const char *message) {
    errors.clear();
    auto module = parse(source);
    EXPECT_TRUE(failed(kiln::embed(*module, options)));
    EXPECT_TRUE(succeeded(verify(*module)));
    ASSERT_FALSE(errors.empty());
    EXPECT_NE(errors[0].find(message), std::string::npos) << errors[0];
  };
  expect(kProduct, "nothing to embed");
  options.functions = {"absent"};
  expect(kProduct, "there is no func.func 'absent' to embed");
  options.functions = {"product"};
  options.compile.target = "toaster";
  expect(kProduct, "unknown target 'toaster'");
  options.compile.target = "rtx4090";
  options.compile.schedule = "7 : i64";
  expect(kProduct, "is not a #kiln.schedule");
  options.compile.schedule.clear();
  options.select = kiln::BinaryObject::Cubin;
  options.compile.ptxas = "/nowhere";
  expect(kProduct, "no cubin to load: there is no ptxas at /nowhere");
}

} // namespace
