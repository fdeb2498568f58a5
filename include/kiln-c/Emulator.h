/*===- Emulator.h - Run NVVM kernels on the CPU --------------------*- C -*-===*
 *
 * Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
 *
 *===----------------------------------------------------------------------===*/

#ifndef KILN_C_EMULATOR_H
#define KILN_C_EMULATOR_H

#include "kiln-c/Common.h"

typedef struct KilnEmulator KilnEmulator;

/* When asynchronous copies land, within what the PTX memory model allows. */
typedef enum KilnCopyOrder {
  KILN_COPIES_LATE = 0,  /* only at the wait that completes them */
  KILN_COPIES_EARLY = 1, /* at once, threads run ahead greedily */
} KilnCopyOrder;

typedef struct KilnEmulatorOptions {
  KilnCopyOrder copies;
  int checks;         /* bounds, uninitialised reads, races, double stores */
  const char *inject; /* null, or a fault to plant: "wait", "barrier", "lane",
                         "mask", "round", "index", "block" */
} KilnEmulatorOptions;

typedef enum KilnBufferKind {
  KILN_BUFFER_INPUT = 0,     /* initialised, must not be written */
  KILN_BUFFER_OUTPUT = 1,    /* each byte stored at most once per launch */
  KILN_BUFFER_WORKSPACE = 2, /* the same; later launches read it */
} KilnBufferKind;

/* `bitcode`: the kernels as LLVM bitcode for NVPTX with llvm.nvvm.*
 * intrinsics (an artifact's "kernels.bc"). Null after a KILN_ERROR. */
KILN_API KilnEmulator *kilnEmulatorCreate(const void *bitcode, size_t length,
                                          const KilnEmulatorOptions *options,
                                          KilnDiagnosticCallback callback,
                                          void *user);
/* Memory that kernels may touch; anything else is out of bounds. */
KILN_API void kilnEmulatorAddBuffer(KilnEmulator *emulator, const char *name,
                                    void *data, size_t bytes,
                                    KilnBufferKind kind);
/* Notes that the host has stored `bytes` bytes at `data`, within one buffer
 * that is no input: kernels may read them. What the host stores in memory that
 * kernels have never stored is not seen otherwise. */
KILN_API void kilnEmulatorSetWritten(KilnEmulator *emulator, const void *data,
                                     size_t bytes);
/* Forgets the buffer that starts at `data`, before its memory is freed. */
KILN_API void kilnEmulatorRemoveBuffer(KilnEmulator *emulator,
                                       const void *data);
/* Runs blocks of one kernel. `arguments[i]` points to the value of argument i
 * (as for cuLaunchKernel). `blocks` lists the linear block numbers to run,
 * x fastest; null runs all of the grid. Every finding goes to the callback as
 * KILN_ERROR with block, thread and address. Returns the number of findings,
 * or -1 where the launch is impossible. */
KILN_API int64_t kilnEmulatorLaunch(KilnEmulator *emulator, const char *kernel,
                                    const int64_t grid[3],
                                    const int64_t block[3],
                                    int64_t dynamicSharedBytes,
                                    void *const *arguments, size_t numArguments,
                                    const int64_t *blocks, size_t numBlocks);
/* One byte for each byte of a buffer: not 0 where a kernel has stored. Null
 * for an unknown buffer or without checks. */
KILN_API const uint8_t *kilnEmulatorGetWritten(const KilnEmulator *emulator,
                                               const void *data);
KILN_API void kilnEmulatorDestroy(KilnEmulator *emulator);

#endif /* KILN_C_EMULATOR_H */
