//===- ProgressBar.h - How far a run is, on a terminal ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Debian has no library for this that is not a toolkit; one line is enough.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNTUNE_PROGRESSBAR_H
#define KILN_TOOLS_KILNTUNE_PROGRESSBAR_H

#include "kiln/Tuning/Tuner.h"

namespace kiln::tune {

/// "[####----] measuring 3 of 8, 12 s left".
std::string formatProgress(const tuning::Progress &progress);

/// Writes the line over and over on standard error; wipes it at the end.
class ProgressBar {
public:
  explicit ProgressBar(bool shown) : shown(shown) {}
  ~ProgressBar() { clear(); }
  void show(const tuning::Progress &progress);
  void clear();

private:
  bool shown;
  std::string last;
};

} // namespace kiln::tune

#endif // KILN_TOOLS_KILNTUNE_PROGRESSBAR_H
