//===- Json.h - JSON that a user wrote --------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PROFILING_JSON_H
#define KILN_PROFILING_JSON_H

#include "llvm/Support/JSON.h"

namespace kiln::profiling {

/// Parses `text` with llvm::json, whose recursion it keeps from overflowing the
/// stack; NaN and Infinity, which Python writes, are read as null. An error
/// begins with "file:line".
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text,
                                            llvm::StringRef file);

} // namespace kiln::profiling

#endif // KILN_PROFILING_JSON_H
