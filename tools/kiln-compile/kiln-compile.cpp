#include "kiln/Pipelines/Compiler.h"
#include "kiln/Pipelines/Registration.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/SourceMgr.h"
using namespace mlir;
int main(int argc, char **argv) {
  DialectRegistry registry;
  kiln::registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  llvm::SourceMgr mgr;
  SourceMgrDiagnosticHandler handler(mgr, &context, llvm::errs());
  kiln::CompileOptions o;
  std::string emit = "artifact", in;
  for (int i = 1; i < argc; ++i) {
    StringRef a = argv[i];
    if (a.consume_front("--emit=")) emit = a.str();
    else if (a == "--from=launch-plan") o.from = kiln::Level::LaunchPlan;
    else in = a.str();
  }
  auto module = parseSourceFile<ModuleOp>(in, mgr, &context);
  if (!module) return 2;
  auto art = kiln::compile(*module, o);
  if (failed(art)) return 2;
  llvm::outs() << (emit == "llvm" ? art->llvmIR : *art->find("kernels.ptx"));
}
