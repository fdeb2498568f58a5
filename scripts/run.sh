#!/usr/bin/env bash
# The main job: builds Kiln, compiles examples/conv_scale_min.mlir for sm_89,
# prints where the PTX is and what it uses, and runs the very kernel on the CPU
# with verification.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -e

job=build/main-job
step "set-up" scripts/setup.sh
step "build" scripts/build.sh kiln-compile kiln-run KilnCAPI
step "compile examples/conv_scale_min.mlir for sm_89" \
  build/bin/kiln-compile examples/conv_scale_min.mlir -o "$job" --target=rtx4090 --with-reference
note "PTX: $root/$job/kernels.ptx"
python3 scripts/report.py "$job"
step "run tiles of it on the CPU and verify them" \
  build/bin/kiln-run "$job" --device=cpu --verify --sample=6
