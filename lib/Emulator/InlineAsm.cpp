//===- InlineAsm.cpp - Inline PTX as intrinsics and plain IR --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Understands one instruction a call, optionally behind a predicate made in the
// same braces: {.reg .pred p; setp.ne.b32 p, $2, 0; @p OP;}
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace kiln::emulator;
using namespace llvm;

namespace {
using Values = SmallVector<Value *, 8>;

class AsmRewriter {
public:
  explicit AsmRewriter(CallInst &call)
      : call(call), b(&call),
        asmCode(cast<InlineAsm>(call.getCalledOperand())) {}
  /// False when the instruction is not known.
  bool run();

private:
  bool parseOperands(StringRef text, SmallVectorImpl<Values> &groups);
  Value *parseItem(StringRef text);
  Value *getOperand(unsigned number);
  bool emit(StringRef opcode, ArrayRef<Values> in, Values &out);
  bool emitCopy(StringRef opcode, ArrayRef<Values> in);
  bool emitMemory(StringRef opcode, ArrayRef<Values> in, Values &out);
  bool emitArithmetic(StringRef opcode, ArrayRef<Values> in, Values &out);
  bool emitBarrier(StringRef opcode, ArrayRef<Values> in);
  bool emitIntrinsic(StringRef name, ArrayRef<Type *> types,
                     ArrayRef<Value *> in, Values &out);
  Value *coerce(Value *value, Type *type);
  Value *toPointer(Value *value, unsigned space) {
    return coerce(value, b.getPtrTy(space));
  }

  CallInst &call;
  IRBuilder<> b;
  InlineAsm *asmCode;
  unsigned numOutputs = 0;
  SmallVector<int> tied; // For each output: the argument tied to it, or -1.
  SmallVector<Type *> outputTypes;
};
} // namespace

Value *AsmRewriter::coerce(Value *value, Type *type) {
  Type *from = value->getType();
  if (from == type)
    return value;
  if (from->isPointerTy() && type->isPointerTy())
    return b.CreateAddrSpaceCast(value, type);
  if (type->isPointerTy())
    return b.CreateIntToPtr(b.CreateZExtOrTrunc(value, b.getInt64Ty()), type);
  if (from->isPointerTy())
    return b.CreatePtrToInt(value, type);
  unsigned bits = from->getPrimitiveSizeInBits();
  unsigned wanted = type->getPrimitiveSizeInBits();
  Value *raw = b.CreateBitCast(value, b.getIntNTy(bits));
  return b.CreateBitCast(b.CreateZExtOrTrunc(raw, b.getIntNTy(wanted)), type);
}

Value *AsmRewriter::getOperand(unsigned number) {
  if (number >= numOutputs) {
    unsigned argument = number - numOutputs;
    return argument < call.arg_size() ? call.getArgOperand(argument) : nullptr;
  }
  return tied[number] >= 0 ? call.getArgOperand(tied[number]) : nullptr;
}

Value *AsmRewriter::parseItem(StringRef text) {
  text = text.trim();
  if (text.consume_front("$")) {
    unsigned number;
    if (text.consume_front("{")) {
      if (text.consumeInteger(10, number))
        return nullptr;
      text = text.drop_until([](char c) { return c == '}'; }).drop_front();
    } else if (text.consumeInteger(10, number)) {
      return nullptr;
    }
    Value *value = getOperand(number);
    if (!value || text.trim().empty())
      return value;
    // [$0+16]
    text = text.trim();
    int64_t offset;
    if (!text.consume_front("+") || text.trim().getAsInteger(0, offset))
      return nullptr;
    Type *wide = b.getInt64Ty();
    return b.CreateAdd(coerce(value, wide), ConstantInt::get(wide, offset));
  }
  int64_t number;
  if (!text.getAsInteger(0, number))
    return b.getInt32(number);
  if (text == "%globaltimer" || text == "%clock64" || text == "%clock")
    return b.getInt64(0);
  return nullptr;
}

bool AsmRewriter::parseOperands(StringRef text,
                                SmallVectorImpl<Values> &groups) {
  while (!(text = text.trim()).empty()) {
    StringRef item;
    if (text[0] == '{' || text[0] == '[') {
      size_t end = text.find(text[0] == '{' ? '}' : ']');
      // "${0}" inside of brackets does not occur in PTX of LLVM's dialect.
      if (end == StringRef::npos)
        return false;
      item = text.slice(1, end);
      text = text.drop_front(end + 1).trim();
    } else {
      item = text.take_until([](char c) { return c == ','; });
      text = text.drop_front(item.size());
    }
    Values group;
    SmallVector<StringRef> parts;
    item.split(parts, ',');
    for (StringRef part : parts) {
      Value *value = parseItem(part);
      // A pure output has no value yet; it stands as null.
      unsigned number;
      StringRef rest = part.trim();
      bool isOutput = rest.consume_front("$") &&
                      !rest.consumeInteger(10, number) && number < numOutputs;
      if (!value && !isOutput)
        return false;
      group.push_back(value);
    }
    groups.push_back(group);
    if (!text.empty() && !text.consume_front(","))
      return false;
  }
  return true;
}

bool AsmRewriter::emitIntrinsic(StringRef name, ArrayRef<Type *> types,
                                ArrayRef<Value *> in, Values &out) {
  Intrinsic::ID id = Intrinsic::lookupIntrinsicID(name);
  if (id == Intrinsic::not_intrinsic)
    return false;
  Function *callee =
      Intrinsic::getOrInsertDeclaration(call.getModule(), id, types);
  FunctionType *type = callee->getFunctionType();
  if (type->getNumParams() != in.size())
    return false;
  SmallVector<Value *> arguments;
  for (auto [value, wanted] : zip(in, type->params()))
    arguments.push_back(coerce(value, wanted));
  CallInst *result = b.CreateCall(callee, arguments);
  if (auto *tuple = dyn_cast<StructType>(result->getType())) {
    for (unsigned i = 0; i < tuple->getNumElements(); ++i)
      out.push_back(b.CreateExtractValue(result, i));
  } else if (!result->getType()->isVoidTy()) {
    out.push_back(result);
  }
  return true;
}

bool AsmRewriter::emitCopy(StringRef opcode, ArrayRef<Values> in) {
  Values none;
  if (opcode == "commit_group")
    return emitIntrinsic("llvm.nvvm.cp.async.commit.group", {}, {}, none);
  if (opcode == "wait_all")
    return emitIntrinsic("llvm.nvvm.cp.async.wait.all", {}, {}, none);
  if (opcode == "wait_group")
    return in.size() == 1 && isa<ConstantInt>(in[0][0]) &&
           emitIntrinsic("llvm.nvvm.cp.async.wait.group", {}, {in[0][0]}, none);
  bool viaL1 = opcode.consume_front("ca.");
  if ((!viaL1 && !opcode.consume_front("cg.")) ||
      !opcode.consume_front("shared.global") || in.size() < 3)
    return false;
  auto *bytes = dyn_cast<ConstantInt>(in[2][0]);
  if (!bytes)
    return false;
  std::string name = "llvm.nvvm.cp.async." + std::string(viaL1 ? "ca" : "cg") +
                     ".shared.global." + std::to_string(bytes->getZExtValue());
  Values arguments = {in[0][0], in[1][0]};
  if (in.size() > 3) {
    name += ".s";
    arguments.push_back(in[3][0]);
  }
  return emitIntrinsic(name, {}, arguments, none);
}

bool AsmRewriter::emitMemory(StringRef opcode, ArrayRef<Values> in,
                             Values &out) {
  bool isLoad = opcode.consume_front("ld.");
  if (!isLoad && !opcode.consume_front("st."))
    return false;
  SmallVector<StringRef> parts;
  opcode.split(parts, '.');
  unsigned space = 0, count = 1;
  for (StringRef part : ArrayRef(parts).drop_back()) {
    if (part == "shared")
      space = 3;
    else if (part == "global")
      space = 1;
    else if (part == "v2" || part == "v4")
      count = part[1] - '0';
    else if (part != "nc" && part != "cta")
      return false;
  }
  unsigned bits;
  if (parts.back().drop_front().getAsInteger(10, bits) || bits < 16)
    return false;
  Type *element = b.getIntNTy(bits);
  Type *type = count == 1 ? element : FixedVectorType::get(element, count);
  Align align(bits / 8 * count);
  if (isLoad) {
    if (in.size() != 1)
      return false;
    Value *value = b.CreateAlignedLoad(type, toPointer(in[0][0], space), align);
    for (unsigned i = 0; i < count; ++i)
      out.push_back(count == 1 ? value : b.CreateExtractElement(value, i));
    return true;
  }
  if (in.size() != 2 || in[1].size() != count)
    return false;
  Value *value = PoisonValue::get(type);
  for (unsigned i = 0; i < count; ++i) {
    Value *part = coerce(in[1][i], element);
    value = count == 1 ? part : b.CreateInsertElement(value, part, i);
  }
  b.CreateAlignedStore(value, toPointer(in[0][0], space), align);
  return true;
}

bool AsmRewriter::emitBarrier(StringRef opcode, ArrayRef<Values> in) {
  Values none;
  if (opcode == "bar.warp.sync")
    return in.size() == 1 &&
           emitIntrinsic("llvm.nvvm.bar.warp.sync", {}, {in[0][0]}, none);
  bool arrive = opcode.contains("arrive");
  if (in.empty() || in.size() > 2)
    return false;
  std::string name = "llvm.nvvm.barrier.cta.";
  name += arrive ? "arrive" : "sync";
  if (opcode.starts_with("bar.") || opcode.ends_with(".aligned"))
    name += ".aligned";
  name += in.size() == 2 ? ".count" : ".all";
  Values arguments;
  for (const Values &group : in)
    arguments.push_back(group[0]);
  return emitIntrinsic(name, {}, arguments, none);
}

bool AsmRewriter::emitArithmetic(StringRef opcode, ArrayRef<Values> in,
                                 Values &out) {
  Type *f32 = b.getFloatTy();
  Values arguments;
  for (const Values &group : in)
    arguments.push_back(group[0]);
  if (opcode.starts_with("mov."))
    return arguments.size() == 1 && (out.push_back(arguments[0]), true);
  if (opcode.starts_with("cvt.") && opcode.ends_with(".tf32.f32")) {
    StringRef rounding = opcode.slice(4, opcode.size() - 9);
    return emitIntrinsic(("llvm.nvvm.f2tf32." + rounding).str(), {}, arguments,
                         out);
  }
  if (opcode.starts_with("cvt.")) {
    Type *f16 = opcode.contains("bf16") ? b.getBFloatTy() : b.getHalfTy();
    Type *pair = FixedVectorType::get(f16, 2);
    if (arguments.size() == 1 && opcode.starts_with("cvt.rn.") &&
        opcode.ends_with("f16.f32")) {
      out.push_back(b.CreateFPTrunc(coerce(arguments[0], f32), f16));
      return true;
    }
    if (arguments.size() == 2 && opcode.starts_with("cvt.rn.") &&
        opcode.ends_with("f16x2.f32")) {
      Value *high = b.CreateFPTrunc(coerce(arguments[0], f32), f16);
      Value *low = b.CreateFPTrunc(coerce(arguments[1], f32), f16);
      Value *both =
          b.CreateInsertElement(PoisonValue::get(pair), low, uint64_t(0));
      out.push_back(b.CreateInsertElement(both, high, 1));
      return true;
    }
    if (arguments.size() == 1 &&
        (opcode == "cvt.f32.f16" || opcode == "cvt.f32.bf16")) {
      out.push_back(b.CreateFPExt(coerce(arguments[0], f16), f32));
      return true;
    }
    return false;
  }
  if (!opcode.consume_back(".f32"))
    return false;
  auto [base, modifiers] = opcode.split('.');
  if (base == "tanh" || base == "sin" || base == "cos" || base == "ex2") {
    Intrinsic::ID id = base == "tanh"  ? Intrinsic::tanh
                       : base == "sin" ? Intrinsic::sin
                       : base == "cos" ? Intrinsic::cos
                                       : Intrinsic::exp2;
    if (arguments.size() != 1)
      return false;
    out.push_back(b.CreateUnaryIntrinsic(id, coerce(arguments[0], f32)));
    return true;
  }
  std::string name = "llvm.nvvm.";
  if (base == "min" || base == "max") {
    name += ("f" + base).str();
    if (modifiers.contains("ftz"))
      name += ".ftz";
    if (modifiers.contains("NaN"))
      name += ".nan";
    name += ".f";
  } else {
    name += (base + "." + modifiers + ".f").str();
  }
  // rcp.approx and the like exist as intrinsics only with .ftz.
  if (Intrinsic::lookupIntrinsicID(name) == Intrinsic::not_intrinsic &&
      base == "rcp")
    name = "llvm.nvvm.rcp.approx.ftz.f";
  return emitIntrinsic(name, {}, arguments, out);
}

bool AsmRewriter::emit(StringRef opcode, ArrayRef<Values> in, Values &out) {
  if (opcode.consume_front("mma.sync.aligned.")) {
    SmallVector<StringRef> parts; // shape.row.col.d.a.b.c
    opcode.split(parts, '.');
    if (parts.size() != 7 || in.size() != 3)
      return false;
    std::string name =
        ("llvm.nvvm.mma." + parts[0] + "." + parts[1] + "." + parts[2] + ".")
            .str();
    name +=
        parts[4] == "f16" ? (parts[3] + "." + parts[6]).str() : parts[4].str();
    Values arguments;
    for (const Values &group : in)
      arguments.append(group.begin(), group.end());
    return emitIntrinsic(name, {}, arguments, out);
  }
  if (opcode.starts_with("ldmatrix.")) {
    std::string name = "llvm.nvvm." + opcode.str();
    for (StringRef space : {".shared::cta", ".shared"})
      if (size_t at = name.find(space); at != std::string::npos)
        name.erase(at, space.size());
    return in.size() == 1 &&
           emitIntrinsic(name, {b.getPtrTy(3)}, {in[0][0]}, out);
  }
  if (opcode.consume_front("cp.async."))
    return emitCopy(opcode, in);
  if (opcode.starts_with("bar.") || opcode.starts_with("barrier."))
    return emitBarrier(opcode, in);
  if (opcode.starts_with("ld.") || opcode.starts_with("st."))
    return emitMemory(opcode, in, out);
  if (opcode.starts_with("membar.") || opcode.starts_with("fence.") ||
      opcode.starts_with("griddepcontrol.") || opcode == "nanosleep.u32")
    return true;
  return emitArithmetic(opcode, in, out);
}

bool AsmRewriter::run() {
  unsigned argument = 0;
  for (const InlineAsm::ConstraintInfo &info : asmCode->ParseConstraints()) {
    if (info.Type == InlineAsm::isOutput) {
      if (info.isIndirect)
        return false;
      ++numOutputs;
      tied.push_back(-1);
    } else if (info.Type == InlineAsm::isInput) {
      if (info.hasMatchingInput())
        return false;
      unsigned number;
      if (!info.Codes.empty() &&
          !StringRef(info.Codes[0]).getAsInteger(10, number) &&
          number < numOutputs)
        tied[number] = argument;
      ++argument;
    }
  }
  if (auto *tuple = dyn_cast<StructType>(call.getType()))
    outputTypes.assign(tuple->element_begin(), tuple->element_end());
  else if (!call.getType()->isVoidTy())
    outputTypes.push_back(call.getType());

  std::string text = asmCode->getAsmString().str();
  for (auto [from, to] : {std::pair("$(", "{"), std::pair("$)", "}")})
    for (size_t at; (at = text.find(from)) != std::string::npos;)
      text.replace(at, 2, to);
  StringRef rest = StringRef(text).trim();
  // Braces of a scope, not of an operand.
  if (rest.starts_with("{") && rest.ends_with("}"))
    rest = rest.drop_front().drop_back().trim();
  SmallVector<StringRef> statements;
  rest.split(statements, ';', -1, /*KeepEmpty=*/false);

  Value *predicate = nullptr;
  StringRef predicateName;
  Values out;
  bool done = false;
  for (StringRef statement : statements) {
    statement = statement.trim();
    if (statement.empty() || statement.starts_with(".reg"))
      continue;
    bool negated = false, guarded = statement.consume_front("@");
    if (guarded) {
      negated = statement.consume_front("!");
      if (!predicate || !statement.consume_front(predicateName) ||
          numOutputs != 0 || done)
        return false;
      statement = statement.trim();
    }
    StringRef opcode = statement.take_until([](char c) { return isSpace(c); });
    StringRef operands = statement.drop_front(opcode.size()).trim();
    if (opcode.starts_with("setp.") && !predicate) {
      predicateName = operands.take_until([](char c) { return c == ','; });
      SmallVector<Values> in;
      if (!parseOperands(
              operands.drop_front(predicateName.size()).trim().drop_front(),
              in) ||
          in.size() != 2 || !in[0][0] || !in[1][0])
        return false;
      predicateName = predicateName.trim();
      Value *right = coerce(in[1][0], in[0][0]->getType());
      if (opcode.starts_with("setp.ne."))
        predicate = b.CreateICmpNE(in[0][0], right);
      else if (opcode.starts_with("setp.eq."))
        predicate = b.CreateICmpEQ(in[0][0], right);
      else
        return false;
      continue;
    }
    if (done)
      return false;
    SmallVector<Values> in;
    if (!parseOperands(operands, in))
      return false;
    if (numOutputs) // The destination comes first.
      in.erase(in.begin());
    for (const Values &group : in)
      if (is_contained(group, nullptr))
        return false;
    if (guarded) {
      Value *condition = negated ? b.CreateNot(predicate) : predicate;
      b.SetInsertPoint(
          SplitBlockAndInsertIfThen(condition, &call, /*Unreachable=*/false));
      b.SetCurrentDebugLocation(call.getDebugLoc());
    }
    if (!emit(opcode, in, out))
      return false;
    b.SetInsertPoint(&call);
    done = true;
  }
  if (!done) // An empty text only hides a value from the optimiser.
    for (unsigned i = 0; i < numOutputs; ++i)
      out.push_back(getOperand(i));
  if (out.size() != outputTypes.size() || is_contained(out, nullptr))
    return false;
  if (out.size() == 1) {
    call.replaceAllUsesWith(coerce(out[0], outputTypes[0]));
  } else if (!out.empty()) {
    Value *tuple = PoisonValue::get(call.getType());
    for (auto [i, value] : enumerate(out))
      tuple = b.CreateInsertValue(tuple, coerce(value, outputTypes[i]), i);
    call.replaceAllUsesWith(tuple);
  }
  call.eraseFromParent();
  return true;
}

Error kiln::emulator::rewriteInlineAsm(Module &module) {
  SmallVector<CallInst *> calls;
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &inst : block)
        if (auto *call = dyn_cast<CallInst>(&inst); call && call->isInlineAsm())
          calls.push_back(call);
  for (CallInst *call : calls) {
    std::string function = call->getFunction()->getName().str();
    std::string text =
        cast<InlineAsm>(call->getCalledOperand())->getAsmString().str();
    if (!AsmRewriter(*call).run())
      return createStringError("the emulator does not know the inline PTX '%s' "
                               "in function '%s'",
                               text.c_str(), function.c_str());
  }
  return Error::success();
}
