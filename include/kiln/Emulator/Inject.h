//===- Inject.h - Faults planted on purpose ---------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A verification that never fails proves nothing. injectFault() changes a
// correct kernel as a typical mistake in the compiler would, so that tests can
// show that the mistake is caught. It works on NVPTX modules as serialized, and
// changes the compute kernels: those that hold tensor-core instructions, or all
// of them where none does.
//
//   wait   Every cp.async.wait_group N leaves one group more outstanding
//          (N + 1), and wait_all waits for none: data is used before it has
//          arrived. Shows in the checks, and in the results with copies late.
//   lane   Lane offsets are wrong: the shuffles of the last step read from a
//          lane at half (1: twice) the distance; without a shuffle, the first
//          load of shared memory or ldmatrix takes the next lane's address.
//   mask   The condition around each store to global memory is always true, so
//          that positions outside of the output are stored; where nothing
//          guards the stores, the last thread of a block leaves them out.
//   round  The rounding of operands to tf32 (cvt.rna, or the integer addition
//          of 0x1000) is left out, also where weights are packed; without one,
//          conversions to f16 or bf16 and arithmetic in them truncate.
//   index  Stored indices (i32 or i64 values) are one too large; without an
//          index output the stores go one element (of their width) too far.
//   block  Blocks of an odd number take the tiles of the block before them, so
//          that two blocks store the same elements (and none stores others).
//
//===----------------------------------------------------------------------===//

#ifndef KILN_EMULATOR_INJECT_H
#define KILN_EMULATOR_INJECT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace llvm {
class Module;
}

namespace kiln::emulator {

/// Plants a fault. Fails for an unknown kind, and where the module holds
/// nothing that the kind could change.
llvm::Error injectFault(llvm::Module &module, llvm::StringRef kind);

} // namespace kiln::emulator

#endif // KILN_EMULATOR_INJECT_H
