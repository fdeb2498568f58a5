#!/usr/bin/env bash
# The main job: builds Kiln, compiles examples/conv_scale_min.mlir for sm_89,
# prints where the PTX is and what it uses, and runs the very kernel on the CPU
# with verification.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -e

program=examples/conv_scale_min.mlir
job=build/main-job
step "set-up" scripts/setup.sh
step "build" scripts/build.sh kiln-compile kiln-run KilnCAPI
step "compile $program for sm_89" \
  build/bin/kiln-compile "$program" -o "$job" --target=rtx4090 --with-reference
note "PTX: $root/$job/kernels.ptx"
step "report" build/bin/kiln-compile "$program" --target=rtx4090 --emit=report -o -
step "run tiles of it on the CPU and verify them" \
  build/bin/kiln-run "$job" --device=cpu --verify --sample=6
