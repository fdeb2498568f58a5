//===- Decode.cpp - NVVM intrinsics that the runtime performs -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "llvm/ADT/StringSwitch.h"

using namespace kiln::emulator;
using namespace llvm;

int kiln::emulator::getSpecialRegister(StringRef name) {
  auto axis = [](StringRef text) {
    return text.size() == 1 ? static_cast<int>(StringRef("xyzw").find(text[0]))
                            : -1;
  };
  const char *groups[] = {"tid.", "ntid.", "ctaid.", "nctaid."};
  for (int i = 0; i < 4; ++i) {
    StringRef rest = name;
    if (rest.consume_front(groups[i]) && axis(rest) >= 0)
      return 4 * i + axis(rest);
  }
  return StringSwitch<int>(name)
      .Case("laneid", 16)
      .Case("warpid", 17)
      .Case("nwarpid", 18)
      .Case("warpsize", 19)
      .Case("lanemask.eq", 20)
      .Case("lanemask.le", 21)
      .Case("lanemask.lt", 22)
      .Case("lanemask.ge", 23)
      .Case("lanemask.gt", 24)
      .Case("dynamic_smem_size", 25)
      .Cases({"smid", "nsmid", "gridid"}, 26)
      .Default(-1);
}

static bool decodeMma(StringRef name, Operation &op) {
  // m16n8kK.row.col.TYPES
  if (!name.consume_front("m16n8k"))
    return false;
  unsigned k;
  if (name.consumeInteger(10, k) || !name.consume_front(".row.col."))
    return false;
  op.mma.k = k;
  op.mma.accumulator = Element::F32;
  if (name == "tf32") {
    op.mma.operands = Element::TF32;
  } else if (name == "bf16") {
    op.mma.operands = Element::BF16;
  } else if (name == "f32.f32") {
    op.mma.operands = Element::F16;
  } else if (name == "f16.f16") {
    op.mma.operands = Element::F16;
    op.mma.accumulator = Element::F16;
  } else {
    return false;
  }
  op.kind = OpKind::Mma;
  op.aligned = true;
  return isSupported(op.mma);
}

static bool decodeMatrixAccess(StringRef name, Operation &op) {
  // sync.aligned.m8n8.xN[.trans].b16[.pointer type]
  if (!name.consume_front("sync.aligned.m8n8.x"))
    return false;
  unsigned count;
  if (name.consumeInteger(10, count) ||
      (count != 1 && count != 2 && count != 4))
    return false;
  op.count = count;
  op.transposed = name.consume_front(".trans");
  op.aligned = true;
  return name.consume_front(".b16") && (name.empty() || name[0] == '.');
}

static bool decodeShuffle(StringRef name, Operation &op) {
  auto [mode, type] = name.split('.');
  op.kind = OpKind::Shuffle;
  op.hasPredicate = type.consume_back("p");
  if (type != "i32" && type != "f32")
    return false;
  if (mode == "up")
    op.shuffle = ShuffleMode::Up;
  else if (mode == "down")
    op.shuffle = ShuffleMode::Down;
  else if (mode == "bfly")
    op.shuffle = ShuffleMode::Bfly;
  else if (mode == "idx")
    op.shuffle = ShuffleMode::Idx;
  else
    return false;
  return true;
}

static bool decodeBarrier(StringRef name, Operation &op) {
  // {sync,arrive,red.popc,red.and,red.or}[.aligned].{all,count}
  if (name.consume_front("sync.")) {
    op.kind = OpKind::Barrier;
  } else if (name.consume_front("arrive.")) {
    op.kind = OpKind::BarrierArrive;
  } else if (name.consume_front("red.")) {
    op.kind = OpKind::BarrierReduce;
    auto [vote, rest] = name.split('.');
    op.vote = vote == "popc"  ? VoteMode::Popc
              : vote == "and" ? VoteMode::All
                              : VoteMode::Any;
    name = rest;
  } else {
    return false;
  }
  name.consume_front("aligned.");
  op.hasCount = name == "count";
  return name == "count" || name == "all";
}

static bool decodeCopy(StringRef name, Operation &op) {
  // {ca,cg}.shared.global.BYTES[.s]
  if (!name.consume_front("ca.") && !name.consume_front("cg."))
    return false;
  unsigned bytes;
  if (!name.consume_front("shared.global.") || name.consumeInteger(10, bytes))
    return false;
  op.kind = OpKind::CopyAsync;
  op.bytes = bytes;
  op.hasSize = name == ".s";
  return op.hasSize || name.empty();
}

static bool decodeVote(StringRef name, Operation &op) {
  op.kind = OpKind::Vote;
  int mode = StringSwitch<int>(name)
                 .Case("all.sync", 0)
                 .Case("any.sync", 1)
                 .Case("uni.sync", 2)
                 .Case("ballot.sync", 3)
                 .Default(-1);
  op.vote = static_cast<VoteMode>(mode);
  return mode >= 0;
}

static bool decodeRedux(StringRef name, Operation &op) {
  op.kind = OpKind::Redux;
  int mode = StringSwitch<int>(name)
                 .Case("add", 0)
                 .Case("min", 1)
                 .Case("max", 2)
                 .Case("umin", 3)
                 .Case("umax", 4)
                 .Case("and", 5)
                 .Case("or", 6)
                 .Case("xor", 7)
                 .Default(-1);
  op.redux = static_cast<ReduxMode>(mode);
  return mode >= 0;
}

bool kiln::emulator::decodeOperation(StringRef name, const CallInst &call,
                                     Operation &op) {
  op.name = ("llvm.nvvm." + name).str();
  StringRef rest = name;
  if (rest.consume_front("mma."))
    return decodeMma(rest, op);
  if (rest.consume_front("ldmatrix.")) {
    op.kind = OpKind::LoadMatrix;
    return decodeMatrixAccess(rest, op);
  }
  if (rest.consume_front("stmatrix.")) {
    op.kind = OpKind::StoreMatrix;
    return decodeMatrixAccess(rest, op);
  }
  if (rest.consume_front("shfl.sync."))
    return decodeShuffle(rest, op);
  if (rest.consume_front("barrier.cta."))
    return decodeBarrier(rest, op);
  if (rest.consume_front("redux.sync."))
    return decodeRedux(rest, op);
  if (rest.consume_front("vote."))
    return decodeVote(rest, op);
  if (rest.consume_front("match.")) {
    op.kind = rest.starts_with("all") ? OpKind::MatchAll : OpKind::MatchAny;
    op.count = rest.contains("i64") ? 2 : 1;
    return true;
  }
  if (rest == "cp.async.commit.group") {
    op.kind = OpKind::CommitGroup;
    return true;
  }
  if (rest == "cp.async.wait.group") {
    op.kind = OpKind::WaitGroup;
    return true;
  }
  if (rest == "cp.async.wait.all") {
    op.kind = OpKind::WaitAll;
    return true;
  }
  if (rest.consume_front("cp.async."))
    return decodeCopy(rest, op);
  if (rest.starts_with("membar.") || rest.starts_with("fence.") ||
      rest.starts_with("prefetch") || rest.starts_with("applypriority") ||
      rest.starts_with("discard") || rest.starts_with("griddepcontrol.") ||
      rest == "nanosleep" || rest == "pm.event.mask") {
    op.kind = OpKind::Nop;
    return true;
  }
  int kind = StringSwitch<int>(rest)
                 .Case("bar.warp.sync", static_cast<int>(OpKind::WarpSync))
                 .Case("exit", static_cast<int>(OpKind::Exit))
                 .Case("activemask", static_cast<int>(OpKind::ActiveMask))
                 .Case("isspacep.shared", static_cast<int>(OpKind::IsShared))
                 .Case("isspacep.global", static_cast<int>(OpKind::IsGlobal))
                 .Case("isspacep.local", static_cast<int>(OpKind::IsLocal))
                 .Case("prmt", static_cast<int>(OpKind::Prmt))
                 .Cases({"read.ptx.sreg.clock", "read.ptx.sreg.clock64",
                         "read.ptx.sreg.globaltimer"},
                        static_cast<int>(OpKind::Clock))
                 .Default(-1);
  op.kind = static_cast<OpKind>(kind);
  return kind >= 0;
}
