//===- OutputDirectory.cpp - Writes an artifact directory at once ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "OutputDirectory.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
namespace fs = llvm::sys::fs;

static Error fail(const Twine &what, StringRef path, std::error_code error) {
  return createStringError(error, what + " '" + path + "': " + error.message());
}

/// Without separators at its end, which would make siblings children.
static StringRef stripped(StringRef path) {
  StringRef result = path.rtrim('/');
  return result.empty() ? path : result;
}

static bool holdsArtifact(StringRef path) {
  SmallString<128> description(path);
  sys::path::append(description, "artifact.json");
  auto buffer = MemoryBuffer::getFile(description);
  return buffer && (*buffer)->getBuffer().contains("\"kiln-artifact\"");
}

Error kiln::checkOutputDirectory(StringRef path) {
  path = stripped(path);
  if (!fs::exists(path))
    return Error::success();
  if (!fs::is_directory(path))
    return createStringError("'" + path + "' exists and is not a directory");
  std::error_code error;
  fs::directory_iterator entries(path, error);
  if (error)
    return fail("cannot read", path, error);
  if (entries != fs::directory_iterator() && !holdsArtifact(path))
    return createStringError("'" + path +
                             "' is not empty and holds no artifact; it is not "
                             "replaced");
  return Error::success();
}

static Error writeFile(StringRef path, StringRef data) {
  std::error_code error;
  raw_fd_ostream stream(path, error);
  if (error)
    return fail("cannot write", path, error);
  stream << data;
  stream.close();
  if ((error = stream.error())) {
    stream.clear_error();
    return fail("cannot write", path, error);
  }
  return Error::success();
}

Error kiln::writeOutputDirectory(const Artifact &artifact, StringRef path) {
  path = stripped(path);
  if (Error error = checkOutputDirectory(path))
    return error;
  StringRef parent = sys::path::parent_path(path);
  if (!parent.empty())
    if (std::error_code error =
            fs::create_directories(parent, true, fs::all_all))
      return fail("cannot create", parent, error);

  // Not fs::createUniqueDirectory, which places it in the system's temporary
  // directory: a rename must stay on one file system.
  SmallString<128> fresh, old;
  fs::createUniquePath(path + ".new-%%%%%%%%", fresh, /*MakeAbsolute=*/false);
  fs::createUniquePath(path + ".old-%%%%%%%%", old, /*MakeAbsolute=*/false);
  if (std::error_code error =
          fs::create_directory(fresh, /*IgnoreExisting=*/false, fs::all_all))
    return fail("cannot create", fresh, error);
  auto discard = [&](Error error) {
    fs::remove_directories(fresh);
    return error;
  };
  for (const ArtifactFile &file : artifact.files) {
    SmallString<128> name(fresh);
    sys::path::append(name, file.name);
    if (Error error = writeFile(name, file.data))
      return discard(std::move(error));
  }
  bool replaces = fs::exists(path);
  if (replaces)
    if (std::error_code error = fs::rename(path, old))
      return discard(fail("cannot replace", path, error));
  if (std::error_code error = fs::rename(fresh, path)) {
    if (replaces)
      fs::rename(old, path);
    return discard(fail("cannot create", path, error));
  }
  if (replaces)
    fs::remove_directories(old);
  return Error::success();
}

Error kiln::writeOutputFile(StringRef path, StringRef data) {
  // A device or a pipe is written to, not replaced by a file.
  if (path != "-" && fs::exists(path) && !fs::is_regular_file(path))
    return writeFile(path, data);
  if (path != "-")
    return writeToOutput(path, [&](raw_ostream &stream) {
      stream << data;
      return Error::success();
    });
  outs() << data;
  outs().flush();
  if (std::error_code error = outs().error()) {
    outs().clear_error();
    return fail("cannot write", "standard output", error);
  }
  return Error::success();
}
