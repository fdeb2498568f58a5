// A launch plan as code generation leaves it: a packing kernel, then a
// persistent compute kernel with a constant and a scalar argument.
module attributes {gpu.container_module, kiln.target = #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>} {
  gpu.module @kernels {
    llvm.mlir.global external @dynamic_shared_memory() {addr_space = 3 : i32, alignment = 128 : i64} : !llvm.array<0 x i8>
    gpu.func @scale_pack(%w: !llvm.ptr<1> {llvm.noalias, llvm.readonly, llvm.align = 16 : i64}, %p: !llvm.ptr<1> {llvm.noalias}) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %tid = gpu.thread_id x
      %i = arith.index_cast %tid : index to i64
      %src = llvm.getelementptr %w[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      %v = llvm.load %src : !llvm.ptr<1> -> f32
      %dst = llvm.getelementptr %p[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      llvm.store %v, %dst : f32, !llvm.ptr<1>
      gpu.return
    }
    gpu.func @scale_compute(%x: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %p: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %c: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %n: i32, %y: !llvm.ptr<1> {llvm.noalias}) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %tid = gpu.thread_id x
      %block = gpu.block_id x
      %c64 = arith.constant 64 : index
      %base = arith.muli %block, %c64 : index
      %sum = arith.addi %base, %tid : index
      %i = arith.index_cast %sum : index to i64
      %i32 = arith.index_cast %sum : index to i32
      %t = arith.index_cast %tid : index to i64
      %shared = llvm.mlir.addressof @dynamic_shared_memory : !llvm.ptr<3>
      %slot = llvm.getelementptr %shared[%t] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, f32
      %ps = llvm.getelementptr %p[%t] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
      nvvm.cp.async.shared.global %slot, %ps, 4, cache = ca : !llvm.ptr<3>, !llvm.ptr<1>
      nvvm.cp.async.commit.group
      nvvm.cp.async.wait.group 0
      gpu.barrier
      %inside = arith.cmpi slt, %i32, %n : i32
      scf.if %inside {
        %xs = llvm.getelementptr %x[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
        %a = llvm.load %xs : !llvm.ptr<1> -> f32
        %b = llvm.load %slot : !llvm.ptr<3> -> f32
        %k = llvm.load %c : !llvm.ptr<1> -> f32
        %ab = arith.mulf %a, %b : f32
        %r = arith.minimumf %ab, %k : f32
        %ys = llvm.getelementptr %y[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
        llvm.store %r, %ys : f32, !llvm.ptr<1>
      }
      gpu.return
    }
  }
  memref.global "private" constant @limit : memref<2xf32> = dense<[1.0, 2.0]>
  func.func @scale(%x: memref<4x64xf32> {kiln.fan_in = 9 : i64}, %w: memref<64xf32> {kiln.domain = #kiln.domain<nonzero>}, %y: memref<4x64xf32>) attributes {kiln.num_inputs = 2 : i64} {
    %packed = memref.alloc() : memref<64xf32>
    %limit = memref.get_global @limit : memref<2xf32>
    %n = arith.constant 256 : i32
    kiln.launch @kernels::@scale_pack(%w, %packed : memref<64xf32>, memref<64xf32>) grid [1, 1, 1] block [64, 1, 1] shared 0 role<pack>
    kiln.launch @kernels::@scale_compute(%x, %packed, %limit, %n, %y : memref<4x64xf32>, memref<64xf32>, memref<2xf32>, i32, memref<4x64xf32>) grid [min(4, sm_count), 1, 1] block [64, 1, 1] shared 65536 attributes {flops = 512 : i64, tiles = [#kiln.tiles<grid = [4, 1], shape = [1, 64], output_dims = [0, 1]>], schedule = #kiln.schedule<contraction = fma, tile = [1, 1, 64], chunk = 1, warps = [1, 1, 2]>}
    return
  }
}
