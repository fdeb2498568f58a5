//===- ImageChain.h - What computes an image on its way -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TRANSFORMS_IMAGECHAIN_H
#define KILN_LIB_TRANSFORMS_IMAGECHAIN_H

#include "kiln/Analysis/ContractionView.h"

#include <string>

namespace kiln {

/// Elementwise work and padding between the memory that a contraction's image
/// is staged from and the image.
struct ImageChain {
  /// The last op first.
  llvm::SmallVector<mlir::Operation *> ops;
  /// What the first op reads, or one of several; the image itself without one.
  mlir::Value source;
  /// Work that cannot be done on the way, and why.
  llvm::SmallVector<std::pair<mlir::Operation *, std::string>> refused;

  ImageChain(const ContractionView &view,
             llvm::function_ref<bool(mlir::Operation *)> isAllowed);

  /// The tensors that an op of a chain reads, several in the first one alone;
  /// none for any other op.
  static llvm::SmallVector<mlir::Value> getSources(mlir::Operation *op);

private:
  bool refuseOne(const ContractionView &view);
};

/// Moves reshapes of the image in front of elementwise work on it, towards an
/// argument: exporters reshape padded images into groups.
void hoistImageReshapes(const ContractionView &view);

} // namespace kiln

#endif // KILN_LIB_TRANSFORMS_IMAGECHAIN_H
