//===- PlanReader.cpp - Buffers and kernels of a description ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "PlanReader.h"

#include "kiln/Runtime/GridExpression.h"

#include <cmath>
#include <set>

namespace kiln::runtime {

static BufferInfo readBuffer(const JsonReader &json,
                             const std::vector<TensorInfo> &inputs,
                             const std::vector<TensorInfo> &outputs,
                             int64_t constantBytes) {
  BufferInfo buffer;
  std::string kind = json["kind"].string();
  buffer.bytes = json["bytes"].integer(1);
  if (kind == "input" || kind == "output") {
    buffer.kind = kind == "input" ? BufferKind::Input : BufferKind::Output;
    const auto &tensors = kind == "input" ? inputs : outputs;
    if (tensors.empty()) {
      json.fail("is an ", kind, ", but the program has none");
      return buffer;
    }
    buffer.index = json["index"].integer(0, int64_t(tensors.size()) - 1);
    int64_t expected = tensors[buffer.index].bytes();
    if (!json.failed() && buffer.bytes != expected)
      json["bytes"].fail("is ", buffer.bytes, ", but ", kind, " ",
                         tensors[buffer.index].name, " takes ", expected);
  } else if (kind == "workspace") {
    buffer.kind = BufferKind::Workspace;
  } else if (kind == "constant") {
    buffer.kind = BufferKind::Constant;
    buffer.offset = json["offset"].integer(0);
    if (!json.failed() && (buffer.offset > constantBytes ||
                           buffer.bytes > constantBytes - buffer.offset))
      json.fail("reaches beyond the ", constantBytes, " bytes of constants.bin",
                constantBytes ? "" : " (is the file there?)");
  } else {
    json["kind"].fail("is '", kind,
                      "'; it must be input, output, workspace or constant");
  }
  return buffer;
}

static KernelArgument readArgument(const JsonReader &json, size_t numBuffers) {
  KernelArgument argument{};
  if (json.has("buffer")) {
    argument.kind = KernelArgument::Buffer;
    argument.buffer = json["buffer"].integer(0, int64_t(numBuffers) - 1);
  } else if (json.has("i32")) {
    argument.kind = KernelArgument::I32;
    argument.integer = json["i32"].integer(INT32_MIN, INT32_MAX);
  } else if (json.has("i64")) {
    argument.kind = KernelArgument::I64;
    argument.integer = json["i64"].integer(INT64_MIN);
  } else if (json.has("f32")) {
    argument.kind = KernelArgument::F32;
    const JsonReader value = json["f32"];
    if (value.json().is_number())
      argument.real = value.json().get<float>();
    else
      value.fail("must be a number");
  } else {
    json.fail("must have one of buffer, i32, i64 and f32");
  }
  return argument;
}

static TileInfo readTiles(const JsonReader &json) {
  TileInfo tiles;
  tiles.count = json["count"].integer(1);
  tiles.grid = json["grid"].integers(1);
  tiles.shape = json["shape"].integers(1);
  tiles.outputDims = json["output_dims"].integers(0);
  if (json.failed())
    return tiles;
  if (tiles.shape.size() != tiles.grid.size())
    json["shape"].fail("has ", tiles.shape.size(), " sizes, but grid has ",
                       tiles.grid.size());
  if (tiles.outputDims.size() != tiles.grid.size())
    json["output_dims"].fail("has ", tiles.outputDims.size(),
                             " dimensions, but grid has ", tiles.grid.size());
  std::set<int64_t> dims(tiles.outputDims.begin(), tiles.outputDims.end());
  if (dims.size() != tiles.outputDims.size())
    json["output_dims"].fail("names a dimension twice");
  std::optional<int64_t> product = getNumElements(tiles.grid);
  if (!product || *product != tiles.count)
    json["count"].fail("is ", tiles.count, ", but grid is ",
                       toString(tiles.grid));
  return tiles;
}

/// Tiles must cover an output once.
static void checkTiles(const JsonReader &json, const TileInfo &tiles,
                       const TensorInfo &output) {
  for (size_t i = 0; i < tiles.grid.size(); ++i) {
    int64_t dim = tiles.outputDims[i];
    if (dim >= int64_t(output.shape.size())) {
      json["output_dims"].fail("names dimension ", dim, ", but output ",
                               output.name, " is ", toString(output.shape));
      return;
    }
    int64_t size = output.shape[dim], covered;
    if (__builtin_mul_overflow(tiles.grid[i], tiles.shape[i], &covered) ||
        covered < size || covered - tiles.shape[i] >= size)
      json["shape"].fail("times grid does not cover dimension ", dim,
                         " of output ", output.name, " (", size, ") once");
  }
}

/// The buffer that a single description of tiles is about: kernels write the
/// last of those that they get. Others may be outputs too, of other kernels.
static std::optional<size_t> getOnlyTiledBuffer(const KernelInfo &kernel) {
  std::optional<size_t> last;
  for (const KernelArgument &argument : kernel.arguments)
    if (argument.kind == KernelArgument::Buffer)
      last = argument.buffer;
  return last;
}

/// An object for a kernel that writes one buffer, a list of objects that name
/// theirs for a kernel that writes several.
static void readAllTiles(const JsonReader &json, KernelInfo &kernel,
                         const std::vector<BufferInfo> &buffers,
                         const std::vector<TensorInfo> &outputs) {
  auto add = [&](const JsonReader &element, size_t buffer) {
    TileInfo tiles = readTiles(element);
    if (json.failed())
      return;
    if (buffers[buffer].kind == BufferKind::Output)
      checkTiles(element, tiles, outputs[buffers[buffer].index]);
    if (!kernel.tiles.empty() &&
        kernel.tiles.begin()->second.grid != tiles.grid)
      element["grid"].fail("is ", toString(tiles.grid),
                           ", but that of another buffer is ",
                           toString(kernel.tiles.begin()->second.grid));
    if (!kernel.tiles.emplace(buffer, std::move(tiles)).second)
      element["buffer"].fail("is ", buffer, ", which has tiles already");
  };
  if (!json.json().is_array()) {
    if (std::optional<size_t> buffer = getOnlyTiledBuffer(kernel))
      add(json, *buffer);
    else
      json.fail("are of a kernel that gets no buffer");
    return;
  }
  for (const JsonReader &element : json.elements()) {
    int64_t buffer = element["buffer"].integer(0, int64_t(buffers.size()) - 1);
    if (json.failed())
      return;
    bool isArgument = false;
    for (const KernelArgument &argument : kernel.arguments)
      isArgument |= argument.kind == KernelArgument::Buffer &&
                    argument.buffer == size_t(buffer);
    if (!isArgument)
      element["buffer"].fail("is ", buffer, ", which the kernel does not get");
    add(element, size_t(buffer));
  }
}

static std::optional<std::vector<size_t>>
readDependencies(const JsonReader &json,
                 const std::vector<TensorInfo> &inputs) {
  if (!json.has("depends_on"))
    return std::nullopt;
  JsonReader list = json["depends_on"];
  // What compilers before the list wrote; the role says as much.
  if (list.json() == "weights")
    return std::nullopt;
  std::vector<size_t> result;
  for (const JsonReader &element : list.elements()) {
    int64_t input = element.integer(0);
    if (!json.failed() && size_t(input) >= inputs.size())
      element.fail("is ", input, ", but there are ", inputs.size(), " inputs");
    result.push_back(size_t(input));
  }
  return result;
}

static KernelInfo readKernel(const JsonReader &json, const Plan &plan,
                             const std::vector<TensorInfo> &inputs,
                             const std::vector<TensorInfo> &outputs) {
  KernelInfo kernel;
  kernel.name = json["name"].string();
  if (kernel.name.empty())
    json["name"].fail("is empty");
  std::string role = json["role"].string();
  kernel.isPacking = role == "pack";
  if (role != "pack" && role != "compute")
    json["role"].fail("is '", role, "'; it must be compute or pack");

  std::vector<JsonReader> grid = json["grid"].elements();
  if (grid.size() != 3)
    json["grid"].fail("must have 3 expressions");
  for (size_t i = 0; i < 3 && !json.failed(); ++i) {
    kernel.grid[i] = grid[i].string();
    if (Status status = checkGridExpression(kernel.grid[i]); status.failed())
      grid[i].fail("is wrong: ", status.message());
  }
  std::vector<int64_t> block = json["block"].integers(1);
  if (block.size() != 3)
    json["block"].fail("must have 3 sizes");
  std::optional<int64_t> threads = getNumElements(block);
  if (!threads || *threads > 1024)
    json["block"].fail("has more than 1024 threads");
  if (json.failed())
    return kernel;
  for (int i = 0; i < 3; ++i)
    kernel.block[i] = block[i];

  // 227 KB is the most that any card gives a block.
  kernel.dynamicSharedBytes =
      json["dynamic_shared_bytes"].integer(0, 227 * 1024);
  for (const JsonReader &argument : json["arguments"].elements())
    kernel.arguments.push_back(readArgument(argument, plan.buffers.size()));
  kernel.dependsOn = readDependencies(json, inputs);
  if (json.has("flops"))
    kernel.flops = json["flops"].integer(0);
  if (json.has("bytes"))
    kernel.bytes = json["bytes"].integer(0);
  if (json.has("schedule"))
    kernel.schedule = json["schedule"].string();
  if (json.has("report"))
    kernel.report = json["report"].json().dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (json.has("tiles") && !json.failed())
    readAllTiles(json["tiles"], kernel, plan.buffers, outputs);
  return kernel;
}

Plan readPlan(const JsonReader &json, const std::vector<TensorInfo> &inputs,
              const std::vector<TensorInfo> &outputs, int64_t constantBytes) {
  Plan plan;
  std::set<std::pair<BufferKind, size_t>> seen;
  for (const JsonReader &element : json["buffers"].elements()) {
    if (json.failed())
      return plan;
    BufferInfo buffer = readBuffer(element, inputs, outputs, constantBytes);
    bool isTensor =
        buffer.kind == BufferKind::Input || buffer.kind == BufferKind::Output;
    if (isTensor && !seen.insert({buffer.kind, buffer.index}).second)
      element.fail("repeats an input or output that has a buffer already");
    plan.buffers.push_back(buffer);
  }
  for (size_t i = 0; i < outputs.size(); ++i)
    if (!seen.count({BufferKind::Output, i}))
      json["buffers"].fail("holds no buffer of output ", outputs[i].name);
  std::vector<JsonReader> kernels = json["kernels"].elements();
  if (kernels.empty())
    json["kernels"].fail("is empty");
  for (const JsonReader &element : kernels) {
    if (json.failed())
      return plan;
    plan.kernels.push_back(readKernel(element, plan, inputs, outputs));
  }
  return plan;
}

} // namespace kiln::runtime
