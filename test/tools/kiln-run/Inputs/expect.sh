# expect.sh STATUS TEXT COMMAND...: the command must end with this status, say
# TEXT on standard error and, when the status is 2, nothing on standard output.
status=$1 text=$2
shift 2
error=$(mktemp) output=$(mktemp)
trap 'rm -f "$error" "$output"' EXIT
"$@" >"$output" 2>"$error"
actual=$?
cat "$error"
if [ "$actual" -ne "$status" ]; then
  echo "status $actual instead of $status"
  exit 1
fi
if ! grep -qF -e "$text" "$error"; then
  echo "standard error lacks: $text"
  exit 1
fi
if [ "$status" -eq 2 ] && [ -s "$output" ]; then
  echo "unexpected standard output:"
  cat "$output"
  exit 1
fi
