/*===- Reference.h - Point evaluation of a program in float64 -----*- C -*-===*\
|* Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions. *|
\*===----------------------------------------------------------------------===*/

#ifndef KILN_C_REFERENCE_H
#define KILN_C_REFERENCE_H

#include "kiln-c/Common.h"

/* Evaluates single output elements of a linalg program on demand. */
typedef struct KilnReference KilnReference;

/* What one element should be, and whether the given one is. */
typedef struct KilnReferenceResult {
  double value; /* in float64, after the roundings of source and precision */
  double bound; /* |actual - value| may be at most this */
  int ok;       /* the actual value is right */
} KilnReferenceResult;

/* `precision`: "tf32", "f32": what the contraction of f32 operands does. */
KILN_API KilnReference *kilnReferenceCreate(const char *source, size_t length,
                                            const char *fileName,
                                            const char *entry,
                                            const char *precision,
                                            KilnDiagnosticCallback callback,
                                            void *user);
/* Data of input `index`, row-major, in the element type of the program; it must
 * live as long as evaluations run. */
KILN_API int kilnReferenceSetInput(KilnReference *reference, size_t index,
                                   const void *data, size_t bytes);
/* Checks `count` elements of output `index`. `coordinates` holds `count` times
 * the output's rank; `actual` the elements in the output's type, one behind the
 * other. Uses up to `threads` threads. Returns 0, or -1 after a KILN_ERROR. */
KILN_API int kilnReferenceCheck(KilnReference *reference, size_t index,
                                const int64_t *coordinates, size_t count,
                                const void *actual,
                                KilnReferenceResult *results, int threads);
KILN_API void kilnReferenceDestroy(KilnReference *reference);

#endif /* KILN_C_REFERENCE_H */
