/*===- Common.h - Types shared by Kiln's C interfaces --------------*- C -*-===*
 *
 * Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
 *
 *===----------------------------------------------------------------------===*/

#ifndef KILN_C_COMMON_H
#define KILN_C_COMMON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define KILN_EXTERN_C extern "C"
#else
#define KILN_EXTERN_C
#endif
#define KILN_API KILN_EXTERN_C __attribute__((visibility("default")))

typedef enum KilnSeverity {
  KILN_ERROR = 0,
  KILN_WARNING = 1,
  KILN_REMARK = 2,
  KILN_NOTE = 3,
} KilnSeverity;

/* Receives each diagnostic, already formatted ("file:line:column: text" where
 * it has a place, else "text"), in the order of emission, on the calling
 * thread. The string lives until the callback returns. */
typedef void (*KilnDiagnosticCallback)(KilnSeverity severity,
                                       const char *message, void *user);

#endif /* KILN_C_COMMON_H */
