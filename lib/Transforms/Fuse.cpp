//===- Fuse.cpp - kiln-fuse -----------------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringSet.h"

namespace kiln {
#define GEN_PASS_DEF_KILNFUSE
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// A name that PTX accepts and no other kernel of the module has.
std::string makeName(StringRef function, llvm::StringSet<> &taken) {
  std::string base;
  for (char c : function)
    base += llvm::isAlnum(c) ? c : '_';
  if (base.empty() || llvm::isDigit(base.front()))
    base.insert(0, "kernel_");
  std::string name = base;
  for (unsigned number = 1; !taken.insert(name).second; ++number)
    name = base + "_" + std::to_string(number);
  return name;
}

void remarkOnGroup(const KernelGroup &group, StringRef function) {
  for (Operation *op : group.getJoined())
    remark::passed(op->getLoc(), remark::RemarkOpts::name("Joined")
                                     .category("kiln-fuse")
                                     .function(function))
        << ("'" + op->getName().getStringRef() + "' joined the kernel").str();
  for (const auto &[op, reason] : group.getOutside())
    remark::missed(op->getLoc(), remark::RemarkOpts::name("NotJoined")
                                     .category("kiln-fuse")
                                     .function(function))
        << ("'" + op->getName().getStringRef() +
            "' did not join the kernel: " + reason)
               .str();
}

struct Fuse : kiln::impl::KilnFuseBase<Fuse> {
  void runOnOperation() override {
    llvm::StringSet<> taken;
    getOperation().walk(
        [&](KernelOp kernel) { taken.insert(kernel.getKernelName()); });
    for (auto function : getOperation().getOps<func::FuncOp>())
      fuse(function, taken);
  }

  void fuse(func::FuncOp function, llvm::StringSet<> &taken) {
    SmallVector<Operation *> seeds;
    function.walk([&](Operation *op) {
      if (isSeed(op) && !op->getParentOfType<KernelOp>())
        seeds.push_back(op);
    });
    for (Operation *seed : seeds) {
      auto conv = cast<linalg::LinalgOp>(seed);
      KernelGroup group(conv);
      remarkOnGroup(group, function.getName());
      for (const auto &[op, reason] : group.getOutside())
        op->setAttr(kNotFusedAttrName, StringAttr::get(&getContext(), reason));
      numCuts += group.getOutside().size();
      numFused += group.getJoined().size() - 1;
      if (buildKernel(group, makeName(function.getName(), taken)))
        ++numKernels;
    }
  }
};

} // namespace
