//===- LowerToNVVM.cpp - Kernels to the llvm and nvvm dialects ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathSupport.h"
#include "kiln/Conversion/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_LOWERTONVVM
#include "kiln/Conversion/Passes.h.inc"

namespace {
/// Upstream's pattern keeps argument attributes only of memrefs and turns
/// attributions into static shared memory; this one keeps all attributes
/// (noalias, align, readonly).
struct LowerFunc : ConvertOpToLLVMPattern<gpu::GPUFuncOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::GPUFuncOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    TypeConverter::SignatureConversion signature(op.getNumArguments());
    for (auto [index, type] : llvm::enumerate(op.getArgumentTypes())) {
      Type converted = getTypeConverter()->convertType(type);
      if (!converted)
        return failure();
      signature.addInputs(index, converted);
    }
    auto type =
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(op.getContext()),
                                    signature.getConvertedTypes());
    auto func =
        LLVM::LLVMFuncOp::create(rewriter, op.getLoc(), op.getName(), type);
    if (ArrayAttr attrs = op.getAllArgAttrs())
      func.setAllArgAttrs(attrs);
    for (NamedAttribute attr : op->getDiscardableAttrs())
      if (attr.getName() != "workgroup_attributions")
        func->setDiscardableAttr(attr.getName(), attr.getValue());
    if (op.isKernel()) {
      func->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    rewriter.getUnitAttr());
      func->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                    rewriter.getUnitAttr());
      if (std::optional<ArrayRef<int32_t>> block = op.getKnownBlockSize())
        func->setAttr(NVVM::NVVMDialect::getMaxntidAttrName(),
                      rewriter.getDenseI32ArrayAttr(*block));
    }
    rewriter.inlineRegionBefore(op.getBody(), func.getBody(), func.end());
    if (failed(rewriter.convertRegionTypes(&func.getBody(), *getTypeConverter(),
                                           &signature)))
      return failure();
    rewriter.eraseOp(op);
    return success();
  }
};

/// Approximations of the special-function unit, for which upstream has no op.
Value callApproximation(OpBuilder &builder, Location loc, StringRef name,
                        Value x) {
  return LLVM::CallIntrinsicOp::create(builder, loc, x.getType(),
                                       builder.getStringAttr(name), x)
      .getResults();
}

/// `afn` on exp2 of f32 asks for the form that flushes (kiln-expand-math).
struct LowerExp2 : ConvertOpToLLVMPattern<math::Exp2Op> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(math::Exp2Op op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isF32() ||
        !bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn))
      return failure();
    rewriter.replaceOp(op, callApproximation(rewriter, op.getLoc(),
                                             "llvm.nvvm.ex2.approx.ftz.f32",
                                             adaptor.getOperand()));
    return success();
  }
};

struct LowerRsqrt : ConvertOpToLLVMPattern<math::RsqrtOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(math::RsqrtOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return failure();
    rewriter.replaceOp(op, callApproximation(rewriter, op.getLoc(),
                                             "llvm.nvvm.rsqrt.approx.f",
                                             adaptor.getOperand()));
    return success();
  }
};

/// As exp2: 1 / y with `afn` is the reciprocal that flushes.
struct LowerReciprocal : ConvertOpToLLVMPattern<arith::DivFOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(arith::DivFOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.getType().isF32() || !matchPattern(op.getLhs(), m_OneFloat()) ||
        !bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn))
      return failure();
    rewriter.replaceOpWithNewOp<NVVM::RcpApproxFtzF32Op>(op, op.getType(),
                                                         adaptor.getRhs());
    return success();
  }
};

/// Refuses what has no form in PTX at the kernel, not at what it was turned to.
LogicalResult verifyKernel(gpu::GPUFuncOp func) {
  // They would become static shared memory, which cannot exceed 48 KB.
  if (func.getNumWorkgroupAttributions() || func.getNumPrivateAttributions())
    return func.emitError("memory attributions are not supported; use the "
                          "dynamic shared memory global");
  if (func.getNumResults())
    return func.emitError("kernels return nothing");
  for (auto [index, type] : llvm::enumerate(func.getArgumentTypes()))
    if (!type.isIntOrIndexOrFloat() && !isa<LLVM::LLVMPointerType>(type))
      return func.emitError("argument ")
             << index << " of type " << type
             << " has no form in PTX; kernels take pointers and scalars";
  return success();
}

class LowerToNVVM : public impl::LowerToNVVMBase<LowerToNVVM> {
  /// The conversion looks for the block size on a `gpu.func` that is gone by
  /// then, so thread numbers take their bound along.
  void boundThreadIds(gpu::GPUFuncOp func) {
    std::optional<ArrayRef<int32_t>> block = func.getKnownBlockSize();
    if (!block)
      return;
    Builder builder(func.getContext());
    func.walk([&](gpu::ThreadIdOp op) {
      int64_t size = (*block)[static_cast<int>(op.getDimension())];
      if (!op.getUpperBound())
        op.setUpperBoundAttr(builder.getIndexAttr(size));
    });
  }

  /// Calls of libdevice, only for ops that nothing else lowers.
  static void addLibdevicePatterns(const LLVMTypeConverter &converter,
                                   RewritePatternSet &patterns) {
    RewritePatternSet calls(patterns.getContext());
    populateLibDeviceConversionPatterns(converter, calls, /*benefit=*/3);
    for (auto &pattern : calls.getNativePatterns()) {
      std::optional<OperationName> root = pattern->getRootKind();
      if (root && mayCallLibdevice(root->getStringRef()))
        patterns.getNativePatterns().push_back(std::move(pattern));
    }
  }

  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    for (auto func : module.getOps<gpu::GPUFuncOp>()) {
      if (failed(verifyKernel(func)))
        return signalPassFailure();
      boundThreadIds(func);
      numKernels += func.isKernel();
    }
    {
      RewritePatternSet patterns(context);
      populateSCFToControlFlowConversionPatterns(patterns);
      arith::populateCeilFloorDivExpandOpsPatterns(patterns);
      ConversionTarget target(*context);
      target.addIllegalDialect<scf::SCFDialect>();
      target.addIllegalOp<arith::CeilDivSIOp, arith::CeilDivUIOp,
                          arith::FloorDivSIOp>();
      target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
      if (failed(applyPartialConversion(module, target, std::move(patterns))))
        return signalPassFailure();
    }

    LowerToLLVMOptions options(context);
    // 64-bit global addresses come out of the backend with fewer registers
    // than sign-extended 32-bit ones.
    options.overrideIndexBitwidth(64);
    LLVMTypeConverter converter(context, options);
    configureGpuToNVVMTypeConverter(converter);

    RewritePatternSet patterns(context);
    populateGpuToNVVMConversionPatterns(converter, patterns);
    // The set also turns arith and math ops into calls of a device library.
    llvm::erase_if(patterns.getNativePatterns(), [](const auto &pattern) {
      std::optional<OperationName> root = pattern->getRootKind();
      return root &&
             (root->getDialectNamespace() != "gpu" ||
              root->getStringRef() == gpu::GPUFuncOp::getOperationName());
    });
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    populateMathToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    populateFuncToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    populateVectorToLLVMConversionPatterns(converter, patterns);
    patterns.add<LowerFunc>(converter);
    addLibdevicePatterns(converter, patterns);
    patterns.add<LowerExp2, LowerRsqrt, LowerReciprocal>(converter,
                                                         /*benefit=*/2);

    ConversionTarget target(*context);
    target.addLegalDialect<LLVM::LLVMDialect, NVVM::NVVMDialect>();
    target.addLegalOp<gpu::GPUModuleOp>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return false; });
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace kiln
