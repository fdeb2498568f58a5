//===- CommandLineBase.h - How tools read command lines ---------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What kiln-run and kiln-tune share: options are written `--seed=N`, each
// with its help, its checks and its place, and a wrong one is named with what
// it would take. Over CLI11; nothing of LLVM and nothing of the runtime.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_COMMANDLINEBASE_H
#define KILN_TOOLS_COMMANDLINEBASE_H

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace kiln::tools {

/// Options are shown as they are written: `--seed=N`.
struct HelpFormatter : CLI::Formatter {
  explicit HelpFormatter(std::size_t width) { column_width(width); }
  std::string make_positionals(const CLI::App *app) const override {
    return "\n" + app->get_description() + "\n";
  }
  std::string make_description(const CLI::App *) const override { return {}; }
  std::string make_option_name(const CLI::Option *option,
                               bool isPositional) const override {
    std::string name = Formatter::make_option_name(option, isPositional);
    return name.substr(0, name.find('{')); // What a flag means without a value.
  }
  std::string make_option_opts(const CLI::Option *option) const override {
    return option->get_option_text();
  }
};

class CommandLineBase {
protected:
  using Handler = std::function<void(const std::string &)>;

  CommandLineBase(const std::string &description, const std::string &name)
      : app(description, name) {}

  void startGroup(const std::string &name) {
    app.option_defaults()->group(name);
  }
  void addFlag(const std::string &name, bool &slot, const std::string &help) {
    app.add_flag(name, slot, help)->disable_flag_override();
  }
  /// An option with a value; the last of several counts. An error that `handle`
  /// throws is said of the option.
  CLI::Option *addOption(const std::string &name, const std::string &form,
                         const std::string &help, const Handler &handle) {
    std::string shown = name.substr(name.rfind(',') + 1);
    auto handleAll = [=](const std::vector<std::string> &values) {
      for (const std::string &text : values) {
        if (text.empty())
          throw CLI::ParseError(shown + " needs a value: " + shown + "=...",
                                CLI::ExitCodes::ArgumentMismatch);
        handle(text);
      }
    };
    // Without a value it must not take the option that follows for one; `-o`
    // takes what follows.
    bool isShort = name.rfind("--", 0) != 0;
    return app
        .add_option_function<std::vector<std::string>>(name, handleAll, help)
        ->option_text((isShort ? " " : "=") + form)
        ->expected(isShort ? 1 : 0, 1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  /// An option that may be given several times.
  void addList(const std::string &name, const std::string &form,
               const std::string &help, const Handler &handle) {
    addOption(name, form, help, handle)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  void addText(const std::string &name, const std::string &form,
               const std::string &help, std::string &slot) {
    addOption(name, form, help, [&slot](const auto &text) { slot = text; });
  }
  template <typename T>
  void addNumber(const std::string &name, const std::string &form,
                 const std::string &help, T &slot, T low) {
    addOption(name, form, help, [=, &slot](const std::string &text) {
      setNumber(name, text, slot, low);
    });
  }
  /// `choose` gets the index of the value among `choices`.
  void addChoice(const std::string &name,
                 const std::vector<std::string> &choices,
                 const std::string &help,
                 const std::function<void(size_t)> &choose) {
    addOption(name, CLI::detail::join(choices, "|"), help,
              [=](const std::string &text) {
                choose(getChoice(name, text, choices));
              });
  }

  /// Says of the option `name` what is wrong with it.
  template <typename... Ts>
  [[noreturn]] static void refuse(const std::string &name, const Ts &...parts) {
    std::ostringstream message;
    (message << ... << parts);
    throw CLI::ValidationError(name, message.str());
  }
  template <typename T>
  static bool parseNumber(std::string_view text, T &value) {
    auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && rest == text.data() + text.size();
  }
  template <typename T>
  static void setNumber(const std::string &name, const std::string &text,
                        T &slot, T low) {
    T number;
    bool good = parseNumber(text, number) && number >= low;
    if constexpr (std::is_floating_point_v<T>)
      good = good && std::isfinite(number);
    if (!good)
      refuse(name, "'", text, "' is no number of at least ", low);
    slot = number;
  }
  static size_t getChoice(const std::string &name, const std::string &text,
                          const std::vector<std::string> &choices) {
    auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end())
      refuse(name, "'", text, "' must be one of ",
             CLI::detail::join(choices, ", "));
    return size_t(found - choices.begin());
  }

  /// Of `names` the first that is given, which needs `need`; or nothing.
  std::string findMisplaced(std::initializer_list<const char *> names,
                            const std::string &need) const {
    for (const char *name : names)
      if (app.count(name))
        return std::string(name) + " works only with " + need;
    return {};
  }
  /// What was left over beside the program `input`, of which one can be
  /// `handled`; or nothing.
  std::string describeRest(const std::string &input,
                           const std::string &handled) const {
    for (const std::string &rest : app.remaining()) {
      if (rest.size() > 1 && rest[0] == '-')
        return "unknown option '" + rest.substr(0, rest.find('=')) + "'";
      return "one program can be " + handled + ", but '" + input + "' and '" +
             rest + "' are given";
    }
    return {};
  }

  CLI::App app;
};

} // namespace kiln::tools

#endif // KILN_TOOLS_COMMANDLINEBASE_H
