// RUN: kiln-opt %s --kiln-check-supported --split-input-file --verify-diagnostics

#map = affine_map<(d0) -> (d0)>

// Bodies of linalg ops are checked before anything is fused.
func.func @linalg_body(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%y : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %e = math.exp %in : f32
    // expected-error@+1 {{'math.atan' has no lowering to sm_89; it needs the libdevice of a CUDA toolkit, and there is none; supported functions are absf, ceil, copysign, cos, erf, exp, exp2, expm1, floor, fma, log, log10, log1p, log2, powf, round, roundeven, rsqrt, sin, sqrt, tanh and trunc}}
    %s = math.atan %e : f32
    // expected-error@+1 {{'math.atan2' has no lowering}}
    %t = math.atan2 %s, %e : f32
    linalg.yield %t : f32
  } -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

func.func @f64_function(%x: f64) -> f64 {
  // expected-error@+1 {{'math.exp' on f64 has no lowering to sm_89 without a device library; f16, bf16 and f32 have one}}
  %0 = math.exp %x : f64
  return %0 : f64
}

// -----

func.func @f64_instruction(%x: f64) -> f64 {
  %0 = math.sqrt %x : f64
  return %0 : f64
}

// -----

func.func @remainder(%x: f32) -> f32 {
  // expected-error@+1 {{'arith.remf' has no lowering to sm_89; rewrite it with supported ops}}
  %0 = arith.remf %x, %x : f32
  return %0 : f32
}

// -----

func.func @rounding(%x: f32) -> f16 {
  // expected-error@+1 {{'arith.truncf' has no lowering to sm_89; its rounding mode must be left to the default}}
  %0 = arith.truncf %x downward : f32 to f16
  return %0 : f16
}

// -----

func.func @width(%x: i128) -> i128 {
  // expected-error@+1 {{'arith.addi' uses the type 'i128', which has no form on sm_89; supported are i1, i8}}
  %0 = arith.addi %x, %x : i128
  return %0 : i128
}

// -----

func.func @fp8(%x: f8E4M3FN) -> f32 {
  // expected-error@+1 {{'arith.extf' uses the type 'f8E4M3FN'}}
  %0 = arith.extf %x : f8E4M3FN to f32
  return %0 : f32
}

// -----

func.func @wide_product(%x: i64) -> i64 {
  // expected-error@+1 {{its product has 128 bits; use i32 operands}}
  %lo, %hi = arith.mulsi_extended %x, %x : i64
  return %hi : i64
}

// -----

func.func @assembly(%x: f32) {
  // expected-error@+1 {{'llvm.inline_asm' has no lowering to sm_89; it is not among the llvm ops that are known to reach PTX}}
  llvm.inline_asm "nonsense", "r" %x : (f32) -> ()
  return
}

// -----

func.func @undefined() {
  return
}
// expected-error@+1 {{'llvm.func' has no lowering to sm_89; nothing defines it at run time}}
llvm.func @__nv_expf(f32) -> f32

// -----

// expected-error@+1 {{'llvm.mlir.global' has no lowering to sm_89; shared memory has no initial value}}
llvm.mlir.global internal @s(1 : i32) {addr_space = 3 : i32} : i32

// -----

func.func @spaces(%p: !llvm.ptr<1>) {
  // expected-error@+1 {{'llvm.addrspacecast' has no lowering to sm_89; one of the two pointers must be generic}}
  %0 = llvm.addrspacecast %p : !llvm.ptr<1> to !llvm.ptr<3>
  return
}

// -----

func.func @atomic(%p: !llvm.ptr<1>) {
  // expected-error@+1 {{'llvm.load' has no lowering to sm_89; atomic accesses are not supported}}
  %0 = llvm.load %p atomic seq_cst {alignment = 4 : i64} : !llvm.ptr<1> -> f32
  return
}

// -----

func.func @later_instructions(%p: !llvm.ptr<3>, %x: f32) {
  // expected-error@+1 {{'nvvm.fence.proxy' has no lowering to sm_89; it is not among the nvvm ops that exist there}}
  nvvm.fence.proxy {kind = #nvvm.proxy_kind<alias>}
  // expected-error@+1 {{'nvvm.convert.float.to.tf32' has no lowering to sm_89; only the rounding rna exists there}}
  %0 = nvvm.convert.float.to.tf32 %x {rnd = #nvvm.fp_rnd_mode<rn>}
  %1 = nvvm.convert.float.to.tf32 %x {rnd = #nvvm.fp_rnd_mode<rna>}
  %2 = nvvm.read.ptx.sreg.ctaid.y : i32
  return
}

// -----

gpu.module @names {
  // expected-error@+1 {{'a b' is no name in PTX; use letters, digits, _ and $, with no digit in front}}
  gpu.func @"a b"() kernel {
    gpu.return
  }
  // expected-error@+1 {{'main.1' is no name in PTX}}
  llvm.func @main.1() {
    llvm.return
  }
  // expected-error@+1 {{it has a variable number of arguments}}
  llvm.func @many(...) {
    llvm.return
  }
  // expected-error@+1 {{an argument of type 'i5' has no form on sm_89}}
  llvm.func @odd(%x: i5) {
    llvm.return
  }
}

// -----
// expected-error@+1 {{'llvm.mlir.global' has no lowering to sm_89; globals lie in global, constant or shared memory}}
llvm.mlir.global internal @local() {addr_space = 5 : i32} : i32

// -----

// expected-error@+1 {{'llvm.mlir.global' has no lowering to sm_89; globals lie in global, constant or shared memory}}
llvm.mlir.global internal thread_local @own() : i32

// -----

// expected-error@+1 {{'llvm.mlir.global' has no lowering to sm_89; it holds elements of an unsupported type}}
llvm.mlir.global internal @odd() : i5

// -----

func.func @indirect(%f: !llvm.ptr) {
  // expected-error@+1 {{'llvm.call' has no lowering to sm_89; indirect calls are not supported}}
  llvm.call %f() : !llvm.ptr, () -> ()
  return
}

// -----

func.func @exp2_f64(%x: f64) {
  // expected-error@+1 {{'llvm.intr.exp2' has no lowering to sm_89; exp2 is an instruction on f32 only}}
  %0 = llvm.intr.exp2(%x) : (f64) -> f64
  return
}

// -----

func.func @redux(%x: f32, %mask: i32) {
  // expected-error@+1 {{'nvvm.redux.sync' has no lowering to sm_89; only i32 exists there}}
  %0 = nvvm.redux.sync fmin %x, %mask : f32 -> f32
  return
}

// -----

func.func @ldmatrix(%p: !llvm.ptr<3>) {
  // expected-error@+1 {{'nvvm.ldmatrix' has no lowering to sm_89; only the shape m8n8 exists there}}
  %0 = nvvm.ldmatrix %p {num = 1 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 16, n = 16>, eltType = #nvvm.ld_st_matrix_elt_type<b8>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32)>
  return
}

// -----

func.func @mma(%a: i32, %c: i32) {
  // expected-error@+1 {{'nvvm.mma.sync' has no lowering to sm_89; multiplicands are f16, bf16 or tf32}}
  %0 = nvvm.mma.sync A[%a, %a, %a, %a] B[%a, %a] C[%c, %c, %c, %c] {intOverflowBehavior = #nvvm.mma_int_overflow<wrapped>, layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, multiplicandAPtxType = #nvvm.mma_type<s8>, multiplicandBPtxType = #nvvm.mma_type<s8>, shape = #nvvm.shape<m = 16, n = 8, k = 32>} : (i32, i32, i32) -> !llvm.struct<(i32, i32, i32, i32)>
  return
}
