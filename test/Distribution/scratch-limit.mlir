// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared))' --mlir-print-local-scope | FileCheck %s --check-prefixes=CHECK,FITS
// RUN: sed 's/shared_per_block = 1024/shared_per_block = 1023/' %s > %t.mlir
// RUN: kiln-opt %t.mlir --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared))' --mlir-print-local-scope | FileCheck %s --check-prefixes=CHECK,TIGHT
//
// Three reductions of four warps, 512 bytes each, of which two are in use at once.
// On a card with a byte less than that the threads meet in front of each but the
// first, and all use the same bytes.

#card = #kiln.target<name = "small", arch = "sm_89", sms = 128, shared_per_block = 1024, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>
#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [2, 0]]>
#reduced = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [0]]>

module attributes {kiln.target = #card} {
  gpu.module @kernels {
    // CHECK-LABEL: gpu.func @three
    // CHECK-NEXT:  kiln.alloc_shared offset 0 :
    // FITS-NEXT:   kiln.alloc_shared offset 512 :
    // TIGHT-NEXT:  kiln.alloc_shared offset 0 :
    // CHECK-NEXT:  kiln.alloc_shared offset 0 :
    // CHECK-NOT:   kiln.barrier
    // CHECK:       kiln.reduce
    // FITS-NOT:    kiln.barrier
    // TIGHT:       kiln.barrier
    // CHECK:       kiln.reduce
    // FITS-NOT:    kiln.barrier
    // TIGHT:       kiln.barrier
    // CHECK:       kiln.reduce
    // CHECK-NOT:   kiln.barrier
    // CHECK:       gpu.return
    gpu.func @three(%x: memref<4x32xf32>, %y: memref<32xf32>) kernel {
      %0 = arith.constant 0 : index
      %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #warps>
      %a = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %v = arith.addf %l, %r : f32
        kiln.reduce_yield %v : f32
      }
      %b = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %v = arith.maximumf %l, %r : f32
        kiln.reduce_yield %v : f32
      }
      %c = kiln.reduce %t over [0] : tensor<4x32xf32, #warps> -> tensor<32xf32, #reduced> {
      ^bb0(%l: f32, %r: f32):
        %v = arith.minimumf %l, %r : f32
        kiln.reduce_yield %v : f32
      }
      kiln.store_tile %a, %y[%0] in_bounds [true] : tensor<32xf32, #reduced>, memref<32xf32>
      kiln.store_tile %b, %y[%0] in_bounds [true] : tensor<32xf32, #reduced>, memref<32xf32>
      kiln.store_tile %c, %y[%0] in_bounds [true] : tensor<32xf32, #reduced>, memref<32xf32>
      gpu.return
    }
  }
}
