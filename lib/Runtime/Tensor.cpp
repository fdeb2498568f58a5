//===- Tensor.cpp - Dense tensors in host memory ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Tensor.h"

namespace kiln::runtime {

std::optional<int64_t> getNumElements(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (size < 0 || __builtin_mul_overflow(count, size, &count))
      return std::nullopt;
  return count;
}

std::string toString(const Shape &shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape) {
    if (!text.empty())
      text += 'x';
    text += std::to_string(size);
  }
  return text;
}

Shape getCoordinates(const Shape &shape, int64_t index) {
  Shape coordinates(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    coordinates[i] = index % shape[i];
    index /= shape[i];
  }
  return coordinates;
}

std::string formatCoordinates(const Shape &coordinates) {
  std::string text = "[";
  for (size_t i = 0; i < coordinates.size(); ++i) {
    if (i)
      text += ", ";
    text += std::to_string(coordinates[i]);
  }
  text += ']';
  return text;
}

Result<Tensor> Tensor::create(ElementType type, Shape shape) {
  std::optional<int64_t> count = getNumElements(shape);
  int64_t bytes;
  if (!count || __builtin_mul_overflow(*count, int64_t(getSize(type)), &bytes))
    return makeError("a tensor of shape ", toString(shape),
                     " does not fit in memory");
  Result<HostBuffer> data = HostBuffer::allocate(bytes);
  if (data.failed())
    return data.error();
  return Tensor{type, std::move(shape), std::move(*data)};
}

} // namespace kiln::runtime
