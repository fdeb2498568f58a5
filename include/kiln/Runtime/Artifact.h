//===- Artifact.h - A compiled program, read and checked --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The format is described in docs/artifact.md. Every field is checked when an
// artifact is read, so that later code may rely on it.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_ARTIFACT_H
#define KILN_RUNTIME_ARTIFACT_H

#include "kiln/Runtime/Tensor.h"

#include <array>
#include <functional>
#include <map>

namespace kiln::runtime {

/// The newest format version that this library reads.
inline constexpr int64_t artifactVersion = 2;

/// Numbers that the program is defined for: roots, logarithms and powers want
/// positive ones, divisors those that are not zero.
enum class Domain { Any, Nonzero, Positive };

/// An input or an output of the program.
struct TensorInfo {
  std::string name;
  ElementType type;
  Shape shape;
  int64_t fanIn = 1;
  Domain domain = Domain::Any;

  int64_t numElements() const { return *getNumElements(shape); }
  int64_t bytes() const { return numElements() * int64_t(getSize(type)); }
};

enum class BufferKind { Input, Output, Workspace, Constant };

struct BufferInfo {
  BufferKind kind;
  size_t index = 0;   // of the input or output
  int64_t offset = 0; // of a constant, in the constants file
  int64_t bytes = 0;
};

struct KernelArgument {
  enum Kind { Buffer, I32, I64, F32 } kind;
  size_t buffer = 0;   // Buffer
  int64_t integer = 0; // I32, I64
  float real = 0;      // F32
};

/// Which part of a buffer each tile of a kernel makes.
struct TileInfo {
  int64_t count = 0;
  Shape grid, shape, outputDims;
};

struct KernelInfo {
  std::string name;
  bool isPacking = false;
  std::array<std::string, 3> grid;
  std::array<int64_t, 3> block;
  int64_t dynamicSharedBytes = 0;
  std::vector<KernelArgument> arguments;
  /// The inputs that what it writes depends on; nothing where the description
  /// does not say.
  std::optional<std::vector<size_t>> dependsOn;
  /// How it cuts the buffers that it writes into tiles, by buffer; all have the
  /// same grid. Buffers in which a tile is not one box are not here.
  std::map<size_t, TileInfo> tiles;
  int64_t flops = 0, bytes = 0;
  std::string schedule;
  /// The compiler's resource report as JSON text; may be empty.
  std::string report;

  /// The grid on a card of `smCount` multiprocessors, checked against the
  /// limits of CUDA.
  Result<std::array<int64_t, 3>> evaluateGrid(int64_t smCount) const;
  /// The grid follows the card: blocks loop over tiles.
  bool isPersistent() const;
  /// 0 where the description does not say.
  int64_t numTiles() const {
    return tiles.empty() ? 0 : tiles.begin()->second.count;
  }
};

/// Buffers, and the kernels that run over them in order.
struct Plan {
  std::vector<BufferInfo> buffers;
  std::vector<KernelInfo> kernels;
};

struct Artifact {
  std::string producer, entry, precision;
  std::string targetName, arch;
  std::vector<TensorInfo> inputs, outputs;
  Plan plan;

  std::string ptx, bitcode, cubin; // bitcode and cubin may be empty
  std::string constants;

  /// The source program, for the reference on the CPU; may be empty.
  std::string source, sourceName;
  /// The reference for a GPU, over the same inputs; its float outputs are f64.
  std::string referencePtx;
  Plan reference;
  std::vector<TensorInfo> referenceOutputs;

  /// Reads the directory that kiln-compile wrote.
  static Result<Artifact> load(const std::string &directory);

  /// Named files in memory, as kilnCompile returns them.
  using FileMap = std::map<std::string, std::string>;
  static Result<Artifact> fromFiles(const FileMap &files);

  /// Reads through `readFile`, which gives nothing for a missing file; `where`
  /// begins each message.
  using FileReader =
      std::function<std::optional<std::string>(const std::string &)>;
  static Result<Artifact> read(const FileReader &readFile,
                               const std::string &where);

  /// The tensor that a name or a decimal index means.
  static Result<size_t> find(const std::vector<TensorInfo> &tensors,
                             const std::string &nameOrIndex, const char *what);
};

} // namespace kiln::runtime

#endif // KILN_RUNTIME_ARTIFACT_H
