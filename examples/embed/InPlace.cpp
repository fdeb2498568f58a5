//===- InPlace.cpp - Kernels in the module of a host ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GpuShim.h"
#include "Routes.h"

#include "kiln/Pipelines/Embed.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/ExecutionEngine/CRunnerUtils.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/TargetSelect.h"

#include <algorithm>
#include <iostream>
#include <limits>
#include <vector>

using namespace mlir;

/// The host's program. Kiln takes the two functions that are marked; `network`
/// is the host's own and stays as it is.
static constexpr const char *kProgram = R"(
func.func private @conv_min(%image: tensor<5x16x10x34xf32>, %weights: tensor<32x16x3x3xf32>)
    -> tensor<5x8x32xf32> attributes {kiln.embed} {
  %zero = arith.constant dense<0.0> : tensor<5x32x8x32xf32>
  %conv = linalg.conv_2d_nchw_fchw
      ins(%image, %weights : tensor<5x16x10x34xf32>, tensor<32x16x3x3xf32>)
      outs(%zero : tensor<5x32x8x32xf32>) -> tensor<5x32x8x32xf32>
  %infinity = arith.constant dense<0x7F800000> : tensor<5x8x32xf32>
  %min = linalg.reduce {arith.minimumf} ins(%conv : tensor<5x32x8x32xf32>)
      outs(%infinity : tensor<5x8x32xf32>) dimensions = [1]
  return %min : tensor<5x8x32xf32>
}

func.func private @scale_rows(%x: tensor<5x8x32xf32>) -> tensor<5x8x32xf32>
    attributes {kiln.embed} {
  %factors = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %empty = tensor.empty() : tensor<5x8x32xf32>
  %rows = linalg.broadcast ins(%factors : tensor<8xf32>)
      outs(%empty : tensor<5x8x32xf32>) dimensions = [0, 2]
  %y = arith.mulf %x, %rows : tensor<5x8x32xf32>
  return %y : tensor<5x8x32xf32>
}

func.func @network(%image: tensor<5x16x10x34xf32>, %weights: tensor<32x16x3x3xf32>)
    -> tensor<5x8x32xf32> {
  %y = call @conv_min(%image, %weights)
      : (tensor<5x16x10x34xf32>, tensor<32x16x3x3xf32>) -> tensor<5x8x32xf32>
  %z = call @scale_rows(%y) : (tensor<5x8x32xf32>) -> tensor<5x8x32xf32>
  return %z : tensor<5x8x32xf32>
}
)";

static constexpr int64_t kImages = 5, kChannels = 16, kRows = 8, kColumns = 32,
                         kFilters = 32, kTaps = 3;

/// Ops on the card that the host waits for: `make` adds them between two
/// tokens.
static void waitFor(OpBuilder &builder, Location loc,
                    llvm::function_ref<Value(Type token, Value start)> make) {
  Type token = gpu::AsyncTokenType::get(builder.getContext());
  auto start = gpu::WaitOp::create(builder, loc, token, ValueRange());
  Value end = make(token, start.getAsyncToken());
  gpu::WaitOp::create(builder, loc, Type(), end);
}

/// Memory of the card, until the function returns.
static FailureOr<Value> allocate(OpBuilder &builder, Location loc,
                                 MemRefType type, ValueRange) {
  Value memory;
  waitFor(builder, loc, [&](Type token, Value start) {
    auto alloc = gpu::AllocOp::create(builder, loc, type, token, start,
                                      ValueRange(), ValueRange());
    memory = alloc.getMemref();
    return alloc.getAsyncToken();
  });
  OpBuilder atEnd(memory.getParentBlock()->getTerminator());
  waitFor(atEnd, loc, [&](Type token, Value start) {
    return gpu::DeallocOp::create(atEnd, loc, token, start, memory)
        .getAsyncToken();
  });
  return memory;
}

static LogicalResult copy(OpBuilder &builder, Location loc, Value from,
                          Value to) {
  waitFor(builder, loc, [&](Type token, Value start) {
    return gpu::MemcpyOp::create(builder, loc, token, start, to, from)
        .getAsyncToken();
  });
  return success();
}

/// What the host does first with its module when Kiln is done: tensors become
/// buffers, and callers give those of results, on the card. Layouts at the
/// boundaries are plain, so that no launch needs a copy.
static LogicalResult bufferize(ModuleOp module) {
  PassManager pm(module.getContext());
  bufferization::OneShotBufferizePassOptions buffers;
  buffers.bufferizeFunctionBoundaries = true;
  buffers.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(buffers));
  if (failed(pm.run(module)))
    return failure();
  bufferization::BufferResultsToOutParamsOpts results;
  results.hoistStaticAllocs = true;
  results.modifyPublicFunctions = true;
  results.allocationFn = allocate;
  results.memCpyFn = copy;
  return bufferization::promoteBufferResultsToOutParams(module, results);
}

/// The rest of the way.
static LogicalResult lowerToLLVM(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addPass(createLowerAffinePass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createGpuToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  return pm.run(module);
}

namespace {
/// Memory of the card, with the descriptor that MLIR's code takes.
template <int Rank>
struct CardTensor {
  StridedMemRefType<float, Rank> descriptor = {};
  size_t elements = 1;

  explicit CardTensor(ArrayRef<int64_t> shape) {
    for (int dim = Rank - 1; dim >= 0; --dim) {
      descriptor.sizes[dim] = shape[dim];
      descriptor.strides[dim] = elements;
      elements *= shape[dim];
    }
    descriptor.basePtr = descriptor.data = static_cast<float *>(
        mgpuMemAlloc(elements * sizeof(float), nullptr, false));
  }
  CardTensor(const CardTensor &) = delete;
  ~CardTensor() { mgpuMemFree(descriptor.data, nullptr); }

  void set(std::vector<float> &data) {
    mgpuMemcpy(descriptor.data, data.data(), elements * sizeof(float), nullptr);
  }
  std::vector<float> get() {
    std::vector<float> data(elements);
    mgpuMemcpy(data.data(), descriptor.data, elements * sizeof(float), nullptr);
    return data;
  }
};
} // namespace

/// Multiples of 1/8 below 1, which tf32 holds: all sums are exact.
static std::vector<float> makeData(size_t elements, unsigned seed) {
  std::vector<float> data(elements);
  for (float &value : data) {
    seed = seed * 1664525u + 1013904223u;
    value = (int(seed >> 24) % 15 - 7) / 8.0f;
  }
  return data;
}

/// What `network` computes.
static std::vector<float> compute(const std::vector<float> &image,
                                  const std::vector<float> &weights) {
  std::vector<float> result;
  for (int64_t n = 0; n < kImages; ++n)
    for (int64_t y = 0; y < kRows; ++y)
      for (int64_t x = 0; x < kColumns; ++x) {
        float least = std::numeric_limits<float>::infinity();
        for (int64_t f = 0; f < kFilters; ++f) {
          float sum = 0;
          for (int64_t c = 0; c < kChannels; ++c)
            for (int64_t i = 0; i < kTaps; ++i)
              for (int64_t j = 0; j < kTaps; ++j)
                sum += image[((n * kChannels + c) * (kRows + 2) + y + i) *
                                 (kColumns + 2) +
                             x + j] *
                       weights[((f * kChannels + c) * kTaps + i) * kTaps + j];
          least = std::min(least, sum);
        }
        result.push_back(least * float(y + 1));
      }
  return result;
}

/// Runs `network` twice on the same memory, as a host does with many inputs.
static int run(ExecutionEngine &engine) {
  CardTensor<4> image({kImages, kChannels, kRows + 2, kColumns + 2});
  CardTensor<4> weights({kFilters, kChannels, kTaps, kTaps});
  CardTensor<3> result({kImages, kRows, kColumns});
  std::vector<float> weightData = makeData(weights.elements, 1);
  weights.set(weightData);
  for (unsigned seed : {2u, 3u}) {
    std::vector<float> imageData = makeData(image.elements, seed);
    image.set(imageData);
    if (llvm::Error error =
            engine.invoke("network", &image.descriptor, &weights.descriptor,
                          &result.descriptor)) {
      std::cerr << "embed: " << llvm::toString(std::move(error)) << "\n";
      return 1;
    }
    if (result.get() != compute(imageData, weightData)) {
      std::cerr << "embed: the result is wrong\n";
      return 1;
    }
  }
  return 0;
}

int runInPlaceRoute(MLIRContext &context) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(kProgram, &context, "host.mlir");
  if (!module)
    return 1;
  kiln::EmbedOptions options;
  options.compile = getCompileOptions();
  // On a card: Ptx, which is the default, or Cubin. The shim runs bitcode.
  options.select = kiln::BinaryObject::Bitcode;
  options.smCountFunction = "kilnGpuShimGetSmCount";
  if (failed(kiln::embed(*module, options)))
    return 1; // The handler has said why.
  for (auto binary : module->getOps<gpu::BinaryOp>())
    for (const kiln::EmbeddedKernel &kernel : kiln::getKernels(binary))
      std::cout << "kernel " << kernel.name << " (" << kernel.role << "): grid "
                << kernel.grid[0] << ", " << kernel.block[0] << " threads, "
                << kernel.sharedBytes << " bytes of shared memory\n  "
                << kernel.schedule << "\n";

  if (failed(bufferize(*module)))
    return 1;
  // An entry that takes pointers to descriptors of memrefs.
  module->lookupSymbol("network")->setAttr(
      LLVM::LLVMDialect::getEmitCWrapperAttrName(), UnitAttr::get(&context));
  if (failed(lowerToLLVM(*module)))
    return 1;

  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto engine = ExecutionEngine::create(*module);
  if (!engine) {
    std::cerr << "embed: " << llvm::toString(engine.takeError()) << "\n";
    return 1;
  }
  (*engine)->initialize(); // Loads the binary.
  if (run(**engine) != 0)
    return 1;
  if (int64_t errors = kilnGpuShimGetNumErrors()) {
    std::cerr << "embed: " << errors << " error(s) of the shim\n";
    return 1;
  }
  std::cout << "the result is right\n";
  return 0;
}
