//===- Operation.h - Emulated instructions ----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What one NVVM intrinsic call or inline PTX instruction does, as far as it
// needs the emulation runtime. Operands and results travel as arrays of 32-bit
// words in operand order (64-bit values: low word first).
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_OPERATION_H
#define KILN_LIB_EMULATOR_OPERATION_H

#include "kiln/Emulator/Fragments.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::emulator {

enum class OpKind : uint8_t {
  // For one thread alone.
  Nop,
  Exit,
  Trap,
  CopyAsync, // shared ptr, global ptr[, source bytes]
  CommitGroup,
  WaitGroup, // count
  WaitAll,
  IsShared, // ptr -> 0 or 1
  IsGlobal,
  IsLocal,
  Prmt, // a, b, selector -> bytes
  ActiveMask,
  Clock,
  // For the lanes of a warp together.
  WarpSync,    // mask
  Shuffle,     // mask, value, lane, clamp -> value[, predicate]
  Redux,       // value, mask
  Vote,        // mask, predicate
  MatchAny,    // mask, value
  MatchAll,    // mask, value -> mask, predicate
  Mma,         // a..., b..., c... -> d...
  LoadMatrix,  // ptr -> registers
  StoreMatrix, // ptr, registers
  // For the threads of a block together.
  Barrier,       // [id[, count]]
  BarrierArrive, // id, count
  BarrierReduce, // id, [count,] predicate -> word
};

enum class ShuffleMode : uint8_t { Up, Down, Bfly, Idx };
enum class ReduxMode : uint8_t { Add, Min, Max, UMin, UMax, And, Or, Xor };
enum class VoteMode : uint8_t { All, Any, Uni, Ballot, Popc };

struct Operation {
  OpKind kind = OpKind::Nop;
  ShuffleMode shuffle = ShuffleMode::Idx;
  ReduxMode redux = ReduxMode::Add;
  VoteMode vote = VoteMode::All;
  bool hasPredicate = false; // Shuffle with a predicate result.
  bool hasCount = false;     // Barrier with a thread count.
  bool hasSize = false;      // CopyAsync with a source size.
  bool aligned = false;      // All lanes must be at this very instruction.
  bool transposed = false;   // LoadMatrix, StoreMatrix.
  uint8_t bytes = 0;         // CopyAsync.
  uint8_t count = 0;         // LoadMatrix, StoreMatrix: number of matrices.
  MmaShape mma;
  uint32_t site = 0;
  std::string name;
};

/// A place in the program, for reports.
struct Site {
  std::string function, text, location;
};

/// How the runtime sees a load or store: flags of rtCheck.
enum AccessFlags : uint32_t {
  AccessStore = 1u << 8,
  AccessAtomic = 1u << 9,
  AccessShared = 1u << 10,
  AccessGlobal = 1u << 11,
  AccessAlignMask = 0xff, // log2 of the alignment
};

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_OPERATION_H
