//===- CompilePipelineOptions.h - Options of pipelines ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_PIPELINES_COMPILEPIPELINEOPTIONS_H
#define KILN_LIB_PIPELINES_COMPILEPIPELINEOPTIONS_H

#include "kiln/Pipelines/Compiler.h"

#include "mlir/Pass/PassOptions.h"

namespace kiln {

/// What every pipeline of kiln-opt that compiles takes; `T` is its own options.
template <typename T>
struct CompilePipelineOptions : mlir::PassPipelineOptions<T> {
  template <typename Value>
  using Option = typename mlir::PassPipelineOptions<T>::template Option<Value>;

  Option<std::string> target{*this, "target", llvm::cl::init("rtx4090"),
                             llvm::cl::desc("Card to compile for")};
  Option<std::string> precision{
      *this, "precision", llvm::cl::init("tf32"),
      llvm::cl::desc("Contractions of f32: tf32, f32 or tf32x3")};
  Option<std::string> rounding{*this, "rounding", llvm::cl::init("fused"),
                               llvm::cl::desc("fused, or source: change no bit "
                                              "of an op")};
  Option<std::string> schedule{
      *this, "schedule",
      llvm::cl::desc("#kiln.schedule<...> in place of the rules")};
  Option<std::string> tuningDb{*this, "tuning-db",
                               llvm::cl::desc("File of measured schedules")};

  Option<std::string> libdevice{
      *this, "libdevice",
      llvm::cl::desc("libdevice.10.bc, or none; by default of a toolkit")};

  CompileOptions getCompileOptions() const {
    CompileOptions options;
    options.target = target;
    options.precision = precision;
    options.rounding = rounding;
    options.schedule = schedule;
    options.tuningDb = tuningDb;
    options.libdevice = libdevice;
    return options;
  }
};

} // namespace kiln

#endif // KILN_LIB_PIPELINES_COMPILEPIPELINEOPTIONS_H
