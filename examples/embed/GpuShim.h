/* Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
 *
 * MLIR's GPU runtime functions (mgpu..., those that gpu-to-llvm calls) without
 * a GPU: kernels run in Kiln's emulator, on the CPU. It loads LLVM bitcode, so
 * that the host's module is embedded with that object selected. Memory of the
 * "card" is memory of the host, with the emulator's checks around it. */

#ifndef KILN_EXAMPLES_EMBED_GPUSHIM_H
#define KILN_EXAMPLES_EMBED_GPUSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Those of MLIR's that a host calls by itself; streams may be null. */
void *mgpuMemAlloc(uint64_t bytes, void *stream, bool isHostShared);
void mgpuMemFree(void *memory, void *stream);
void mgpuMemcpy(void *to, void *from, size_t bytes, void *stream);

/* Multiprocessors of the "card": few, so that blocks of persistent kernels have
 * several tiles each. */
int32_t kilnGpuShimGetSmCount(void);
/* What went wrong since the program started: impossible calls, and findings of
 * the emulator (bounds, races, what nothing has stored, double stores). Each
 * has been written to stderr. */
int64_t kilnGpuShimGetNumErrors(void);

#ifdef __cplusplus
}
#endif

#endif /* KILN_EXAMPLES_EMBED_GPUSHIM_H */
