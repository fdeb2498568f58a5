//===- Passes.td - Embedding passes ------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_EMBEDDING_PASSES_TD
#define KILN_EMBEDDING_PASSES_TD

include "mlir/Pass/PassBase.td"

def IsolateKernels : Pass<"kiln-isolate-kernels", "::mlir::ModuleOp"> {
  let summary = "moves the kernels of a host's module to a module of their own";
  let description = [{
    Needs: a host's module with `kiln.kernel` ops in functions, at any depth of
    other ops. Refuses a module without one, and a kernel whose operands or
    results are not tensors of static shape, or whose elements are not f32,
    f16, bf16, f64, i64, i32 or i1.

    Leaves: each kernel as the only one of a function of the nested module
    `kiln.isolated`, with the constants that it reads, and the reshapes that
    alone read its results. In its place stands a call of that function in the
    form that it will have when it launches: memrefs of the operands, then of
    the results (destinations). The host has its declaration. Reshapes of
    operands, and every other op, stay where they are.

    Results are `bufferization.alloc_tensor`: whoever bufferizes the host decides
    how their memory is allocated, and where.

    ```mlir
    func.func @twice(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %y = kiln.kernel "twice" (%x : tensor<4x8xf32>) -> tensor<4x8xf32> {
      ^bb0(%a: tensor<4x8xf32>):
        %e = tensor.empty() : tensor<4x8xf32>
        %s = linalg.add ins(%a, %a : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
        kiln.yield %s : tensor<4x8xf32>
      }
      return %y : tensor<4x8xf32>
    }
    // leaves: func.func @twice ... bufferization.to_buffer %arg0 read_only ... bufferization.alloc_tensor
    // leaves: call @twice_launch(
    // leaves: bufferization.to_tensor ... restrict writable
    // leaves: func.func private @twice_launch(memref<4x8xf32>, memref<4x8xf32>)
    // leaves: module attributes {kiln.isolated} ... func.func @twice_launch(%arg0: tensor<4x8xf32>) -> tensor<4x8xf32> ... kiln.kernel "twice"
    ```
    ```
    kiln-opt --kiln-isolate-kernels
    ```
  }];
  let statistics = [
    Statistic<"numIsolated", "kernels-isolated", "Kernels moved">];
  let dependentDialects = ["::kiln::KilnDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::func::FuncDialect"];
}

def EmbedBinary : Pass<"kiln-embed-binary", "::mlir::ModuleOp"> {
  let summary = "replaces a gpu.module by the gpu.binary of its machine code";
  let description = [{
    Needs: a launch plan whose `gpu.module` is in llvm and nvvm (what
    `kiln-compile-pipeline` leaves), or a host's module with such plans in
    nested modules `kiln.isolated`. Refuses ops in it that LLVM could not select.

    Leaves: a `gpu.binary` of the same name. Its objects, all for `sm_89`:
    - `assembly`: PTX, for the driver to compile at its highest level. Upstream's
      default is the lowest, so the object says `O = 4`;
    - `bin`: a cubin, where `cubin` is set and ptxas is found;
    - `offload`: the LLVM bitcode that the PTX was made from, where `bitcode`
      is set; an emulator runs that.

    `select` says which of them the host's program loads. Every object names its
    kernels with the types of their arguments and as metadata: `role`, `grid`
    (three expressions over `sm_count`), `block`, `shared_bytes`, `schedule` as text
    and what ptxas found (`registers`, `spill_bytes`).

    A remark (category `kiln-embed-binary`) says what it holds.

    ```mlir
    module attributes {gpu.container_module, kiln.target = #kiln.target<name = "rtx4090", arch = "sm_89", sms = 128, shared_per_block = 101376, shared_per_sm = 102400, registers_per_sm = 65536, registers_per_thread = 255, threads_per_block = 1024, threads_per_sm = 1536, clock_mhz = 2520, bandwidth_gbs = 1008, l2_bytes = 75497472, tf32_gflops = 82600, f16_gflops = 165200>} {
      gpu.module @kernels {
        llvm.func @nothing(%x: !llvm.ptr<1>) attributes {gpu.kernel, nvvm.kernel} {
          llvm.return
        }
      }
      func.func @f(%x: memref<64xf32>) attributes {kiln.num_inputs = 0 : i64} {
        kiln.launch @kernels::@nothing(%x : memref<64xf32>) grid [min(16, sm_count), 1, 1] block [32, 1, 1] shared 0
        return
      }
    }
    // leaves: gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_89"
    // leaves: properties = {O = 4 : i32} ... #gpu.kernel_metadata<"nothing"
    // leaves: block = array<i64: 32, 1, 1>, grid = ["min(16, sm_count)", "1", "1"]
    // leaves: assembly = " ... .target sm_89
    // gone: gpu.module
    ```
    ```
    kiln-opt --kiln-embed-binary
    ```
  }];
  let options = [
    Option<"select", "select", "std::string", [{"ptx"}],
           "Object that the host's program loads: ptx, cubin or bitcode">,
    Option<"cubin", "cubin", "bool", "false", "Add a cubin if ptxas is found">,
    Option<"bitcode", "bitcode", "bool", "false", "Add LLVM bitcode">,
    Option<"ptxas", "ptxas", "std::string", [{""}],
           "ptxas, or the folder it is in; empty: searched for">
  ];
  let statistics = [Statistic<"numBinaries", "binaries", "Modules replaced">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect"];
}

def LaunchOnGpu : Pass<"kiln-launch-on-gpu", "::mlir::ModuleOp"> {
  let summary = "turns a launch plan into a function of the host";
  let description = [{
    Needs: functions of `kiln.launch` (level 4), in the module or, of a host's
    module, in nested modules `kiln.isolated`. Their kernels are in a `gpu.binary`,
    or with `memref-arguments` in a `gpu.module`.

    Leaves: each as a function on memrefs that launches by `gpu.launch_func`,
    in the same order, and returns when the kernels are done. The arguments are
    memory that the card can access, the last of them the destinations.
    - A kernel takes the *pointer* of each buffer. With `memref-arguments` the
      launch has the memref instead, and the host must then be lowered by
      `gpu-to-llvm{use-bare-pointers-for-kernels}`: as descriptors, which are
      upstream's default, kernels would take them for something else, and no
      driver notices.
    - The *grid* is computed there, from the number of multiprocessors: that of
      the module's `kiln.target`, or what the host's function
      `sm-count-function`, a `() -> i32`, returns at run time (positive, or
      launches fail). Any number is right; a persistent kernel is fastest with
      that of the card.
    - *Workspace* is `gpu.alloc`, freed before the function returns.
    - *Constants* stay globals of the host, copied to such memory in each call.
    - With `unified-memory` the card can read and write the host's memory:
      workspace is `memref.alloc`, and constants are read where they are.
    - Launches and copies are one chain of asynchronous ops, one stream, and one
      `gpu.wait` at the end. With `async=false` each waits, for a host that runs
      `gpu-async-region` itself.

    A remark (category `kiln-launch-on-gpu`) says of each function what it
    launches and allocates.

    ```mlir
    module attributes {gpu.container_module} {
      gpu.binary @kernels [#gpu.object<#nvvm.target, assembly = "...">]
      func.func private @sms() -> i32
      func.func @f(%x: memref<64xf32>, %y: memref<64xf32>) attributes {kiln.num_inputs = 1 : i64} {
        kiln.launch @kernels::@f(%x, %y : memref<64xf32>, memref<64xf32>) grid [min(16, sm_count), 1, 1] block [32, 1, 1] shared 256
        return
      }
    }
    // leaves: func.func @f ... call @sms() ... arith.index_cast
    // leaves: affine.min ... gpu.wait async
    // leaves: gpu.launch_func async ... @kernels::@f blocks in ... dynamic_shared_memory_size ... args(... : !llvm.ptr, ... : !llvm.ptr)
    // gone: kiln.launch
    ```
    ```
    kiln-opt --kiln-launch-on-gpu=sm-count-function=sms
    ```
  }];
  let options = [
    Option<"smCountFunction", "sm-count-function", "std::string", [{""}],
           "Function of the host, () -> i32, that returns the number of "
           "multiprocessors; empty: that of kiln.target">,
    Option<"unifiedMemory", "unified-memory", "bool", "false",
           "The card accesses the host's memory">,
    Option<"async", "async", "bool", "true",
           "One chain of asynchronous ops in place of ops that wait">,
    Option<"memrefArguments", "memref-arguments", "bool", "false",
           "Launch with memrefs, for a host that lowers them to bare pointers">
  ];
  let statistics = [
    Statistic<"numLaunches", "launches", "Launches replaced">];
  let dependentDialects = ["::kiln::KilnDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect"];
}

def MergeIsolated : Pass<"kiln-merge-isolated", "::mlir::ModuleOp"> {
  let summary = "moves what was compiled apart into the host's module";
  let description = [{
    Needs: a nested module `kiln.isolated` that holds `gpu.binary`, functions
    and globals of the host (what `kiln-launch-on-gpu` leaves).

    Leaves: these in the host's module, behind what was there, under names that
    it does not have yet; functions take the place of their declarations. The
    nested module is gone.

    ```mlir
    func.func private @f_launch(memref<4xf32>)
    module attributes {kiln.isolated} {
      memref.global "private" constant @constant_0 : memref<4xf32> = dense<1.0>
      func.func @f_launch(%x: memref<4xf32>) {
        %c = memref.get_global @constant_0 : memref<4xf32>
        memref.copy %c, %x : memref<4xf32> to memref<4xf32>
        return
      }
    }
    // leaves: memref.global "private" constant @constant_0 ... func.func private @f_launch(%arg0: memref<4xf32>)
    // gone: kiln.isolated
    ```
    ```
    kiln-opt --kiln-merge-isolated
    ```
  }];
  let statistics = [Statistic<"numMoved", "ops-moved", "Ops moved">];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::gpu::GPUDialect"];
}

#endif // KILN_EMBEDDING_PASSES_TD
