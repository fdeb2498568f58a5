//===- Csv.h - Comma-separated values ---------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_PROFILING_CSV_H
#define KILN_LIB_PROFILING_CSV_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace kiln::profiling {

struct CsvRecord {
  std::vector<std::string> fields;
  size_t line = 0; ///< of its first character, from 1
};

/// Reads records as RFC 4180 defines them: quoted fields may hold commas, line
/// ends and doubled quotes. Empty lines are no records. `line` is the number of
/// the first line of `text` in its file. Of the libraries at hand libcsv takes
/// stray quotes and gives no lines.
llvm::Expected<std::vector<CsvRecord>>
parseCsv(llvm::StringRef text, llvm::StringRef file, size_t line = 1);

} // namespace kiln::profiling

#endif // KILN_LIB_PROFILING_CSV_H
