//===- CAPI.cpp - The point evaluator's C interface -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Aggregates.h"
#include "Check.h"
#include "Evaluator.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/SourceMgr.h"

#include <thread>

using namespace kiln::reference;

struct KilnReference {
  std::unique_ptr<mlir::MLIRContext> context; // owns the program's maps
  Program program;
  std::vector<const void *> inputs;
  std::unique_ptr<SharedState> shared;
  KilnDiagnosticCallback callback = nullptr;
  void *user = nullptr;

  int fail(const llvm::Twine &message) const {
    if (callback)
      callback(KILN_ERROR, message.str().c_str(), user);
    return -1;
  }
};

static void report(KilnDiagnosticCallback callback, void *user,
                   mlir::Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (auto at =
          diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>())
    stream << at.getFilename().getValue() << ':' << at.getLine() << ':'
           << at.getColumn() << ": ";
  stream << diagnostic;
  KilnSeverity severity = KILN_NOTE;
  switch (diagnostic.getSeverity()) {
  case mlir::DiagnosticSeverity::Error:
    severity = KILN_ERROR;
    break;
  case mlir::DiagnosticSeverity::Warning:
    severity = KILN_WARNING;
    break;
  case mlir::DiagnosticSeverity::Remark:
    severity = KILN_REMARK;
    break;
  default:
    break;
  }
  callback(severity, text.c_str(), user);
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    report(callback, user, note);
}

/// The function called `entry`, or the only one with a body.
static mlir::func::FuncOp findEntry(mlir::ModuleOp module,
                                    llvm::StringRef entry) {
  mlir::func::FuncOp found;
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    if (function.isExternal() ||
        (!entry.empty() && function.getSymName() != entry))
      continue;
    if (found) {
      function.emitError("more than one function could be the entry; name one "
                         "of them");
      return nullptr;
    }
    found = function;
  }
  if (!found)
    module.emitError() << "there is no function "
                       << (entry.empty() ? "with a body"
                                         : "'" + entry.str() + "'");
  return found;
}

KilnReference *kilnReferenceCreate(const char *source, size_t length,
                                   const char *fileName, const char *entry,
                                   const char *precision,
                                   KilnDiagnosticCallback callback,
                                   void *user) {
  auto reference = std::make_unique<KilnReference>();
  reference->callback = callback;
  reference->user = user;
  llvm::StringRef mode = precision ? precision : "tf32";
  std::optional<Precision> known = parsePrecision(mode);
  if (!known) {
    reference->fail("unknown precision '" + mode +
                    "'; it is tf32, f32 or tf32x3");
    return nullptr;
  }
  mlir::DialectRegistry registry;
  registry.insert<mlir::affine::AffineDialect, mlir::arith::ArithDialect,
                  mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                  mlir::linalg::LinalgDialect, mlir::math::MathDialect,
                  mlir::scf::SCFDialect, mlir::tensor::TensorDialect>();
  reference->context = std::make_unique<mlir::MLIRContext>(
      registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::MLIRContext *context = reference->context.get();
  mlir::ScopedDiagnosticHandler handler(context,
                                        [&](mlir::Diagnostic &diagnostic) {
                                          if (callback)
                                            report(callback, user, diagnostic);
                                          return mlir::success();
                                        });
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(source, length),
                                           fileName ? fileName : "source"),
      llvm::SMLoc());
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceFile<mlir::ModuleOp>(sources, context);
  if (!module)
    return nullptr;
  mlir::func::FuncOp function = findEntry(*module, entry ? entry : "");
  if (!function)
    return nullptr;
  kiln::decomposeAggregates(function);
  // `arith` and `math` on whole tensors: one scalar body is all there is then.
  mlir::PassManager pm(context, mlir::func::FuncOp::getOperationName());
  pm.addPass(mlir::createConvertElementwiseToLinalgPass());
  if (mlir::failed(pm.run(function)))
    return nullptr;
  mlir::FailureOr<Program> program = buildProgram(function, *known);
  if (mlir::failed(program))
    return nullptr;
  reference->program = std::move(*program);
  reference->inputs.assign(reference->program.inputs.size(), nullptr);
  reference->shared = std::make_unique<SharedState>(reference->program);
  return reference.release();
}

int kilnReferenceSetInput(KilnReference *reference, size_t index,
                          const void *data, size_t bytes) {
  if (index >= reference->inputs.size())
    return reference->fail("there is no input " + llvm::Twine(index) +
                           "; the program has " +
                           llvm::Twine(reference->inputs.size()));
  const Node &node = reference->program.nodes[reference->program.inputs[index]];
  size_t needed = size_t(node.count) * node.type.bytes();
  if (bytes != needed || !data)
    return reference->fail("input " + llvm::Twine(index) + " needs " +
                           llvm::Twine(needed) + " bytes, not " +
                           llvm::Twine(bytes));
  reference->inputs[index] = data;
  // What was computed from the old data is void.
  reference->shared = std::make_unique<SharedState>(reference->program);
  return 0;
}

int kilnReferenceCheck(KilnReference *reference, size_t index,
                       const int64_t *coordinates, size_t count,
                       const void *actual, KilnReferenceResult *results,
                       int threads) {
  const Program &program = reference->program;
  if (index >= program.outputs.size())
    return reference->fail("there is no output " + llvm::Twine(index) +
                           "; the program has " +
                           llvm::Twine(program.outputs.size()));
  for (size_t i = 0; i != reference->inputs.size(); ++i)
    if (!reference->inputs[i])
      return reference->fail("input " + llvm::Twine(i) + " has no data");
  int id = program.outputs[index];
  const Node &node = program.nodes[id];
  size_t rank = node.shape.size();
  for (size_t i = 0; i != count * rank; ++i)
    if (coordinates[i] < 0 || coordinates[i] >= node.shape[i % rank])
      return reference->fail("coordinate " + llvm::Twine(coordinates[i]) +
                             " is outside of dimension " +
                             llvm::Twine(i % rank) + " of output " +
                             llvm::Twine(index));

  std::vector<Observation> observations(count);
  auto check = [&](size_t begin, size_t end) {
    Evaluator evaluator(program, reference->inputs, *reference->shared);
    for (size_t i = begin; i != end; ++i) {
      Value expected = evaluator.evaluate(id, coordinates + i * rank);
      Value given = loadElement(node.type.inMemory(), actual, int64_t(i));
      results[i] = judge(expected, given, node.type, observations[i]);
    }
  };
  size_t workers = std::clamp<size_t>(threads, 1, std::max<size_t>(count, 1));
  if (threads < 1)
    workers = 1;
  std::vector<std::thread> pool;
  for (size_t t = 1; t < workers; ++t)
    pool.emplace_back(check, count * t / workers, count * (t + 1) / workers);
  check(0, count / workers);
  for (std::thread &thread : pool)
    thread.join();
  judgeBatch(observations, results);
  return 0;
}

void kilnReferenceDestroy(KilnReference *reference) { delete reference; }
