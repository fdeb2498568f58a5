//===- Report.cpp - Resources, work and bound of each kernel --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/LaunchPlan.h"

#include "kiln/Dialect/Kiln/IR/Grid.h"
#include "kiln/Target/Serialize.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace kiln;

Roofline kiln::computeRoofline(TargetAttr target, const KernelInfo &kernel) {
  // Scalar f32: fused multiply-adds.
  double gflops =
      target.getSms() * target.getF32Lanes() * 2 * target.getClockMhz() / 1e3;
  if (auto schedule = dyn_cast_or_null<ScheduleAttr>(kernel.schedule)) {
    InstructionAttr instruction = schedule.getInstruction();
    if (instruction.usesTensorCores())
      gflops = (instruction.multipliesTF32() ? target.getTf32Gflops()
                                             : target.getF16Gflops()) /
               double(instruction.getNumProducts());
  }
  Roofline roofline;
  roofline.computeMs = kernel.flops / gflops / 1e6;
  roofline.memoryMs = kernel.bytes / (target.getBandwidthGbs() * 1e6);
  return roofline;
}

std::string kiln::formatScaled(double value, llvm::StringRef unit) {
  llvm::StringRef prefix = "";
  for (llvm::StringRef next : {"k", "M", "G", "T"}) {
    if (value < 1000)
      break;
    value /= 1000;
    prefix = next;
  }
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%.4g ", value) << prefix << unit;
  return text;
}

std::string kiln::formatReport(const LaunchPlan &plan,
                               llvm::StringRef missing) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "entry " << plan.entry << ", target " << plan.target.getName() << " ("
     << kArch << ")\n";
  if (!missing.empty())
    os << "no registers, spills and occupancy: " << missing << "\n";
  auto line = [&](llvm::StringRef key) -> llvm::raw_ostream & {
    return os << "  " << llvm::left_justify(key, 16);
  };
  for (const KernelInfo &kernel : plan.kernels) {
    os << "\nkernel " << kernel.name << " (" << stringifyRole(kernel.role)
       << ")\n";
    line("grid") << llvm::join(llvm::map_range(kernel.grid, formatGridSize),
                               ", ")
                 << "\n";
    line("block") << llvm::join(llvm::map_range(kernel.block,
                                                [](int64_t size) {
                                                  return std::to_string(size);
                                                }),
                                ", ")
                  << "\n";
    if (kernel.usage) {
      const KernelUsage &usage = *kernel.usage;
      line("registers") << usage.registers << "\n";
      line("spills") << usage.spillStores << " bytes stored, "
                     << usage.spillLoads << " bytes loaded, stack "
                     << usage.stack << " bytes\n";
      line("shared memory") << usage.staticShared << " bytes static, "
                            << kernel.dynamicSharedBytes << " bytes dynamic\n";
    } else {
      line("shared memory") << kernel.dynamicSharedBytes << " bytes dynamic\n";
    }
    if (kernel.occupancy)
      line("occupancy") << llvm::format("%.1f %%",
                                        100 * kernel.occupancy->fraction())
                        << " (" << kernel.occupancy->warpsPerSm << " of "
                        << kernel.occupancy->maxWarpsPerSm << " warps, "
                        << kernel.occupancy->blocksPerSm
                        << " blocks), limited by " << kernel.occupancy->limiter
                        << "\n";
    Roofline roofline = computeRoofline(plan.target, kernel);
    line("work");
    if (kernel.flops)
      os << formatScaled(kernel.flops, "FLOP") << ", ";
    os << formatScaled(kernel.bytes, "B") << "\n";
    line("bound") << llvm::format("%.4g ms", roofline.boundMs())
                  << (roofline.computeMs > roofline.memoryMs ? " (compute)"
                                                             : " (memory)")
                  << "\n";
    if (kernel.schedule) {
      line("schedule");
      mlir::Attribute(kernel.schedule).print(os);
      os << "\n";
    }
  }
  return text;
}
