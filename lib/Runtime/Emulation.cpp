//===- Emulation.cpp - An artifact's plan on the CPU ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Emulation.h"

#include "LaunchArguments.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace kiln::runtime {

static void forwardDiagnostic(KilnSeverity severity, const char *message,
                              void *user) {
  (*static_cast<const DiagnosticHandler *>(user))(severity, message);
}

static const char *getName(KilnCopyOrder order) {
  return order == KILN_COPIES_LATE ? "late" : "early";
}

namespace {
/// Runs the plan under one order of copies after the other. The data of
/// inputs, constants and workspaces is shared by all launches of an order; each
/// sampled launch gets outputs of its own, so that what it wrote is known
/// exactly.
class Emulation {
public:
  Emulation(const CompilerLibrary &library, const Artifact &artifact,
            std::vector<Tensor> &inputs, const EmulationOptions &options,
            PointChecker *checker, const DiagnosticHandler &diagnostics)
      : library(library), artifact(artifact), inputs(inputs), options(options),
        checker(checker), diagnostics(diagnostics) {}
  ~Emulation() { destroyEmulator(); }

  Status run();
  EmulationResult result;

private:
  Status planLaunches();
  Status runOrder(KilnCopyOrder order);
  Status addBuffers();
  Status addOutputs(const std::string &suffix, std::vector<Tensor> &outputs,
                    const std::vector<int64_t> *tiles);
  Status launch(const KernelInfo &kernel, const std::array<int64_t, 3> &grid,
                const std::vector<int64_t> *blocks,
                std::vector<Tensor> &outputs);
  Status checkOutputs(const std::vector<Tensor> &outputs,
                      const std::vector<int64_t> *tiles,
                      const std::string &where);
  Status checkElements(size_t output, int64_t key, const Region &region,
                       const Tensor &tensor, const std::string &where);
  void checkWritten(size_t output, const Tensor &tensor,
                    const std::vector<int64_t> *tiles,
                    const std::string &where);

  void note(const std::string &text) { diagnostics(KILN_NOTE, text); }
  template <typename... Ts>
  void addFinding(const Ts &...parts) {
    ++result.findings;
    diagnostics(KILN_ERROR, makeError(parts...).message);
  }
  void destroyEmulator() {
    if (emulator)
      library.kilnEmulatorDestroy(emulator);
    emulator = nullptr;
  }

  const CompilerLibrary &library;
  const Artifact &artifact;
  std::vector<Tensor> &inputs;
  const EmulationOptions &options;
  PointChecker *checker;
  const DiagnosticHandler &diagnostics;

  KilnEmulator *emulator = nullptr;
  std::vector<HostBuffer> workspaces; // one a buffer of the plan; else empty
  int64_t smCount = 1;
  const KernelInfo *sampled = nullptr;
  std::vector<const TileInfo *> sampledTiles; // by output
  std::vector<TileLaunch> tileLaunches;
  /// The elements of each output and tile (-1: all) as first computed.
  std::map<std::pair<size_t, int64_t>, std::vector<std::byte>> computed;
};
} // namespace

Status Emulation::planLaunches() {
  const KernelInfo *compute = nullptr;
  int64_t numCompute = 0;
  for (const KernelInfo &kernel : artifact.plan.kernels)
    if (!kernel.isPacking) {
      compute = &kernel;
      ++numCompute;
    }
  smCount = options.smCount;
  if (smCount == 0)
    smCount = numCompute == 1 ? chooseSmCount(*compute) : 4;
  if (options.sample == 0) {
    constexpr int64_t many = 1000;
    for (const KernelInfo &kernel : artifact.plan.kernels)
      if (kernel.numTiles() > many)
        note("kernel " + kernel.name + " has " +
             std::to_string(kernel.numTiles()) +
             " tiles, which takes long; --sample=N runs some of them");
    return {};
  }
  if (numCompute != 1 || compute->tiles.empty())
    return makeError("tiles can be sampled only of a program with one compute "
                     "kernel that describes its tiles; leave --sample out to "
                     "run everything");
  for (size_t i = 0; i < artifact.outputs.size(); ++i) {
    sampledTiles.push_back(findOutputTiles(artifact.plan, *compute, i));
    if (!sampledTiles.back())
      return makeError("the tiles of kernel ", compute->name,
                       " do not describe output ", artifact.outputs[i].name,
                       " (", toString(artifact.outputs[i].shape),
                       "); leave --sample out to run everything");
  }
  auto launches =
      planTileLaunches(*compute, chooseTiles(compute->tiles.begin()->second,
                                             options.sample, options.seed));
  if (launches.failed())
    return launches.error();
  tileLaunches = std::move(*launches);
  sampled = compute;
  return {};
}

Status Emulation::addBuffers() {
  workspaces.clear();
  workspaces.resize(artifact.plan.buffers.size());
  for (size_t i = 0; i < workspaces.size(); ++i) {
    const BufferInfo &buffer = artifact.plan.buffers[i];
    if (buffer.kind == BufferKind::Input) {
      Tensor &input = inputs[buffer.index];
      library.kilnEmulatorAddBuffer(
          emulator, artifact.inputs[buffer.index].name.c_str(),
          input.data.data(), input.data.size(), KILN_BUFFER_INPUT);
    }
    if (buffer.kind != BufferKind::Workspace &&
        buffer.kind != BufferKind::Constant)
      continue;
    Result<HostBuffer> memory = HostBuffer::allocate(size_t(buffer.bytes));
    if (memory.failed())
      return memory.error();
    workspaces[i] = std::move(*memory);
    bool isConstant = buffer.kind == BufferKind::Constant;
    if (isConstant)
      std::memcpy(workspaces[i].data(),
                  artifact.constants.data() + buffer.offset,
                  size_t(buffer.bytes));
    else
      std::memset(workspaces[i].data(), 0xff, size_t(buffer.bytes));
    std::string name =
        (isConstant ? "constant" : "workspace") + std::to_string(i);
    library.kilnEmulatorAddBuffer(
        emulator, name.c_str(), workspaces[i].data(), workspaces[i].size(),
        isConstant ? KILN_BUFFER_INPUT : KILN_BUFFER_WORKSPACE);
  }
  return {};
}

Status Emulation::addOutputs(const std::string &suffix,
                             std::vector<Tensor> &outputs,
                             const std::vector<int64_t> *tiles) {
  for (size_t i = 0; i < artifact.outputs.size(); ++i) {
    const TensorInfo &info = artifact.outputs[i];
    Result<Tensor> tensor = Tensor::create(info.type, info.shape);
    if (tensor.failed())
      return tensor.error();
    size_t size = getSize(info.type);
    auto poison = [&](int64_t offset, int64_t length) {
      std::memset(tensor->data.data() + size_t(offset) * size, 0xff,
                  size_t(length) * size);
    };
    if (!tiles)
      poison(0, tensor->numElements());
    else // Only what is computed takes memory.
      for (int64_t tile : *tiles)
        forEachRun(getTileRegion(*sampledTiles[i], tile, info.shape),
                   info.shape, poison);
    library.kilnEmulatorAddBuffer(emulator, (info.name + suffix).c_str(),
                                  tensor->data.data(), tensor->data.size(),
                                  KILN_BUFFER_OUTPUT);
    outputs.push_back(std::move(*tensor));
  }
  return {};
}

Status Emulation::launch(const KernelInfo &kernel,
                         const std::array<int64_t, 3> &grid,
                         const std::vector<int64_t> *blocks,
                         std::vector<Tensor> &outputs) {
  std::vector<void *> addresses(artifact.plan.buffers.size());
  LaunchArguments arguments(kernel.arguments, [&](size_t index) {
    const BufferInfo &buffer = artifact.plan.buffers[index];
    if (buffer.kind == BufferKind::Input)
      addresses[index] = inputs[buffer.index].data.data();
    else if (buffer.kind == BufferKind::Output)
      addresses[index] = outputs[buffer.index].data.data();
    else
      addresses[index] = workspaces[index].data();
    return &addresses[index];
  });
  int64_t total =
      blocks ? int64_t(blocks->size()) : grid[0] * grid[1] * grid[2];
  note("kernel " + kernel.name + ": " + std::to_string(total) +
       " blocks of a grid of " + toString(Shape(grid.begin(), grid.end())));
  int64_t findings = library.kilnEmulatorLaunch(
      emulator, kernel.name.c_str(), grid.data(), kernel.block.data(),
      kernel.dynamicSharedBytes, arguments.data(), arguments.size(),
      blocks ? blocks->data() : nullptr, blocks ? blocks->size() : 0);
  if (findings < 0)
    return makeError("the emulator cannot launch kernel ", kernel.name);
  result.findings += findings;
  result.blocks += total;
  ++result.launches;
  return {};
}

void Emulation::checkWritten(size_t output, const Tensor &tensor,
                             const std::vector<int64_t> *tiles,
                             const std::string &where) {
  const uint8_t *written =
      library.kilnEmulatorGetWritten(emulator, tensor.data.data());
  if (!written)
    return; // without checks
  const TensorInfo &info = artifact.outputs[output];
  int64_t size = int64_t(getSize(info.type));
  auto reportMissing = [&](const Region &region) {
    int64_t missing = 0, first = -1, bytes = 0;
    forEachRun(region, info.shape, [&](int64_t offset, int64_t length) {
      bytes += length * size;
      for (int64_t i = offset * size; i < (offset + length) * size; ++i)
        if (!written[i] && missing++ == 0)
          first = i / size;
    });
    if (missing > 0)
      addFinding("output ", info.name, where, ": ", missing, " of ", bytes,
                 " bytes were not written, first of element ",
                 formatCoordinates(getCoordinates(info.shape, first)));
    return bytes - missing;
  };
  if (!tiles) {
    reportMissing(getWholeRegion(info.shape));
    return;
  }
  int64_t inside = 0;
  for (int64_t tile : *tiles)
    inside +=
        reportMissing(getTileRegion(*sampledTiles[output], tile, info.shape));
  int64_t total = 0;
  for (size_t i = 0; i < tensor.data.size(); ++i)
    total += written[i] != 0;
  if (total == inside)
    return;
  std::set<int64_t> expected(tiles->begin(), tiles->end());
  for (size_t i = 0; i < tensor.data.size(); ++i) {
    if (!written[i])
      continue;
    Shape point = getCoordinates(info.shape, int64_t(i) / size);
    int64_t tile = getTileOf(*sampledTiles[output], point);
    if (expected.count(tile))
      continue;
    addFinding("output ", info.name, where, ": ", total - inside,
               " bytes were written outside the computed tiles, first of "
               "element ",
               formatCoordinates(point), " of tile ", tile);
    return;
  }
}

/// Verifies elements, unless the same bits were verified before.
Status Emulation::checkElements(size_t output, int64_t key,
                                const Region &region, const Tensor &tensor,
                                const std::string &where) {
  std::vector<std::byte> elements = gather(tensor, region);
  auto [entry, isNew] = computed.try_emplace({output, key});
  if (!isNew) {
    if (entry->second == elements)
      return {};
    if (!checker)
      addFinding("output ", artifact.outputs[output].name, where,
                 ": differs from an earlier launch with the same inputs");
  }
  if (checker)
    if (Status status = checker->checkRegion(output, region, elements.data());
        status.failed())
      return status;
  if (isNew)
    entry->second = std::move(elements);
  return {};
}

Status Emulation::checkOutputs(const std::vector<Tensor> &outputs,
                               const std::vector<int64_t> *tiles,
                               const std::string &where) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    checkWritten(i, outputs[i], tiles, where);
    if (!tiles) {
      Status status = checkElements(i, -1, getWholeRegion(outputs[i].shape),
                                    outputs[i], where);
      if (status.failed())
        return status;
      continue;
    }
    for (int64_t tile : *tiles) {
      Region region = getTileRegion(*sampledTiles[i], tile, outputs[i].shape);
      Status status = checkElements(i, tile, region, outputs[i], where);
      if (status.failed())
        return status;
    }
  }
  return {};
}

Status Emulation::runOrder(KilnCopyOrder order) {
  destroyEmulator();
  KilnEmulatorOptions settings{};
  settings.copies = order;
  settings.checks = options.checks;
  settings.inject = options.inject.empty() ? nullptr : options.inject.c_str();
  emulator = library.kilnEmulatorCreate(
      artifact.bitcode.data(), artifact.bitcode.size(), &settings,
      forwardDiagnostic, const_cast<DiagnosticHandler *>(&diagnostics));
  if (!emulator)
    return makeError("the emulator cannot take the kernels");
  if (Status status = addBuffers(); status.failed())
    return status;
  std::string where = std::string(" (copies land ") + getName(order) + ")";
  note(std::string("asynchronous copies land ") + getName(order));

  std::vector<Tensor> outputs;
  if (!sampled)
    if (Status status = addOutputs("", outputs, nullptr); status.failed())
      return status;
  // Outputs must outlive the emulator's knowledge of them.
  std::vector<std::vector<Tensor>> sampledOutputs;
  for (const KernelInfo &kernel : artifact.plan.kernels) {
    if (&kernel != sampled) {
      auto grid = kernel.evaluateGrid(smCount);
      if (grid.failed())
        return grid.error();
      if (Status status = launch(kernel, *grid, nullptr, outputs);
          status.failed())
        return status;
      continue;
    }
    for (const TileLaunch &tileLaunch : tileLaunches) {
      std::vector<Tensor> &own = sampledOutputs.emplace_back();
      std::string suffix("@");
      suffix += std::to_string(tileLaunch.tilesPerBlock) + " tiles a block";
      Status status = addOutputs(suffix, own, &tileLaunch.tiles);
      if (!status.failed())
        status = launch(kernel, tileLaunch.grid, &tileLaunch.blocks, own);
      if (!status.failed())
        status = checkOutputs(own, &tileLaunch.tiles, where);
      if (status.failed())
        return status;
      result.tiles += int64_t(tileLaunch.tiles.size());
    }
  }
  if (!sampled) {
    if (Status status = checkOutputs(outputs, nullptr, where); status.failed())
      return status;
    result.outputs = std::move(outputs);
  }
  destroyEmulator();
  return {};
}

Status Emulation::run() {
  if (artifact.bitcode.empty())
    return makeError("the artifact holds no bitcode for the emulator");
  if (Status status = planLaunches(); status.failed())
    return status;
  for (KilnCopyOrder order : options.orders)
    if (Status status = runOrder(order); status.failed())
      return status;
  return {};
}

Result<EmulationResult> emulate(std::shared_ptr<const CompilerLibrary> library,
                                const Artifact &artifact,
                                std::vector<Tensor> &inputs,
                                const EmulationOptions &options,
                                PointChecker *checker,
                                const DiagnosticHandler &diagnostics) {
  Emulation emulation(*library, artifact, inputs, options, checker,
                      diagnostics);
  if (Status status = emulation.run(); status.failed())
    return status.error();
  return std::move(emulation.result);
}

} // namespace kiln::runtime
