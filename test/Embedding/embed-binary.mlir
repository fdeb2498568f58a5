// RUN: kiln-opt %s --kiln-embed-binary | FileCheck %s --check-prefixes=CHECK,PTX --implicit-check-not=gpu.module
// RUN: kiln-opt %s --kiln-embed-binary=bitcode=true | FileCheck %s --check-prefixes=CHECK,BOTH
// RUN: kiln-opt %s --kiln-embed-binary=select=bitcode | FileCheck %s --check-prefixes=CHECK,SELECT
// RUN: kiln-opt %s --kiln-embed-binary --remarks-filter=kiln-embed-binary 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
//
// The PTX is what a host loads, unless it asks for another object. Host and
// binary are read by tools that do not know Kiln.
// RUN: kiln-opt %s --kiln-embed-binary --kiln-launch-on-gpu | sed 's/, kiln.target = #target//; /^#target/d' | mlir-opt | FileCheck %s --check-prefix=UPSTREAM

// PTX:      gpu.binary @kernels [#gpu.object<
// BOTH:     gpu.binary @kernels [#gpu.object<
// SELECT:   gpu.binary @kernels <#gpu.select_object<1 : i64>> [#gpu.object<
// CHECK-SAME: #nvvm.target<chip = "sm_89", features = "+ptx78">, properties = {O = 4 : i32}
// CHECK-SAME: #gpu.kernel_metadata<"double", !llvm.func<void (ptr<1>, ptr<1>)>, metadata = {
// CHECK-SAME:   block = array<i64: 32, 1, 1>, grid = ["min(16, sm_count)", "1", "1"]
// CHECK-SAME:   role = "compute"
// CHECK-SAME:   schedule = "#kiln.loop_schedule<tile = [4], threads = {{\[\[}}1:32]], vector = [1], block = 32>"
// CHECK-SAME:   shared_bytes = 512
// A kernel that nothing launches has no metadata.
// CHECK-SAME: #gpu.kernel_metadata<"other", !llvm.func<void (ptr<1>)>>
// CHECK-SAME: assembly = "{{.*}}.target sm_89{{.*}}.entry double(
// PTX-NOT:    offload =
// BOTH-SAME:  offload = "BC
// SELECT-SAME: offload = "BC
// CHECK:    func.func @f(
// CHECK:      kiln.launch @kernels::@double(

// REMARK: the binary holds ptx; the host loads ptx

// UPSTREAM: gpu.launch_func async {{.*}} @kernels::@double
#target = #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>
module attributes {gpu.container_module, kiln.target = #target} {
  gpu.module @kernels {
    llvm.func @double(%x: !llvm.ptr<1>, %y: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      %v = llvm.load %x : !llvm.ptr<1> -> f32
      %t = llvm.fadd %v, %v : f32
      llvm.store %t, %y : f32, !llvm.ptr<1>
      llvm.return
    }
    llvm.func @other(%x: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  func.func @f(%x: memref<64xf32>, %y: memref<64xf32>) attributes {kiln.num_inputs = 1 : i64} {
    kiln.launch @kernels::@double(%x, %y : memref<64xf32>, memref<64xf32>) grid [min(16, sm_count), 1, 1] block [32, 1, 1] shared 512 attributes {schedule = #kiln.loop_schedule<tile = [4], threads = [[1:32]], vector = [1], block = 32>}
    return
  }
}
