#!/usr/bin/env bash
# Configures and builds in build/: scripts/build.sh [TARGET...]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -e

# Ninja configures again by itself when a CMake file changes.
if [ ! -f build/build.ninja ]; then
  cmake --preset default
fi
exec ninja -C build -j "$(job_count)" "$@"
