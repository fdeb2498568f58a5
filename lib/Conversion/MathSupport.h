//===- MathSupport.h - How math ops reach sm_89 -----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CONVERSION_MATHSUPPORT_H
#define KILN_LIB_CONVERSION_MATHSUPPORT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace kiln {

enum class MathSupport {
  Instruction, ///< by instructions, in every float type
  Expanded,    ///< by kiln-expand-math
  Libdevice,   ///< by a function of CUDA's libdevice
  None,
};

/// Of an op of the math dialect.
MathSupport getMathSupport(mlir::Operation *op);

/// Whether an op of this name, in some type, is a function of libdevice. What
/// kiln-expand-math expands is gone where calls are made.
bool mayCallLibdevice(llvm::StringRef name);

/// The libdevice that the module around `op` names, or null.
mlir::StringAttr getLibdevice(mlir::Operation *op);

} // namespace kiln

#endif // KILN_LIB_CONVERSION_MATHSUPPORT_H
