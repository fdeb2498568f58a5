//===- ReadCsv.cpp - Profiles as `ncu --csv` writes them ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Csv.h"
#include "Rows.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace kiln::profiling;
using llvm::formatv;
using llvm::StringRef;

namespace {
class Reader {
public:
  Reader(StringRef file, std::vector<CsvRecord> records,
         ProfileBuilder &builder)
      : file(file), records(std::move(records)), builder(builder) {}

  llvm::Error read() {
    for (const CsvRecord &record : llvm::drop_begin(records))
      if (record.fields.size() != header().size())
        return makeError(getPlace(record),
                         formatv("{0} fields, but the header has {1}",
                                 record.fields.size(), header().size()));
    return find("Metric Name") ? readDetails() : readRaw();
  }

private:
  const std::vector<std::string> &header() const {
    return records.front().fields;
  }
  std::optional<size_t> find(StringRef column) const {
    auto found = llvm::find(header(), column);
    return found == header().end()
               ? std::nullopt
               : std::optional<size_t>(found - header().begin());
  }
  std::string getPlace(const CsvRecord &record) const {
    return formatv("{0}:{1}", file, record.line);
  }

  /// A line a metric; those of a launch follow one another and have its ID.
  llvm::Error readDetails() {
    auto name = find("Metric Name"), value = find("Metric Value");
    auto unit = find("Metric Unit"), kernel = find("Kernel Name");
    auto id = find("ID");
    if (!value)
      return makeError(getPlace(records.front()),
                       "a column 'Metric Name' but none 'Metric Value'");
    Row row;
    std::string rowId;
    for (const CsvRecord &record : llvm::drop_begin(records)) {
      auto get = [&](std::optional<size_t> column) {
        return column ? record.fields[*column] : std::string();
      };
      // Without IDs a launch ends where a metric comes again.
      bool isNew = id ? get(id) != rowId
                      : llvm::any_of(row.cells, [&](const Cell &cell) {
                          return cell.name == get(name);
                        });
      if (isNew || get(kernel) != row.kernel) {
        if (llvm::Error error = builder.add(row))
          return error;
        row = {get(kernel), getPlace(record), {}};
        addSizes(record, row);
        rowId = get(id);
      }
      if (!get(name).empty()) // the line of a rule
        row.cells.push_back(
            {get(name), get(value), get(unit), getPlace(record)});
    }
    return builder.add(row);
  }

  /// A line a launch, a column a metric; a line of units behind the header.
  llvm::Error readRaw() {
    auto kernel = find("Kernel Name"), id = find("ID");
    llvm::ArrayRef<CsvRecord> rows = llvm::ArrayRef(records).drop_front();
    const CsvRecord *units = nullptr;
    // It has no kernel, and no ID.
    auto isEmpty = [&](std::optional<size_t> column) {
      return !column || rows.front().fields[*column].empty();
    };
    if (!rows.empty() && (kernel || id) && isEmpty(kernel) && isEmpty(id)) {
      units = &rows.front();
      rows = rows.drop_front();
    }
    for (const CsvRecord &record : rows) {
      Row row{kernel ? record.fields[*kernel] : "", getPlace(record), {}};
      addSizes(record, row);
      for (size_t column = 0; column < header().size(); ++column)
        if (isMetric(header()[column]))
          row.cells.push_back({header()[column], record.fields[column],
                               units ? units->fields[column] : "",
                               getPlace(record)});
      if (llvm::Error error = builder.add(row))
        return error;
    }
    return llvm::Error::success();
  }

  /// The columns "(128, 1, 1)" of grid and block.
  void addSizes(const CsvRecord &record, Row &row) const {
    for (StringRef name : {"Grid Size", "Block Size"})
      if (std::optional<size_t> column = find(name))
        row.cells.push_back(
            {name.str(), record.fields[*column], "", getPlace(record)});
  }

  /// Columns that say which launch it is are no unknown metrics.
  static bool isMetric(StringRef column) {
    constexpr StringRef kOthers[] = {"ID",        "Process ID",  "Process Name",
                                     "Host Name", "Kernel Name", "Context",
                                     "Stream",    "Block Size",  "Grid Size",
                                     "Device",    "CC"};
    return !llvm::is_contained(kOthers, column);
  }

  StringRef file;
  std::vector<CsvRecord> records;
  ProfileBuilder &builder;
};
} // namespace

llvm::Error kiln::profiling::readCsv(StringRef text, StringRef file,
                                     ProfileBuilder &builder) {
  // Before the header stand lines of ncu and of the program that it ran.
  size_t line = 1;
  StringRef rest = text;
  auto isHeader = [](StringRef first) {
    return first.contains("Kernel Name") || first.contains("Metric Name") ||
           first.contains("__");
  };
  while (!rest.empty()) {
    StringRef first = rest.split('\n').first;
    if (!first.starts_with("==") && first.contains(',') && isHeader(first))
      break;
    rest = rest.split('\n').second;
    ++line;
  }
  if (rest.empty())
    return makeError(file, "neither JSON nor the output of ncu --csv: no line "
                           "names columns such as \"Kernel Name\"");
  llvm::Expected<std::vector<CsvRecord>> records = parseCsv(rest, file, line);
  if (!records)
    return records.takeError();
  // ncu's own lines may stand behind the table, too.
  llvm::erase_if(*records, [](const CsvRecord &record) {
    return StringRef(record.fields.front()).starts_with("==");
  });
  return Reader(file, std::move(*records), builder).read();
}
