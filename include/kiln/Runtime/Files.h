//===- Files.h - Whole files, read and written ------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_FILES_H
#define KILN_RUNTIME_FILES_H

#include "kiln/Runtime/Status.h"

#include <span>
#include <string_view>

namespace kiln::runtime {

Result<std::string> readFile(const std::string &path);

/// Writes `parts`, one behind the other, to a temporary file beside `path` and
/// renames it, so that nobody ever sees half a file.
Status writeFile(const std::string &path,
                 std::span<const std::string_view> parts);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_FILES_H
