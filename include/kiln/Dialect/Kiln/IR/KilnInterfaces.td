//===- KilnInterfaces.td - What ops have in common ---------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KILNINTERFACES_TD
#define KILN_DIALECT_KILN_IR_KILNINTERFACES_TD

include "mlir/IR/OpBase.td"

def Kiln_ScratchUser : OpInterface<"ScratchUser"> {
  let cppNamespace = "::kiln";
  let description = [{
    An op whose warps exchange values through shared memory. It writes its
    scratch buffers, its threads meet, and it reads them: nothing is kept in them
    before or after it. `kiln-allocate-scratch` gives it the buffers, each
    `!kiln.shared` of one slot of as many `i8` as `getScratchBytes` says.
  }];
  let methods = [
    InterfaceMethod<"Bytes of each scratch buffer; none where no values leave "
                    "their warp.",
                    "::llvm::SmallVector<int64_t>", "getScratchBytes">,
    InterfaceMethod<"Whether all threads of the block meet between its writes "
                    "and reads, rather than groups of warps.",
                    "bool", "meetsWholeBlock">,
    InterfaceMethod<"The buffers that it has.", "::mlir::OperandRange",
                    "getScratch">,
    InterfaceMethod<"The buffers that it has.", "::mlir::MutableOperandRange",
                    "getScratchMutable">];
  let verify = [{ return ::kiln::verifyScratch(::llvm::cast<ScratchUser>($_op)); }];
}

#endif // KILN_DIALECT_KILN_IR_KILNINTERFACES_TD
