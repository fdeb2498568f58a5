#!/usr/bin/env bash
# Profiles an artifact's kernels with Nsight Compute:
#   bench/profile.sh ARTIFACT_DIR OUT_DIR [KILN_RUN]
# Writes OUT_DIR/sections.csv and counters.csv (one row a kernel) and prints what
# bounds the kernels. Exit 1: ncu failed; 2: bad usage; 3: this machine refuses.
if [ $# -lt 2 ] || [ ! -f "$1/artifact.json" ]; then
  sed -n '2,5s/^# *//p' "$0" >&2
  exit 2
fi
artifact=$1
out=$2
kiln_run=${3:-$(dirname "$0")/../build/bin/kiln-run}
[ -x "$kiln_run" ] || { echo "$kiln_run is not there" >&2; exit 2; }
ncu=$(command -v ncu || echo /usr/local/cuda/bin/ncu)
[ -x "$ncu" ] || { echo "no ncu on this machine (Nsight Compute)" >&2; exit 3; }
mkdir -p "$out" || exit 2

profile() {
  timeout 300 "$ncu" --clock-control none --launch-count 4 --csv --page raw "$@" \
    "$kiln_run" "$artifact" --device=cuda
}

# One cheap counter tells whether counters may be read at all.
if ! profile --metrics gpu__time_duration.sum >"$out/probe.csv" 2>&1 ||
  ! grep -q gpu__time_duration "$out/probe.csv"; then
  echo "ncu REFUSED by this machine: $(grep -E 'ERROR|Failed|ERR_' "$out/probe.csv" | head -n 1)"
  exit 3
fi

status=0
# Sections name their counters for the card at hand.
profile --section SpeedOfLight --section ComputeWorkloadAnalysis \
  --section MemoryWorkloadAnalysis --section SchedulerStats \
  --section WarpStateStats --section Occupancy --section LaunchStats \
  >"$out/sections.csv" 2>"$out/sections.log" || status=1
# What the sections lack: shared-memory wavefronts and conflicts, the tensor pipe.
profile --metrics "$(
  IFS=,
  counters=(
    sm__cycles_active.avg
    sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active
    sm__inst_executed_pipe_tensor.sum
    sm__inst_issued.avg.pct_of_peak_sustained_active
    l1tex__data_pipe_lsu_wavefronts_mem_shared.sum
    l1tex__data_pipe_lsu_wavefronts_mem_shared.avg.pct_of_peak_sustained_elapsed
    l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum
    l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_st.sum
    lts__t_sector_hit_rate.pct
    lts__t_sectors.avg.pct_of_peak_sustained_elapsed
    dram__bytes_read.sum
    dram__bytes_write.sum
    dram__throughput.avg.pct_of_peak_sustained_elapsed
  )
  echo "${counters[*]}"
)" >"$out/counters.csv" 2>"$out/counters.log" || status=1
for part in sections counters; do
  grep -hE '==(ERROR|WARNING)==' "$out/$part.csv" "$out/$part.log" | sort -u
done
python3 "$(dirname "$0")/ncu_summary.py" "$out/sections.csv" "$out/counters.csv" || status=1
exit "$status"
