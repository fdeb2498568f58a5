//===- PrintDiagnosis.cpp - A diagnosis in words and JSON -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Profiling/Diagnosis.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace kiln;
using namespace kiln::profiling;
using llvm::formatv;
using llvm::json::Array;
using llvm::json::Object;

Object kiln::profiling::toJson(const Diagnosis &diagnosis) {
  Array proposals;
  for (const Proposal &proposal : diagnosis.proposals)
    proposals.push_back(Object{{"changes", toJson(proposal.changes)},
                               {"reason", proposal.reason},
                               {"schedule", proposal.text}});
  Object object{{"bound", stringify(diagnosis.bound)},
                {"full", diagnosis.isFull},
                {"summary", diagnosis.summary},
                {"evidence", toJson(diagnosis.evidence)},
                {"main_stall", diagnosis.mainStall},
                {"missing", Array(diagnosis.missing)},
                {"proposals", std::move(proposals)},
                {"schedule", nullptr}};
  if (!diagnosis.proposedText.empty())
    object["schedule"] = diagnosis.proposedText;
  return object;
}

std::string kiln::profiling::formatText(const Diagnosis &diagnosis) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "bound by " << stringify(diagnosis.bound) << ": " << diagnosis.summary
     << "\n";
  for (const Evidence &item : diagnosis.evidence)
    os << formatv("  {0} {1:f2} {2} {3:f2} {4}: {5}\n", item.metric, item.value,
                  item.relation, item.threshold, item.unit, item.meaning);
  for (const std::string &metric : diagnosis.missing)
    os << "  not measured: " << metric << "\n";
  for (const Proposal &proposal : diagnosis.proposals)
    os << "  try " << formatText(proposal.changes) << ": " << proposal.reason
       << "\n";
  return text;
}

std::string kiln::profiling::formatText(llvm::ArrayRef<FieldChange> changes,
                                        llvm::StringRef arrow) {
  std::string text;
  for (const FieldChange &change : changes)
    text += (text.empty() ? "" : ", ") + change.field + " " + change.from +
            " " + arrow.str() + " " + change.to;
  return text.empty() ? "no field" : text;
}

Array kiln::profiling::toJson(llvm::ArrayRef<Evidence> evidence) {
  Array array;
  for (const Evidence &item : evidence)
    array.push_back(Object{{"metric", item.metric},
                           {"value", item.value},
                           {"relation", item.relation},
                           {"threshold", item.threshold},
                           {"unit", item.unit},
                           {"meaning", item.meaning}});
  return array;
}

Array kiln::profiling::toJson(llvm::ArrayRef<FieldChange> changes) {
  Array array;
  for (const FieldChange &change : changes)
    array.push_back(Object{
        {"field", change.field}, {"from", change.from}, {"to", change.to}});
  return array;
}
