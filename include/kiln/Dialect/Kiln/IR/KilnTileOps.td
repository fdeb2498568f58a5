//===- KilnTileOps.td - Ops on the tiles of a block --------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KILNTILEOPS_TD
#define KILN_DIALECT_KILN_IR_KILNTILEOPS_TD

include "kiln/Dialect/Kiln/IR/KilnAttrs.td"
include "kiln/Dialect/Kiln/IR/KilnInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kiln_SharedType : Kiln_Type<"Shared", "shared"> {
  let summary = "a buffer of tiles in shared memory";
  let description = [{
    `slots` tiles of one shape and layout, one after the other; the shape is
    that of the layout. `tail` bytes after each tile take what the threads
    without a unit in the last round of a copy write, so that no thread has to
    branch.

    ```mlir
    !kiln.shared<2 x f32, #kiln.shared_layout<[8:360], [10:36], [36:1]>>
    ```
  }];
  let parameters = (ins "int64_t":$slots, "::mlir::Type":$elementType,
                        "SharedLayoutAttr":$layout,
                        DefaultValuedParameter<"int64_t", "0">:$tail);
  let builders = [TypeBuilder<(ins "int64_t":$slots, "::mlir::Type":$elementType,
                                   "SharedLayoutAttr":$layout), [{
    return $_get($_ctxt, slots, elementType, layout, /*tail=*/0);
  }]>];
  let assemblyFormat = [{
    `<` $slots `x` $elementType `,` $layout (`,` `tail` `=` $tail^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<int64_t> getShape() const { return getLayout().getShape(); }
    /// Bytes of one slot, rounded up to 128 so that every slot is aligned for
    /// 16-byte copies and starts in bank 0.
    int64_t getSlotBytes() const;
    int64_t getBytes() const { return getSlots() * getSlotBytes(); }
    /// Where buffers start and what their slots are rounded up to, in bytes.
    static constexpr int64_t kAlignment = 128;
  }];
}

//===----------------------------------------------------------------------===//
// Tiles of global tensors
//===----------------------------------------------------------------------===//

def Kiln_ExtractTileOp : Kiln_Op<"extract_tile", [Pure]> {
  let summary = "a tile of a tensor; what lies outside reads as zero";
  let description = [{
    Reads the box that starts at `offsets` and has the result's shape. Offsets
    may be negative and the box may overhang: elements outside are zero.
    `in_bounds` says of each dimension whether that never happens. A result
    with a `#kiln.layout` encoding is read straight into registers, `vector`
    neighbours at a time: elements of the last dimension that start aligned and
    lie all inside or all outside.

    ```mlir
    %p = kiln.extract_tile %x[%n, %c0, %oy, %ox] in_bounds [true, true, true, false]
        : tensor<64x64x256x256xf32> -> tensor<1x64x10x34xf32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$source,
                       Variadic<Index>:$offsets, DenseBoolArrayAttr:$in_bounds,
                       DefaultValuedAttr<I64Attr, "1">:$vector);
  let results = (outs AnyRankedTensor:$tile);
  let assemblyFormat = [{
    $source `[` $offsets `]` `in_bounds` $in_bounds (`vector` $vector^)?
    attr-dict `:` type($source) `->` type($tile)
  }];
  let hasVerifier = 1;
}

def Kiln_LoadTileOp : Kiln_Op<"load_tile", [Pure]> {
  let summary = "a tile over axes, read through a map";
  let description = [{
    The tile's dimensions are positions along axes, starting at `offsets`; the
    element at positions p is `source[map(p)]`. Windows, transpositions,
    upsampling and diagonals are maps. Where a coordinate is not known to be
    `in_bounds`, an element outside is `padding`, or zero without one.

    The rows of a pooling window, with one row of padding:
    ```mlir
    %t = kiln.load_tile %x[%oh, %kh] map (d0, d1) -> (d0 * 2 + d1 - 1) in_bounds [false]
        : memref<16xf32> -> tensor<8x1xf32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$source,
                       Variadic<Index>:$offsets, AffineMapAttr:$map,
                       DenseBoolArrayAttr:$in_bounds,
                       OptionalAttr<TypedAttrInterface>:$padding);
  let results = (outs AnyRankedTensor:$tile);
  let assemblyFormat = [{
    $source `[` $offsets `]` `map` $map `in_bounds` $in_bounds
    (`padding` $padding^)? attr-dict `:` type($source) `->` type($tile)
  }];
  let hasVerifier = 1;
}

def Kiln_StoreTileOp : Kiln_Op<"store_tile"> {
  let summary = "stores a tile; what lies outside is dropped";
  let description = [{
    The counterpart of `kiln.extract_tile`: elements outside `dest` are not
    stored, and every element inside is stored exactly once.
  }];
  let arguments = (ins AnyRankedTensor:$tile, AnyMemRef:$dest,
                       Variadic<Index>:$offsets, DenseBoolArrayAttr:$in_bounds,
                       DefaultValuedAttr<I64Attr, "1">:$vector);
  let assemblyFormat = [{
    $tile `,` $dest `[` $offsets `]` `in_bounds` $in_bounds
    (`vector` $vector^)? attr-dict `:` type($tile) `,` type($dest)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Packed filters
//===----------------------------------------------------------------------===//

def Kiln_PackOp : Kiln_Op<"pack", [Pure]> {
  let summary = "a filter cut into tiles in fragment order";
  let description = [{
    `layout` gives the place of a filter element within its tile: its shape is
    that of the filter with the dimensions `tile_dims` cut to the tile and the
    others padded. Each row of the result holds one tile; tiles are numbered
    along `tile_dims`, the last one fastest. Padding is zero. `round_tf32` rounds
    to nearest on the way (canonical NaN stays NaN).

    For a filter [f, c, kh, kw] with `tile_dims [0, 1]`, row
    `i * ceil(C / chunk) + q` has the chunk q of input channels of the channel
    tile i.
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$filter,
                       Kiln_SharedLayoutAttr:$layout,
                       DenseI64ArrayAttr:$tile_dims,
                       UnitAttr:$round_tf32);
  let results = (outs AnyRankedTensor:$packed);
  let assemblyFormat = [{
    $filter `layout` $layout `tile_dims` $tile_dims (`round_tf32` $round_tf32^)?
    attr-dict `:` type($filter) `->` type($packed)
  }];
  let hasVerifier = 1;
}

def Kiln_UnpackOp : Kiln_Op<"unpack", [Pure]> {
  let summary = "the filter that a packed buffer holds";
  let description = [{
    The inverse view of `kiln.pack`, padded to whole tiles: no code, only the
    natural dimensions that tiling works on.
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, AnyMemRef]>:$packed,
                       Kiln_SharedLayoutAttr:$layout,
                       DenseI64ArrayAttr:$tile_dims);
  let results = (outs AnyRankedTensor:$filter);
  let assemblyFormat = [{
    $packed `layout` $layout `tile_dims` $tile_dims attr-dict `:`
    type($packed) `->` type($filter)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

def Kiln_AllocSharedOp : Kiln_Op<"alloc_shared", [MemoryEffects<[MemAlloc]>]> {
  let summary = "a buffer in the block's dynamic shared memory";
  let description = [{
    Staged tiles, or the scratch memory in which the warps of an op exchange
    values. `kiln-place-shared` says at which byte it starts, its `offset`.

    ```mlir
    %a = kiln.alloc_shared offset 1024 : !kiln.shared<1 x i8, #kiln.shared_layout<[512:1]>>
    ```
  }];
  let arguments = (ins OptionalAttr<I64Attr>:$offset);
  let results = (outs Kiln_SharedType:$buffer);
  let assemblyFormat = "(`offset` $offset^)? attr-dict `:` type($buffer)";
  let builders = [OpBuilder<(ins "SharedType":$type), [{
    build($_builder, $_state, type, ::mlir::IntegerAttr());
  }]>];
  let hasVerifier = 1;
}

def Kiln_AsyncCopyOp : Kiln_Op<"async_copy", [AttrSizedOperandSegments]> {
  let summary = "copies a tile to shared memory without waiting";
  let description = [{
    All threads of the block share the work in units of `vector` elements. The
    copied box starts at `offsets` and has the buffer's shape; outside elements
    become zero. With `flat` the source row is already in buffer order: the
    last offset counts elements and all bytes of the slot are copied. With a
    `predicate` nothing happens where it is false. A round is one unit for each
    thread; `rounds = [first, last]` does those from `first` up to, but without,
    `last`, so that a refill can be spread.
  }];
  let arguments = (ins AnyMemRef:$source, Variadic<Index>:$offsets,
                       Kiln_SharedType:$buffer, Index:$slot,
                       Optional<I1>:$predicate, DenseBoolArrayAttr:$in_bounds,
                       I64Attr:$vector, UnitAttr:$flat,
                       OptionalAttr<DenseI64ArrayAttr>:$rounds);
  let extraClassDeclaration = [{
    /// Extents of the copied box in units, the innermost last; one extent for a
    /// flat copy.
    ::llvm::SmallVector<int64_t> getUnits();
    /// Rounds that `threads` threads need for all units.
    int64_t getNumRounds(int64_t threads);
  }];
  let assemblyFormat = [{
    $source `[` $offsets `]` `to` $buffer `[` $slot `]` (`if` $predicate^)?
    `in_bounds` $in_bounds `vector` $vector (`flat` $flat^)?
    (`rounds` $rounds^)? attr-dict `:` type($source) `->` type($buffer)
  }];
  let hasVerifier = 1;
}

def Kiln_AsyncCommitOp : Kiln_Op<"async_commit"> {
  let summary = "closes the group of the copies issued since the last one";
  let assemblyFormat = "attr-dict";
}

def Kiln_AsyncWaitOp : Kiln_Op<"async_wait"> {
  let summary = "waits until at most `pending` groups of this thread are open";
  let arguments = (ins I64Attr:$pending);
  let assemblyFormat = "$pending attr-dict";
  let hasVerifier = 1;
}

def Kiln_BarrierOp : Kiln_Op<"barrier"> {
  let summary = "all threads of the block meet";
  let assemblyFormat = "attr-dict";
}

def Kiln_LocalCopyOp : Kiln_Op<"local_copy"> {
  let summary = "transposes a staged tile into another buffer";
  let description = [{
    Element i of a slot of `dest` becomes element i of a slot of `source`; the
    buffers have one shape. All warps of the block share the work. Elements have
    16 bits, are contiguous along one dimension in the source (its rows) and in
    units of eight along another one in the destination, as `ldmatrix.trans`
    needs them. In a round each warp moves one line: eight neighbouring rows of
    the source. `rounds = [first, last]` does the rounds from `first` up to, but
    without, `last`.

    ```mlir
    kiln.local_copy %raw[%s] to %patch[%t]
        : !kiln.shared<1 x f16, #kiln.shared_layout<[1:0], [16:408], [10:40], [40:1]>>
       -> !kiln.shared<2 x f16, #kiln.shared_layout<[1:0], [8:1, 2:3200], [10:320], [40:8]>>
    ```
  }];
  let arguments = (ins Kiln_SharedType:$source, Index:$source_slot,
                       Kiln_SharedType:$dest, Index:$dest_slot,
                       OptionalAttr<DenseI64ArrayAttr>:$rounds);
  let extraClassDeclaration = [{
    /// Elements of a matrix row, and rows of a matrix.
    static constexpr int64_t kUnit = 8;
    /// The dimension along which the source is contiguous.
    int64_t getRowDim();
    /// The dimension along which the destination is contiguous, in units.
    int64_t getUnitDim();
    /// Lines of a slot, `kUnit` rows each.
    int64_t getNumLines();
    /// The coordinate at which a line starts: units vary fastest.
    ::llvm::SmallVector<int64_t> getLineStart(int64_t line);
    /// Rounds that `threads` threads need for all lines.
    int64_t getNumRounds(int64_t threads);
    /// Bytes that a line takes in the destination.
    int64_t getLineBytes();
  }];
  let assemblyFormat = [{
    $source `[` $source_slot `]` `to` $dest `[` $dest_slot `]`
    (`rounds` $rounds^)? attr-dict `:` type($source) `->` type($dest)
  }];
  let hasVerifier = 1;
}

def Kiln_StagedOp : Kiln_Op<"staged", [MemoryEffects<[MemRead]>,
                                       IsolatedFromAbove]> {
  let summary = "the tile that a slot of a staged buffer holds, as a value";
  let description = [{
    Stands between staging and the unrolling of taps: the operand of a
    convolution on staged tiles. Its first element is element `at` of the slot
    (the first, if that is left out), and its shape may be smaller than the
    buffer's: rows of the buffer are padded to whole copy units on both sides.
    With a region the tile's elements are what that makes of the buffer's, and of
    those of `others` in the same place, buffers that are like it; it is done where
    fragments are loaded.

    ```mlir
    %t = kiln.staged %buffer[%slot]
        : !kiln.shared<1 x f32, #kiln.shared_layout<[8:16], [16:1]>> -> tensor<8x16xf32> computing {
    ^bb0(%e: f32):
      %0 = math.absf %e : f32
      kiln.compute_yield %0 : f32
    }
    ```
  }];
  let arguments = (ins Kiln_SharedType:$buffer,
                       Variadic<Kiln_SharedType>:$others, Index:$slot,
                       OptionalAttr<DenseI64ArrayAttr>:$origin);
  let results = (outs AnyRankedTensor:$tile);
  let regions = (region AnyRegion:$computing);
  let assemblyFormat = [{
    $buffer (`with` $others^ `:` type($others))? `[` $slot `]` (`at` $origin^)? attr-dict `:` type($buffer) `->`
    type($tile) (`computing` $computing^)?
  }];
  let hasVerifier = 1;
}

def Kiln_LocalLoadOp : Kiln_Op<"local_load", [MemoryEffects<[MemRead]>,
                                              IsolatedFromAbove]> {
  let summary = "fragments of a staged tile, in registers";
  let description = [{
    Element i of the result is element `offsets + i * strides` of the slot. The
    result's encoding says which thread loads what. With a region an element is
    what that makes of the slot's, and of the same place of `others`, buffers like it. `round_tf32`
    rounds f32 elements to nearest tf32 on the way, after that.
  }];
  let arguments = (ins Kiln_SharedType:$buffer,
                       Variadic<Kiln_SharedType>:$others, Index:$slot,
                       DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$strides,
                       UnitAttr:$round_tf32);
  let results = (outs AnyRankedTensor:$fragments);
  let regions = (region AnyRegion:$computing);
  let extraClassDeclaration = [{
    bool reads(::mlir::Value buffer) {
      return buffer == getBuffer() || ::llvm::is_contained(getOthers(), buffer);
    }
    /// Whether the words of the fragments are other ones than the slot's.
    bool changesWords() { return getRoundTf32() || !getComputing().empty(); }
  }];
  let assemblyFormat = [{
    $buffer (`with` $others^ `:` type($others))? `[` $slot `]` `at` $offsets `step` $strides
    (`round_tf32` $round_tf32^)? attr-dict `:` type($buffer) `->`
    type($fragments) (`computing` $computing^)?
  }];
  let hasVerifier = 1;
}

def Kiln_ComputeYieldOp : Kiln_Op<"compute_yield",
    [Pure, Terminator, ParentOneOf<["StagedOp", "LocalLoadOp"]>]> {
  let summary = "what becomes of a staged element";
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Kiln_LocalWriteOp : Kiln_Op<"local_write"> {
  let summary = "puts a slice of a tile into shared memory";
  let description = [{
    The buffer's layout gives the place of each element of the tile; parts of
    stride 0 make slices of it share places. Written is the slice at `at`: the
    elements whose digits in those parts are those of `at`. In every other part
    `at` is 0. What a thread has of a slice are registers, so that only register
    bits of the tile's layout may step in parts of stride 0.

    The second half of eight rows, the rows of a half one after the other:
    ```mlir
    kiln.local_write %t to %buffer at [4, 0]
        : tensor<8x32xf32, #layout>, !kiln.shared<1 x f32, #kiln.shared_layout<[4:32, 2:0], [32:1]>>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$tile, Kiln_SharedType:$buffer,
                       DenseI64ArrayAttr:$at);
  let extraClassDeclaration = [{
    /// Whether an element of this register belongs to the slice.
    bool isWritten(int64_t reg);
  }];
  let assemblyFormat = [{
    $tile `to` $buffer `at` $at attr-dict `:` type($tile) `,` type($buffer)
  }];
  let hasVerifier = 1;
}

def Kiln_LocalReadOp : Kiln_Op<"local_read", [MemoryEffects<[MemRead]>]> {
  let summary = "a tile that other threads wrote, in registers";
  let description = [{
    The counterpart of `kiln.local_write`: the element i of the tile is the one
    that the buffer holds at `at + i`, `moved` elements of the buffer further on.

    ```mlir
    %r = kiln.local_read %buffer at [2, 0]
        : !kiln.shared<1 x f32, #kiln.shared_layout<[4:32, 2:0], [32:1]>> -> tensor<2x32xf32, #rows>
    ```
  }];
  let arguments = (ins Kiln_SharedType:$buffer, Optional<Index>:$moved,
                       DenseI64ArrayAttr:$at);
  let results = (outs AnyRankedTensor:$tile);
  let assemblyFormat = [{
    $buffer `at` $at (`moved` $moved^)? attr-dict `:` type($buffer) `->`
    type($tile)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Arithmetic on fragments
//===----------------------------------------------------------------------===//

def Kiln_DotOp : Kiln_Op<"dot", [Pure, AllTypesMatch<["acc", "result"]>]> {
  let summary = "multiplies fragments onto an accumulator";
  let description = [{
    `maps` take the iteration dimensions to the dimensions of a, b and the
    accumulator, as in `linalg.generic`; dimensions missing in the accumulator's
    map are summed over: one, which both a and b have.

    With a tensor-core instruction the lanes and the lowest register bits of
    each tile are the instruction's fragment (`#kiln<contraction>`): m is what
    only a shares with the accumulator, n what only b shares with it. The
    accumulator says by how much the bits of m and n step (its columns may
    alternate), a and b must step alike. Further register bits, and warp bits,
    are the accumulator's, without the dimensions that an operand lacks. With
    `fma` that holds for lanes too, and each thread holds the summed dimension
    in registers.
  }];
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b,
                       AnyRankedTensor:$acc, AffineMapArrayAttr:$maps,
                       Kiln_InstructionAttr:$contraction);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $acc `maps` $maps `with` $contraction attr-dict `:`
    type($a) `,` type($b) `,` type($acc)
  }];
  let hasVerifier = 1;
}

def Kiln_ReduceOp : Kiln_Op<"reduce", [AttrSizedOperandSegments, SingleBlock,
    DeclareOpInterfaceMethods<Kiln_ScratchUser,
                              ["getScratchBytes", "meetsWholeBlock"]>,
    DeclareOpInterfaceMethods<ConditionallySpeculatable>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "reduces tiles over dimensions, in the block";
  let description = [{
    The region combines two partial results (a..., b...); it must be associative
    and commutative. Registers are folded in the thread, lanes by shuffles,
    warps through shared memory. `halving` keeps half of the values at each
    shuffle, so that every lane ends with results of its own: a lane bit that
    stepped in a reduced dimension takes over the last register bit that is
    left, the highest lane bit first. Other bits lose their steps in the reduced
    dimensions; register bits that then step by nothing are gone.

    Where warp bits step in a reduced dimension, warps exchange their partial
    results of each input in a `scratch` buffer, which `kiln-allocate-scratch`
    adds. Without scratch the op has no effects.

    ```mlir
    %s = kiln.reduce %t over [0] scratch(%m : !kiln.shared<1 x i8, #kiln.shared_layout<[512:1]>>)
        : tensor<2x64xf32, #layout> -> tensor<64xf32, #reduced> {
    ^bb0(%l: f32, %r: f32):
      %0 = arith.addf %l, %r : f32
      kiln.reduce_yield %0 : f32
    }
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs,
                       Variadic<Kiln_SharedType>:$scratch,
                       DenseI64ArrayAttr:$dims, UnitAttr:$halving);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$combiner);
  let assemblyFormat = [{
    $inputs `over` $dims (`halving` $halving^)?
    (`scratch` `(` $scratch^ `:` type($scratch) `)`)? attr-dict `:`
    type($inputs) `->` type($results) $combiner
  }];
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$results,
                                 "::mlir::ValueRange":$inputs,
                                 "::llvm::ArrayRef<int64_t>":$dims,
                                 "bool":$halving), [{
    build($_builder, $_state, results, inputs, /*scratch=*/{}, dims, halving);
  }]>];
  let hasVerifier = 1;
}

def Kiln_ReduceYieldOp : Kiln_Op<"reduce_yield",
    [Pure, Terminator, HasParent<"ReduceOp">]> {
  let summary = "the combination of two partial results";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
}

def Kiln_ConvertLayoutOp : Kiln_Op<"convert_layout", [
    DeclareOpInterfaceMethods<Kiln_ScratchUser,
                              ["getScratchBytes", "meetsWholeBlock"]>,
    DeclareOpInterfaceMethods<ConditionallySpeculatable>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "the same tile, held by other threads";
  let description = [{
    Both layouts have the same steps, each in a bit of the register's, the lane's
    or the warp's number; bits without a step are copies. Nothing moves where
    every thread holds its elements already: it selects among its registers.
    Where steps leave lane bits, lanes shuffle; where they leave warp bits, the
    tile goes through a `scratch` buffer, which `kiln-allocate-scratch` adds.

    Each lane has both values of a pair, then the even lanes have the first and
    the odd lanes the second ones:
    ```mlir
    %r = kiln.convert_layout %t
        : tensor<32xf32, #kiln.layout<register = [[1]], lane = [[0], [2], [4], [8], [16]], warp = []>>
       -> tensor<32xf32, #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source,
                       Variadic<Kiln_SharedType>:$scratch);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $source (`scratch` `(` $scratch^ `:` type($scratch) `)`)? attr-dict `:`
    type($source) `->` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Type":$result,
                                 "::mlir::Value":$source), [{
    build($_builder, $_state, result, source, /*scratch=*/{});
  }]>];
  let extraClassDeclaration = [{
    ConversionKind getKind();
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // KILN_DIALECT_KILN_IR_KILNTILEOPS_TD
