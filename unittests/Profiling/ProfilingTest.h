//===- ProfilingTest.h - Profiles of the tests ------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_PROFILING_PROFILINGTEST_H
#define KILN_UNITTESTS_PROFILING_PROFILINGTEST_H

#include "kiln/Machine/Targets.h"
#include "kiln/Profiling/Diagnosis.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/MLIRContext.h"

#include "gtest/gtest.h"

namespace kiln::profiling {

class ProfilingTest : public testing::Test {
protected:
  ProfilingTest() { context.loadDialect<KilnDialect>(); }

  /// What is wrong with a file; empty where nothing is.
  static std::string refuse(llvm::StringRef text) {
    auto profile = readProfile(text, "p");
    return profile ? "" : toString(profile.takeError());
  }
  static Profile read(llvm::StringRef text) {
    auto profile = readProfile(text, "p");
    if (profile)
      return std::move(*profile);
    ADD_FAILURE() << toString(profile.takeError());
    return {};
  }

  KernelFacts getFacts(llvm::StringRef card = "rtx4090") {
    KernelFacts facts;
    facts.kernel = "f";
    facts.target = lookupTarget(&context, card);
    return facts;
  }
  Bound getBound(const std::map<Metric, double> &values,
                 const KernelFacts &facts) {
    return diagnose(make(values), facts).bound;
  }
  static KernelProfile make(std::map<Metric, double> values) {
    KernelProfile profile;
    profile.place = "p:1";
    profile.values = std::move(values);
    return profile;
  }
  KernelSchedule parse(llvm::StringRef schedule) {
    return llvm::cast<KernelSchedule>(mlir::parseAttribute(schedule, &context));
  }

  mlir::MLIRContext context;
};

} // namespace kiln::profiling

#endif // KILN_UNITTESTS_PROFILING_PROFILINGTEST_H
