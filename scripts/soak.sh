#!/usr/bin/env bash
# Sets of tests that are too long for scripts/test.sh, on what scripts/build.sh
# has built: every program of test/robustness, 2,000 changed copies of the
# examples, and 500 of what the small ones are at each later level, through
# kiln-compile; what compiles of the first set also runs in the emulator. Every
# program of test/e2e is embedded in place. Failing programs are kept in
# build/soak. Takes about ten minutes on two cores.
#   SOAK_SEED=N       other changes (1)
#   SOAK_MUTATIONS=N  another number of them (2000)
# Exit 1: one of them crashed, hung, said no place or did not verify.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -o pipefail

export PATH="$root/build/bin:$PATH"
failed=0
soak() {
  step "$1" python3 test/robustness/check.py --jobs="$(job_count)" --keep=build/soak "${@:2}" || failed=1
}

soak "programs" --programs --verify --seconds=120
soak "mutations" --mutations="${SOAK_MUTATIONS:-2000}" --seed="${SOAK_SEED:-1}" --seconds=120 \
  examples/*.mlir examples/small/*.mlir test/e2e/*.mlir
for level in kernels schedule launch-plan nvvm; do
  soak "mutations of $level" --from="$level" --mutations=500 --seed="${SOAK_SEED:-1}" examples/small/*.mlir
done
PATH="$(llvm-config-22 --bindir 2>/dev/null || echo /usr/lib/llvm-22/bin):$PATH" \
  step "in place" python3 test/e2e/embed.py test/e2e/programs || failed=1
exit "$failed"
