//===- Gather.h - Parts of an explanation -----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EXPLAIN_GATHER_H
#define KILN_LIB_EXPLAIN_GATHER_H

#include "kiln/Explain/Explanation.h"

#include "kiln/Analysis/ContractionView.h"

namespace kiln::explain {

/// What is asked about a kernel; `conv` is null where there is no contraction,
/// or nothing but the artifact.
struct KernelContext {
  TargetAttr target;
  KernelSchedule schedule;
  const ContractionView *conv = nullptr;
  llvm::StringRef precision;
};

/// The fields of the schedule with what each means here.
std::vector<FieldReason> explainFields(const KernelContext &context,
                                       const KernelExplanation &kernel);

/// The places that a tile's data passes.
std::vector<PathStep> buildPath(const KernelContext &context,
                                const KernelExplanation &kernel);
Timeline buildTimeline(const KernelContext &context,
                       const KernelExplanation &kernel);

// Plots of the page.
std::string drawRoofline(const KernelExplanation &kernel);
std::string drawPath(const KernelExplanation &kernel);
std::string drawTimeline(const KernelExplanation &kernel);

/// "compute, at 2520 MHz" or "memory".
std::string printBound(const RooflinePosition &roof);
/// `text` inside of HTML and XML.
std::string escape(llvm::StringRef text);

} // namespace kiln::explain

#endif // KILN_LIB_EXPLAIN_GATHER_H
