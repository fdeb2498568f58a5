#!/bin/sh
# Compiles what must be refused: a located diagnostic, exit code 2, no artifact.
# usage: refused.sh DIRECTORY FILE [OPTION ...]
directory=$1
shift
kiln-compile "$@" -o "$directory" --no-cubin 2>&1
code=$?
test $code = 2 || { echo "exit code $code instead of 2"; exit 1; }
test ! -e "$directory" || { echo "$directory was left behind"; exit 1; }
