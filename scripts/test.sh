#!/usr/bin/env bash
# Set-up, build and every test. A failing part does not keep the others from
# running. Ends with 'N passed, N failed'; exit 0 only when nothing failed.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -o pipefail

passed=0
failed=0
skipped=0
failures=()

# check NAME COMMAND...: a part that counts as one test.
check() {
  if step "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$1")
  fi
}

# counted NAME FUNCTION: a part that adds up its own tests. One that counts no
# test at all has failed, whatever it returned.
counted() {
  local before=$((passed + failed)) failed_before=$failed
  if ! step "$@" || [ $((passed + failed)) -eq "$before" ]; then
    [ "$failed" -gt "$failed_before" ] || failed=$((failed + 1))
    failures+=("$1")
  fi
}

finish() {
  local name line
  for name in "${failures[@]}"; do note "FAILED: $name"; done
  line="$passed passed, $failed failed"
  [ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
  note "$line"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

unit_tests() {
  local log=build/unit-tests.log status total bad
  ctest --test-dir build --output-on-failure --no-tests=error -j "$(job_count)" 2>&1 | tee "$log"
  status=$?
  read -r bad total < <(sed -n 's/.*, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' "$log")
  passed=$((passed + ${total:-0} - ${bad:-0}))
  failed=$((failed + ${bad:-0}))
  return "$status"
}

# lit_count LOG WORDS: the sum of those lines of lit's summary.
lit_count() { sed -nE "s/^ *($2) *: *([0-9]+).*/\2/p" "$1" | awk '{s += $1} END {print s + 0}'; }

lit_tests() {
  local log=build/lit.log status
  scripts/build.sh check-kiln 2>&1 | tee "$log"
  status=$?
  passed=$((passed + $(lit_count "$log" 'Passed|Expectedly Failed')))
  failed=$((failed + $(lit_count "$log" 'Failed|Unexpectedly Passed|Unresolved|Timed Out')))
  skipped=$((skipped + $(lit_count "$log" 'Unsupported|Skipped')))
  return "$status"
}

# Installs, moves the installation (its files must not know where they lay) and
# builds a project of its own against it.
embed_project() {
  local stage=build/stage
  rm -rf "$stage" build/embed || return
  cmake --install build --prefix "$stage/first" >/dev/null || return
  mv "$stage/first" "$stage/moved" || return
  if grep -rl -e "$root" "$stage/moved/lib/cmake" "$stage/moved/include"; then
    complain "installed files name the source or build folder"
    return 1
  fi
  local tool
  for tool in kiln-opt kiln-compile kiln-tune kiln-explain kiln-run kiln-bench; do
    "$stage/moved/bin/$tool" --help >/dev/null || return
  done
  cmake -S examples/embed -B build/embed -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=clang++-22 \
    -DCMAKE_PREFIX_PATH="$root/$stage/moved" || return
  ninja -C build/embed || return
  # It finds the compiler and the emulator beside itself.
  "$stage/moved/bin/kiln-run" examples/small/conv_scale_min_f32.mlir --device=cpu --verify || return
  local program
  build/embed/embed >build/embed/embed.ptx &&
    build/embed/embed_c examples/small/conv_scale_min_f32.mlir >build/embed/embed_c.ptx || return
  for program in embed embed_c; do
    if ! grep -q '^\.target sm_89' "build/embed/$program.ptx" ||
      ! grep -q '\.entry' "build/embed/$program.ptx"; then
      complain "examples/embed: $program printed no PTX for sm_89"
      return 1
    fi
  done
  if ! build/embed/embed --in-place | grep -q '^the result is right$'; then
    complain "examples/embed: the kernels in the host's module do not run"
    return 1
  fi
}

# The runtime and kiln-run with a C++ compiler and two sets of headers, and no
# LLVM linked.
runtime_alone() {
  # Ninja: a machine with nothing but the needed packages has no make.
  [ -f build-runtime/build.ninja ] || rm -rf build-runtime
  cmake --preset runtime -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ &&
    cmake --build build-runtime -j "$(job_count)" || return
  build-runtime/bin/kiln-run --help >/dev/null || return
  if ldd build-runtime/bin/kiln-run | grep -E 'LLVM|MLIR'; then
    complain "kiln-run links LLVM"
    return 1
  fi
}

formatting() {
  local wrong
  wrong=$(git ls-files -z '*.cpp' '*.c' '*.h' |
    xargs -0 clang-format-22 --dry-run -Werror 2>&1 | sed -n 's/:[0-9].*error: .*//p' | sort -u)
  [ -z "$wrong" ] || {
    complain "clang-format-22 -i these files:"
    complain "$wrong"
    return 1
  }
}

# Every link of the documents leads to a file that git tracks or a heading.
doc_links() {
  local page link file anchor dead=0
  while IFS=: read -r page link; do
    link=${link#*](}
    link=${link%)}
    case $link in http://* | https://*) continue ;; esac
    file=${link%%#*} anchor=
    [ "$link" = "$file" ] || anchor=${link#*#}
    if [ -n "$file" ]; then file=$(dirname "$page")/$file; else file=$page; fi
    if [ ! -e "$file" ] || ! git ls-files --error-unmatch "$file" >/dev/null 2>&1; then
      complain "$page: no such file: $link"
      dead=1
    elif [ -n "$anchor" ] && ! sed -n 's/^##* //p' "$file" |
      tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-' | grep -qx -- "$anchor"; then
      complain "$page: no such heading: $link"
      dead=1
    fi
  done < <(git ls-files -z '*.md' | xargs -0 grep -HoE '\]\([^) ]+\)')
  return "$dead"
}

bench_scripts() {
  local file
  for file in scripts/*.sh bench/*.sh .ci/run; do
    bash -n "$file" || return
  done
  python3 -m unittest discover -s bench -p 'test_*.py'
}

step "set-up" scripts/setup.sh || {
  failed=$((failed + 1)) failures+=("set-up")
  finish
}
check "build" scripts/build.sh
if [ "$failed" -eq 0 ]; then
  counted "unit tests" unit_tests
  counted "lit tests" lit_tests
  check "install and examples/embed" embed_project
  check "main job (scripts/run.sh)" env KILN_SKIP_SETUP=1 scripts/run.sh
fi
check "runtime alone" runtime_alone
check "bench scripts" bench_scripts
check "links of the documents" doc_links
if command -v clang-format-22 >/dev/null; then
  check "formatting" formatting
else
  note "formatting: not checked, clang-format-22 is not installed"
  skipped=$((skipped + 1))
fi
finish
