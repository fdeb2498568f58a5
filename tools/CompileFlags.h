//===- CompileFlags.h - Options of whoever compiles a program ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_COMPILEFLAGS_H
#define KILN_TOOLS_COMPILEFLAGS_H

#include "kiln/Pipelines/Compiler.h"

#include "llvm/Support/CommandLine.h"

namespace kiln::tools {

/// The options that kiln-compile and kiln-explain share. `entryHelp`, a
/// literal, says what `entry` is.
struct CompileFlags {
  CompileFlags(llvm::cl::OptionCategory &category, llvm::StringRef entryHelp)
      : target("target", llvm::cl::init("rtx4090"), llvm::cl::cat(category),
               llvm::cl::desc("Card, or a file with a #kiln.target; help lists "
                              "the cards")),
        precision("precision", llvm::cl::init("tf32"), llvm::cl::cat(category),
                  llvm::cl::desc("Contractions of f32: tf32, f32 (exact) or "
                                 "tf32x3 (three products of tf32)")),
        rounding("rounding", llvm::cl::init("fused"), llvm::cl::cat(category),
                 llvm::cl::desc("Elementwise ops: fused (simplified, wider in "
                                "between) or source (no bit changes)")),
        entry("entry", llvm::cl::cat(category), llvm::cl::desc(entryHelp)),
        ptxas("ptxas", llvm::cl::cat(category), llvm::cl::value_desc("path"),
              llvm::cl::desc("The ptxas to use")),
        libdevice("libdevice", llvm::cl::cat(category),
                  llvm::cl::value_desc("path or none"),
                  llvm::cl::desc("The libdevice to take functions from that "
                                 "Kiln does not have")) {}

  CompileOptions getOptions() const {
    CompileOptions options;
    options.target = target;
    options.precision = precision;
    options.rounding = rounding;
    options.entry = entry;
    options.ptxas = ptxas;
    options.libdevice = libdevice;
    return options;
  }

  llvm::cl::opt<std::string> target, precision, rounding, entry, ptxas,
      libdevice;
};

} // namespace kiln::tools

#endif // KILN_TOOLS_COMPILEFLAGS_H
