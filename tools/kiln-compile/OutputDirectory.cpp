//===- OutputDirectory.cpp - Writes an artifact directory at once ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "OutputDirectory.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

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

/// The files that an artifact's description says it consists of.
static StringSet<> listFiles(const json::Object &description) {
  StringSet<> files;
  files.insert("artifact.json");
  auto addNames = [&](const json::Object *object) {
    for (const auto &[key, value] : *object)
      if (std::optional<StringRef> name = value.getAsString())
        files.insert(*name);
  };
  auto addConstants = [&](const json::Object &plan) {
    if (const json::Array *buffers = plan.getArray("buffers"))
      for (const json::Value &buffer : *buffers)
        if (const json::Object *object = buffer.getAsObject())
          if (object->getString("kind") == StringRef("constant"))
            files.insert("constants.bin");
  };
  addConstants(description);
  if (const json::Object *modules = description.getObject("modules"))
    addNames(modules);
  if (const json::Object *reference = description.getObject("reference")) {
    addNames(reference);
    addConstants(*reference);
  }
  return files;
}

/// What the artifact in `path` consists of; nothing where there is none.
static std::optional<StringSet<>> findArtifact(StringRef path) {
  SmallString<128> name(path);
  sys::path::append(name, "artifact.json");
  auto buffer = MemoryBuffer::getFile(name);
  if (!buffer)
    return std::nullopt;
  Expected<json::Value> parsed = json::parse((*buffer)->getBuffer());
  if (!parsed) {
    consumeError(parsed.takeError());
    return std::nullopt;
  }
  const json::Object *description = parsed->getAsObject();
  if (!description ||
      description->getString("format") != StringRef("kiln-artifact"))
    return std::nullopt;
  return listFiles(*description);
}

/// Names what lies in `path` besides the files of an artifact.
static Error checkEntries(StringRef path, StringRef shownPath) {
  std::optional<StringSet<>> files = findArtifact(path);
  // Sorted, so that the same file is named each time.
  std::set<std::string> others;
  bool isEmpty = true;
  std::error_code error;
  for (fs::directory_iterator entry(path, error, /*follow_symlinks=*/false),
       end;
       !error && entry != end; entry.increment(error)) {
    isEmpty = false;
    StringRef name = sys::path::filename(entry->path());
    if (!files || !files->contains(name) ||
        entry->type() != fs::file_type::regular_file)
      others.insert(name.str());
  }
  if (error)
    return fail("cannot read", shownPath, error);
  if (isEmpty)
    return Error::success();
  if (!files)
    return createStringError("'" + shownPath +
                             "' is not empty and holds no artifact; it is not "
                             "replaced");
  if (others.empty())
    return Error::success();
  std::string rest = ", which is no file";
  if (others.size() > 1)
    rest = " and " + std::to_string(others.size() - 1) +
           " more, which are no files";
  return createStringError("'" + shownPath + "' holds '" + *others.begin() +
                           "'" + rest +
                           " of its artifact; move it away, or name another "
                           "directory with -o");
}

Error kiln::checkOutputDirectory(StringRef path) {
  path = stripped(path);
  if (!fs::exists(path))
    return Error::success();
  if (!fs::is_directory(path))
    return createStringError("'" + path + "' exists and is not a directory");
  return checkEntries(path, path);
}

/// Removes the artifact in `path` file by file, so that what somebody put
/// there since it was looked at stays.
static Error removeArtifact(StringRef path) {
  if (std::optional<StringSet<>> files = findArtifact(path))
    for (StringRef name : files->keys()) {
      SmallString<128> file(path);
      sys::path::append(file, name);
      fs::remove(file);
    }
  if (std::error_code error = fs::remove(path))
    return fail("the artifact is written, but what stood in its place cannot "
                "be removed and lies in",
                path, error);
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
  // A link stays one: what it points to is replaced.
  SmallString<128> resolved(path);
  if (fs::exists(path))
    if (std::error_code error = fs::real_path(path, resolved))
      return fail("cannot resolve", path, error);
  StringRef shownPath = path;
  path = resolved;
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
  if (replaces) {
    if (std::error_code error = fs::rename(path, old))
      return discard(fail("cannot replace", path, error));
    // Compiling took a while. Nobody finds the directory by its name any more.
    if (Error error = checkEntries(old, shownPath)) {
      fs::rename(old, path);
      return discard(std::move(error));
    }
  }
  if (std::error_code error = fs::rename(fresh, path)) {
    if (replaces)
      fs::rename(old, path);
    return discard(fail("cannot create", path, error));
  }
  return replaces ? removeArtifact(old) : Error::success();
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
