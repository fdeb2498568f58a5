//===- SignConditions.h - What a value's sign must be ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A root, a logarithm and a division are defined for some signs of their
// operand alone. Read backwards, a sign condition on the result of an op
// becomes one on its operands that is enough for it.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TRANSFORMS_SIGNCONDITIONS_H
#define KILN_LIB_TRANSFORMS_SIGNCONDITIONS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/BitmaskEnum.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace kiln {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();

/// Conditions are united by `|`.
enum class Sign : uint8_t {
  Any = 0,
  NotNegative = 1,
  NotZero = 2,
  Positive = NotNegative | NotZero,
  LLVM_MARK_AS_BITMASK_ENUM(Positive)
};

using RequireFn = llvm::function_ref<void(mlir::Value, Sign)>;

/// Calls `require` for each operand of the scalar op `op` that is defined for
/// some signs only.
void requireDefined(mlir::Operation *op, RequireFn require);

/// Calls `require` with conditions on operands of the scalar op `op` that are
/// enough for `sign` on its result. Where there are none that it knows (a
/// difference, a minimum with zero), it makes no call.
void requireForResult(mlir::Operation *op, Sign sign, RequireFn require);

} // namespace kiln

#endif // KILN_LIB_TRANSFORMS_SIGNCONDITIONS_H
