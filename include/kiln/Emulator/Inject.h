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
//   wait   Every cp.async.wait_group N waits for one group less (N + 1), and
//          wait_all for none: data is read before it has arrived. Caught by
//          the checks, or by the results with copies late.
//   lane   One lane offset is wrong: the last butterfly (or other) shuffle
//          reads from a lane at half or twice the distance; without a shuffle,
//          the lane number that the first fragment load's address uses is off
//          by one.
//   mask   The condition that guards the last global stores is always true, so
//          that positions outside of the output are stored; without a guarded
//          store the stores are left out in the last thread.
//   round  The rounding of operands to tf32 (cvt.rna, or the integer addition
//          of 0x1000) is left out; in f16 and bf16 kernels the final conversion
//          truncates instead of rounding.
//   index  Stored indices (i32 or i64 values) are one too large; in a kernel
//          without an index output the address of the last global store is one
//          element further.
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
