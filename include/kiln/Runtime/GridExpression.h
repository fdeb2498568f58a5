//===- GridExpression.h - Grid sizes that depend on the card ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// expression := term (('+' | '-') term)*
// term       := factor (('*' | '/') factor)*
// factor     := integer | 'sm_count' | '(' expression ')'
//             | ('min' | 'max') '(' expression ',' expression ')'
//
// Decimal 64-bit integers; '/' rounds towards minus infinity.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_GRIDEXPRESSION_H
#define KILN_RUNTIME_GRIDEXPRESSION_H

#include "kiln/Runtime/Status.h"

#include <cstdint>
#include <string_view>

namespace kiln::runtime {

/// Checks the syntax alone.
Status checkGridExpression(std::string_view text);
/// The value on a card of `smCount` multiprocessors. Overflow, division by
/// zero and wrong syntax are errors.
Result<int64_t> evaluateGridExpression(std::string_view text, int64_t smCount);
/// Whether the grid follows the card (a persistent kernel's does).
bool usesSmCount(std::string_view text);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_GRIDEXPRESSION_H
