//===- Findings.h - What the checks found -----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_FINDINGS_H
#define KILN_LIB_EMULATOR_FINDINGS_H

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace kiln::emulator {

enum class FindingKind : uint8_t {
  OutOfBounds,
  Misaligned,
  Uninitialised,
  PendingCopy,
  Race,
  InputStore,
  DoubleStore,
  Collective,
  Deadlock,
  Trap,
};

/// Collects findings; the first one of each kind and instruction is kept in
/// full, the others are counted.
class FindingLog {
public:
  static constexpr size_t maxReports = 20;

  /// Whether a text for this kind and site is still wanted.
  bool isNew(FindingKind kind, uint32_t site) const {
    return !counts.count({kind, site});
  }
  void add(FindingKind kind, uint32_t site, std::string text) {
    ++total;
    if (++counts[{kind, site}] > 1)
      return;
    if (texts.size() < maxReports)
      texts.push_back({{kind, site}, std::move(text)});
  }
  void count(FindingKind kind, uint32_t site) {
    ++total;
    ++counts[{kind, site}];
  }
  /// Adds what another worker found.
  void merge(const FindingLog &other) {
    total += other.total;
    for (const auto &[key, number] : other.counts)
      counts[key] += number;
    for (const auto &entry : other.texts) {
      bool known = false;
      for (const auto &mine : texts)
        known |= mine.first == entry.first;
      if (!known && texts.size() < maxReports)
        texts.push_back(entry);
    }
  }
  int64_t getTotal() const { return total; }
  /// The reports, with how often each was met, and a line for the rest.
  std::vector<std::string> format() const {
    std::vector<std::string> lines;
    int64_t shown = 0;
    for (const auto &[key, text] : texts) {
      int64_t number = counts.at(key);
      shown += number;
      lines.push_back(number == 1
                          ? text
                          : text + " (" + std::to_string(number) + " times)");
    }
    if (shown < total)
      lines.push_back(std::to_string(total - shown) +
                      " more findings at other instructions");
    return lines;
  }

private:
  using Key = std::pair<FindingKind, uint32_t>;
  std::map<Key, int64_t> counts;
  std::vector<std::pair<Key, std::string>> texts;
  int64_t total = 0;
};

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_FINDINGS_H
