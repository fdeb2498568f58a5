//===- NpyTest.cpp - Tests of NumPy's file format ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Npy.h"

#include "kiln/Runtime/Files.h"

#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>

using namespace kiln::runtime;

static std::string getPath(const char *name) {
  return testing::TempDir() + "kiln-npy-" + name;
}

static void write(const std::string &path, const std::string &text) {
  std::string_view parts[] = {text};
  ASSERT_FALSE(writeFile(path, parts).failed());
}

/// A version 1 file with the given header and data.
static std::string makeFile(const std::string &header,
                            const std::string &data) {
  std::string text = "\x93NUMPY";
  text += {1, 0, char(header.size()), 0};
  return text + header + data;
}

static std::string readError(const std::string &content, ElementType type,
                             const Shape &shape) {
  std::string path = getPath("error.npy");
  write(path, content);
  Result<Tensor> tensor = readNpy(path, type, shape);
  EXPECT_TRUE(tensor.failed());
  return tensor.failed() ? tensor.message() : "";
}

#define EXPECT_HAS(text, part)                                                 \
  EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Npy, RoundTrips) {
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::F64,
        ElementType::I64, ElementType::I32, ElementType::I1})
    for (const Shape &shape : {Shape{}, Shape{3}, Shape{2, 3, 4}}) {
      Tensor tensor = std::move(*Tensor::create(type, shape));
      for (int64_t i = 0; i < tensor.numElements(); ++i)
        storeFromDouble(type, tensor.data.data(), i, i % 2);
      std::string path = getPath("round.npy");
      ASSERT_FALSE(writeNpy(path, tensor).failed());
      Result<Tensor> back = readNpy(path, type, shape);
      ASSERT_FALSE(back.failed()) << back.message();
      EXPECT_EQ(std::memcmp(back->data.data(), tensor.data.data(),
                            tensor.data.size()),
                0);
    }
}

TEST(Npy, ReadsOtherHeaders) {
  std::string header =
      "{\"shape\": (2,),'fortran_order':False, 'descr': '<i4'}\n";
  std::string data("\1\0\0\0\2\0\0\0", 8);
  std::string path = getPath("other.npy");
  write(path, makeFile(header, data));
  Result<Tensor> tensor = readNpy(path, ElementType::I32, {2});
  ASSERT_FALSE(tensor.failed()) << tensor.message();
  EXPECT_EQ(tensor->at(1), 2);

  std::string second = "\x93NUMPY";
  second += {2, 0, char(header.size()), 0, 0, 0};
  write(path, second + header + data);
  EXPECT_FALSE(readNpy(path, ElementType::I32, {2}).failed());

  write(path, makeFile("{'descr': '|V2', 'fortran_order': False, 'shape': ()}",
                       "\x80\x3f"));
  Result<Tensor> bfloat = readNpy(path, ElementType::BF16, {});
  ASSERT_FALSE(bfloat.failed()) << bfloat.message();
  EXPECT_EQ(bfloat->at(0), 1);
}

TEST(Npy, Refuses) {
  auto header = [](const char *descr, const char *order, const char *shape) {
    return std::string("{'descr': '") + descr + "', 'fortran_order': " + order +
           ", 'shape': " + shape + ", }";
  };
  std::string good = header("<f4", "False", "(2, 1)");
  std::string data(8, '\0');
  EXPECT_HAS(readError("", ElementType::F32, {2, 1}), "is no .npy file");
  EXPECT_HAS(readError("PK\3\4aaaaaaaa", ElementType::F32, {2, 1}),
             "is no .npy file");
  EXPECT_HAS(readError("\x93NUMPY\x09\x01"
                       "ab",
                       ElementType::F32, {2, 1}),
             "version 9");
  EXPECT_HAS(
      readError(makeFile(good, "").substr(0, 30), ElementType::F32, {2, 1}),
      "ends inside the header");
  EXPECT_HAS(
      readError(makeFile("{'descr': 3}", data), ElementType::F32, {2, 1}),
      "cannot parse the header");
  EXPECT_HAS(readError(makeFile(good, data), ElementType::F16, {2, 1}),
             "holds elements of type '<f4', but f16 ('<f2') is expected");
  EXPECT_HAS(readError(makeFile(good, data), ElementType::F32, {2}),
             "has shape 2x1, but 2 is expected");
  EXPECT_HAS(
      readError(makeFile(good, data.substr(1)), ElementType::F32, {2, 1}),
      "is truncated: 8 bytes of data are expected, 7 are there");
  EXPECT_HAS(readError(makeFile(good, data + "x"), ElementType::F32, {2, 1}),
             "more data");
  EXPECT_HAS(readError(makeFile(header(">f4", "False", "(2, 1)"), data),
                       ElementType::F32, {2, 1}),
             "big-endian");
  EXPECT_HAS(readError(makeFile(header("<f4", "True", "(2, 1)"), data),
                       ElementType::F32, {2, 1}),
             "Fortran order");
  EXPECT_HAS(readError(makeFile(header("|b1", "False", "(1,)"), "\2"),
                       ElementType::I1, {1}),
             "neither 0 nor 1");
  EXPECT_HAS(readNpy("/nonexistent.npy", ElementType::F32, {}).message(),
             "cannot open");
}

TEST(Npy, LeavesNoPartialFile) {
  Tensor tensor = std::move(*Tensor::create(ElementType::F32, {2}));
  EXPECT_TRUE(writeNpy("/nonexistent/y.npy", tensor).failed());
  std::string directory = getPath("directory");
  std::filesystem::create_directories(directory);
  EXPECT_HAS(writeNpy(directory, tensor).message(), "cannot write");
  ASSERT_FALSE(writeNpy(directory + "/y.npy", tensor).failed());
  ASSERT_FALSE(writeNpy(directory + "/y.npy", tensor).failed());
  int64_t entries = 0;
  for ([[maybe_unused]] auto &entry :
       std::filesystem::directory_iterator(directory))
    ++entries;
  EXPECT_EQ(entries, 1);
  // A device stays a device.
  EXPECT_FALSE(writeNpy("/dev/null", tensor).failed());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}
