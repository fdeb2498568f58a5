// RUN: kiln-opt %s | kiln-opt | FileCheck %s

// CHECK-LABEL: @schedule
// CHECK-SAME: #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 1, 4]>
func.func private @schedule() attributes {
  s = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 1, 4]>}

// CHECK-LABEL: @layout
// CHECK-SAME: #kiln.layout<register = {{\[\[}}0, 1], [8, 0]], lane = {{\[\[}}0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
func.func private @layout() attributes {
  l = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>}

// CHECK-LABEL: @shared
// CHECK-SAME: #kiln.shared_layout<[8:1, 2:2720], [10:272], [34:8]>
func.func private @shared() attributes {
  l = #kiln.shared_layout<[8:1, 2:2720], [10:272], [34:8]>}
