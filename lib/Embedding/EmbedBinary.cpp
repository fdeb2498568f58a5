//===- EmbedBinary.cpp - kiln-embed-binary --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "PlanModules.h"

#include "kiln/Embedding/Passes.h"

#include "kiln/Conversion/Passes.h"
#include "kiln/Dialect/Kiln/IR/Grid.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Target/Ptxas.h"
#include "kiln/Target/Serialize.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"

namespace kiln {
#define GEN_PASS_DEF_EMBEDBINARY
#include "kiln/Embedding/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// What a reader of the binary wants to know of a kernel.
static DictionaryAttr describe(LaunchOp launch, const KernelUsage *usage) {
  OpBuilder builder(launch.getContext());
  SmallVector<Attribute> grid;
  for (unsigned dim = 0; dim < 3; ++dim)
    grid.push_back(
        builder.getStringAttr(formatGridSize(launch.getGridSize(dim))));
  NamedAttrList entries;
  entries.append("role",
                 builder.getStringAttr(stringifyRole(launch.getRole())));
  entries.append("grid", builder.getArrayAttr(grid));
  entries.append("block", builder.getDenseI64ArrayAttr(launch.getBlock()));
  entries.append("shared_bytes",
                 builder.getI64IntegerAttr(launch.getSharedBytes()));
  if (KernelSchedule schedule = launch.getScheduleAttr()) {
    // As text: a host that does not know Kiln's attributes reads the module.
    std::string text;
    llvm::raw_string_ostream stream(text);
    Attribute(schedule).print(stream);
    entries.append("schedule", builder.getStringAttr(text));
  }
  if (usage) {
    entries.append("registers", builder.getI64IntegerAttr(usage->registers));
    entries.append("spill_bytes", builder.getI64IntegerAttr(
                                      usage->spillLoads + usage->spillStores));
  }
  return entries.getDictionary(launch.getContext());
}

namespace {
struct EmbedBinary : kiln::impl::EmbedBinaryBase<EmbedBinary> {
  using EmbedBinaryBase::EmbedBinaryBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    EmbedBinaryBase::getDependentDialects(registry);
    getCheck().getDependentDialects(registry);
  }

  void runOnOperation() override {
    if (select != "ptx" && select != "cubin" && select != "bitcode") {
      getOperation().emitError("there is no object '")
          << select << "'; known are ptx, cubin, bitcode";
      return signalPassFailure();
    }
    for (ModuleOp plan : getPlanModules(getOperation()))
      for (auto kernels :
           llvm::make_early_inc_range(plan.getOps<gpu::GPUModuleOp>()))
        if (failed(embed(kernels)))
          return signalPassFailure();
  }

private:
  /// Whoever made the module: LLVM ends the process on what it cannot select.
  static OpPassManager getCheck() {
    OpPassManager check(gpu::GPUModuleOp::getOperationName());
    check.addPass(createCheckSupported());
    return check;
  }

  /// The machine code; empty where it is not wanted or there is no ptxas.
  FailureOr<AssembledKernels> assembleIfWanted(gpu::GPUModuleOp kernels,
                                               StringRef ptx) {
    if (!cubin && select != "cubin")
      return AssembledKernels();
    std::optional<std::string> path = findPtxas(ptxas);
    if (path)
      return assemble(kernels.getLoc(), *path, ptx, kArch);
    std::string missing =
        ptxas.empty()
            ? "ptxas is not in CUDA_HOME, CUDA_PATH, PATH or /usr/local/cuda"
            : "there is no ptxas at " + ptxas;
    if (select == "cubin")
      return kernels.emitError("no cubin to load: ") << missing;
    emitWarning(UnknownLoc::get(&getContext())) << missing << "; no cubin";
    return AssembledKernels();
  }

  gpu::KernelTableAttr describeKernels(gpu::GPUModuleOp kernels,
                                       const AssembledKernels &code) {
    llvm::StringMap<LaunchOp> launches;
    for (auto function :
         kernels->getParentOfType<ModuleOp>().getOps<func::FuncOp>())
      for (auto launch : function.getOps<LaunchOp>())
        if (launch.getKernel().getRootReference() == kernels.getNameAttr())
          launches[launch.getKernel().getLeafReference()] = launch;
    SmallVector<gpu::KernelMetadataAttr> table;
    for (auto function : kernels.getOps<LLVM::LLVMFuncOp>()) {
      if (!function->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
        continue;
      LaunchOp launch = launches.lookup(function.getName());
      table.push_back(gpu::KernelMetadataAttr::get(
          function.getNameAttr(), function.getFunctionType(),
          /*argAttrs=*/nullptr,
          launch ? describe(launch, code.find(function.getName()))
                 : DictionaryAttr()));
    }
    return gpu::KernelTableAttr::get(&getContext(), table);
  }

  LogicalResult embed(gpu::GPUModuleOp kernels) {
    OpPassManager check = getCheck();
    if (failed(runPipeline(check, kernels)))
      return failure();
    FailureOr<SerializedKernels> code = serializeKernels(kernels, kArch);
    if (failed(code))
      return failure();
    FailureOr<AssembledKernels> assembled =
        assembleIfWanted(kernels, code->ptx);
    if (failed(assembled))
      return failure();

    Builder builder(&getContext());
    Attribute target =
        NVVM::NVVMTargetAttr::get(&getContext(), /*optLevel=*/2,
                                  "nvptx64-nvidia-cuda", kArch, kPtxFeature);
    gpu::KernelTableAttr table = describeKernels(kernels, *assembled);
    SmallVector<Attribute> objects;
    int64_t selected = 0;
    std::string held;
    auto add = [&](StringRef name, gpu::CompilationTarget format,
                   StringRef bytes) {
      if (select == name)
        selected = objects.size();
      // What the driver is told when it compiles PTX: upstream's default is 0.
      DictionaryAttr properties;
      if (format == gpu::CompilationTarget::Assembly)
        properties = builder.getDictionaryAttr(
            builder.getNamedAttr("O", builder.getI32IntegerAttr(4)));
      objects.push_back(gpu::ObjectAttr::get(
          target, format, builder.getStringAttr(bytes), properties, table));
      held += (held.empty() ? "" : ", ") + name.str();
    };
    add("ptx", gpu::CompilationTarget::Assembly, code->ptx);
    if (!assembled->cubin.empty())
      add("cubin", gpu::CompilationTarget::Binary, assembled->cubin);
    if (bitcode || select == "bitcode")
      add("bitcode", gpu::CompilationTarget::Offload, code->bitcode);

    // The first object is what a reader takes by default.
    Attribute handler;
    if (selected != 0)
      handler = gpu::SelectObjectAttr::get(&getContext(),
                                           builder.getI64IntegerAttr(selected));
    remark::passed(
        kernels.getLoc(),
        remark::RemarkOpts::name("binary").category("kiln-embed-binary"))
        << remark::metric("Kernels", int64_t(table.size()))
        << remark::metric("PtxBytes", int64_t(code->ptx.size()))
        << remark::reason("the binary holds {0}; the host loads {1}", held,
                          select.getValue());
    OpBuilder before(kernels);
    gpu::BinaryOp::create(before, kernels.getLoc(), kernels.getName(), handler,
                          objects);
    kernels.erase();
    ++numBinaries;
    return success();
  }
};
} // namespace
