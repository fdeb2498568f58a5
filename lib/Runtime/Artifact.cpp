//===- Artifact.cpp - A compiled program, read and checked ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Artifact.h"

#include "JsonReader.h"
#include "PlanReader.h"
#include "kiln/Runtime/Files.h"
#include "kiln/Runtime/GridExpression.h"

#include <charconv>

namespace kiln::runtime {

Result<std::array<int64_t, 3>> KernelInfo::evaluateGrid(int64_t smCount) const {
  constexpr int64_t limits[3] = {2147483647, 65535, 65535};
  std::array<int64_t, 3> result;
  for (int i = 0; i < 3; ++i) {
    Result<int64_t> size = evaluateGridExpression(grid[i], smCount);
    if (size.failed())
      return makeError("kernel ", name, ": ", size.message());
    if (*size < 1 || *size > limits[i])
      return makeError("kernel ", name, ": grid expression '", grid[i],
                       "' gives ", *size, " with sm_count = ", smCount,
                       "; it must lie in [1, ", limits[i], "]");
    result[i] = *size;
  }
  return result;
}

bool KernelInfo::isPersistent() const {
  return usesSmCount(grid[0]) || usesSmCount(grid[1]) || usesSmCount(grid[2]);
}

static TensorInfo readTensor(const JsonReader &json) {
  TensorInfo info;
  info.name = json["name"].string();
  std::string type = json["type"].string();
  if (std::optional<ElementType> parsed = parseElementType(type))
    info.type = *parsed;
  else
    json["type"].fail("is '", type,
                      "'; it must be one of f32 f16 bf16 f64 i64 i32 i1");
  info.shape = json["shape"].integers(1);
  std::optional<int64_t> count = getNumElements(info.shape);
  if (!count || *count > INT64_MAX / 8)
    json["shape"].fail("has too many elements");
  if (json.has("fan_in"))
    info.fanIn = json["fan_in"].integer(1);
  if (json.has("domain")) {
    std::string domain = json["domain"].string();
    if (domain == "positive")
      info.domain = Domain::Positive;
    else if (domain == "nonzero")
      info.domain = Domain::Nonzero;
    else
      json["domain"].fail("is '", domain, "'; it must be positive or nonzero");
  }
  return info;
}

static std::vector<TensorInfo> readTensors(const JsonReader &json) {
  std::vector<TensorInfo> tensors;
  for (const JsonReader &element : json.elements())
    if (!json.failed())
      tensors.push_back(readTensor(element));
  return tensors;
}

namespace {
/// Reads the files that a description names.
class ModuleFiles {
public:
  explicit ModuleFiles(const Artifact::FileReader &readFile)
      : readFile(readFile) {}

  /// The file that member `key` of `json` names; empty without the member.
  std::string read(const JsonReader &json, const char *key) {
    if (!json.has(key))
      return {};
    std::string name = json[key].string();
    if (name.empty() || name.find('/') != std::string::npos || name == "..") {
      json[key].fail("must name a file beside artifact.json");
      return {};
    }
    std::optional<std::string> text = readFile(name);
    if (!text)
      json[key].fail("names '", name, "', which cannot be read");
    else if (text->empty())
      json[key].fail("names '", name, "', which is empty");
    else
      return std::move(*text);
    return {};
  }

private:
  const Artifact::FileReader &readFile;
};
} // namespace

static void readReference(const JsonReader &json, ModuleFiles &files,
                          Artifact &artifact) {
  artifact.source = files.read(json, "source");
  if (json.has("source"))
    artifact.sourceName = json["source"].string();
  artifact.referencePtx = files.read(json, "ptx");
  artifact.referenceOutputs = artifact.outputs;
  for (TensorInfo &output : artifact.referenceOutputs)
    if (isFloat(output.type))
      output.type = ElementType::F64;
  if (!json.has("ptx"))
    return;
  artifact.reference =
      readPlan(json, artifact.inputs, artifact.referenceOutputs,
               int64_t(artifact.constants.size()));
}

static std::optional<Error> readDescription(const JsonReader::Json &document,
                                            const Artifact::FileReader &reader,
                                            Artifact &artifact) {
  std::optional<Error> slot;
  JsonReader json(document, "", slot);
  if (!document.is_object())
    return makeError("is no JSON object");
  if (json["format"].string() != "kiln-artifact" && !slot)
    json["format"].fail("must be 'kiln-artifact'");
  int64_t version = json["version"].integer(1);
  if (!slot && version > artifactVersion)
    return makeError("has format version ", version,
                     ", newer than this runtime reads (", artifactVersion,
                     "): update the runtime, or compile with an older Kiln");
  if (json.has("producer"))
    artifact.producer = json["producer"].string();
  artifact.entry = json["entry"].string();
  artifact.precision = json["precision"].string();
  artifact.targetName = json["target"]["name"].string();
  artifact.arch = json["target"]["arch"].string();
  artifact.inputs = readTensors(json["inputs"]);
  artifact.outputs = readTensors(json["outputs"]);
  if (!slot && artifact.outputs.empty())
    json["outputs"].fail("is empty");

  ModuleFiles files(reader);
  JsonReader modules = json["modules"];
  if (!slot)
    modules["ptx"].string();
  artifact.ptx = files.read(modules, "ptx");
  artifact.bitcode = files.read(modules, "bitcode");
  artifact.cubin = files.read(modules, "cubin");
  if (std::optional<std::string> constants = reader("constants.bin"))
    artifact.constants = std::move(*constants);
  if (slot)
    return slot;
  artifact.plan = readPlan(json, artifact.inputs, artifact.outputs,
                           int64_t(artifact.constants.size()));
  if (!slot && json.has("reference"))
    readReference(json["reference"], files, artifact);
  return slot;
}

Result<Artifact> Artifact::read(const FileReader &readFile,
                                const std::string &where) {
  std::string name = where + "artifact.json";
  std::optional<std::string> text = readFile("artifact.json");
  if (!text)
    return makeError(name, ": cannot be read; is this a directory that "
                           "kiln-compile wrote?");
  auto document = nlohmann::json::parse(*text, nullptr,
                                        /*allow_exceptions=*/false);
  if (document.is_discarded())
    return makeError(name, ": is no valid JSON");
  Artifact artifact;
  if (std::optional<Error> error =
          readDescription(document, readFile, artifact))
    return makeError(name, ": ", error->message);
  return artifact;
}

Result<Artifact> Artifact::load(const std::string &directory) {
  std::string prefix = directory;
  if (prefix.empty() || prefix.back() != '/')
    prefix += '/';
  return read(
      [&](const std::string &name) -> std::optional<std::string> {
        Result<std::string> text = runtime::readFile(prefix + name);
        if (text.failed())
          return std::nullopt;
        return std::move(*text);
      },
      prefix);
}

Result<Artifact> Artifact::fromFiles(const FileMap &files) {
  return read(
      [&](const std::string &name) -> std::optional<std::string> {
        auto found = files.find(name);
        if (found == files.end())
          return std::nullopt;
        return found->second;
      },
      "");
}

static std::string listNames(const std::vector<TensorInfo> &tensors) {
  std::string text;
  for (const TensorInfo &info : tensors) {
    if (!text.empty())
      text += ", ";
    text += info.name;
  }
  return text.empty() ? "none" : text;
}

Result<size_t> Artifact::find(const std::vector<TensorInfo> &tensors,
                              const std::string &nameOrIndex,
                              const char *what) {
  for (size_t i = 0; i < tensors.size(); ++i)
    if (tensors[i].name == nameOrIndex)
      return i;
  size_t index;
  const char *end = nameOrIndex.data() + nameOrIndex.size();
  auto [rest, error] = std::from_chars(nameOrIndex.data(), end, index);
  if (error == std::errc() && rest == end && index < tensors.size())
    return index;
  return makeError("the program has no ", what, " '", nameOrIndex, "'; it has ",
                   tensors.size(), ": ", listNames(tensors));
}

} // namespace kiln::runtime
