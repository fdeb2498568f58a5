/*===- Reference.h - Point evaluation of a program in float64 ------*- C -*-===*
 *
 * Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
 *
 *===----------------------------------------------------------------------===*/

#ifndef KILN_C_REFERENCE_H
#define KILN_C_REFERENCE_H

#include "kiln-c/Common.h"

/* Evaluates single output elements of a linalg program on demand. */
typedef struct KilnReference KilnReference;

/* What one element should be, and whether the given one is right
 * (docs/numerics.md). */
typedef struct KilnReferenceResult {
  double value; /* in float64; only operands of contractions are rounded. An
                   integer as it lies in memory: a true i1 is 1 */
  double bound; /* |actual - value| may be at most this; infinity: anything */
  int ok;       /* the actual value is right, by itself and in its batch */
} KilnReferenceResult;

/* Reads the MLIR text `source` (messages call it `fileName`) and takes its
 * function `entry`, or the only one with a body if that is null or empty.
 * `precision`: "tf32" (also if null), "f32", "tf32x3": what the contraction of
 * f32 operands does. Returns null after a KILN_ERROR that names what cannot be
 * evaluated. Diagnostics of later calls go to `callback`, too. */
KILN_API KilnReference *
kilnReferenceCreate(const char *source, size_t length, const char *fileName,
                    const char *entry, const char *precision,
                    KilnDiagnosticCallback callback, void *user);
/* Data of input `index`, row-major, in the element type of the program; it must
 * live as long as evaluations run, and is set again when it has changed.
 * Returns 0, or -1 after a KILN_ERROR (no such input, wrong size). */
KILN_API int kilnReferenceSetInput(KilnReference *reference, size_t index,
                                   const void *data, size_t bytes);
/* Checks `count` elements of output `index`. `coordinates` holds `count` times
 * the output's rank; `actual` the elements in the output's type, one behind the
 * other (an i1 takes a byte, 0 or 1; any other is wrong). Each element is
 * judged by its bounds; then those of the whole call together: from 64
 * different values on, errors that are systematically larger or more one-sided
 * than right arithmetic makes them fail although each lies within its bound
 * (truncation instead of rounding). So give whole tiles in one call. Uses up to
 * `threads` threads; elements near each other share work. Not to be called
 * twice at once on one reference. Returns 0, or -1 after a KILN_ERROR. */
KILN_API int kilnReferenceCheck(KilnReference *reference, size_t index,
                                const int64_t *coordinates, size_t count,
                                const void *actual,
                                KilnReferenceResult *results, int threads);
KILN_API void kilnReferenceDestroy(KilnReference *reference);

#endif /* KILN_C_REFERENCE_H */
