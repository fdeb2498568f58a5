//===- ArtifactTest.cpp - Tests of reading artifacts ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ScaleArtifact.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace kiln::runtime;
using test::getScaleFiles;

TEST(Artifact, ReadsDirectory) {
  Result<Artifact> artifact = Artifact::load(KILN_SCALE_ARTIFACT);
  ASSERT_FALSE(artifact.failed()) << artifact.message();
  EXPECT_EQ(artifact->entry, "scale");
  EXPECT_EQ(artifact->arch, "sm_89");
  ASSERT_EQ(artifact->inputs.size(), 2u);
  EXPECT_EQ(artifact->inputs[0].bytes(), 320);
  EXPECT_EQ(artifact->inputs[0].fanIn, 4);
  ASSERT_EQ(artifact->plan.kernels.size(), 2u);
  EXPECT_TRUE(artifact->plan.kernels[0].isPacking);
  EXPECT_EQ(artifact->plan.kernels[0].dependsOn, std::vector<size_t>{1});
  const KernelInfo &compute = artifact->plan.kernels[1];
  EXPECT_TRUE(compute.isPersistent());
  EXPECT_EQ((*compute.evaluateGrid(5))[0], 5);
  EXPECT_EQ(compute.numTiles(), 12);
  EXPECT_EQ(compute.tiles.count(2), 1u); // the buffer of the only output
  EXPECT_EQ(compute.arguments[4].kind, KernelArgument::I32);
  EXPECT_EQ(artifact->referenceOutputs[0].type, ElementType::F64);
  EXPECT_EQ(artifact->reference.kernels.size(), 1u);
  EXPECT_EQ(artifact->sourceName, "source.mlir");
  EXPECT_EQ(artifact->cubin, "CUBIN");
}

static const char oneTiles[] = "\"tiles\": {\"count\": 12, \"grid\": [4, 3], "
                               "\"shape\": [1, 8], \"output_dims\": [0, 1]}";

// A kernel that writes several buffers says of which its tiles are.
TEST(Artifact, ReadsTilesOfEachBuffer) {
  Artifact::FileMap files = getScaleFiles();
  std::string &json = files["artifact.json"];
  size_t at = json.find(oneTiles);
  ASSERT_NE(at, std::string::npos);
  json.replace(at, std::strlen(oneTiles),
               "\"tiles\": [{\"buffer\": 2, \"count\": 12, \"grid\": [4, 3], "
               "\"shape\": [1, 8], \"output_dims\": [0, 1]}, "
               "{\"buffer\": 3, \"count\": 12, \"grid\": [4, 3], "
               "\"shape\": [5, 1], \"output_dims\": [0, 1]}]");
  auto artifact = Artifact::fromFiles(files);
  ASSERT_FALSE(artifact.failed()) << artifact.message();
  const KernelInfo &kernel = artifact->plan.kernels[1];
  EXPECT_EQ(kernel.tiles.size(), 2u);
  EXPECT_EQ(kernel.tiles.at(3).shape, (Shape{5, 1}));
}

// The first output that a kernel gets may be one that it reads.
TEST(Artifact, TilesOfOneBufferAreOfTheLast) {
  Artifact::FileMap files = getScaleFiles();
  std::string &json = files["artifact.json"];
  for (auto [from, to] :
       {std::pair("{\"buffer\": 2}, {\"i32\": 12}", "{\"i32\": 12}"),
        {"{\"buffer\": 0}, {\"buffer\": 3}",
         "{\"buffer\": 2}, {\"buffer\": 3}"},
        {"[1, 8]", "[7, 5]"}}) {
    size_t at = json.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    json.replace(at, std::strlen(from), to);
  }
  auto artifact = Artifact::fromFiles(files);
  ASSERT_FALSE(artifact.failed()) << artifact.message();
  EXPECT_EQ(artifact->plan.kernels[1].tiles.count(4), 1u);
}

TEST(Artifact, ReadsDomains) {
  for (auto [text, domain] : {std::pair("positive", Domain::Positive),
                              {"nonzero", Domain::Nonzero}}) {
    auto files = getScaleFiles();
    std::string &description = files["artifact.json"];
    std::string from = "\"fan_in\": 4";
    description.replace(description.find(from), from.size(),
                        from + ", \"domain\": \"" + text + "\"");
    Result<Artifact> artifact = Artifact::fromFiles(files);
    ASSERT_FALSE(artifact.failed()) << artifact.message();
    EXPECT_EQ(artifact->inputs[0].domain, domain);
    EXPECT_EQ(artifact->inputs[1].domain, Domain::Any);
  }
}

TEST(Artifact, ReadsOlderDependencies) {
  auto files = getScaleFiles();
  std::string &description = files["artifact.json"];
  std::string from = "\"depends_on\": [1]";
  description.replace(description.find(from), from.size(),
                      "\"depends_on\": \"weights\"");
  Result<Artifact> artifact = Artifact::fromFiles(files);
  ASSERT_FALSE(artifact.failed()) << artifact.message();
  EXPECT_FALSE(artifact->plan.kernels[0].dependsOn);
  EXPECT_TRUE(artifact->plan.kernels[0].isPacking);
}

TEST(Artifact, FindsTensors) {
  Result<Artifact> artifact = Artifact::load(KILN_SCALE_ARTIFACT);
  ASSERT_FALSE(artifact.failed());
  EXPECT_EQ(*Artifact::find(artifact->inputs, "w", "input"), 1u);
  EXPECT_EQ(*Artifact::find(artifact->inputs, "0", "input"), 0u);
  Result<size_t> missing = Artifact::find(artifact->inputs, "2", "input");
  ASSERT_TRUE(missing.failed());
  EXPECT_EQ(missing.message(), "the program has no input '2'; it has 2: x, w");
}

namespace {
struct Broken {
  const char *from, *to, *message;
};
} // namespace

/// Each replaces a piece of the good description once.
static const Broken brokenDescriptions[] = {
    {"\"kiln-artifact\"", "\"other\"", "'format' must be 'kiln-artifact'"},
    {"\"version\": 1", "\"version\": 3",
     "has format version 3, newer than this runtime reads (2)"},
    {"\"version\": 1", "\"version\": 1.0", "'version' must be an integer"},
    {"\"version\": 1", "\"version\": 18446744073709551615",
     "'version' must be an integer of 64 bits"},
    {"\"entry\"", "\"entri\"", "'entry' is missing"},
    {"\"precision\": \"f32\"", "\"precision\": 3",
     "'precision' must be a string"},
    {"\"target\": {\"name\": \"rtx4090\", \"arch\": \"sm_89\"}",
     "\"target\": \"rtx\"", "'target' must be an object"},
    {"\"type\": \"f32\"", "\"type\": \"f8\"",
     "'inputs[0].type' is 'f8'; it must be one of"},
    {"[4, 20], \"fan_in\": 4", "[4, -20]",
     "'inputs[0].shape[1]' must be at least 1, not -20"},
    {"[4, 20], \"fan_in\": 4", "[4611686018427387904, 20]",
     "'inputs[0].shape' has too many elements"},
    {"\"fan_in\": 4", "\"fan_in\": 0", "'inputs[0].fan_in' must be at least 1"},
    {"\"fan_in\": 4", "\"domain\": \"even\"",
     "'inputs[0].domain' is 'even'; it must be positive or nonzero"},
    {"\"index\": 0, \"bytes\": 320", "\"index\": 0, \"bytes\": 316",
     "'buffers[0].bytes' is 316, but input x takes 320"},
    {"\"index\": 1, \"bytes\": 4", "\"index\": 2, \"bytes\": 4",
     "'buffers[1].index' must lie in [0, 1], not 2"},
    {"\"index\": 1, \"bytes\": 4", "\"index\": 0, \"bytes\": 320",
     "'buffers[1]' repeats an input"},
    {"\"kind\": \"output\"", "\"kind\": \"outptu\"",
     "'buffers[2].kind' is 'outptu'"},
    {"{\"kind\": \"output\", \"index\": 0, \"bytes\": 320}",
     "{\"kind\": \"workspace\", \"bytes\": 320}",
     "'buffers' holds no buffer of output y"},
    {"\"offset\": 0, \"bytes\": 4", "\"offset\": 1, \"bytes\": 4",
     "'buffers[4]' reaches beyond the 4 bytes of constants.bin"},
    {"\"kernels.ptx\"", "\"other.ptx\"",
     "'modules.ptx' names 'other.ptx', which cannot be read"},
    {"\"kernels.ptx\"", "\"../kernels.ptx\"",
     "'modules.ptx' must name a file beside artifact.json"},
    {"\"ptx\": \"kernels.ptx\", ", "", "'modules.ptx' is missing"},
    {"\"role\": \"pack\"", "\"role\": \"packs\"",
     "'kernels[0].role' is 'packs'; it must be compute or pack"},
    {"[\"1\", \"1\", \"1\"]", "[\"1\", \"1\"]",
     "'kernels[0].grid' must have 3 expressions"},
    {"sm_count * 1", "smcount * 1", "'kernels[1].grid[0]' is wrong: grid"},
    {"[64, 2, 1]", "[64, 32, 1]",
     "'kernels[1].block' has more than 1024 threads"},
    {"97792", "1000000", "'kernels[1].dynamic_shared_bytes' must lie in"},
    {"{\"buffer\": 4}", "{\"buffer\": 5}",
     "'kernels[1].arguments[2].buffer' must lie in [0, 4], not 5"},
    {"{\"i32\": 12}", "{\"i32\": 3000000000}",
     "'kernels[1].arguments[4].i32' must lie in"},
    {"{\"i32\": 12}", "{\"i8\": 12}",
     "'kernels[1].arguments[4]' must have one of buffer, i32, i64 and f32"},
    {"\"depends_on\": [1]", "\"depends_on\": \"bias\"",
     "'kernels[0].depends_on' must be an array"},
    {"\"depends_on\": [1]", "\"depends_on\": [2]",
     "'kernels[0].depends_on[0]' is 2, but there are 2 inputs"},
    {"\"count\": 12", "\"count\": 11",
     "'kernels[1].tiles.count' is 11, but grid is 4x3"},
    {"\"shape\": [1, 8]", "\"shape\": [1, 6]",
     "'kernels[1].tiles.shape' times grid does not cover dimension 1"},
    {"\"shape\": [1, 8]", "\"shape\": [1, 10]",
     "'kernels[1].tiles.shape' times grid does not cover dimension 1"},
    {"\"output_dims\": [0, 1]", "\"output_dims\": [0, 2]",
     "'kernels[1].tiles.output_dims' names dimension 2"},
    {"\"output_dims\": [0, 1]", "\"output_dims\": [0, 0]",
     "'kernels[1].tiles.output_dims' names a dimension twice"},
    {oneTiles, "\"tiles\": [{}]", "'kernels[1].tiles[0].buffer' is missing"},
    {oneTiles,
     "\"tiles\": [{\"buffer\": 1, \"count\": 1, \"grid\": [1], "
     "\"shape\": [1], \"output_dims\": [0]}]",
     "'kernels[1].tiles[0].buffer' is 1, which the kernel does not get"},
    {oneTiles,
     "\"tiles\": [{\"buffer\": 3, \"count\": 1, \"grid\": [1], "
     "\"shape\": [1], \"output_dims\": [0]}, {\"buffer\": 3, "
     "\"count\": 1, \"grid\": [1], \"shape\": [1], "
     "\"output_dims\": [0]}]",
     "'kernels[1].tiles[1].buffer' is 3, which has tiles already"},
    {oneTiles,
     "\"tiles\": [{\"buffer\": 3, \"count\": 1, \"grid\": [1], "
     "\"shape\": [1], \"output_dims\": [0]}, {\"buffer\": 4, "
     "\"count\": 2, \"grid\": [2], \"shape\": [1], "
     "\"output_dims\": [0]}]",
     "'kernels[1].tiles[1].grid' is 2, but that of another buffer is 1"},
    {"\"bytes\": 640", "\"bytes\": 320",
     "'reference.buffers[2].bytes' is 320, but output y takes 640"},
    {"\"source.mlir\"", "\"other.mlir\"",
     "'reference.source' names 'other.mlir', which cannot be read"},
    {"{\n", "{,\n", "is no valid JSON"},
};

TEST(Artifact, RefusesBrokenDescriptions) {
  for (const Broken &broken : brokenDescriptions) {
    Artifact::FileMap files = getScaleFiles();
    std::string &text = files["artifact.json"];
    size_t position = text.find(broken.from);
    ASSERT_NE(position, std::string::npos) << broken.from;
    text.replace(position, std::string(broken.from).size(), broken.to);
    Result<Artifact> artifact = Artifact::fromFiles(files);
    ASSERT_TRUE(artifact.failed()) << broken.message;
    EXPECT_NE(artifact.message().find(broken.message), std::string::npos)
        << artifact.message() << "\n  expected: " << broken.message;
    EXPECT_EQ(artifact.message().rfind("artifact.json: ", 0), 0u);
  }
}

TEST(Artifact, SurvivesTruncation) {
  Artifact::FileMap files = getScaleFiles();
  std::string whole = files["artifact.json"];
  for (size_t length = 0; length + 2 < whole.size(); ++length) {
    files["artifact.json"] = whole.substr(0, length);
    ASSERT_TRUE(Artifact::fromFiles(files).failed()) << length;
  }
}

TEST(Artifact, SurvivesMutation) {
  // Whatever it says to these, it must come back.
  Artifact::FileMap files = getScaleFiles();
  std::string whole = files["artifact.json"];
  for (size_t position = 0; position < whole.size(); ++position)
    for (char replacement : {'9', '-', '"', '['}) {
      files["artifact.json"] = whole;
      files["artifact.json"][position] = replacement;
      Result<Artifact> artifact = Artifact::fromFiles(files);
      if (artifact.failed())
        EXPECT_FALSE(artifact.message().empty());
    }
}

TEST(Artifact, RefusesMissingFiles) {
  for (const char *name : {"artifact.json", "kernels.ptx", "kernels.bc",
                           "kernels.cubin", "constants.bin", "reference.ptx"}) {
    Artifact::FileMap files = getScaleFiles();
    files.erase(name);
    Result<Artifact> artifact = Artifact::fromFiles(files);
    ASSERT_TRUE(artifact.failed()) << name;
    EXPECT_NE(artifact.message().find(name), std::string::npos)
        << artifact.message();
  }
  EXPECT_TRUE(Artifact::load("/nonexistent").failed());
}

TEST(Artifact, NeedsNoReference) {
  Artifact::FileMap files = getScaleFiles();
  std::string &text = files["artifact.json"];
  text.replace(text.find("\"reference\""), 11, "\"ignored\"");
  Result<Artifact> artifact = Artifact::fromFiles(files);
  ASSERT_FALSE(artifact.failed()) << artifact.message();
  EXPECT_TRUE(artifact->source.empty());
  EXPECT_TRUE(artifact->referencePtx.empty());
}

TEST(Artifact, ChecksGridLimits) {
  KernelInfo kernel;
  kernel.name = "k";
  kernel.grid = {"sm_count - 4", "1", "1"};
  EXPECT_FALSE(kernel.evaluateGrid(5).failed());
  EXPECT_TRUE(kernel.evaluateGrid(4).failed());
  kernel.grid = {"1", "65536", "1"};
  EXPECT_TRUE(kernel.evaluateGrid(4).failed());
}
