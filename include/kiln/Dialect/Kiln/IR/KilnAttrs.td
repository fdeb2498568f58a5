//===- KilnAttrs.td - Target, schedule and layouts ---------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KILNATTRS_TD
#define KILN_DIALECT_KILN_IR_KILNATTRS_TD

include "kiln/Dialect/Kiln/IR/KilnBase.td"

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// `[1, 2, 3]`
def Kiln_IntList : ArrayRefParameter<"int64_t"> {
  let parser = "::kiln::parseIntList($_parser)";
  let printer = "::kiln::printIntList($_printer, $_self)";
}

/// `[[1, 0], [0, 1]]`: one coordinate step for each bit.
def Kiln_BasisList : ArrayRefParameter<"::kiln::Basis"> {
  let parser = "::kiln::parseBasisList($_parser)";
  let printer = "::kiln::printBasisList($_printer, $_self)";
}

/// `[[8:1, 4:340], [10:34]]`: for each dimension, size:stride from the
/// innermost part outwards.
def Kiln_ModeList : ArrayRefParameter<"::kiln::Mode"> {
  let parser = "::kiln::parseModeList($_parser)";
  let printer = "::kiln::printModeList($_printer, $_self)";
}

def Kiln_Domain : I32EnumAttr<"Domain",
    "numbers that an argument must be taken from", [
      I32EnumAttrCase<"Nonzero", 0, "nonzero">,
      I32EnumAttrCase<"Positive", 1, "positive">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}
/// The argument attribute `kiln.domain`: `#kiln.domain<positive>`.
def Kiln_DomainAttr : EnumAttr<Kiln_Dialect, Kiln_Domain, "domain"> {
  let assemblyFormat = "`<` $value `>`";
}

def Kiln_Role : I32EnumAttr<"Role", "what a kernel is for", [
      I32EnumAttrCase<"Compute", 0, "compute">,
      I32EnumAttrCase<"Pack", 1, "pack">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}
/// `role<pack>`: the kernel puts a filter into the order of another kernel.
def Kiln_RoleAttr : EnumAttr<Kiln_Dialect, Kiln_Role, "role"> {
  let assemblyFormat = "`<` $value `>`";
}

def Kiln_Contraction : I32EnumAttr<"Contraction",
    "what multiplies: a tensor-core instruction or scalar fused multiply-adds", [
      I32EnumAttrCase<"FMA", 0, "fma">,
      I32EnumAttrCase<"TF32", 1, "mma_m16n8k8_tf32">,
      I32EnumAttrCase<"F16", 2, "mma_m16n8k16_f16">,
      I32EnumAttrCase<"BF16", 3, "mma_m16n8k16_bf16">,
      I32EnumAttrCase<"TF32x3", 4, "mma_m16n8k8_tf32x3">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}
def Kiln_InstructionAttr : EnumAttr<Kiln_Dialect, Kiln_Contraction,
                                    "contraction"> {
  let cppClassName = "InstructionAttr";
  let summary = "the instruction that multiplies, with its facts";
  let description = [{
    Of a matrix product acc(m, n) += a(m, k) * b(k, n) an instruction computes
    one `m` by `n` by `k` piece in a warp. Which lane's register holds which
    element of a, b and acc is fixed by the PTX ISA ("Matrix fragments for
    mma.m16n8k8", "... mma.m16n8k16"); the layouts here are those tables. `fma`
    is one multiply-add in each thread: 1 by 1 by 1, and lanes are free.
    `mma_m16n8k8_tf32x3` is three of `mma_m16n8k8_tf32` on f32 operands that
    are split into two tf32 words each; their sum is promoted: it starts at zero
    and is then added to acc in f32, rounded to nearest.
  }];
  let assemblyFormat = "$value";
  let extraClassDeclaration = [{
    using Shape = ::kiln::InstructionShape;
    /// Extents of what one instruction multiplies.
    Shape getShape() const { return getInstructionShape(getValue()); }
    bool usesTensorCores() const { return getValue() != Contraction::FMA; }
    /// The element type of a and b; null where any float is taken.
    ::mlir::Type getOperandType() const;
    /// The element type of acc; null where any float is taken.
    ::mlir::Type getAccumulatorType() const;
    /// Elements of a or b that share a 32-bit register; a fragment's registers
    /// are filled from its lowest register bits.
    int64_t getElementsPerWord() const {
      return getInstructionShape(getValue()).elementsPerWord;
    }
    /// Whether operands lose bits: they are rounded to tf32 on the way.
    bool roundsToTF32() const { return getValue() == Contraction::TF32; }
    /// Whether operands become two tf32 words each where they are multiplied.
    bool splitsToTF32() const { return getValue() == Contraction::TF32x3; }
    /// Whether what the tensor cores take is tf32.
    bool multipliesTF32() const { return kiln::multipliesTF32(getValue()); }
    /// Instructions that one piece takes.
    int64_t getNumProducts() const {
      return kiln::getNumProducts(getValue());
    }
    /// The fragment of a, over (m, k).
    LayoutAttr getALayout() const;
    /// The fragment of b, over (k, n).
    LayoutAttr getBLayout() const;
    /// The fragment of acc, over (m, n).
    LayoutAttr getAccLayout() const;
  }];
}
def Kiln_Columns : I32EnumAttr<"Columns",
    "how the columns of a warp's tile are dealt to the position fragments", [
      I32EnumAttrCase<"Plain", 0, "plain">,
      I32EnumAttrCase<"EvenOdd", 1, "even_odd">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}
def Kiln_Weights : I32EnumAttr<"Weights",
    "how the filter reaches shared memory", [
      I32EnumAttrCase<"Strided", 0, "strided">,
      I32EnumAttrCase<"Packed", 1, "packed">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}

def Kiln_Stores : I32EnumAttr<"Stores",
    "how results that keep their channels leave the block", [
      I32EnumAttrCase<"Direct", 0, "direct">,
      I32EnumAttrCase<"Staged", 1, "staged">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}

def Kiln_Channels : I32EnumAttr<"Channels",
    "how the output channels of a warp's tile are dealt to the filter fragments", [
      I32EnumAttrCase<"Plain", 0, "plain">,
      I32EnumAttrCase<"Adjacent", 1, "adjacent">]> {
  let cppNamespace = "::kiln";
  let genSpecializedAttr = 0;
}

def Kiln_ColumnsParameter : EnumParameter<Kiln_Columns> {
  let defaultValue = "::kiln::Columns::Plain";
}
def Kiln_WeightsParameter : EnumParameter<Kiln_Weights> {
  let defaultValue = "::kiln::Weights::Packed";
}
def Kiln_ChannelsParameter : EnumParameter<Kiln_Channels> {
  let defaultValue = "::kiln::Channels::Plain";
}
def Kiln_StoresParameter : EnumParameter<Kiln_Stores> {
  let defaultValue = "::kiln::Stores::Direct";
}

//===----------------------------------------------------------------------===//
// #kiln.target
//===----------------------------------------------------------------------===//

/// A number with a default: not printed where it has that value.
class Kiln_Fact<int value> : DefaultValuedParameter<"int64_t", !cast<string>(value)>;

def Kiln_TargetAttr : Kiln_Attr<"Target", "target"> {
  let summary = "facts of a card";
  let description = [{
    What the schedule, the report and the performance model know of a card. Its
    kernels are always PTX for sm_89. The cards that Kiln knows stand in
    lib/Machine/Cards.inc, with the source of each number.

    ```mlir
    module attributes {kiln.target = #kiln.target<name = "rtx4090",
        arch = "sm_89", sms = 128, shared_per_block = 101376, ...>} {}
    ```

    Limits of a multiprocessor (SM) and of a block:
    - `arch`: sm_80, sm_86, sm_89 or sm_90; a card before sm_89 is known to the
      model, but cannot run the kernels;
    - `sms`: multiprocessors;
    - `shared_per_block`, `shared_per_sm`: bytes; the first is what a block may
      ask for, where the card runs Kiln's kernels what one for sm_89 may;
    - `registers_per_sm`, `registers_per_thread`: registers of 32 bits;
    - `threads_per_block`, `threads_per_sm`, `blocks_per_sm`.

    How they are given out (CUDA occupancy calculator; the same from sm_80 to
    sm_90):
    - `register_unit`: registers, a warp gets a multiple of it;
    - `warp_unit`: partitions of an SM, with one scheduler and a share of the
      registers each; warps go to them in turn;
    - `shared_unit`: bytes, a block gets a multiple of it;
    - `shared_reserved`: bytes of each block that the system takes beside.

    Clocks in MHz:
    - `clock_mhz`: the clock at which the rates below hold, by the public table;
    - `base_mhz`: the clock that a profiler locks; 0: `clock_mhz`;
    - `boost_mhz`: what a kernel that is timed runs at; 0: `clock_mhz`.

    Memory:
    - `bandwidth_gbs`: GB/s of device memory, by the public table;
    - `copy_gbs`: GB/s that a streaming kernel reaches; 0: 91 % of
      `bandwidth_gbs`;
    - `l2_bytes`: bytes of the level 2 cache;
    - `l2_bandwidth`: bytes a cycle that all SMs together read from it; 0: not
      known, 64 an SM at most, which is the width of its port;
    - `l2_latency`, `dram_latency`: cycles of a load that hits the level 2
      cache, or misses it;
    - `shared_bandwidth`: bytes a cycle and SM of shared memory.

    Arithmetic:
    - `tf32_gflops`, `f16_gflops`: GFLOP/s of `mma.sync`, dense, accumulated in
      f32 (on Hopper not those of `wgmma`);
    - `halved_accumulation`: 1 where a profiler counts the tensor pipe against
      twice these rates, because accumulation in f32 runs at half of it
      (GeForce);
    - `f32_lanes`, `sfu_lanes`: fused multiply-adds and special functions a
      cycle and SM.
  }];
  let parameters = (ins
    StringRefParameter<"the card">:$name,
    StringRefParameter<"its architecture">:$arch,
    "int64_t":$sms,
    "int64_t":$shared_per_block,
    "int64_t":$shared_per_sm,
    Kiln_Fact<65536>:$registers_per_sm,
    Kiln_Fact<255>:$registers_per_thread,
    Kiln_Fact<1024>:$threads_per_block,
    "int64_t":$threads_per_sm,
    Kiln_Fact<24>:$blocks_per_sm,
    Kiln_Fact<256>:$register_unit,
    Kiln_Fact<4>:$warp_unit,
    Kiln_Fact<128>:$shared_unit,
    Kiln_Fact<1024>:$shared_reserved,
    "int64_t":$clock_mhz,
    Kiln_Fact<0>:$base_mhz,
    Kiln_Fact<0>:$boost_mhz,
    "int64_t":$bandwidth_gbs,
    Kiln_Fact<0>:$copy_gbs,
    "int64_t":$l2_bytes,
    Kiln_Fact<0>:$l2_bandwidth,
    Kiln_Fact<279>:$l2_latency,
    Kiln_Fact<541>:$dram_latency,
    Kiln_Fact<128>:$shared_bandwidth,
    "int64_t":$tf32_gflops,
    "int64_t":$f16_gflops,
    Kiln_Fact<0>:$halved_accumulation,
    Kiln_Fact<128>:$f32_lanes,
    Kiln_Fact<16>:$sfu_lanes);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Warps that an SM holds.
    int64_t getWarpsPerSm() const { return getThreadsPerSm() / 32; }
    /// Whether the card runs PTX for sm_89.
    bool runsKernels() const { return getArch() >= "sm_89"; }
  }];
}

//===----------------------------------------------------------------------===//
// #kiln.schedule
//===----------------------------------------------------------------------===//

def Kiln_KernelSchedule : AttrInterface<"KernelSchedule"> {
  let cppNamespace = "::kiln";
  let description = [{
    What every pass may ask a kernel's schedule, whatever its kind. How it lays
    tiles over the axes of a kernel is answered by `getTilePlan` of
    lib/Analysis, whether it fits by `checkScheduleFits`.
  }];
  let methods = [
    InterfaceMethod<"Threads of a block.", "int64_t", "getThreads">,
    InterfaceMethod<"Whether blocks loop over tiles.", "bool",
                    "hasPersistentBlocks">,
    InterfaceMethod<"Slots of each staged operand; 1 where none is staged.",
                    "int64_t", "getNumStages">,
    InterfaceMethod<"Valid schedules that differ from this one in one decision, "
                    "by one step, in a stable order; whether they fit a program "
                    "is not asked.",
                    "::llvm::SmallVector<::mlir::Attribute>",
                    "getNeighbours">];
}

def Kiln_ScheduleAttr : Kiln_Attr<"Schedule", "schedule",
    [DeclareAttrInterfaceMethods<Kiln_KernelSchedule>]> {
  let summary = "every decision about a kernel around a contraction";
  let description = [{
    All later passes obey this attribute and none decides on its own, so that a
    test, a tuner or a user replays a kernel by writing it down.

    - `contraction`: the multiply instruction;
    - `tile`: output channels, rows and columns that a block computes at a time;
      where the kernel has more channels, the block loops over them if they are
      reduced, and there are tiles along them if not;
    - `chunk`: input channels of one stage;
    - `warps`: warps of the block over channels, rows and columns;
    - `stages`: slots of each staged operand; 1: nothing runs ahead;
    - `persistent`: blocks loop over tiles (`tile += grid`) and prefetch across
      them; otherwise one block a tile;
    - `columns`: `plain`, or `even_odd` (fragments alternate columns, which
      makes 64-bit loads serve neighbouring taps);
    - `weights`: `packed` (a packing kernel writes fragment order) or `strided`;
    - `ring`: slots of a ring in which the packed filter of a chunk is staged in
      parts, one for each row (column with `plain`) of the kernel, each tap where
      the taps lie the other way, or each k-step of a single tap; 0: whole chunks
      in `stages` slots;
    - `transpose`: 16-bit channels that lie in planes are staged as they lie and
      transposed in shared memory, so that `ldmatrix` reads them;
    - `lookahead`: k-steps that fragments are loaded before they are used;
    - `early_barrier`: the barrier of a stage (with `ring`, of a part) stands
      before its last k-step;
    - `spread`: k-steps of a stage (of a part) over which the refill copies are
      spread;
    - `peel`: a tile's first k-step stands before the loop and takes the start
      values as they are;
    - `halving`: reductions across lanes keep half the values at each shuffle;
    - `paired_stores`: neighbouring results leave in one store;
    - `stores`: `direct` from the registers that hold the results, or `staged`:
      results that keep their channels go through shared memory a slice at a
      time, so that neighbouring threads store neighbouring elements, in units
      of up to 16 bytes;
    - `channels`: `plain`, or `adjacent` (a lane holds neighbouring output
      channels, which leave in stores of up to 16 bytes where they are innermost
      in memory).
  }];
  let parameters = (ins
    EnumParameter<Kiln_Contraction>:$contraction,
    Kiln_IntList:$tile,
    "int64_t":$chunk,
    Kiln_IntList:$warps,
    DefaultValuedParameter<"int64_t", "2">:$stages,
    DefaultValuedParameter<"bool", "true">:$persistent,
    Kiln_ColumnsParameter:$columns,
    Kiln_WeightsParameter:$weights,
    DefaultValuedParameter<"int64_t", "0">:$ring,
    DefaultValuedParameter<"bool", "false">:$transpose,
    DefaultValuedParameter<"int64_t", "0">:$lookahead,
    DefaultValuedParameter<"bool", "false">:$early_barrier,
    DefaultValuedParameter<"int64_t", "1">:$spread,
    DefaultValuedParameter<"bool", "false">:$peel,
    DefaultValuedParameter<"bool", "false">:$halving,
    DefaultValuedParameter<"bool", "false">:$paired_stores,
    Kiln_StoresParameter:$stores,
    Kiln_ChannelsParameter:$channels);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The multiply instruction, with its facts.
    InstructionAttr getInstruction() const {
      return InstructionAttr::get(getContext(), getContraction());
    }
    bool usesTensorCores() const { return getInstruction().usesTensorCores(); }
    /// Input channels that one multiply instruction consumes (1 for fma).
    int64_t getInstructionK() const { return getInstruction().getShape().k; }
  }];
}

def Kiln_LoopScheduleAttr : Kiln_Attr<"LoopSchedule", "loop_schedule",
    [DeclareAttrInterfaceMethods<Kiln_KernelSchedule>]> {
  let summary = "every decision about a kernel without a staged contraction";
  let description = [{
    The lists have an entry for each axis of the kernel, in the order of its
    space (lib/Analysis/KernelSpace.h). A block owns a tile of the axes that all
    of its results have, and walks the others in loops, a tile at a time. It
    reads its inputs again in every pass over them, unless one tile covers the
    axis.

    - `tile`: positions along each axis that the block works on at a time, a
      power of two;
    - `threads`: `[size:stride]` for each axis: thread t is number
      `t / stride % size` along it. Axes that are walked at the same time have
      disjoint threads; two that never are may share them;
    - `vector`: neighbouring positions of one thread. Along the innermost
      dimension of a tensor they are loaded and stored together, up to 16 bytes
      at once, where its rows are a multiple of them; where windows overlap, an
      element that several of them read is loaded once. Positions of a window
      that are a thread's own (`tile` of its axis without `threads`) take part in
      that;
    - `block`: threads of a block.

    Softmax over the last axis of 64x1000 values: blocks of four rows, 64 threads
    each; the second and third axis are the two passes over a row.
    ```mlir
    #kiln.loop_schedule<tile = [4, 64, 64], threads = [[4:64], [64:1], [64:1]],
                        vector = [1, 1, 1], block = 256>
    ```
  }];
  let parameters = (ins Kiln_IntList:$tile, Kiln_ModeList:$threads_along,
                        Kiln_IntList:$vector, "int64_t":$block);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Threads along an axis, and how far apart their numbers are.
    Mode::Part getThreadsOf(int64_t axis) const {
      return getThreadsAlong()[axis].parts().front();
    }
  }];
}

//===----------------------------------------------------------------------===//
// #kiln.tiles
//===----------------------------------------------------------------------===//

def Kiln_TilesAttr : Kiln_Attr<"Tiles", "tiles"> {
  let summary = "how an output is cut into boxes, one for each tile of a kernel";
  let description = [{
    Tiles are numbered row-major in `grid`. Along dimension `output_dims[i]` of
    the output a tile covers `shape[i]` elements from `index[i] * shape[i]`, cut
    at the output's end; the other dimensions it covers whole.

    ```mlir
    #kiln.tiles<grid = [64, 32, 8], shape = [1, 8, 32], output_dims = [0, 2, 3]>
    ```
  }];
  let parameters = (ins Kiln_IntList:$grid, Kiln_IntList:$shape,
                        Kiln_IntList:$output_dims);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The product of the grid.
    int64_t getCount() const;
    /// Whether the tiles cover each element of an output once.
    bool cover(::llvm::ArrayRef<int64_t> outputShape) const;
  }];
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

def Kiln_LayoutAttr : Kiln_Attr<"Layout", "layout"> {
  let summary = "which register of which lane of which warp holds an element";
  let description = [{
    The encoding of a block-level tensor. Each list gives, for each bit of the
    register, lane or warp number, the coordinate step that this bit adds; the
    coordinate of (register, lane, warp) is the sum over the bits that are set
    ("linear layouts", arXiv 2505.23819). A zero step means that the threads
    that differ in this bit hold the same element.

    The accumulator of one `mma.m16n8k8`, 16 channels by 8 columns:
    ```mlir
    #kiln.layout<register = [[0, 1], [8, 0]],
                 lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
    ```
  }];
  let parameters = (ins Kiln_BasisList:$registers, Kiln_BasisList:$lanes,
                        Kiln_BasisList:$warps);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const;
    int64_t getNumRegisters() const { return int64_t(1) << getRegisters().size(); }
    /// How many neighbours in the last dimension the lowest register bits hold:
    /// what one access of a thread can take together.
    int64_t getNumNeighbours() const;
    /// The coordinate held in `reg` of `lane` of `warp`.
    ::llvm::SmallVector<int64_t> getCoordinate(int64_t reg, int64_t lane,
                                               int64_t warp) const;
    /// Extent covered in each dimension: one more than the largest coordinate.
    ::llvm::SmallVector<int64_t> getShape() const;
    /// The layout of the value that a reduction over `dims` leaves: steps in
    /// the reduced dimensions vanish, register bits that become zero are
    /// dropped, lane and warp bits stay (their threads hold copies).
    LayoutAttr dropDims(::llvm::ArrayRef<int64_t> dims) const;
  }];
}

def Kiln_SharedLayoutAttr : Kiln_Attr<"SharedLayout", "shared_layout"> {
  let summary = "where in shared memory an element of a staged tile lies";
  let description = [{
    For each dimension a list of `size:stride` parts from the innermost
    outwards, strides in elements: coordinate 11 in `[8:1, 2:340]` lies at
    `3 * 1 + 1 * 340`. Sizes need not be powers of two in the outermost part.

    The halo patch of 16 f16 channels, 8 channels to a 16-byte unit:
    ```mlir
    #kiln.shared_layout<[8:1, 2:2720], [10:272], [34:8]>
    ```
  }];
  let parameters = (ins Kiln_ModeList:$modes);
  let assemblyFormat = "`<` $modes `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const { return getModes().size(); }
    ::llvm::SmallVector<int64_t> getShape() const;
    /// Offset of a coordinate, in elements.
    int64_t getOffset(::llvm::ArrayRef<int64_t> coordinate) const;
    /// Elements from the first to one past the last offset.
    int64_t getCosize() const;
  }];
}

#endif // KILN_DIALECT_KILN_IR_KILNATTRS_TD
