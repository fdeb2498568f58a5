//===- NormalizePatterns.h - The steps of kiln-normalize --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TRANSFORMS_NORMALIZEPATTERNS_H
#define KILN_LIB_TRANSFORMS_NORMALIZEPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace kiln {

/// Erases every `cf.assert` in a linalg body or in the function itself, with a
/// remark each; what only fed it dies with it. Returns how many.
unsigned dropAsserts(mlir::Operation *root);

/// Named elementwise ops, maps, broadcasts, transposes, copies and reduces to
/// `linalg.generic`; elementwise `arith` and `math` on tensors too.
void populateGeneralizePatterns(mlir::RewritePatternSet &patterns);

/// Contractions with an f16 or bf16 result to f32 accumulation and a truncf,
/// and transposes of their operands into their maps. `widened` is incremented
/// for each of the former.
void populateContractionPatterns(mlir::RewritePatternSet &patterns,
                                 unsigned &widened);

/// Unit dimensions and reshapes: reads through `expand_shape`, `keepdim`
/// reductions without the unit dimension, reshapes behind elementwise ops.
void populateSinkReshapePatterns(mlir::RewritePatternSet &patterns);

/// Reshapes of padded tensors to padding of reshaped ones.
void populateReshapePaddedPatterns(mlir::RewritePatternSet &patterns);

/// Elementwise chains to one generic, never into a reduction or contraction
/// and never with work done twice.
void populateFuseElementwisePatterns(mlir::RewritePatternSet &patterns);

} // namespace kiln

#endif // KILN_LIB_TRANSFORMS_NORMALIZEPATTERNS_H
