//===- Profile.cpp - Reads what Nsight Compute wrote ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Profiling/Profile.h"

#include "Rows.h"
#include "kiln/Profiling/Diagnosis.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace kiln::profiling;
using llvm::formatv;
using llvm::StringRef;
using llvm::Twine;

llvm::Error kiln::profiling::makeError(StringRef place, const Twine &message) {
  return llvm::createStringError(place + ": " + message);
}

std::string kiln::profiling::printNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.10g", value);
  return text;
}

std::optional<double> KernelProfile::get(Metric metric) const {
  auto found = values.find(metric);
  return found == values.end() ? std::nullopt
                               : std::optional<double>(found->second);
}

std::optional<int64_t> KernelProfile::getBlocksPerSm() const {
  std::optional<int64_t> least;
  for (Metric limit :
       {Metric::LimitRegisters, Metric::LimitShared, Metric::LimitWarps,
        Metric::LimitBlocks, Metric::LimitBarriers})
    if (std::optional<double> blocks = get(limit))
      least = std::min<int64_t>(least.value_or(INT64_MAX), *blocks);
  return least;
}

/// Whether a value is missing: null, or what a division by zero left.
static bool isMissing(StringRef text) {
  text = text.trim();
  text.consume_front("-") || text.consume_front("+");
  for (StringRef word : {"", "null", "inf", "infinity", "nan", "n/a"})
    if (text.equals_insensitive(word))
      return true;
  return false;
}

/// Takes the ',' out of "1,234,567.8"; false where they do not part thousands.
static bool dropThousands(std::string &number) {
  if (!StringRef(number).contains(','))
    return true;
  auto [whole, fraction] = StringRef(number).split('.');
  llvm::SmallVector<StringRef> groups;
  whole.split(groups, ',');
  if (fraction.contains(',') || groups.front().ltrim("+-").empty() ||
      groups.front().ltrim("+-").size() > 3)
    return false;
  for (StringRef group : llvm::drop_begin(groups))
    if (group.size() != 3)
      return false;
  llvm::erase(number, ',');
  return true;
}

/// "(128, 1, 1)": the sizes of a grid or a block; their product.
static std::optional<double> parseSizes(StringRef text) {
  if (!text.consume_front("(") || !text.consume_back(")"))
    return std::nullopt;
  double product = 1;
  for (StringRef size : llvm::split(text, ',')) {
    int64_t value;
    if (size.trim().getAsInteger(10, value))
      return std::nullopt;
    product *= value;
  }
  return product;
}

/// The number that `cell` writes, in `unit`.
static llvm::Expected<double> parseValue(const Cell &cell, Unit unit) {
  StringRef text = StringRef(cell.text).trim();
  if (unit == Unit::Count)
    if (std::optional<double> product = parseSizes(text))
      return *product;
  auto [number, written] = text.split(' ');
  // "49.12%"
  if (written.empty() && number.consume_back("%"))
    written = "%";
  std::string digits = number.str();
  double value;
  if (!dropThousands(digits) || StringRef(digits).getAsDouble(value) ||
      !std::isfinite(value))
    return makeError(cell.place,
                     "'" + cell.name + "': '" + text + "' is no number");
  StringRef unitText = written.empty() ? StringRef(cell.unit) : written;
  std::optional<double> factor = parseUnit(unitText, unit);
  if (!factor)
    return makeError(cell.place, "'" + cell.name + "' cannot be in '" +
                                     unitText.trim() + "'");
  return value * *factor;
}

/// Whether a metric can have a value; else why not.
static std::string checkValue(Metric metric, double value) {
  switch (getUnit(metric)) {
  case Unit::Count:
    if (value < 1 || value != std::floor(value))
      return "must be a whole number of at least 1";
    if (metric == Metric::Registers && value > 255)
      return "must be from 1 to 255";
    if (metric == Metric::BlockSize && value > 1024)
      return "must be from 1 to 1024";
    break;
  case Unit::Percent:
    if (value < 0 || value > 100 + kSlack)
      return "must be from 0 to 100 %";
    break;
  default:
    if (value < 0)
      return "must not be negative";
  }
  return "";
}

llvm::Error ProfileBuilder::add(const Cell &cell, KernelProfile &launch,
                                llvm::StringMap<double> &seen) {
  std::optional<MetricOrStall> parsed = parseMetric(cell.name);
  if (!parsed) {
    unknown.insert(cell.name);
    return llvm::Error::success();
  }
  if (isMissing(cell.text)) {
    empty.insert(cell.name);
    return llvm::Error::success();
  }
  auto *metric = std::get_if<Metric>(&*parsed);
  auto value = parseValue(cell, metric ? getUnit(*metric) : Unit::Warps);
  if (!value)
    return value.takeError();
  std::string wrong = metric       ? checkValue(*metric, *value)
                      : *value < 0 ? "must not be negative"
                                   : "";
  if (!wrong.empty())
    return makeError(cell.place, "'" + cell.name + "' is " +
                                     printNumber(*value) + "; it " + wrong);
  auto [earlier, isNew] = seen.try_emplace(cell.name, *value);
  if (!isNew && earlier->second != *value)
    return makeError(cell.place, "'" + cell.name + "' is " +
                                     printNumber(earlier->second) + " and " +
                                     printNumber(*value) + " in one launch");
  if (!metric) {
    launch.stalls[std::get<Stall>(*parsed).reason] = *value;
    return llvm::Error::success();
  }
  // Pipes and issue slots have several names, of which the largest counts.
  auto [place, first] = launch.values.try_emplace(*metric, *value);
  if (place->second != *value && getUnit(*metric) == Unit::Count)
    return makeError(cell.place,
                     formatv("{0} is {1} and {2} in one launch",
                             getName(*metric), printNumber(place->second),
                             printNumber(*value)));
  if (first || *value > place->second)
    launch.places[*metric] = cell.place;
  place->second = std::max(place->second, *value);
  return llvm::Error::success();
}

/// What excludes each other within one launch.
static llvm::Error checkLaunch(const KernelProfile &launch) {
  auto active = launch.get(Metric::WarpsActive);
  auto most = launch.get(Metric::MaxWarpsPercent);
  if (active && most && *active > *most + kSlack)
    return makeError(
        launch.places.at(Metric::WarpsActive),
        formatv("{0} is {1:f2} %, above the {2:f2} % that fit ({3})",
                getName(Metric::WarpsActive), *active, *most,
                getName(Metric::MaxWarpsPercent)));
  return llvm::Error::success();
}

llvm::Error ProfileBuilder::add(const Row &row) {
  KernelProfile launch;
  launch.kernel = row.kernel;
  launch.place = row.place;
  llvm::StringMap<double> seen;
  for (const Cell &cell : row.cells)
    if (llvm::Error error = add(cell, launch, seen))
      return error;
  if (launch.values.empty() && launch.stalls.empty())
    return llvm::Error::success();
  if (llvm::Error error = checkLaunch(launch))
    return error;
  std::string key = formatv("{0}\n{1}\n{2}", row.kernel,
                            launch.get(Metric::GridSize).value_or(0),
                            launch.get(Metric::BlockSize).value_or(0));
  auto [index, isNew] = indices.try_emplace(key, kernels.size());
  if (isNew)
    kernels.emplace_back();
  kernels[index->second].push_back(std::move(launch));
  return llvm::Error::success();
}

static double getMedian(std::vector<double> values) {
  llvm::sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

/// "a, b, c and 9 more".
static std::string list(std::vector<std::string> names) {
  constexpr size_t kMost = 6;
  std::string text = llvm::join(llvm::ArrayRef(names).take_front(kMost), ", ");
  if (names.size() > kMost)
    text += formatv(" and {0} more", names.size() - kMost);
  return text;
}

llvm::Expected<Profile> ProfileBuilder::finish() {
  Profile profile;
  for (const std::vector<KernelProfile> &launches : kernels) {
    KernelProfile merged = launches.front();
    merged.launches = launches.size();
    std::map<Metric, std::vector<double>> values;
    std::map<std::string, std::vector<double>> stalls;
    for (const KernelProfile &launch : launches) {
      for (auto [metric, value] : launch.values)
        values[metric].push_back(value);
      for (auto &[reason, value] : launch.stalls)
        stalls[reason].push_back(value);
      for (auto &[metric, place] : launch.places)
        merged.places.try_emplace(metric, place);
    }
    for (auto &[metric, list] : values)
      merged.values[metric] = getMedian(std::move(list));
    for (auto &[reason, list] : stalls)
      merged.stalls[reason] = getMedian(std::move(list));
    profile.kernels.push_back(std::move(merged));
  }
  if (profile.kernels.empty())
    return makeError(file, "no metric that is known stands in it" +
                               (unknown.empty()
                                    ? std::string()
                                    : "; unknown: " + list({unknown.begin(),
                                                            unknown.end()})));
  if (!unknown.empty())
    profile.notes.push_back("unknown metrics are ignored: " +
                            list({unknown.begin(), unknown.end()}));
  if (!empty.empty())
    profile.notes.push_back("metrics without a value: " +
                            list({empty.begin(), empty.end()}));
  return profile;
}

llvm::Expected<Profile> kiln::profiling::readProfile(StringRef text,
                                                     StringRef file) {
  ProfileBuilder builder(file);
  text.consume_front("\xEF\xBB\xBF"); // a byte order mark
  StringRef trimmed = text.ltrim();
  bool isJson = trimmed.starts_with("{") || trimmed.starts_with("[");
  if (llvm::Error error =
          isJson ? readJson(text, file, builder) : readCsv(text, file, builder))
    return std::move(error);
  return builder.finish();
}

llvm::Expected<const KernelProfile *>
kiln::profiling::selectKernel(const Profile &profile, StringRef kernel,
                              std::optional<int64_t> grid, StringRef file) {
  auto isKernel = [&](const KernelProfile &entry) {
    if (entry.kernel == kernel)
      return true;
    // A C++ kernel stands with its type: "void n::f<2>(float*)".
    StringRef name = StringRef(entry.kernel).take_until([](char c) {
      return c == '(' || c == '<';
    });
    return name == kernel || name.rsplit(' ').second == kernel;
  };
  llvm::SmallVector<const KernelProfile *> named, fitting;
  for (const KernelProfile &entry : profile.kernels)
    if (isKernel(entry))
      named.push_back(&entry);
  if (named.empty() && profile.kernels.size() == 1)
    return &profile.kernels.front();
  for (const KernelProfile *entry : named)
    if (!grid || entry->get(Metric::GridSize).value_or(*grid) == *grid)
      fitting.push_back(entry);
  if (fitting.size() == 1)
    return fitting.front();
  if (named.size() == 1)
    return named.front(); // whose grid is then refused by name
  std::vector<std::string> names;
  for (const KernelProfile &entry : profile.kernels) {
    auto size = entry.get(Metric::GridSize);
    names.push_back("'" + entry.kernel + "'" +
                    (size ? " (grid " + printNumber(*size) + ")" : ""));
  }
  return makeError(
      file, (named.empty() ? "no kernel '" : "several launches of '") + kernel +
                (grid ? formatv("' with grid {0}", *grid).str() : "'") +
                "; it has " + list(names));
}
