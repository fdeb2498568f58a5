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

def Kiln_RoleOfKernel : DefaultValuedAttr<Kiln_RoleAttr,
                                          "::kiln::Role::Compute">;
def Kiln_Flops : ConfinedAttr<I64Attr, [IntNonNegative]>;

def Kiln_KernelOp : Kiln_Op<"kernel", [IsolatedFromAbove,
    SingleBlock, RecursiveMemoryEffects]> {
  let summary = "the ops that run in one GPU kernel";
  let description = [{
    The region holds linalg ops on tensors (levels 1 and 2). Block arguments
    stand for the operands one to one; the results are what `kiln.yield` gives,
    or what stores to each `kiln.output` leave where it gives nothing.
    `schedule` and `flops` (a multiply-add counts as two; missing where it is not
    known) are set by schedule selection, `role` tells a packing kernel from a
    compute kernel in the launch plan.

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
                       OptionalAttr<Kiln_Flops>:$flops,
                       Kiln_RoleOfKernel:$role);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $kernel_name ` ` `(` ($inputs^ `:` type($inputs))? `)` (`->` type($results)^)?
    (`role` `` $role^)? attr-dict-with-keyword $body
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

    `grid` holds three affine maps without dimensions; their only symbol is the
    number of multiprocessors of the card that the kernel is launched on. A size
    is the least of its map's one or two results. They are written as
    expressions over `sm_count`, of `+`, `-`, `*` and `floordiv` by a positive
    constant (IR/Grid.h).

    `tiles` has an entry for each written argument: `#kiln.tiles`, or `unit`
    where a tile of the kernel is not one box of it. All have the same grid.

    ```mlir
    kiln.launch @kernels::@f(%x, %y, %sum : memref<64x90xf32>, memref<64x90xf32>,
        memref<64xf32>) grid [min(16, sm_count), 1, 1] block [128, 1, 1] shared 0
        attributes {num_written = 2, tiles = [
          #kiln.tiles<grid = [16], shape = [4], output_dims = [0]>,
          #kiln.tiles<grid = [16], shape = [4], output_dims = [0]>]}
    ```
  }];
  let arguments = (ins SymbolRefAttr:$kernel, Variadic<AnyType>:$arguments,
                       AffineMapArrayAttr:$grid, DenseI64ArrayAttr:$block,
                       I64Attr:$shared_bytes,
                       Kiln_RoleOfKernel:$role,
                       OptionalAttr<Kiln_KernelSchedule>:$schedule,
                       OptionalAttr<ArrayAttr>:$tiles,
                       OptionalAttr<Kiln_Flops>:$flops,
                       DefaultValuedAttr<I64Attr, "1">:$num_written);
  let assemblyFormat = [{
    $kernel `(` ($arguments^ `:` type($arguments))? `)` `grid`
    custom<Grid>($grid) `block` $block `shared` $shared_bytes
    (`role` `` $role^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The size of the grid along x, y or z.
    ::mlir::AffineMap getGridSize(unsigned dim) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getGrid()[dim]).getValue();
    }
    /// The arguments that the kernel writes.
    ::mlir::OperandRange getWritten() {
      return getArguments().take_back(getNumWritten());
    }
    /// How the kernel cuts a written argument into tiles; null where a tile is
    /// not one box of it.
    TilesAttr getTilesOf(unsigned written) {
      ::mlir::ArrayAttr tiles = getTilesAttr();
      return tiles ? ::llvm::dyn_cast<TilesAttr>(tiles[written]) : TilesAttr();
    }
  }];
}

#endif // KILN_DIALECT_KILN_IR_KILNOPS_TD
