//===- CheckSupported.cpp - Refuse what LLVM would abort on ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathSupport.h"
#include "kiln/Conversion/Passes.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_CHECKSUPPORTED
#include "kiln/Conversion/Passes.h.inc"

namespace {
constexpr StringLiteral kRefusedArith[] = {"arith.remf", "arith.scaling_extf",
                                           "arith.scaling_truncf"};
// A list of what is known to reach PTX, as those of MathSupport.cpp.
constexpr StringLiteral kLLVM[] = {"add",
                                   "sub",
                                   "mul",
                                   "udiv",
                                   "sdiv",
                                   "urem",
                                   "srem",
                                   "and",
                                   "or",
                                   "xor",
                                   "shl",
                                   "lshr",
                                   "ashr",
                                   "icmp",
                                   "fcmp",
                                   "fadd",
                                   "fsub",
                                   "fmul",
                                   "fdiv",
                                   "fneg",
                                   "getelementptr",
                                   "load",
                                   "store",
                                   "bitcast",
                                   "addrspacecast",
                                   "inttoptr",
                                   "ptrtoint",
                                   "sext",
                                   "zext",
                                   "trunc",
                                   "sitofp",
                                   "uitofp",
                                   "fptosi",
                                   "fptoui",
                                   "fpext",
                                   "fptrunc",
                                   "select",
                                   "freeze",
                                   "extractelement",
                                   "insertelement",
                                   "shufflevector",
                                   "extractvalue",
                                   "insertvalue",
                                   "br",
                                   "cond_br",
                                   "switch",
                                   "return",
                                   "unreachable",
                                   "mlir.addressof",
                                   "mlir.global",
                                   "mlir.constant",
                                   "mlir.undef",
                                   "mlir.poison",
                                   "mlir.zero",
                                   "func",
                                   "call",
                                   "alloca",
                                   "intr.abs",

                                   "intr.bitreverse",
                                   "intr.bswap",
                                   "intr.ceil",
                                   "intr.copysign",
                                   "intr.ctlz",
                                   "intr.ctpop",
                                   "intr.cttz",
                                   "intr.exp2",
                                   "intr.fabs",
                                   "intr.floor",
                                   "intr.fma",
                                   "intr.fmuladd",
                                   "intr.fshl",
                                   "intr.fshr",
                                   "intr.is.fpclass",
                                   "intr.maximum",
                                   "intr.maxnum",
                                   "intr.minimum",
                                   "intr.minnum",
                                   "intr.nvvm.ex2.approx.ftz",
                                   "intr.nvvm.rsqrt.approx",
                                   "intr.rint",
                                   "intr.nearbyint",
                                   "intr.round",
                                   "intr.roundeven",
                                   "intr.smax",
                                   "intr.smin",
                                   "intr.sqrt",
                                   "intr.trunc",
                                   "intr.umax",
                                   "intr.umin",
                                   "intr.uadd.with.overflow",
                                   "intr.umul.with.overflow",
                                   "intr.sadd.with.overflow",
                                   "intr.smul.with.overflow"};
constexpr StringLiteral kNVVM[] = {"mma.sync",
                                   "ldmatrix",
                                   "cp.async.shared.global",
                                   "cp.async.commit.group",
                                   "cp.async.wait.group",
                                   "barrier",
                                   "barrier0",
                                   "bar.warp.sync",
                                   "shfl.sync",
                                   "vote.sync",
                                   "redux.sync",
                                   "convert.float.to.tf32",
                                   "prmt",
                                   "rcp.approx.ftz.f",

                                   "read.ptx.sreg.laneid",
                                   "read.ptx.sreg.warpid",
                                   "read.ptx.sreg.warpsize",
                                   "read.ptx.sreg.smid",
                                   "read.ptx.sreg.nsmid"};

const std::string kSupportedFunctions =
    "supported functions are absf, ceil, copysign, cos, erf, exp, exp2, expm1, "
    "floor, fma, log, log10, log1p, log2, powf, round, roundeven, rsqrt, sin, "
    "sqrt, tanh and trunc";

bool contains(ArrayRef<StringLiteral> names, StringRef name) {
  return llvm::is_contained(names, name);
}

bool isSupportedScalar(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type))
    return llvm::is_contained({1u, 8u, 16u, 32u, 64u}, integer.getWidth());
  return type.isIndex() || type.isF16() || type.isBF16() || type.isF32() ||
         type.isF64();
}

bool isSupportedType(Type type) {
  if (auto structure = dyn_cast<LLVM::LLVMStructType>(type))
    return llvm::all_of(structure.getBody(), isSupportedType);
  if (auto array = dyn_cast<LLVM::LLVMArrayType>(type))
    return isSupportedType(array.getElementType());
  if (isa<LLVM::LLVMVoidType, LLVM::LLVMFunctionType>(type))
    return true;
  if (auto pointer = dyn_cast<LLVM::LLVMPointerType>(type))
    return llvm::is_contained({0u, 1u, 3u, 4u, 5u}, pointer.getAddressSpace());
  if (auto vector = dyn_cast<VectorType>(type); vector && vector.isScalable())
    return false;
  Type element = getElementTypeOrSelf(type);
  return isSupportedScalar(element) || isa<LLVM::LLVMPointerType>(element);
}

class CheckSupported : public impl::CheckSupportedBase<CheckSupported> {
  LogicalResult checkTypes(Operation *op) {
    auto check = [&](Type type) -> LogicalResult {
      if (isSupportedType(type))
        return success();
      return op->emitError("'")
             << op->getName() << "' uses the type " << type
             << ", which has no form on sm_89; supported are i1, i8, i16, i32, "
                "i64, index, f16, bf16, f32 and f64";
    };
    for (Type type : op->getOperandTypes())
      if (failed(check(type)))
        return failure();
    for (Type type : op->getResultTypes())
      if (failed(check(type)))
        return failure();
    return success();
  }

  LogicalResult refuse(Operation *op, const Twine &hint) {
    return op->emitError("'")
           << op->getName() << "' has no lowering to sm_89; " << hint;
  }

  LogicalResult checkMath(Operation *op) {
    StringRef name = op->getName().getStringRef();
    switch (getMathSupport(op)) {
    case MathSupport::Instruction:
    case MathSupport::Expanded:
      return checkTypes(op);
    case MathSupport::Libdevice:
      if (getLibdevice(op))
        return checkTypes(op);
      break;
    case MathSupport::None:
      return refuse(op, kSupportedFunctions);
    }
    if (getElementTypeOrSelf(op->getResult(0)).isF64())
      return op->emitError("'")
             << name
             << "' on f64 has no lowering to sm_89 without a device "
                "library; f16, bf16 and f32 have one";
    return refuse(op, "it needs the libdevice of a CUDA toolkit, and there is "
                      "none; " +
                          kSupportedFunctions);
  }

  LogicalResult checkArith(Operation *op) {
    StringRef name = op->getName().getStringRef();
    if (contains(kRefusedArith, name))
      return refuse(op, "rewrite it with supported ops");
    if (isa<arith::MulSIExtendedOp, arith::MulUIExtendedOp>(op) &&
        getElementTypeOrSelf(op->getResult(0)).isInteger(64))
      return refuse(op, "its product has 128 bits; use i32 operands");
    if (op->hasAttr("roundingmode"))
      return refuse(op, "its rounding mode must be left to the default");
    return checkTypes(op);
  }

  static unsigned getAddressSpace(Value pointer) {
    auto type = dyn_cast<LLVM::LLVMPointerType>(
        getElementTypeOrSelf(pointer.getType()));
    return type ? type.getAddressSpace() : 0;
  }

  /// LLVM ends the process on other symbols; a dot it lets through and ptxas
  /// refuses.
  LogicalResult checkSymbol(Operation *op, StringRef name) {
    auto isPtx = [](char c) {
      return llvm::isAlnum(c) || c == '_' || c == '$';
    };
    if (!name.empty() && !llvm::isDigit(name.front()) &&
        llvm::all_of(name, isPtx))
      return success();
    return op->emitError("'") << name
                              << "' is no name in PTX; use letters, digits, _ "
                                 "and $, with no digit in front";
  }

  LogicalResult checkFunction(LLVM::LLVMFuncOp func) {
    if (func.isExternal() && func.getName().starts_with("__nv_") &&
        getLibdevice(func))
      return success();
    if (func.isExternal())
      return refuse(func, "nothing defines it at run time");
    if (func.isVarArg())
      return refuse(func, "it has a variable number of arguments");
    for (Type type : func.getArgumentTypes())
      if (!isSupportedType(type))
        return func.emitError("an argument of type ")
               << type << " has no form on sm_89";
    return checkSymbol(func, func.getName());
  }

  LogicalResult checkGlobal(LLVM::GlobalOp global) {
    bool hasValue = global.getValueAttr() || !global.getInitializer().empty();
    if (global.getAddrSpace() == 3 && hasValue)
      return refuse(global, "shared memory has no initial value");
    if (global.getThreadLocal_() ||
        !llvm::is_contained({0u, 1u, 3u, 4u}, global.getAddrSpace()))
      return refuse(global, "globals lie in global, constant or shared memory");
    if (!isSupportedType(global.getType()))
      return refuse(global, "it holds elements of an unsupported type");
    return checkSymbol(global, global.getName());
  }

  LogicalResult checkLLVM(Operation *op) {
    StringRef name = op->getName().stripDialect();
    // A call by name: as the op of that intrinsic, without the type's suffix.
    std::string intrinsic;
    if (auto call = dyn_cast<LLVM::CallIntrinsicOp>(op)) {
      StringRef called = call.getIntrin();
      if (called.consume_front("llvm.")) {
        intrinsic = ("intr." + called.rsplit('.').first).str();
        name = intrinsic;
      }
    }
    if (!contains(kLLVM, name))
      return refuse(op, "it is not among the llvm ops that are known to reach "
                        "PTX");
    if (auto call = dyn_cast<LLVM::CallOp>(op); call && !call.getCallee())
      return refuse(op, "indirect calls are not supported");
    if (auto cast = dyn_cast<LLVM::AddrSpaceCastOp>(op);
        cast && getAddressSpace(cast.getArg()) &&
        getAddressSpace(cast.getRes()))
      return refuse(op, "one of the two pointers must be generic");
    if (auto load = dyn_cast<LLVM::LoadOp>(op);
        load && load.getOrdering() != LLVM::AtomicOrdering::not_atomic)
      return refuse(op, "atomic accesses are not supported");
    if (auto store = dyn_cast<LLVM::StoreOp>(op);
        store && store.getOrdering() != LLVM::AtomicOrdering::not_atomic)
      return refuse(op, "atomic accesses are not supported");
    if (auto global = dyn_cast<LLVM::GlobalOp>(op))
      return checkGlobal(global);
    if (auto func = dyn_cast<LLVM::LLVMFuncOp>(op))
      return checkFunction(func);
    if (isa<LLVM::Exp2Op>(op) &&
        !getElementTypeOrSelf(op->getResult(0)).isF32())
      return refuse(op, "exp2 is an instruction on f32 only");
    return checkTypes(op);
  }

  /// Integers, f64 and fp8 exist as well but no pass asks for them.
  static bool checkMma(NVVM::MmaOp mma) {
    auto isFloat = [](std::optional<NVVM::MMATypes> type) {
      return !type ||
             llvm::is_contained({NVVM::MMATypes::f16, NVVM::MMATypes::bf16,
                                 NVVM::MMATypes::tf32},
                                *type);
    };
    return isFloat(mma.getMultiplicandAPtxType()) &&
           isFloat(mma.getMultiplicandBPtxType());
  }

  LogicalResult checkNVVM(Operation *op) {
    StringRef name = op->getName().stripDialect();
    static constexpr StringLiteral kAxes[] = {"tid", "ntid", "ctaid", "nctaid"};
    for (StringRef axis : kAxes)
      for (StringRef dim : {".x", ".y", ".z"})
        if (StringRef rest = name; rest.consume_front("read.ptx.sreg.") &&
                                   rest.consume_front(axis) && rest == dim)
          return success();
    if (!contains(kNVVM, name))
      return refuse(op, "it is not among the nvvm ops that exist there");
    // Forms of listed ops that need a later architecture.
    if (auto load = dyn_cast<NVVM::LdMatrixOp>(op);
        load && (load.getShape().getM() != 8 || load.getShape().getN() != 8))
      return refuse(op, "only the shape m8n8 exists there");
    if (auto convert = dyn_cast<NVVM::ConvertFloatToTF32Op>(op);
        convert &&
        (convert.getRnd() != NVVM::FPRoundingMode::RNA ||
         convert.getSat() != NVVM::SaturationMode::NONE || convert.getRelu()))
      return refuse(op, "only the rounding rna exists there");
    if (isa<NVVM::ReduxOp>(op) && !op->getResult(0).getType().isInteger(32))
      return refuse(op, "only i32 exists there");
    if (auto mma = dyn_cast<NVVM::MmaOp>(op); mma && !checkMma(mma))
      return refuse(op, "multiplicands are f16, bf16 or tf32");
    return success();
  }

  LogicalResult check(Operation *op) {
    StringRef dialect = op->getName().getDialectNamespace();
    if (dialect == "math")
      return checkMath(op);
    if (dialect == "arith")
      return checkArith(op);
    if (dialect == "llvm")
      return checkLLVM(op);
    if (dialect == "nvvm")
      return checkNVVM(op);
    if (auto func = dyn_cast<gpu::GPUFuncOp>(op))
      return checkSymbol(op, func.getName());
    if (dialect == "complex")
      return refuse(op, "complex numbers are not supported");
    return success();
  }

  void runOnOperation() override {
    markAllAnalysesPreserved();
    // Every refusal is reported, not only the first, but each place once: one
    // source op may have become several.
    bool refused = false;
    llvm::DenseSet<Location> places;
    getOperation()->walk([&](Operation *op) {
      ++numChecked;
      if (!places.contains(op->getLoc()) && failed(check(op))) {
        refused = true;
        places.insert(op->getLoc());
      }
    });
    if (refused)
      signalPassFailure();
  }
};
} // namespace
} // namespace kiln
