// RUN: kiln-opt %s --kiln-launch-on-gpu=memref-arguments=true | FileCheck %s --check-prefixes=CHECK,TARGET,DEVICE
// RUN: kiln-opt %s --kiln-launch-on-gpu="memref-arguments=true sm-count-function=count" | FileCheck %s --check-prefixes=CHECK,COUNTED,DEVICE
// RUN: kiln-opt %s --kiln-launch-on-gpu="memref-arguments=true unified-memory=true" | FileCheck %s --check-prefixes=CHECK,UNIFIED
// RUN: kiln-opt %s --kiln-launch-on-gpu="memref-arguments=true async=false" | FileCheck %s --check-prefixes=CHECK,SYNC
// RUN: kiln-opt %s --kiln-launch-on-gpu | FileCheck %s --check-prefix=POINTERS
// RUN: kiln-opt %s --kiln-launch-on-gpu --remarks-filter=kiln-launch-on-gpu 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
//
// A plan with a constant, a workspace and a persistent kernel.

// COUNTED: func.func private @count() -> i32
// UNIFIED: memref.global "private" constant @weights : memref<8xf32> = dense<2.000000e+00> {alignment = 16 : i64}

// CHECK-LABEL: func.func @plan(
// CHECK-SAME:    %[[X:.+]]: memref<64xf32>, %[[Y:.+]]: memref<64xf32>) {
// CHECK-DAG:     %[[ONE:.+]] = arith.constant 1 : index
// CHECK-DAG:     %[[THREADS:.+]] = arith.constant 32 : index
// TARGET-DAG:    %[[SMS:.+]] = arith.constant 128 : index
// SYNC-DAG:      %[[SMS:.+]] = arith.constant 128 : index
// UNIFIED-DAG:   %[[SMS:.+]] = arith.constant 128 : index
// COUNTED:       %[[COUNT:.+]] = call @count() : () -> i32
// COUNTED-NEXT:  %[[SMS:.+]] = arith.index_cast %[[COUNT]] : i32 to index
// CHECK:         %[[GRID:.+]] = affine.min #{{.+}}()[%[[SMS]]]
// CHECK:         %[[TWICE:.+]] = affine.apply #{{.+}}()[%[[SMS]]]
//
// One chain, that the host waits for at its end.
// DEVICE:        %[[T0:.+]] = gpu.wait async
// DEVICE-NEXT:   %[[C:.+]] = memref.get_global @weights
// DEVICE-NEXT:   %[[COPY:.+]], %[[T1:.+]] = gpu.alloc async [%[[T0]]] () {bufferization.manual_deallocation} : memref<8xf32>
// DEVICE-NEXT:   %[[T2:.+]] = gpu.memcpy async [%[[T1]]] %[[COPY]], %[[C]]
// DEVICE-NEXT:   %[[WORK:.+]], %[[T3:.+]] = gpu.alloc async [%[[T2]]] () {bufferization.manual_deallocation} : memref<16xf32>
// DEVICE-NEXT:   %[[T4:.+]] = gpu.launch_func async [%[[T3]]] @kernels::@pack blocks in (%[[ONE]], %[[ONE]], %[[ONE]]) threads in (%[[THREADS]], %[[ONE]], %[[ONE]]) args(%[[COPY]] : memref<8xf32>, %[[WORK]] : memref<16xf32>)
// DEVICE-NEXT:   %[[BYTES:.+]] = arith.constant 65536 : i32
// DEVICE-NEXT:   %[[T5:.+]] = gpu.launch_func async [%[[T4]]] @kernels::@main blocks in (%[[GRID]], %[[TWICE]], %[[ONE]]) threads in (%[[THREADS]], %[[ONE]], %[[ONE]]) dynamic_shared_memory_size %[[BYTES]] args(%[[X]] : memref<64xf32>, %[[WORK]] : memref<16xf32>, %[[Y]] : memref<64xf32>)
// DEVICE-NEXT:   %[[T6:.+]] = gpu.dealloc async [%[[T5]]] %[[COPY]]
// DEVICE-NEXT:   %[[T7:.+]] = gpu.dealloc async [%[[T6]]] %[[WORK]]
// DEVICE-NEXT:   gpu.wait [%[[T7]]]
// DEVICE-NEXT:   return
//
// The card reads the constant where it is.
// UNIFIED:       %[[T0:.+]] = gpu.wait async
// UNIFIED-NEXT:  %[[C:.+]] = memref.get_global @weights
// UNIFIED-NEXT:  %[[WORK:.+]] = memref.alloc() {alignment = 16 : i64} : memref<16xf32>
// UNIFIED-NEXT:  %[[T1:.+]] = gpu.launch_func async [%[[T0]]] @kernels::@pack {{.*}} args(%[[C]] : memref<8xf32>, %[[WORK]] : memref<16xf32>)
// UNIFIED:       %[[T2:.+]] = gpu.launch_func async [%[[T1]]] @kernels::@main
// UNIFIED-NEXT:  gpu.wait [%[[T2]]]
// UNIFIED-NEXT:  memref.dealloc %[[WORK]]
// UNIFIED-NEXT:  return
//
// For gpu-async-region.
// SYNC-NOT:      async
// SYNC:          %[[COPY:.+]] = gpu.alloc () {bufferization.manual_deallocation} : memref<8xf32>
// SYNC-NEXT:     gpu.memcpy %[[COPY]],
// SYNC-NEXT:     %[[WORK:.+]] = gpu.alloc ()
// SYNC-NEXT:     gpu.launch_func @kernels::@pack
// SYNC:          gpu.launch_func @kernels::@main
// SYNC-NEXT:     gpu.dealloc %[[COPY]]
// SYNC-NEXT:     gpu.dealloc %[[WORK]]
// SYNC-NEXT:     return

// Kernels take pointers, whatever convention the host has for memrefs.
// POINTERS:      func.func @plan(%[[X:.+]]: memref<64xf32>, %[[Y:.+]]: memref<64xf32>)
// POINTERS:      gpu.launch_func async {{.*}} @kernels::@pack
// POINTERS:      %[[I:.+]] = memref.extract_aligned_pointer_as_index %[[X]]
// POINTERS-NEXT: %[[N:.+]] = arith.index_cast %[[I]] : index to i64
// POINTERS-NEXT: %[[P:.+]] = llvm.inttoptr %[[N]] : i64 to !llvm.ptr
// POINTERS:      memref.extract_aligned_pointer_as_index %[[Y]]
// POINTERS:      gpu.launch_func async {{.*}} @kernels::@main {{.*}} args(%[[P]] : !llvm.ptr, %{{.+}} : !llvm.ptr, %{{.+}} : !llvm.ptr)

// REMARK: 2 launch(es); 96 bytes of workspace and copied constants; a grid for the target's multiprocessors
#target = #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>
module attributes {gpu.container_module, kiln.target = #target} {
  gpu.binary @kernels [#gpu.object<#nvvm.target, assembly = "">]
  memref.global "private" constant @weights : memref<8xf32> = dense<2.0>
  func.func @plan(%x: memref<64xf32> {kiln.fan_in = 3 : i64}, %y: memref<64xf32>) attributes {kiln.num_inputs = 1 : i64} {
    %w = memref.get_global @weights : memref<8xf32>
    %p = memref.alloc() : memref<16xf32>
    kiln.launch @kernels::@pack(%w, %p : memref<8xf32>, memref<16xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 role<pack>
    kiln.launch @kernels::@main(%x, %p, %y : memref<64xf32>, memref<16xf32>, memref<64xf32>) grid [min(16, sm_count), 2 * sm_count, 1] block [32, 1, 1] shared 65536
    memref.dealloc %p : memref<16xf32>
    return
  }
}
