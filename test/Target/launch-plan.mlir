// RUN: kiln-compile --from=launch-plan --no-cubin %S/Inputs/launch-plan.mlir -o %t
// RUN: FileCheck %s < %t/artifact.json
// RUN: od -An -tx1 %t/constants.bin | FileCheck %s --check-prefix=CONSTANTS
// RUN: kiln-compile --from=launch-plan --emit=report --no-cubin %S/Inputs/launch-plan.mlir | FileCheck %s --check-prefix=REPORT

// CHECK:      "format": "kiln-artifact",
// CHECK-NEXT: "version": 2,
// CHECK-NEXT: "producer": "kiln {{.*}}",
// CHECK-NEXT: "entry": "scale",
// CHECK-NEXT: "precision": "tf32",
// CHECK:      "name": "rtx4090",
// CHECK-NEXT: "arch": "sm_89"
// CHECK:      "inputs": [
// CHECK:      "name": "arg0",
// CHECK-NEXT: "type": "f32",
// CHECK:      "fan_in": 9
// CHECK-NOT:  "domain"
// CHECK:      "name": "arg1",
// CHECK:      "fan_in": 1,
// CHECK-NEXT: "domain": "nonzero"
// CHECK:      "outputs": [
// CHECK:      "name": "result0",
// CHECK-NOT:  {{"fan_in"|"domain"}}
// CHECK:      "buffers": [
// CHECK:      "kind": "input",
// CHECK-NEXT: "index": 0,
// CHECK-NEXT: "bytes": 1024
// CHECK:      "kind": "input",
// CHECK-NEXT: "index": 1,
// CHECK:      "kind": "output",
// CHECK-NEXT: "index": 0,
// CHECK:      "kind": "workspace",
// CHECK-NEXT: "bytes": 256
// CHECK:      "kind": "constant",
// CHECK-NEXT: "offset": 0,
// CHECK-NEXT: "bytes": 8
// CHECK:      "name": "scale_pack",
// CHECK-NEXT: "role": "pack",
// CHECK:      "buffer": 1
// CHECK:      "buffer": 3
// CHECK:      "depends_on": [
// CHECK-NEXT:   1
// CHECK-NEXT: ],
// CHECK-NEXT: "bytes": 512
// CHECK:      "name": "scale_compute",
// CHECK-NEXT: "role": "compute",
// CHECK:      "min(4, sm_count)",
// CHECK:      "dynamic_shared_bytes": 65536,
// CHECK:      "buffer": 0
// CHECK:      "buffer": 3
// CHECK:      "buffer": 4
// CHECK:      "i32": 256
// CHECK:      "buffer": 2
// CHECK:      "depends_on": [
// CHECK-NEXT:   0,
// CHECK-NEXT:   1
// CHECK-NEXT: ],
// CHECK:      "tiles": {
// CHECK-NEXT:   "count": 4,
// CHECK-NEXT:   "grid": [
// CHECK-NEXT:     4,
// CHECK-NEXT:     1
// CHECK:        "shape": [
// CHECK-NEXT:     1,
// CHECK-NEXT:     64
// CHECK:        "output_dims": [
// CHECK-NEXT:     0,
// CHECK-NEXT:     1
// CHECK:      "flops": 512,
// Every buffer once: input, packed weights, constant, output.
// CHECK-NEXT: "bytes": 2312,
// CHECK-NEXT: "schedule": "#kiln.schedule<contraction = fma,
// CHECK-NOT:  "report"
// CHECK:      "ptx": "kernels.ptx",
// CHECK-NEXT: "bitcode": "kernels.bc"
// CHECK-NOT:  "cubin"

// CONSTANTS: 00 00 80 3f 00 00 00 40

// REPORT: entry scale, target rtx4090 (sm_89)
// REPORT-NEXT: no registers, spills and occupancy: not asked for
// REPORT: kernel scale_pack (pack)
// REPORT: kernel scale_compute (compute)
// REPORT: shared memory   65536 bytes dynamic
// REPORT: work            512 FLOP, 2.312 kB
// REPORT: bound           {{.*}} ms (memory)
// REPORT: schedule        #kiln.schedule<
