//===- Npy.cpp - NumPy's file format ----------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Npy.h"

#include "kiln/Runtime/Files.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

namespace kiln::runtime {

namespace {
struct Header {
  std::string descr;
  bool fortranOrder = false;
  Shape shape;
};

/// Parses the Python dictionary of a header:
/// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : text(text) {}

  std::optional<Header> parse() {
    Header header;
    int seen = 0;
    if (!accept("{"))
      return std::nullopt;
    while (!accept("}")) {
      std::optional<std::string> key = parseString();
      if (!key || !accept(":"))
        return std::nullopt;
      bool good = false;
      if (*key == "descr")
        good = parseDescr(header), seen |= 1;
      else if (*key == "fortran_order")
        good = parseBool(header.fortranOrder), seen |= 2;
      else if (*key == "shape")
        good = parseShape(header.shape), seen |= 4;
      if (!good)
        return std::nullopt;
      accept(",");
    }
    if (seen != 7)
      return std::nullopt;
    return header;
  }

private:
  void skipSpace() {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\n'))
      text.remove_prefix(1);
  }
  bool accept(std::string_view token) {
    skipSpace();
    if (!text.starts_with(token))
      return false;
    text.remove_prefix(token.size());
    return true;
  }
  std::optional<std::string> parseString() {
    skipSpace();
    if (text.empty() || (text[0] != '\'' && text[0] != '"'))
      return std::nullopt;
    size_t end = text.find(text[0], 1);
    if (end == std::string_view::npos)
      return std::nullopt;
    std::string result(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    return result;
  }
  bool parseDescr(Header &header) {
    std::optional<std::string> descr = parseString();
    if (descr)
      header.descr = *descr;
    return descr.has_value();
  }
  bool parseBool(bool &value) {
    value = accept("True");
    return value || accept("False");
  }
  bool parseShape(Shape &shape) {
    if (!accept("("))
      return false;
    while (!accept(")")) {
      skipSpace();
      int64_t size;
      auto [rest, error] =
          std::from_chars(text.data(), text.data() + text.size(), size);
      if (error != std::errc() || size < 0)
        return false;
      text.remove_prefix(size_t(rest - text.data()));
      accept("L"); // Python 2 wrote long integers so
      shape.push_back(size);
      accept(",");
    }
    return true;
  }

  std::string_view text;
};

struct FileCloser {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
} // namespace

static constexpr std::string_view magic = "\x93NUMPY";

static bool matches(ElementType type, const std::string &descr) {
  switch (type) {
  case ElementType::F32:
    return descr == "<f4";
  case ElementType::F16:
    return descr == "<f2";
  case ElementType::F64:
    return descr == "<f8";
  case ElementType::I64:
    return descr == "<i8";
  case ElementType::I32:
    return descr == "<i4";
  case ElementType::I1:
    return descr == "|b1";
  case ElementType::BF16:
    return descr == "<u2" || descr == "|V2" || descr == "<V2";
  }
  return false;
}

static const char *getDescr(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return "<f4";
  case ElementType::F16:
    return "<f2";
  case ElementType::F64:
    return "<f8";
  case ElementType::I64:
    return "<i8";
  case ElementType::I32:
    return "<i4";
  case ElementType::I1:
    return "|b1";
  case ElementType::BF16:
    return "<u2";
  }
  return "";
}

static Result<Header> readHeader(std::FILE *file, const std::string &path) {
  unsigned char start[12];
  auto readStart = [&](size_t offset, size_t count) {
    return std::fread(start + offset, 1, count, file) == count;
  };
  if (!readStart(0, 8) || std::memcmp(start, magic.data(), magic.size()) != 0)
    return makeError(path, ": is no .npy file (its first bytes are wrong)");
  int version = start[6];
  if (version < 1 || version > 3)
    return makeError(path, ": .npy version ", version,
                     " is not known; it must be 1, 2 or 3");
  size_t length;
  if (version == 1) {
    if (!readStart(8, 2))
      return makeError(path, ": ends inside the header");
    length = start[8] | size_t(start[9]) << 8;
  } else {
    if (!readStart(8, 4))
      return makeError(path, ": ends inside the header");
    length = start[8] | size_t(start[9]) << 8 | size_t(start[10]) << 16 |
             size_t(start[11]) << 24;
  }
  if (length > (1 << 20))
    return makeError(path, ": its header of ", length, " bytes is too long");
  std::string text(length, '\0');
  if (std::fread(text.data(), 1, length, file) != length)
    return makeError(path, ": ends inside the header");
  std::optional<Header> header = HeaderParser(text).parse();
  if (!header)
    return makeError(path, ": cannot parse the header ", text);
  return *header;
}

Result<Tensor> readNpy(const std::string &path, ElementType type,
                       const Shape &shape) {
  std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return makeError(path, ": cannot open: ", std::strerror(errno));
  Result<Header> header = readHeader(file.get(), path);
  if (header.failed())
    return header.error();
  if (!matches(type, header->descr)) {
    if (header->descr.starts_with(">"))
      return makeError(path, ": holds big-endian elements ('", header->descr,
                       "'); save it with a.astype('", getDescr(type), "')");
    return makeError(path, ": holds elements of type '", header->descr,
                     "', but ", getName(type), " ('", getDescr(type),
                     "') is expected");
  }
  if (header->shape != shape)
    return makeError(path, ": has shape ", toString(header->shape), ", but ",
                     toString(shape), " is expected");
  if (header->fortranOrder && shape.size() > 1)
    return makeError(path, ": is in Fortran order; save it with "
                           "numpy.ascontiguousarray(a)");
  Result<Tensor> tensor = Tensor::create(type, shape);
  if (tensor.failed())
    return tensor.error();
  size_t bytes = tensor->data.size();
  size_t count = std::fread(tensor->data.data(), 1, bytes, file.get());
  if (count != bytes)
    return makeError(path, ": is truncated: ", bytes,
                     " bytes of data are expected, ", count, " are there");
  if (std::fgetc(file.get()) != EOF)
    return makeError(path, ": has more data than its shape tells");
  if (type == ElementType::I1)
    for (size_t i = 0; i < bytes; ++i)
      if (uint8_t(tensor->data.data()[i]) > 1)
        return makeError(path, ": element ", i, " is neither 0 nor 1");
  return tensor;
}

Status writeNpy(const std::string &path, const Tensor &tensor) {
  std::string header = std::string("{'descr': '") + getDescr(tensor.type) +
                       "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    if (i)
      header += ", ";
    header += std::to_string(tensor.shape[i]);
  }
  header += tensor.shape.size() == 1 ? ",), }" : "), }";
  // Data begins at a multiple of 64; 10 bytes stand before the header.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string start(magic);
  start += {1, 0, char(header.size() & 255), char(header.size() >> 8)};
  std::string_view parts[] = {
      start, header,
      std::string_view(reinterpret_cast<const char *>(tensor.data.data()),
                       tensor.data.size())};
  return writeFile(path, parts);
}

} // namespace kiln::runtime
