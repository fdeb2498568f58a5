//===- Pipeliner.h - Rebuilds a main loop ---------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The work of kiln-pipeline-main-loop on one kernel: PipelinerCopies.cpp issues
// the copies, Pipeliner.cpp builds the loops around them.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_MAINLOOP_PIPELINER_H
#define KILN_LIB_MAINLOOP_PIPELINER_H

#include "MainLoop.h"

#include <map>
#include <tuple>

#include "kiln/MainLoop/CopySchedule.h"

namespace kiln {

/// Rebuilds a main loop, and the loops around it, with its copies running
/// ahead. Loops carry the slots in turn and, with the early barrier, the
/// fragments of the next dot.
class Pipeliner {
public:
  Pipeliner(MainLoop main, ScheduleAttr schedule)
      : main(main), schedule(schedule), builder(schedule.getContext()),
        copies(scheduleCopies(this->main)) {}

  void run();

private:
  static CopySchedule scheduleCopies(const MainLoop &main);

  /// The variables of the nest, outermost first.
  using Variables = llvm::SmallVector<mlir::Value>;
  struct State {
    /// The slot of each buffer's first copy of the iteration; buffers whose
    /// slots turn alike share one value.
    llvm::SmallVector<mlir::Value> slots;
    /// Of the next dot, already loaded.
    llvm::SmallVector<mlir::Value> fragments;
  };
  /// Which part of a window's work is done.
  struct Part {
    int64_t number, of;
    /// Its share of `total` rounds: the first, and the one after its last.
    std::pair<int64_t, int64_t> getShare(int64_t total) const {
      return {number * total / of, (number + 1) * total / of};
    }
  };

  bool ahead() const { return schedule.getEarlyBarrier(); }
  int64_t numSegments() const { return main.segments.size(); }
  llvm::SmallVector<mlir::Value> pack(const State &state) const;
  State unpack(mlir::ValueRange values) const;
  mlir::Value add(mlir::Location loc, mlir::Value a, mlir::Value b);
  mlir::Value index(mlir::Location loc, int64_t value);
  Variables advance(mlir::Location loc, Variables variables);
  Variables advance(mlir::Location loc, Variables variables, int64_t distance);
  mlir::Value getSlot(mlir::Location loc, const State &state, int64_t buffer,
                      int64_t copy, int64_t distance);
  State nextSlots(mlir::Location loc, const State &state);
  mlir::Value isValid(mlir::Location loc, const Variables &variables);
  Variables clamp(mlir::Location loc, Variables variables);
  void emitSync(int64_t segment);
  void emitWindow(int64_t segment, const Variables &variables,
                  const State &state, Part part, int64_t advanced);
  void emitCopies(llvm::ArrayRef<CopySchedule::Item> items,
                  const Variables &variables, const State &state, Part part,
                  int64_t advanced);
  void emitLocalCopies(const Variables &variables, const State &state,
                       Part part, int64_t distance);
  State emitPrologue(const Variables &first);
  void setSlot(LocalLoadOp load, int64_t segment, const State &state);
  llvm::SmallVector<mlir::Value> emitLoads(DotOp dot, int64_t segment,
                                           const State &state);
  mlir::Value emitDot(DotOp dot, mlir::ValueRange fragments, mlir::Value acc);
  void emitSegment(int64_t segment, const Variables &variables,
                   const State &state,
                   llvm::SmallVectorImpl<mlir::Value> &carried,
                   mlir::IRMapping &mapping);
  void emitStep(int64_t step, const Variables &variables, State &state,
                mlir::Value &acc);
  template <typename BodyFn>
  llvm::SmallVector<mlir::Value>
  emitLoop(mlir::scf::ForOp loop, mlir::Value upperBound,
           mlir::ValueRange carried, State &state, BodyFn emitBody);
  mlir::Value emitPeeledLoop(Variables variables, State &state,
                             mlir::Value acc);
  llvm::SmallVector<mlir::Value> emitMainLoop(Variables variables, State &state,
                                              mlir::IRMapping &mapping);
  llvm::SmallVector<mlir::Value> emitNest(size_t level, Variables variables,
                                          State &state,
                                          mlir::IRMapping &mapping);

  MainLoop main;
  ScheduleAttr schedule;
  mlir::OpBuilder builder;
  CopySchedule copies;
  /// The dots of an iteration with their segments.
  struct Step {
    int64_t segment;
    int64_t number; ///< within the segment
    DotOp dot;
  };
  llvm::SmallVector<Step> steps;
  /// Constants before the outermost loop.
  llvm::DenseMap<int64_t, mlir::Value> constants;
  /// What getSlot has made: of a carried slot, the number of slots and the
  /// offset. Carried slots belong to one block each, which all of their uses
  /// are in.
  std::map<std::tuple<void *, int64_t, int64_t>, mlir::Value> movedSlots;
  /// How the slots of a buffer turn: their number, and the copies to them in an
  /// iteration.
  llvm::SmallVector<std::pair<int64_t, int64_t>> turns;
  llvm::SmallVector<int64_t> turnOf; ///< of each buffer; -1: never moves
};

} // namespace kiln

#endif // KILN_LIB_MAINLOOP_PIPELINER_H
