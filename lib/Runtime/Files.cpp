//===- Files.cpp - Whole files, read and written ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kiln::runtime {

namespace {
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0)
      close(value);
  }
};
} // namespace

static Error systemError(const std::string &path, const char *what) {
  int code = errno;
  return makeError(path, ": ", what, ": ", std::strerror(code));
}

Result<std::string> readFile(const std::string &path) {
  Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0)
    return systemError(path, "cannot open");
  std::string text;
  struct stat info;
  if (fstat(file.value, &info) == 0 && S_ISREG(info.st_mode))
    text.reserve(size_t(info.st_size));
  char chunk[1 << 16];
  for (;;) {
    ssize_t count = read(file.value, chunk, sizeof(chunk));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return systemError(path, "cannot read");
    if (count == 0)
      return text;
    text.append(chunk, size_t(count));
  }
}

static bool writeAll(int file, std::string_view part) {
  while (!part.empty()) {
    ssize_t count = write(file, part.data(), part.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return false;
    part.remove_prefix(size_t(count));
  }
  return true;
}

Status writeFile(const std::string &path,
                 std::span<const std::string_view> parts) {
  struct stat info;
  bool exists = stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return systemError(path, "cannot write");
  }
  // A device or a pipe is written in place: renaming would replace it.
  bool inPlace = exists && !S_ISREG(info.st_mode);
  // Unique among the threads of this process and among processes.
  std::ostringstream name;
  name << path << '.' << getpid() << '.' << &info << ".tmp";
  std::string temporary = inPlace ? path : name.str();
  int descriptor = open(temporary.c_str(),
                        O_WRONLY | O_CLOEXEC |
                            (inPlace ? 0 : O_CREAT | O_TRUNC | O_NOFOLLOW),
                        0666);
  if (descriptor < 0)
    return systemError(path, "cannot write");
  Status status;
  for (std::string_view part : parts)
    if (!writeAll(descriptor, part)) {
      status = systemError(path, "cannot write");
      break;
    }
  if (close(descriptor) != 0 && !status.failed())
    status = systemError(path, "cannot write");
  if (!inPlace && !status.failed() &&
      rename(temporary.c_str(), path.c_str()) != 0)
    status = systemError(path, "cannot write");
  if (!inPlace && status.failed())
    unlink(temporary.c_str());
  return status;
}

} // namespace kiln::runtime
