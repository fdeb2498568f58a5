#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
namespace kiln {
#define GEN_PASS_DEF_KILNSINKMONOTONE
#define GEN_PASS_DEF_KILNVERIFYKERNELS
#include "kiln/Transforms/Passes.h.inc"
struct A : impl::KilnSinkMonotoneBase<A> {
  void runOnOperation() override {}
};
struct C : impl::KilnVerifyKernelsBase<C> {
  void runOnOperation() override {}
};
} // namespace kiln
