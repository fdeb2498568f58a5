//===- Tensor.h - Dense tensors in host memory ------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_TENSOR_H
#define KILN_RUNTIME_TENSOR_H

#include "kiln/Runtime/ElementType.h"
#include "kiln/Runtime/HostBuffer.h"

#include <string>
#include <vector>

namespace kiln::runtime {

using Shape = std::vector<int64_t>;

/// The number of elements; nothing when it overflows or a size is negative.
std::optional<int64_t> getNumElements(const Shape &shape);
/// "64x3x8", or "scalar" without dimensions.
std::string toString(const Shape &shape);
/// Row-major coordinates of element `index`.
Shape getCoordinates(const Shape &shape, int64_t index);
/// "[1, 2, 3]".
std::string formatCoordinates(const Shape &coordinates);

/// A dense, row-major tensor that owns its memory.
struct Tensor {
  ElementType type = ElementType::F32;
  Shape shape;
  HostBuffer data;

  /// Zeros.
  static Result<Tensor> create(ElementType type, Shape shape);
  int64_t numElements() const { return data.size() / getSize(type); }
  double at(int64_t index) const {
    return loadAsDouble(type, data.data(), index);
  }
};

} // namespace kiln::runtime

#endif // KILN_RUNTIME_TENSOR_H
