//===- KilnOps.td - The ops of the Kiln dialect ------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KILNOPS_TD
#define KILN_DIALECT_KILN_IR_KILNOPS_TD

include "kiln/Dialect/Kiln/IR/KilnTileOps.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kiln_KernelOp : Kiln_Op<"kernel", [IsolatedFromAbove,
    SingleBlock, RecursiveMemoryEffects]> {
  let summary = "the ops that run in one GPU kernel";
  let description = [{
    The region holds linalg ops on tensors (levels 1 and 2). Block arguments
    stand for the operands one to one; the results are what `kiln.yield` gives,
    or what stores to each `kiln.output` leave where it gives nothing.
    `schedule` is set by schedule selection, `role` tells a packing kernel from
    a compute kernel in the launch plan.

    ```mlir
    %y = kiln.kernel "conv_min" (%x, %w : tensor<..>, tensor<..>) -> tensor<..> {
    ^bb0(%a: tensor<..>, %b: tensor<..>):
      ...
      kiln.yield %min : tensor<..>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inputs, StrAttr:$kernel_name,
                       OptionalAttr<Kiln_KernelSchedule>:$schedule,
                       DefaultValuedStrAttr<StrAttr, "compute">:$role);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $kernel_name ` ` `(` ($inputs^ `:` type($inputs))? `)` (`->` type($results)^)?
    attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
}

def Kiln_YieldOp : Kiln_Op<"yield", [Pure, Terminator, HasParent<"KernelOp">]> {
  let summary = "the results of a kernel";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Kiln_OutputOp : Kiln_Op<"output", [HasParent<"KernelOp">,
    MemoryEffects<[MemAlloc]>]> {
  let summary = "the memory of a kernel's result";
  let description = [{
    Stands for the buffer of result `index` of a kernel that is cut into tiles:
    `kiln.store_tile` writes it, and the kernel yields nothing any more.
  }];
  let arguments = (ins I64Attr:$index);
  let results = (outs AnyMemRef:$memory);
  let assemblyFormat = "$index attr-dict `:` type($memory)";
  let hasVerifier = 1;
}

def Kiln_LaunchOp : Kiln_Op<"launch", []> {
  let summary = "one kernel launch of the plan";
  let description = [{
    Stands in the entry function at level 4, in launch order. Operands are the
    buffers (memrefs) that the kernel's pointer arguments take, one to one.
    The last `num_written` of them are written, the others only read.
    `grid` holds three integer expressions over `sm_count`, evaluated when the
    kernel is launched (the grammar is in docs/artifact.md).
  }];
  let arguments = (ins SymbolRefAttr:$kernel, Variadic<AnyType>:$arguments,
                       StrArrayAttr:$grid, DenseI64ArrayAttr:$block,
                       I64Attr:$shared_bytes,
                       DefaultValuedStrAttr<StrAttr, "compute">:$role,
                       OptionalAttr<Kiln_KernelSchedule>:$schedule,
                       OptionalAttr<DictionaryAttr>:$tiles,
                       OptionalAttr<I64Attr>:$flops,
                       DefaultValuedAttr<I64Attr, "1">:$num_written);
  let assemblyFormat = [{
    $kernel `(` ($arguments^ `:` type($arguments))? `)` `grid` $grid
    `block` $block `shared` $shared_bytes attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

#endif // KILN_DIALECT_KILN_IR_KILNOPS_TD
