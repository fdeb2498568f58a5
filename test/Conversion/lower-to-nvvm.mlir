// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-lower-to-nvvm,kiln-attach-line-info))' --mlir-print-debuginfo | FileCheck %s

// A kernel as code generation leaves it: asynchronous copies into dynamic
// shared memory, fragments, mma, a shuffle reduction and one store.

// CHECK-LABEL: gpu.module @kernels
gpu.module @kernels {
  llvm.mlir.global external @dynamic_shared_memory() {addr_space = 3 : i32, alignment = 128 : i64} : !llvm.array<0 x i8>

  // CHECK: llvm.func @multiply(%{{.*}}: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}
  // CHECK-SAME: gpu.kernel, nvvm.kernel, nvvm.maxntid = array<i32: 32, 1, 1>, nvvm.minctasm = 2 : i32
  gpu.func @multiply(%a: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}, %y: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias}) kernel
      attributes {known_block_size = array<i32: 32, 1, 1>, nvvm.minctasm = 2 : i32} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    // CHECK: nvvm.read.ptx.sreg.tid.x range <i32, 0, 32> : i32
    // CHECK: nvvm.read.ptx.sreg.ctaid.x : i32
    %tid = gpu.thread_id x
    %block = gpu.block_id x
    %tid32 = arith.index_cast %tid : index to i32
    %shared = llvm.mlir.addressof @dynamic_shared_memory : !llvm.ptr<3>
    %dst = llvm.getelementptr %shared[%tid32] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, !llvm.array<16 x i8>
    %linear = arith.muli %block, %c4 : index
    %offset = arith.addi %linear, %tid : index
    %offset64 = arith.index_cast %offset : index to i64
    %src = llvm.getelementptr %a[%offset64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, !llvm.array<16 x i8>
    %inside = arith.cmpi ult, %offset, %c4 : index
    %c16 = arith.constant 16 : i32
    %none = arith.constant 0 : i32
    %bytes = arith.select %inside, %c16, %none : i32
    // CHECK: nvvm.cp.async.shared.global %{{.*}}, %{{.*}}, 16, cache = cg, %{{.*}} : !llvm.ptr<3>, !llvm.ptr<1>, i32
    nvvm.cp.async.shared.global %dst, %src, 16, cache = cg, %bytes : !llvm.ptr<3>, !llvm.ptr<1>, i32
    nvvm.cp.async.commit.group
    nvvm.cp.async.wait.group 0
    // CHECK: nvvm.barrier
    gpu.barrier
    %zero = arith.constant dense<0.0> : vector<4xf32>
    // CHECK: llvm.cond_br
    %sum = scf.for %i = %c0 to %c4 step %c1 iter_args(%acc = %zero) -> (vector<4xf32>) {
      %i32 = arith.index_cast %i : index to i32
      %p = llvm.getelementptr %shared[%i32] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, f32
      %x = llvm.load %p : !llvm.ptr<3> -> i32
      %c0f = vector.extract %acc[0] : f32 from vector<4xf32>
      %c1f = vector.extract %acc[1] : f32 from vector<4xf32>
      %c2f = vector.extract %acc[2] : f32 from vector<4xf32>
      %c3f = vector.extract %acc[3] : f32 from vector<4xf32>
      // CHECK: nvvm.mma.sync
      %d = nvvm.mma.sync A[%x, %x, %x, %x] B[%x, %x] C[%c0f, %c1f, %c2f, %c3f]
        {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
         multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>,
         shape = #nvvm.shape<m = 16, n = 8, k = 8>} : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %next = vector.from_elements %d0, %d1, %d2, %d3 : vector<4xf32>
      scf.yield %next : vector<4xf32>
    }
    // What kiln-expand-math marks takes the instructions that flush.
    // CHECK: llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz.f32"
    // CHECK-NEXT: nvvm.rcp.approx.ftz.f
    // CHECK-NEXT: llvm.intr.exp2
    // CHECK: llvm.fdiv
    // CHECK: llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"
    %one = arith.constant 1.0 : f32
    %flushed = vector.extract %sum[2] : f32 from vector<4xf32>
    %e0 = math.exp2 %flushed fastmath<afn> : f32
    %e1 = arith.divf %one, %e0 fastmath<afn> : f32
    %e2 = math.exp2 %e1 : f32
    %e3 = arith.divf %one, %e2 : f32
    %e4 = math.rsqrt %e3 : f32
    llvm.store volatile %e4, %y : f32, !llvm.ptr<1>
    %s0 = vector.extract %sum[0] : f32 from vector<4xf32>
    %s1 = vector.extract %sum[1] : f32 from vector<4xf32>
    // CHECK: llvm.intr.minimum
    // CHECK: llvm.intr.minnum
    %m = arith.minimumf %s0, %s1 : f32
    %n = arith.minnumf %m, %s1 : f32
    // CHECK: nvvm.shfl.sync bfly
    %c16w = arith.constant 16 : i32
    %c32w = arith.constant 32 : i32
    %other, %valid = gpu.shuffle xor %n, %c16w, %c32w : f32
    %r = arith.minimumf %n, %other : f32
    %lane = arith.cmpi eq, %tid, %c0 : index
    scf.if %lane {
      %out = llvm.getelementptr %y[%offset64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      llvm.store %r, %out {alignment = 4 : i64} : f32, !llvm.ptr<1>
    }
    gpu.return
  }
}
// CHECK: #llvm.di_compile_unit<{{.*}}emissionKind = DebugDirectivesOnly
