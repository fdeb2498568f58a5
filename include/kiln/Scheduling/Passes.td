//===- Passes.td - Scheduling passes -----------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_PASSES_TD
#define KILN_SCHEDULING_PASSES_TD

include "mlir/Pass/PassBase.td"

def ApplyTuning : Pass<"kiln-apply-tuning", "::mlir::ModuleOp"> {
  let summary = "gives kernels the schedules of a tuning database";
  let description = [{
    Needs `kiln.kernel` ops and a `kiln.target` on the module; runs before
    `kiln-select-schedule`. Looks each compute kernel up in the file `database`
    (docs/tuning-database.md), by its fingerprint, the target's name,
    `precision` and the version of Kiln, and leaves the schedule of the best
    supported entry on it. A kernel that has a schedule keeps it. A kernel
    without an entry, or with one whose schedule does not fit it or comes from
    another version of Kiln, stays as it is: the rules choose for it.

    A file that cannot be read is an error. A line of it that is no entry is a
    warning at that line (of the first eight), and is skipped. An empty `database` does nothing.

    The remark `tuned` gives the schedule, what it gains on the faster of
    baseline and default, how that was measured and on what card, and the line
    of the file; `not-tuned` says why a kernel has none, with its fingerprint.
    In a database without entries, here an empty one, there is nothing to take
    (test/Scheduling/apply-tuning.mlir has one with entries):

    ```mlir
    func.func @row_sums(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
      %zero = arith.constant dense<0.0> : tensor<64xf32>
      %y = linalg.reduce {arith.addf} ins(%x : tensor<64x1000xf32>) outs(%zero : tensor<64xf32>) dimensions = [1]
      return %y : tensor<64xf32>
    }
    // leaves: kiln.kernel "row_sums"
    // gone: schedule
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(func.func(kiln-normalize),kiln-fuse,kiln-set-target,kiln-apply-tuning{database=/dev/null})'
    ```
  }];
  let options = [
    Option<"database", "database", "std::string", "\"\"",
           "the file with the entries">,
    Option<"precision", "precision", "std::string", "\"tf32\"",
           "what multiplies f32: tf32 (tensor cores), f32 (exact) or tf32x3 (three "
           "products on tensor cores)">];
  let statistics = [
    Statistic<"numTuned", "kernels-tuned", "Kernels with a tuned schedule">,
    Statistic<"numNotTuned", "kernels-not-tuned",
              "Kernels that the database has no schedule for">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def SelectSchedule : Pass<"kiln-select-schedule", "::mlir::ModuleOp"> {
  let summary = "gives every compute kernel a schedule";
  let description = [{
    Needs `kiln.kernel` ops and a `kiln.target` on the module; leaves a schedule
    on every compute kernel that has none: a `#kiln.schedule` where it has a
    contraction that an instruction multiplies, else a `#kiln.loop_schedule`. A
    schedule given by `schedule` or already on the kernel is checked against the
    program and the target and kept. A contraction that no `#kiln.schedule`
    takes, as its window or its padding fits no block, gets a
    `#kiln.loop_schedule`, too, and a missed remark that says why; what has none
    of both is an error at the contraction.

    Without a contraction: neighbouring lanes lie along the axis that is
    contiguous in the largest tensor; threads are spread over the longest axis
    that the block walks, if its reductions can be combined in any order, and
    over the other axes of the block, up to 256.

    Around a contraction: the precision and the element type give the
    instruction; a tile holds all output channels, padded to a power of two, up
    to 128, and beyond 128 or 64 of them, whichever pads less; with one tap 256
    where they are multiples of that. 16-bit channels that lie in planes are
    transposed. The rest depends on what leaves the kernel.

    Where the kernel reduces, and in exact f32: persistent blocks of eight warps
    of 64 channels by 64 positions (fewer channels: more positions a block; a
    quarter of padding: all channels in each warp); two stages, three where the
    kernel has at most four taps, and two k-steps a chunk where it has one. The
    filter goes through a ring where this does not fit otherwise; then there are
    fewer positions, down to 64 channels, then one stage with as many channels
    as fit, four warps rather than eight with fewer positions, at last fewer
    warps. Where none of these fits, the search goes on over neighbours of the
    smallest, until one fits.

    Where every output leaves the kernel: one block a tile, so that one block
    stores while another multiplies. Results are staged, or, of 16 bits with the
    channels innermost, stored from adjacent channels. Four warps a block, with
    the most positions, stages and channels, and a ring if need be, of which
    eight warps fit a multiprocessor; no more stages than chunks; with one
    chunk half the positions first. Eight warps a block where the main loop is
    so long that the stores do not matter. Tiles are 32 columns wide, rows of
    floats 64 or whole, or fewer columns where that covers an eighth fewer
    positions; 32 channels where those pad nothing and more pad a quarter. What
    has none of these falls back to the sizes above.

    Where these tiles are fewer than seven for eight multiprocessors, but
    smaller ones are not, the performance model chooses among those.

    The remark `schedule` says which of the two it was (`Result`), with the
    shared memory, the number of tiles and the unit of the image's copies.

    ```mlir
    func.func @row_sums(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
      %zero = arith.constant dense<0.0> : tensor<64xf32>
      %y = linalg.reduce {arith.addf} ins(%x : tensor<64x1000xf32>) outs(%zero : tensor<64xf32>) dimensions = [1]
      return %y : tensor<64xf32>
    }
    // leaves: #kiln.loop_schedule<tile = [
    // leaves: kiln.kernel "row_sums" ... attributes {schedule = #
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(func.func(kiln-normalize),kiln-fuse,kiln-set-target,kiln-select-schedule)'
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"tf32\"",
           "what multiplies f32: tf32 (tensor cores), f32 (exact) or tf32x3 (three "
           "products on tensor cores)">,
    Option<"schedule", "schedule", "std::string", "\"\"",
           "a #kiln.schedule or #kiln.loop_schedule to use instead of the "
           "rules">];
  let statistics = [
    Statistic<"numSelected", "kernels-selected", "Kernels scheduled by rules">,
    Statistic<"numGiven", "kernels-given", "Kernels with a given schedule">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def PredictKernels : Pass<"kiln-predict-kernels", "::mlir::ModuleOp"> {
  let summary = "says what the performance model makes of every kernel";
  let description = [{
    Needs kernels with a schedule and a `kiln.target`; leaves them as they are.
    The remark `prediction` of each compute kernel has the time at the boosting
    clock (`Milliseconds`), what bounds it (`Bound`), the blocks that a
    multiprocessor holds (`BlocksPerSm`), and the metrics of a profiler, in
    percent. Registers are estimated, nothing is compiled (docs/model.md).

    ```mlir
    module {}
    // leaves: module
    ```
    ```
    kiln-opt --kiln-predict-kernels
    ```
  }];
  let statistics = [
    Statistic<"numPredicted", "kernels-predicted", "Number of kernels predicted">
  ];
}

def EnumerateSchedules : Pass<"kiln-enumerate-schedules", "::mlir::ModuleOp"> {
  let summary = "lists the schedules of every compute kernel to choose from";
  let description = [{
    Needs `kiln.kernel` ops and a `kiln.target` on the module, and changes
    nothing. Writes the search space of each compute kernel
    (`kiln/Scheduling/SearchSpace.h`) to `output`: a line for each schedule, with
    the kernel's name, `fits` or `pruned`, the schedule, and why it was pruned,
    in the words of kiln-select-schedule, with a tab between two fields. The
    first is the rules' choice, the second the conservative baseline where the
    kernel has one (four warps, two stages, the rules' tile shrunk until that
    fits). The order is that of the C++ call, and a smaller `limit` leaves out
    the end of the list.

    The remark `schedules` counts them. A kernel without any schedule is an
    error, as in kiln-select-schedule.

    ```mlir
    func.func @row_sums(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
      %zero = arith.constant dense<0.0> : tensor<64xf32>
      %y = linalg.reduce {arith.addf} ins(%x : tensor<64x1000xf32>) outs(%zero : tensor<64xf32>) dimensions = [1]
      return %y : tensor<64xf32>
    }
    // leaves: row_sums fits #kiln.loop_schedule<tile = [1, 1024], threads = [
    // leaves: row_sums pruned #kiln.loop_schedule< ... values of a tile, at most 256 are supported
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(func.func(kiln-normalize),kiln-fuse,kiln-set-target,kiln-enumerate-schedules{limit=1000})'
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"tf32\"",
           "what multiplies f32: tf32 (tensor cores), f32 (exact) or tf32x3 (three "
           "products on tensor cores)">,
    Option<"limit", "limit", "int64_t", "512",
           "schedules of a kernel, at most">,
    Option<"output", "output", "std::string", "\"-\"",
           "the file to write; - is standard output">];
  let statistics = [
    Statistic<"numFit", "schedules-that-fit", "Schedules that fit">,
    Statistic<"numPruned", "schedules-pruned", "Schedules that do not">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

#endif // KILN_SCHEDULING_PASSES_TD
