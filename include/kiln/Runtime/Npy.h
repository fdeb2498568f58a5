//===- Npy.h - NumPy's file format ------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Versions 1 to 3, C order, little endian: '<f2' f16, '<f4' f32, '<f8' f64,
// '<i4' i32, '<i8' i64, '|b1' i1. NumPy has no bfloat16: its bits are read from
// '<u2', '|V2' or '<V2' (what ml_dtypes writes) and written as '<u2'.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_NPY_H
#define KILN_RUNTIME_NPY_H

#include "kiln/Runtime/Tensor.h"

namespace kiln::runtime {

/// Reads a file that must hold exactly this type and shape.
Result<Tensor> readNpy(const std::string &path, ElementType type,
                       const Shape &shape);
Status writeNpy(const std::string &path, const Tensor &tensor);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_NPY_H
