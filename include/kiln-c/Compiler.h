/*===- Compiler.h - Compile a program from C -----------------------*- C -*-===*
 *
 * Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
 *
 *===----------------------------------------------------------------------===*/

#ifndef KILN_C_COMPILER_H
#define KILN_C_COMPILER_H

#include "kiln-c/Common.h"

/* A compiled program: named files held in memory ("artifact.json",
 * "kernels.ptx", ...; see docs/artifact.md). */
typedef struct KilnArtifact KilnArtifact;

typedef struct KilnCompileOptions {
  const char *target;    /* "rtx4090" (default when null), another card
                             or a file: docs/tools.md */
  const char *precision; /* "tf32" (default when null), "f32", "tf32x3" */
  const char *entry;     /* function to compile; null: the only public one */
  const char *schedule;  /* "#kiln.schedule<...>"; null: chosen by rules */
  const char *ptxas;     /* path; null: searched for as by kiln-compile */
  int withReference;     /* also the float64 reference for a GPU and source */
  int withCubin;         /* run ptxas: cubin and resource report */
  const char *tuningDb;  /* file of measured schedules; null: none */
  const char *rounding;  /* "fused" (default when null) or "source": change no
                             bit of an elementwise op */
  const char *libdevice; /* path or "none"; null: of a CUDA toolkit, where a
                             function needs it */
} KilnCompileOptions;

/* Compiles MLIR text or bytecode. Returns null after at least one KILN_ERROR
 * diagnostic; never exits or aborts. Calls from several threads are
 * independent. */
KILN_API KilnArtifact *kilnCompile(const char *source, size_t length,
                                   const char *fileName,
                                   const KilnCompileOptions *options,
                                   KilnDiagnosticCallback callback, void *user);
KILN_API size_t kilnArtifactGetNumFiles(const KilnArtifact *artifact);
KILN_API const char *kilnArtifactGetFileName(const KilnArtifact *artifact,
                                             size_t index);
KILN_API const char *kilnArtifactGetFileData(const KilnArtifact *artifact,
                                             size_t index, size_t *length);
KILN_API void kilnArtifactDestroy(KilnArtifact *artifact);

#endif /* KILN_C_COMPILER_H */
