//===- DiagnoseProfile.cpp - What a profile says of a schedule ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Tuner.h"

using namespace kiln;
using namespace kiln::tuning;

profiling::KernelFacts kiln::tuning::getProfileFacts(TargetAttr target,
                                                     KernelSchedule schedule,
                                                     const CompileFacts &facts,
                                                     const Program *program) {
  profiling::KernelFacts known;
  known.target = target;
  if (facts.grid)
    known.grid = facts.grid;
  if (facts.tiles)
    known.tiles = facts.tiles;
  known.threads = schedule.getThreads();
  known.registers = facts.registers;
  known.spillBytes = facts.spillBytes;
  if (facts.registers)
    known.blocksPerSm = facts.blocksPerSm;
  known.flops = double(facts.flops);
  known.bytes = double(facts.bytes);
  if (auto contraction = mlir::dyn_cast<ScheduleAttr>(schedule))
    known.instruction = contraction.getContraction();
  known.schedule = schedule;
  if (program) {
    known.check = [program](KernelSchedule other) {
      return program->space().check(other);
    };
    known.predict = [program](KernelSchedule other) {
      return program->predict(other);
    };
  }
  return known;
}

llvm::Expected<profiling::Diagnosis> kiln::tuning::diagnoseProfile(
    const Program &program, KernelSchedule schedule, const CompileFacts &facts,
    const profiling::Profile &profile, llvm::StringRef file) {
  profiling::KernelFacts known =
      getProfileFacts(program.target(), schedule, facts, &program);
  known.kernel = program.entry().str();
  auto entry = profiling::selectKernel(profile, known.kernel, known.grid, file);
  if (!entry)
    return entry.takeError();
  if (llvm::Error error = profiling::checkProfile(**entry, known))
    return std::move(error);
  return profiling::diagnose(**entry, known);
}
