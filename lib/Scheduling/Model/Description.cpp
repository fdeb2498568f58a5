//===- Description.cpp - Descriptions of kernels in JSON ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/KernelDescription.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

#include <cmath>

using namespace kiln;

static constexpr llvm::StringLiteral kMultiplies[] = {"none", "tf32", "f16",
                                                      "fma", "tf32x3"};
static constexpr llvm::StringLiteral kAlongs[] = {"fast", "slow", "both",
                                                  "none"};

llvm::StringRef kiln::stringify(Multiply multiply) {
  return kMultiplies[static_cast<int>(multiply)];
}
llvm::StringRef kiln::stringify(Along along) {
  return kAlongs[static_cast<int>(along)];
}

static llvm::Error fail(const llvm::Twine &what) {
  return llvm::createStringError(what);
}

llvm::Error KernelDescription::complete() {
  struct {
    llvm::StringRef field;
    double value, least, most;
  } const fields[] = {{"grid.tiles", double(tiles), 1, 1e15},
                      {"grid.fast", double(fastTiles), 0, double(tiles)},
                      {"grid.group", double(group), 0, double(tiles)},
                      {"launches", double(launches), 1, 1e6},
                      {"block.warps", double(warps), 1, 32},
                      {"block.registers", double(registers), 0, 255},
                      {"block.shared_bytes", double(sharedBytes), 0, 1 << 20},
                      {"loop.steps", double(steps), 1, 1e12},
                      {"loop.slots", double(slots), 1, 64},
                      {"loop.waits", double(waits), 1, 1000},
                      {"loop.instructions", instructions, 0, 1e18},
                      {"loop.cycles_alone", cyclesAlone, 1, 100},
                      {"loop.l1_wavefronts", l1Wavefronts, 0, 1e18},
                      {"epilogue.instructions", epilogueInstructions, 0, 1e18},
                      {"epilogue.special", specialFunctions, 0, 1e18},
                      {"write_bytes", writeBytes, 0, 1e18}};
  for (auto &[field, value, least, most] : fields)
    if (!(value >= least && value <= most))
      return fail(field + " must lie between " + llvm::Twine(int64_t(least)) +
                  " and " + llvm::Twine(int64_t(most)) + ", not " +
                  llvm::Twine(int64_t(value)));
  for (const ReadDescription &read : reads)
    if (!(read.bytes >= 0 && read.blockBytes >= 0))
      return fail("reads: bytes and block_bytes of '" + read.name +
                  "' must not be negative");
  auto [m, n, k] = tile;
  if (multiply != Multiply::None && flops < 0 && (m < 1 || n < 1 || k < 1))
    return fail("loop.multiply needs loop.tile, three positive numbers (rows, "
                "columns, k), or loop.flops");
  if (!fastTiles)
    fastTiles = tiles;
  l2WriteBytes = std::max(l2WriteBytes, writeBytes);
  if (flops < 0)
    flops = multiply == Multiply::None ? 0 : 2. * m * n * k;
  if (alu < 0)
    alu = instructions / 2;
  if (!usesTensorCores(multiply) || m < 1) {
    // A fused multiply-add of a warp is 64 FLOP; its operands come from
    // registers.
    if (fragments < 0)
      fragments = flops / 64 / warps;
    sharedWavefronts = std::max(0., sharedWavefronts);
    hiddenWavefronts = std::max(0., hiddenWavefronts);
    return llvm::Error::success();
  }
  // Warps over the tile so that their tiles are as square as possible.
  double rows = 0, columns = 0;
  for (int64_t across = 1; across <= warps; across *= 2) {
    double r = std::max(16., m / double(across));
    double c = std::max(8., n * double(across) / warps);
    if (!rows || r + c < rows + columns)
      rows = r, columns = c;
  }
  // mma.sync m16n8k8 (tf32), m16n8k16 (f16): the rows' operand by ldmatrix.x4,
  // the columns' by words of tf32, which ldmatrix cannot transpose, or by
  // ldmatrix.x4 that serve two multiplies.
  bool tf32 = multipliesTF32(multiply);
  double slices = std::max(1., k / (tf32 ? 8. : 16.));
  double multiplies =
      rows / 16 * columns / 8 * slices * getNumProducts(multiply);
  double byRows = rows / 16 * slices;
  double byColumns = tf32 ? 2 * columns / 8 * slices : columns / 16 * slices;
  if (fragments < 0)
    fragments = multiplies + byRows + byColumns;
  // Wavefronts of 128 bytes: 4 of an ldmatrix.x4, 1 of a word a thread. Copies
  // write the tile once.
  double loads = warps * (4 * byRows + (tf32 ? 1 : 4) * byColumns);
  if (hiddenWavefronts < 0)
    hiddenWavefronts = lookahead ? loads * (1 - 1 / slices) : 0;
  if (sharedWavefronts < 0)
    sharedWavefronts = warps * (4 * byRows + (tf32 ? 1 : 4) * byColumns) +
                       (m + n) * k * (tf32 ? 4 : 2) / 128.;
  return llvm::Error::success();
}

namespace {
/// Reads the fields of one object and remembers which.
class Fields {
public:
  Fields(const llvm::json::Object *object, std::string prefix,
         std::string &error)
      : object(object), prefix(std::move(prefix)), error(error) {}

  template <typename T>
  void number(llvm::StringRef name, T &value, bool needed = false) {
    seen.insert(name);
    const llvm::json::Value *json = find(name, needed);
    if (!json)
      return;
    std::optional<double> read = json->getAsNumber();
    bool whole = std::is_integral_v<T>;
    if (!read || !std::isfinite(*read) || std::fabs(*read) > 1e18 ||
        (whole && *read != std::floor(*read)))
      return refuse(name, whole ? "a whole number" : "a number");
    value = static_cast<T>(*read);
  }
  void flag(llvm::StringRef name, bool &value) {
    seen.insert(name);
    const llvm::json::Value *json = find(name, false);
    if (!json)
      return;
    if (std::optional<bool> read = json->getAsBoolean())
      value = *read;
    else
      refuse(name, "true or false");
  }
  void text(llvm::StringRef name, std::string &value) {
    seen.insert(name);
    const llvm::json::Value *json = find(name, false);
    if (!json)
      return;
    if (std::optional<llvm::StringRef> read = json->getAsString())
      value = read->str();
    else
      refuse(name, "a string");
  }
  template <typename Enum>
  void choice(llvm::StringRef name, Enum &value,
              llvm::ArrayRef<llvm::StringLiteral> names, bool needed = false) {
    seen.insert(name);
    const llvm::json::Value *json = find(name, needed);
    if (!json)
      return;
    std::optional<llvm::StringRef> read = json->getAsString();
    auto *at = llvm::find(names, read.value_or(""));
    if (at == names.end())
      return refuse(name,
                    "one of " + llvm::join(names.begin(), names.end(), ", "));
    value = static_cast<Enum>(at - names.begin());
  }
  const llvm::json::Value *find(llvm::StringRef name, bool needed) {
    seen.insert(name);
    const llvm::json::Value *json = object ? object->get(name) : nullptr;
    if (!json && needed)
      set("'" + prefix + name.str() + "' is missing");
    return json;
  }
  Fields nested(llvm::StringRef name, bool needed) {
    const llvm::json::Value *json = find(name, needed);
    if (json && !json->getAsObject())
      refuse(name, "an object");
    return Fields(json ? json->getAsObject() : nullptr,
                  prefix + name.str() + ".", error);
  }
  /// What nobody asked for is misspelt.
  void finish() {
    if (object)
      for (auto &[key, value] : *object)
        if (!seen.contains(key))
          set("there is no field '" + prefix + key.str() + "'");
  }
  void refuse(llvm::StringRef name, const std::string &what) {
    set("'" + prefix + name.str() + "' must be " + what);
  }

private:
  void set(std::string what) {
    if (error.empty())
      error = std::move(what);
  }

  const llvm::json::Object *object;
  std::string prefix;
  std::string &error;
  llvm::SmallSet<llvm::StringRef, 16> seen;
};
} // namespace

llvm::Expected<KernelDescription>
kiln::parseDescription(const llvm::json::Value &json) {
  if (!json.getAsObject())
    return fail("a description must be an object");
  KernelDescription kernel;
  std::string error;
  Fields top(json.getAsObject(), "", error);
  top.text("name", kernel.name);
  top.number("launches", kernel.launches);
  top.number("write_bytes", kernel.writeBytes);
  top.number("l2_write_bytes", kernel.l2WriteBytes);

  Fields grid = top.nested("grid", true);
  grid.number("tiles", kernel.tiles, true);
  grid.number("fast", kernel.fastTiles);
  grid.number("group", kernel.group);
  grid.flag("persistent", kernel.persistent);
  grid.finish();

  Fields block = top.nested("block", true);
  block.number("warps", kernel.warps, true);
  block.number("registers", kernel.registers);
  block.number("shared_bytes", kernel.sharedBytes);
  block.finish();

  Fields loop = top.nested("loop", false);
  loop.number("steps", kernel.steps);
  loop.number("slots", kernel.slots);
  loop.number("waits", kernel.waits);
  loop.choice("multiply", kernel.multiply, kMultiplies);
  loop.number("flops", kernel.flops);
  loop.number("instructions", kernel.instructions);
  loop.number("alu", kernel.alu);
  loop.number("cycles_alone", kernel.cyclesAlone);
  loop.number("fragments", kernel.fragments);
  loop.number("shared_wavefronts", kernel.sharedWavefronts);
  loop.number("l1_wavefronts", kernel.l1Wavefronts);
  loop.flag("lookahead", kernel.lookahead);
  loop.number("hidden_wavefronts", kernel.hiddenWavefronts);
  if (const llvm::json::Value *tile = loop.find("tile", false)) {
    const llvm::json::Array *sizes = tile->getAsArray();
    if (!sizes || sizes->size() != 3)
      loop.refuse("tile", "three numbers: rows, columns, k");
    else
      for (auto [size, value] : llvm::zip(kernel.tile, *sizes)) {
        size = value.getAsInteger().value_or(0);
        if (size < 1 || size > 1 << 20)
          loop.refuse("tile", "three positive numbers: rows, columns, k");
      }
  }
  loop.finish();

  Fields epilogue = top.nested("epilogue", false);
  epilogue.number("instructions", kernel.epilogueInstructions);
  epilogue.number("special", kernel.specialFunctions);
  epilogue.finish();

  if (const llvm::json::Value *reads = top.find("reads", false)) {
    if (!reads->getAsArray())
      top.refuse("reads", "a list");
    else
      for (const llvm::json::Value &value : *reads->getAsArray()) {
        ReadDescription read;
        Fields fields(value.getAsObject(), "reads.", error);
        fields.text("name", read.name);
        fields.number("bytes", read.bytes, true);
        fields.number("block_bytes", read.blockBytes, true);
        fields.choice("along", read.along, kAlongs);
        fields.finish();
        kernel.reads.push_back(std::move(read));
      }
  }
  top.finish();
  if (!error.empty())
    return fail(error);
  if (llvm::Error impossible = kernel.complete())
    return std::move(impossible);
  return kernel;
}

llvm::json::Object kiln::toJson(const KernelDescription &kernel) {
  using llvm::json::Array;
  using llvm::json::Object;
  Array reads;
  for (const ReadDescription &read : kernel.reads)
    reads.push_back(Object{{"name", read.name},
                           {"bytes", read.bytes},
                           {"block_bytes", read.blockBytes},
                           {"along", stringify(read.along)}});
  Object loop{{"steps", kernel.steps},
              {"slots", kernel.slots},
              {"waits", kernel.waits},
              {"multiply", stringify(kernel.multiply)},
              {"flops", kernel.flops},
              {"instructions", kernel.instructions},
              {"alu", kernel.alu},
              {"cycles_alone", kernel.cyclesAlone},
              {"fragments", kernel.fragments},
              {"shared_wavefronts", kernel.sharedWavefronts},
              {"l1_wavefronts", kernel.l1Wavefronts},
              {"lookahead", kernel.lookahead},
              {"hidden_wavefronts", kernel.hiddenWavefronts}};
  if (kernel.tile[0] > 0)
    loop["tile"] = Array{kernel.tile[0], kernel.tile[1], kernel.tile[2]};
  return Object{
      {"name", kernel.name},
      {"launches", kernel.launches},
      {"grid", Object{{"tiles", kernel.tiles},
                      {"fast", kernel.fastTiles},
                      {"group", kernel.group},
                      {"persistent", kernel.persistent}}},
      {"block", Object{{"warps", kernel.warps},
                       {"registers", kernel.registers},
                       {"shared_bytes", kernel.sharedBytes}}},
      {"loop", std::move(loop)},
      {"epilogue", Object{{"instructions", kernel.epilogueInstructions},
                          {"special", kernel.specialFunctions}}},
      {"reads", std::move(reads)},
      {"write_bytes", kernel.writeBytes},
      {"l2_write_bytes", kernel.l2WriteBytes}};
}
