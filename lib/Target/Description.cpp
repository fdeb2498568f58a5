//===- Description.cpp - artifact.json ------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/LaunchPlan.h"

#include "kiln/Dialect/Kiln/IR/Grid.h"
#include "kiln/Target/Serialize.h"

#include "llvm/Support/JSON.h"

using namespace kiln;
namespace json = llvm::json;

namespace {
/// 2: `tiles` may be a list, or have no object for a buffer.
constexpr int64_t kFormatVersion = 2;

/// Streams instead of building json::Value, which would sort the keys.
class Writer {
public:
  explicit Writer(llvm::raw_ostream &os) : j(os, /*IndentSize=*/2) {}

  void write(const LaunchPlan &plan, llvm::StringRef precision, bool hasCubin,
             const ReferenceInfo &reference) {
    j.object([&] {
      j.attribute("format", "kiln-artifact");
      j.attribute("version", kFormatVersion);
      j.attribute("producer", "kiln " KILN_VERSION);
      j.attribute("entry", plan.entry);
      j.attribute("precision", precision);
      j.attributeObject("target", [&] {
        j.attribute("name", plan.target.getName());
        j.attribute("arch", kArch);
      });
      j.attributeArray("inputs", [&] {
        for (const TensorInfo &tensor : plan.inputs)
          write(tensor, /*isInput=*/true);
      });
      j.attributeArray("outputs", [&] {
        for (const TensorInfo &tensor : plan.outputs)
          write(tensor, /*isInput=*/false);
      });
      writePlan(plan);
      j.attributeObject("modules", [&] {
        j.attribute("ptx", "kernels.ptx");
        j.attribute("bitcode", "kernels.bc");
        if (hasCubin)
          j.attribute("cubin", "kernels.cubin");
      });
      if (!reference.sourceFile.empty() || !reference.ptxFile.empty())
        j.attributeObject("reference", [&] { write(reference); });
    });
    j.flush();
  }

private:
  void writePlan(const LaunchPlan &plan) {
    j.attributeArray("buffers", [&] {
      for (const BufferInfo &buffer : plan.buffers)
        write(buffer);
    });
    j.attributeArray("kernels", [&] {
      for (const KernelInfo &kernel : plan.kernels)
        write(kernel);
    });
  }

  void write(const TensorInfo &tensor, bool isInput) {
    j.object([&] {
      j.attribute("name", tensor.name);
      j.attribute("type", tensor.type);
      list("shape", tensor.shape);
      if (isInput)
        j.attribute("fan_in", tensor.fanIn);
      if (isInput && tensor.domain)
        j.attribute("domain", stringifyDomain(*tensor.domain));
    });
  }

  void write(const BufferInfo &buffer) {
    j.object([&] {
      switch (buffer.kind) {
      case BufferInfo::Kind::Input:
      case BufferInfo::Kind::Output:
        j.attribute("kind", buffer.kind == BufferInfo::Kind::Input ? "input"
                                                                   : "output");
        j.attribute("index", buffer.index);
        break;
      case BufferInfo::Kind::Workspace:
        j.attribute("kind", "workspace");
        break;
      case BufferInfo::Kind::Constant:
        j.attribute("kind", "constant");
        j.attribute("offset", buffer.offset);
        break;
      }
      j.attribute("bytes", buffer.bytes);
    });
  }

  void write(const KernelArgument &argument) {
    j.object([&] {
      if (auto *buffer = std::get_if<BufferArgument>(&argument))
        j.attribute("buffer", buffer->buffer);
      else if (auto *i32 = std::get_if<int32_t>(&argument))
        j.attribute("i32", *i32);
      else if (auto *i64 = std::get_if<int64_t>(&argument))
        j.attribute("i64", *i64);
      else
        j.attribute("f32", std::get<float>(argument));
    });
  }

  void list(llvm::StringRef key, llvm::ArrayRef<int64_t> values) {
    j.attributeArray(key, [&] {
      for (int64_t value : values)
        j.value(value);
    });
  }

  void writeTiles(const KernelInfo &kernel) {
    auto write = [&](TilesAttr tiles) {
      j.attribute("count", tiles.getCount());
      list("grid", tiles.getGrid());
      list("shape", tiles.getShape());
      list("output_dims", tiles.getOutputDims());
    };
    if (kernel.tiles.empty())
      return;
    if (kernel.numWritten == 1) {
      j.attributeObject("tiles", [&] { write(kernel.tiles.front().tiles); });
      return;
    }
    j.attributeArray("tiles", [&] {
      for (const TiledBuffer &tiled : kernel.tiles)
        j.object([&] {
          j.attribute("buffer", tiled.buffer);
          write(tiled.tiles);
        });
    });
  }

  void write(const KernelInfo &kernel) {
    j.object([&] {
      j.attribute("name", kernel.name);
      j.attribute("role", stringifyRole(kernel.role));
      j.attributeArray("grid", [&] {
        for (mlir::AffineMap size : kernel.grid)
          j.value(formatGridSize(size));
      });
      list("block", kernel.block);
      j.attribute("dynamic_shared_bytes", kernel.dynamicSharedBytes);
      j.attributeArray("arguments", [&] {
        for (const KernelArgument &argument : kernel.arguments)
          write(argument);
      });
      list("depends_on", kernel.dependsOn);
      writeTiles(kernel);
      if (kernel.flops)
        j.attribute("flops", kernel.flops);
      j.attribute("bytes", kernel.bytes);
      if (kernel.schedule) {
        std::string text;
        llvm::raw_string_ostream stream(text);
        mlir::Attribute(kernel.schedule).print(stream);
        j.attribute("schedule", text);
      }
      if (kernel.usage)
        j.attributeObject("report", [&] { writeReport(kernel); });
    });
  }

  void writeReport(const KernelInfo &kernel) {
    const KernelUsage &usage = *kernel.usage;
    j.attribute("registers", usage.registers);
    j.attribute("spill_stores", usage.spillStores);
    j.attribute("spill_loads", usage.spillLoads);
    j.attribute("stack", usage.stack);
    j.attribute("static_shared", usage.staticShared);
    if (!kernel.occupancy)
      return;
    j.attribute("blocks_per_sm", kernel.occupancy->blocksPerSm);
    j.attribute("occupancy", kernel.occupancy->fraction());
    j.attribute("limiter", kernel.occupancy->limiter);
  }

  void write(const ReferenceInfo &reference) {
    if (!reference.sourceFile.empty())
      j.attribute("source", reference.sourceFile);
    if (reference.ptxFile.empty() || !reference.plan)
      return;
    j.attribute("ptx", reference.ptxFile);
    writePlan(*reference.plan);
  }

  json::OStream j;
};
} // namespace

std::string kiln::formatDescription(const LaunchPlan &plan,
                                    llvm::StringRef precision, bool hasCubin,
                                    const ReferenceInfo &reference) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Writer(stream).write(plan, precision, hasCubin, reference);
  stream << "\n";
  return text;
}
