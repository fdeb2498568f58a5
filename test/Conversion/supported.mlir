// Every scalar op that kiln-check-supported accepts reaches PTX without a call.
// RUN: kiln-compile --from=launch-plan --emit=ptx %s | FileCheck %s
// RUN: %if ptxas %{ kiln-compile --from=launch-plan --emit=ptx %s -o %t.ptx && ptxas -arch=sm_89 %t.ptx -o %t.cubin %}

// CHECK-NOT: .extern .func
// CHECK: .visible .entry f(
// CHECK-NOT: call
// CHECK-DAG: ex2.approx.f32
// CHECK-DAG: sqrt.rn.f32
// CHECK-DAG: div.rn.f32
// CHECK-DAG: max.NaN.f16
// CHECK: ret;

gpu.module @kernels {
  gpu.func @f(%a: !llvm.ptr<1>, %b: !llvm.ptr<1>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %x = llvm.load %a : !llvm.ptr<1> -> f32
    %y = llvm.load %b : !llvm.ptr<1> -> f32
    %h = llvm.load %a : !llvm.ptr<1> -> f16
    %bf = llvm.load %a : !llvm.ptr<1> -> bf16
    %d = llvm.load %a : !llvm.ptr<1> -> f64
    %i = llvm.load %a : !llvm.ptr<1> -> i32
    %j = llvm.load %a : !llvm.ptr<1> -> i64
    %0 = math.exp %x : f32
    llvm.store volatile %0, %b : f32, !llvm.ptr<1>
    %1 = math.exp2 %x : f32
    llvm.store volatile %1, %b : f32, !llvm.ptr<1>
    %2 = math.expm1 %x : f32
    llvm.store volatile %2, %b : f32, !llvm.ptr<1>
    %3 = math.log %x : f32
    llvm.store volatile %3, %b : f32, !llvm.ptr<1>
    %4 = math.log2 %x : f32
    llvm.store volatile %4, %b : f32, !llvm.ptr<1>
    %5 = math.log10 %x : f32
    llvm.store volatile %5, %b : f32, !llvm.ptr<1>
    %6 = math.log1p %x : f32
    llvm.store volatile %6, %b : f32, !llvm.ptr<1>
    %7 = math.tanh %x : f32
    llvm.store volatile %7, %b : f32, !llvm.ptr<1>
    %8 = math.erf %x : f32
    llvm.store volatile %8, %b : f32, !llvm.ptr<1>
    %9 = math.powf %x, %y : f32
    llvm.store volatile %9, %b : f32, !llvm.ptr<1>
    %10 = math.rsqrt %x : f32
    llvm.store volatile %10, %b : f32, !llvm.ptr<1>
    %sine = math.sin %x : f32
    llvm.store volatile %sine, %b : f32, !llvm.ptr<1>
    %cosine = math.cos %x : f32
    llvm.store volatile %cosine, %b : f32, !llvm.ptr<1>
    %11 = math.sqrt %x : f32
    llvm.store volatile %11, %b : f32, !llvm.ptr<1>
    %12 = math.absf %x : f32
    llvm.store volatile %12, %b : f32, !llvm.ptr<1>
    %13 = math.floor %x : f32
    llvm.store volatile %13, %b : f32, !llvm.ptr<1>
    %14 = math.ceil %x : f32
    llvm.store volatile %14, %b : f32, !llvm.ptr<1>
    %15 = math.round %x : f32
    llvm.store volatile %15, %b : f32, !llvm.ptr<1>
    %16 = math.roundeven %x : f32
    llvm.store volatile %16, %b : f32, !llvm.ptr<1>
    %17 = math.trunc %x : f32
    llvm.store volatile %17, %b : f32, !llvm.ptr<1>
    %18 = math.fma %x, %y, %x : f32
    llvm.store volatile %18, %b : f32, !llvm.ptr<1>
    %19 = math.copysign %x, %y : f32
    llvm.store volatile %19, %b : f32, !llvm.ptr<1>
    %20 = math.isnan %x : f32
    llvm.store volatile %20, %b : i1, !llvm.ptr<1>
    %22 = math.isfinite %x : f32
    llvm.store volatile %22, %b : i1, !llvm.ptr<1>
    %24 = math.absi %i : i32
    llvm.store volatile %24, %b : i32, !llvm.ptr<1>
    %25 = math.ctlz %i : i32
    llvm.store volatile %25, %b : i32, !llvm.ptr<1>
    %26 = math.ctpop %j : i64
    llvm.store volatile %26, %b : i64, !llvm.ptr<1>
    %27 = math.cttz %i : i32
    llvm.store volatile %27, %b : i32, !llvm.ptr<1>
    %30 = math.exp %h : f16
    llvm.store volatile %30, %b : f16, !llvm.ptr<1>
    %31 = math.exp2 %h : f16
    llvm.store volatile %31, %b : f16, !llvm.ptr<1>
    %32 = math.sqrt %h : f16
    llvm.store volatile %32, %b : f16, !llvm.ptr<1>
    %33 = math.absf %h : f16
    llvm.store volatile %33, %b : f16, !llvm.ptr<1>
    %34 = math.floor %h : f16
    llvm.store volatile %34, %b : f16, !llvm.ptr<1>
    %35 = math.ceil %h : f16
    llvm.store volatile %35, %b : f16, !llvm.ptr<1>
    %36 = math.round %h : f16
    llvm.store volatile %36, %b : f16, !llvm.ptr<1>
    %37 = math.roundeven %h : f16
    llvm.store volatile %37, %b : f16, !llvm.ptr<1>
    %38 = math.trunc %h : f16
    llvm.store volatile %38, %b : f16, !llvm.ptr<1>
    %39 = math.fma %h, %h, %h : f16
    llvm.store volatile %39, %b : f16, !llvm.ptr<1>
    %40 = math.copysign %h, %h : f16
    llvm.store volatile %40, %b : f16, !llvm.ptr<1>
    %41 = math.tanh %bf : bf16
    llvm.store volatile %41, %b : bf16, !llvm.ptr<1>
    %42 = math.sqrt %bf : bf16
    llvm.store volatile %42, %b : bf16, !llvm.ptr<1>
    %43 = math.floor %bf : bf16
    llvm.store volatile %43, %b : bf16, !llvm.ptr<1>
    %44 = math.round %bf : bf16
    llvm.store volatile %44, %b : bf16, !llvm.ptr<1>
    %45 = math.fma %bf, %bf, %bf : bf16
    llvm.store volatile %45, %b : bf16, !llvm.ptr<1>
    %46 = math.absf %bf : bf16
    llvm.store volatile %46, %b : bf16, !llvm.ptr<1>
    %47 = math.copysign %bf, %bf : bf16
    llvm.store volatile %47, %b : bf16, !llvm.ptr<1>
    %48 = math.isnan %bf : bf16
    llvm.store volatile %48, %b : i1, !llvm.ptr<1>
    %50 = math.sqrt %d : f64
    llvm.store volatile %50, %b : f64, !llvm.ptr<1>
    %51 = math.floor %d : f64
    llvm.store volatile %51, %b : f64, !llvm.ptr<1>
    %52 = math.round %d : f64
    llvm.store volatile %52, %b : f64, !llvm.ptr<1>
    %53 = math.roundeven %d : f64
    llvm.store volatile %53, %b : f64, !llvm.ptr<1>
    %54 = math.fma %d, %d, %d : f64
    llvm.store volatile %54, %b : f64, !llvm.ptr<1>
    %55 = math.copysign %d, %d : f64
    llvm.store volatile %55, %b : f64, !llvm.ptr<1>
    %56 = math.isnan %d : f64
    llvm.store volatile %56, %b : i1, !llvm.ptr<1>
    %60 = arith.maximumf %h, %30 : f16
    %61 = arith.minimumf %d, %50 : f64
    %62 = arith.maxnumf %bf, %41 : bf16
    %63 = arith.maximumf %bf, %41 : bf16
    %64 = arith.minnumf %d, %50 : f64
    %65 = arith.divf %h, %30 : f16
    %66 = arith.divf %bf, %41 : bf16
    %67 = arith.divf %x, %y : f32
    %68 = arith.divf %d, %50 : f64
    %69 = arith.fptosi %bf : bf16 to i64
    %70 = arith.sitofp %j : i64 to f16
    %71 = arith.uitofp %i : i32 to bf16
    %72 = arith.fptoui %h : f16 to i8
    %73 = arith.truncf %d : f64 to bf16
    %74 = arith.truncf %d : f64 to f16
    %75 = arith.extf %bf : bf16 to f64
    %76 = arith.extf %h : f16 to f64
    %77 = arith.addf %bf, %41 : bf16
    %78 = arith.mulf %h, %30 : f16
    %79 = arith.negf %bf : bf16
    %80 = arith.cmpf olt, %bf, %41 : bf16
    %81 = arith.cmpf ueq, %h, %30 : f16
    llvm.store volatile %60, %b : f16, !llvm.ptr<1>
    llvm.store volatile %61, %b : f64, !llvm.ptr<1>
    llvm.store volatile %62, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %63, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %64, %b : f64, !llvm.ptr<1>
    llvm.store volatile %65, %b : f16, !llvm.ptr<1>
    llvm.store volatile %66, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %67, %b : f32, !llvm.ptr<1>
    llvm.store volatile %68, %b : f64, !llvm.ptr<1>
    llvm.store volatile %69, %b : i64, !llvm.ptr<1>
    llvm.store volatile %70, %b : f16, !llvm.ptr<1>
    llvm.store volatile %71, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %72, %b : i8, !llvm.ptr<1>
    llvm.store volatile %73, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %74, %b : f16, !llvm.ptr<1>
    llvm.store volatile %75, %b : f64, !llvm.ptr<1>
    llvm.store volatile %76, %b : f64, !llvm.ptr<1>
    llvm.store volatile %77, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %78, %b : f16, !llvm.ptr<1>
    llvm.store volatile %79, %b : bf16, !llvm.ptr<1>
    llvm.store volatile %80, %b : i1, !llvm.ptr<1>
    llvm.store volatile %81, %b : i1, !llvm.ptr<1>
    %90 = arith.ceildivsi %i, %24 : i32
    %91 = arith.floordivsi %i, %24 : i32
    %92 = arith.ceildivui %i, %24 : i32
    %93 = arith.remsi %j, %26 : i64
    %lo, %hi = arith.mulsi_extended %i, %24 : i32
    %slo, %ov = arith.addui_extended %i, %24 : i32, i1
    %95 = arith.maxsi %i, %24 : i32
    llvm.store volatile %90, %b : i32, !llvm.ptr<1>
    llvm.store volatile %91, %b : i32, !llvm.ptr<1>
    llvm.store volatile %92, %b : i32, !llvm.ptr<1>
    llvm.store volatile %93, %b : i64, !llvm.ptr<1>
    llvm.store volatile %hi, %b : i32, !llvm.ptr<1>
    llvm.store volatile %ov, %b : i1, !llvm.ptr<1>
    llvm.store volatile %95, %b : i32, !llvm.ptr<1>
    gpu.return
  }
}
