//===- ProgressBar.cpp - How far a run is, on a terminal ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProgressBar.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace kiln::tune;
using kiln::tuning::Progress;

std::string kiln::tune::formatProgress(const Progress &progress) {
  constexpr size_t kWidth = 24;
  size_t total = std::max<size_t>(1, std::max(progress.done, progress.total));
  double part = double(progress.done) / double(total);
  static const char *const kPhases[] = {"compiling", "measuring", "confirming"};
  std::string text = llvm::formatv(
      "[{0}{1}] {2} {3} of {4}", std::string(size_t(part * kWidth), '#'),
      std::string(kWidth - size_t(part * kWidth), '-'), kPhases[progress.phase],
      progress.done, progress.total);
  // What is left of the budget, else as long a candidate as so far.
  double left = -1;
  if (progress.done > 0 && progress.done < total)
    left = progress.spentSeconds * (1 - part) / part;
  if (progress.budgetSeconds > 0) {
    double budget =
        std::max(0.0, progress.budgetSeconds - progress.spentSeconds);
    left = left < 0 ? budget : std::min(left, budget);
  }
  if (left >= 0)
    text += llvm::formatv(", {0:f0} s left", left);
  return text;
}

void ProgressBar::show(const Progress &progress) {
  if (!shown)
    return;
  std::string text = formatProgress(progress);
  if (text == last)
    return;
  llvm::errs() << "\r" << text
               << std::string(
                      last.size() > text.size() ? last.size() - text.size() : 0,
                      ' ');
  llvm::errs().flush();
  last = std::move(text);
}

void ProgressBar::clear() {
  if (last.empty())
    return;
  llvm::errs() << "\r" << std::string(last.size(), ' ') << "\r";
  last.clear();
}
