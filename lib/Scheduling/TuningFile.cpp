//===- TuningFile.cpp - A tuning database on disk, with several writers ---===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Writers hold flock(2) on the database itself while they write. The kernel
// gives it up when a process dies, and it excludes threads too: fcntl locks, as
// llvm::sys::fs::lockFile takes them, belong to a process and are lost when it
// closes any descriptor of the file; the files of llvm::LockFileManager stay
// behind a kill.
//
//===----------------------------------------------------------------------===//

#include "TuningLines.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <sys/file.h>
#include <unistd.h>

using namespace llvm;
using namespace kiln;
namespace fs = llvm::sys::fs;

static Error fail(StringRef what, StringRef path, std::error_code error) {
  return createStringError(error, what + " the tuning database '" + path +
                                      "': " + error.message());
}

static std::error_code lock(int fd, int kind) {
  while (::flock(fd, kind) != 0)
    if (errno != EINTR)
      return std::error_code(errno, std::generic_category());
  return {};
}

/// Read, not mapped: a mapping of a file that is cut would end the process.
static ErrorOr<std::unique_ptr<MemoryBuffer>> readAll(int fd, StringRef path) {
  return MemoryBuffer::getOpenFile(fs::convertFDToNativeFile(fd), path,
                                   /*FileSize=*/-1,
                                   /*RequiresNullTerminator=*/false,
                                   /*IsVolatile=*/true);
}

Expected<TuningDatabase> TuningDatabase::load(StringRef path) {
  int fd = -1;
  if (std::error_code error =
          fs::openFileForRead(path, fd, fs::OF_None, nullptr))
    return fail("cannot read", path, error);
  scope_exit close([&] { ::close(fd); });
  // So that no line is half written. A file system without locks has no
  // writers that take them either.
  (void)lock(fd, LOCK_SH);
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = readAll(fd, path);
  if (!buffer)
    return fail("cannot read", path, buffer.getError());
  return parse((*buffer)->getBuffer(), path);
}

namespace {
/// The database's file, open for reading and appending, and nobody else's.
class LockedFile {
public:
  LockedFile() = default;
  LockedFile(LockedFile &&other) : fd(std::exchange(other.fd, -1)) {}
  ~LockedFile() {
    if (fd >= 0)
      ::close(fd); // Gives up the lock.
  }

  static Expected<LockedFile> open(StringRef path) {
    while (true) {
      LockedFile file;
      if (std::error_code error = fs::openFileForReadWrite(
              path, file.fd, fs::CD_OpenAlways, fs::OF_Append))
        return fail("cannot write", path, error);
      if (std::error_code error = lock(file.fd, LOCK_EX))
        return fail("cannot lock", path, error);
      // Another may have put a new file in its place while this one waited.
      fs::file_status opened, named;
      if (std::error_code error = fs::status(file.fd, opened))
        return fail("cannot read", path, error);
      if (!fs::status(path, named) && fs::equivalent(opened, named))
        return file;
    }
  }

  int fd = -1;
};
} // namespace

/// Whether `text` may be the beginning of a line of formatTuningEntry. Nothing
/// else is cut off: the path may name another file by mistake.
static bool mayBeTorn(StringRef text) {
  constexpr StringLiteral kBegin = "{\"format\":";
  return (text.starts_with(kBegin) || kBegin.starts_with(text)) &&
         !isWholeLine(text);
}

/// What has to stand before a new line in `file`: nothing, or the newline that
/// is missing. Cuts off a line that its writer did not finish.
static Expected<StringRef> healEnd(const LockedFile &file, StringRef path) {
  fs::file_status status;
  if (std::error_code error = fs::status(file.fd, status))
    return fail("cannot read", path, error);
  if (status.getSize() == 0)
    return "";
  char last = 0;
  Expected<size_t> read =
      fs::readNativeFileSlice(fs::convertFDToNativeFile(file.fd),
                              MutableArrayRef(&last, 1), status.getSize() - 1);
  if (!read)
    return read.takeError();
  if (last == '\n')
    return "";
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = readAll(file.fd, path);
  if (!buffer)
    return fail("cannot read", path, buffer.getError());
  StringRef text = (*buffer)->getBuffer();
  size_t begin = text.rfind('\n') + 1; // 0 without any
  if (!mayBeTorn(text.drop_front(begin)))
    return "\n";
  if (::ftruncate(file.fd, begin) != 0)
    return fail("cannot mend", path,
                std::error_code(errno, std::generic_category()));
  return "";
}

Error kiln::appendTuningEntry(StringRef path, const TuningEntry &entry) {
  Expected<std::string> line = formatTuningEntry(entry);
  if (!line)
    return line.takeError();
  Expected<LockedFile> file = LockedFile::open(path);
  if (!file)
    return file.takeError();
  Expected<StringRef> before = healEnd(*file, path);
  if (!before)
    return before.takeError();
  off_t end = ::lseek(file->fd, 0, SEEK_END);
  raw_fd_ostream stream(file->fd, /*shouldClose=*/false, /*unbuffered=*/true);
  stream << (*before + *line + "\n").str();
  if (std::error_code error = stream.error()) {
    stream.clear_error();
    // The disk is full: leave no half line.
    if (end >= 0)
      (void)!::ftruncate(file->fd, end);
    return fail("cannot write", path, error);
  }
  return Error::success();
}

Error kiln::updateTuningDatabase(StringRef path,
                                 function_ref<void(TuningDatabase &)> change) {
  // A link stays one: what it points to is replaced.
  SmallString<128> resolved(path);
  if (fs::exists(path))
    if (std::error_code error = fs::real_path(path, resolved))
      return fail("cannot resolve", path, error);
  Expected<LockedFile> file = LockedFile::open(resolved);
  if (!file)
    return file.takeError();
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = readAll(file->fd, path);
  if (!buffer)
    return fail("cannot read", path, buffer.getError());
  TuningDatabase database = TuningDatabase::parse((*buffer)->getBuffer(), path);
  change(database);

  // Only who holds the lock writes this file, so that what a kill leaves of it
  // is overwritten by the next.
  std::string fresh = (resolved + ".new").str();
  std::error_code error;
  {
    raw_fd_ostream stream(fresh, error);
    if (error)
      return fail("cannot write beside", path, error);
    fs::file_status status;
    if (!fs::status(file->fd, status))
      (void)fs::setPermissions(fresh, status.permissions());
    database.print(stream);
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (!error)
    error = fs::rename(fresh, resolved);
  if (!error)
    return Error::success();
  fs::remove(fresh);
  return fail("cannot replace", path, error);
}
