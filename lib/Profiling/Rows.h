//===- Rows.h - From rows of text to a profile ------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_PROFILING_ROWS_H
#define KILN_LIB_PROFILING_ROWS_H

#include "kiln/Profiling/Profile.h"

#include "llvm/ADT/StringMap.h"

#include <set>

namespace kiln::profiling {

/// One value of one launch, as it stands in the file.
struct Cell {
  std::string name;  ///< of the metric
  std::string text;  ///< of the value; may end in a unit
  std::string unit;  ///< where the file gives it apart
  std::string place; ///< "file:line"
};

/// A launch of a kernel.
struct Row {
  std::string kernel, place;
  std::vector<Cell> cells;
};

/// Collects rows, checks each value, and takes medians.
class ProfileBuilder {
public:
  explicit ProfileBuilder(llvm::StringRef file) : file(file) {}
  llvm::Error add(const Row &row);
  llvm::Expected<Profile> finish();

private:
  llvm::Error add(const Cell &cell, KernelProfile &launch,
                  llvm::StringMap<double> &seen);

  std::string file;
  /// The launches of one kernel with one grid and block, in the order of the
  /// file, and where those of a key stand.
  std::vector<std::vector<KernelProfile>> kernels;
  llvm::StringMap<size_t> indices;
  std::set<std::string> unknown, empty;
};

/// 128 as "128", 49.12 as "49.12".
std::string printNumber(double value);

/// An error at a place: "place: message".
llvm::Error makeError(llvm::StringRef place, const llvm::Twine &message);

llvm::Error readJson(llvm::StringRef text, llvm::StringRef file,
                     ProfileBuilder &builder);
llvm::Error readCsv(llvm::StringRef text, llvm::StringRef file,
                    ProfileBuilder &builder);

} // namespace kiln::profiling

#endif // KILN_LIB_PROFILING_ROWS_H
