// The worst error of math.FUNCTION over sampled floats, in units of the last
// place of the result, against the C library in f64; a result that is NaN,
// infinite or signed where the other is not counts as 1e9.
func.func private @DOUBLE(f64) -> f64

func.func @error(%got: f32, %exact: f64) -> f64 {
  %zero = arith.constant 0.0 : f64
  %huge = arith.constant 1.0e9 : f64
  %largest = arith.constant 3.4028234663852886e38 : f64
  %want = arith.truncf %exact : f64 to f32
  %wantBits = arith.bitcast %want : f32 to i32
  %gotBits = arith.bitcast %got : f32 to i32
  %mixed = arith.xori %wantBits, %gotBits : i32
  %c0 = arith.constant 0 : i32
  %signs = arith.cmpi slt, %mixed, %c0 : i32
  %mask = arith.constant 0x7f800000 : i32
  %wantExponent = arith.andi %wantBits, %mask : i32
  %gotExponent = arith.andi %gotBits, %mask : i32
  %wantSpecial = arith.cmpi eq, %wantExponent, %mask : i32
  %gotSpecial = arith.cmpi eq, %gotExponent, %mask : i32
  %special = arith.ori %wantSpecial, %gotSpecial : i1
  %same = arith.cmpf oeq, %got, %want : f32
  %gotNaN = arith.cmpf uno, %got, %got : f32
  %wantNaN = arith.cmpf uno, %want, %want : f32
  %bothNaN = arith.andi %gotNaN, %wantNaN : i1
  %wide = arith.extf %got : f32 to f64
  %difference = arith.subf %wide, %exact : f64
  %absolute = math.absf %difference : f64
  %c23 = arith.constant 23 : i32
  %c1 = arith.constant 1 : i32
  %biased = arith.shrui %wantExponent, %c23 : i32
  %exponent = arith.maxsi %biased, %c1 : i32
  %shift = arith.constant 873 : i32 // 1023 - 127 - 23
  %ulpExponent = arith.addi %exponent, %shift : i32
  %ulp64 = arith.extui %ulpExponent : i32 to i64
  %c52 = arith.constant 52 : i64
  %ulpBits = arith.shli %ulp64, %c52 : i64
  %ulp = arith.bitcast %ulpBits : i64 to f64
  %error = arith.divf %absolute, %ulp : f64
  %signed = arith.select %signs, %huge, %error : f64
  %finite = arith.select %special, %huge, %signed : f64
  %equal = arith.select %same, %zero, %finite : f64
  %equalSigns = arith.select %signs, %huge, %equal : f64
  %result = arith.select %bothNaN, %zero, %equalSigns : f64
  return %result : f64
}

func.func @main() -> i32 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %samples = arith.constant 400000 : i64
  %step = arith.constant 10737 : i64
  %zero = arith.constant 0.0 : f64
  %worst = scf.for %i = %c0 to %samples step %c1 iter_args(%sofar = %zero) -> f64 : i64 {
    %product = arith.muli %i, %step : i64
    %bits = arith.trunci %product : i64 to i32
    %x = arith.bitcast %bits : i32 to f32
    %got = math.FUNCTION %x : f32
    %wide = arith.extf %x : f32 to f64
    %exact = func.call @DOUBLE(%wide) : (f64) -> f64
    %error = func.call @error(%got, %exact) : (f32, f64) -> f64
    %next = arith.maximumf %sofar, %error : f64
    scf.yield %next : f64
  }
  %bound = arith.constant BOUND : f64
  %good = arith.cmpf ole, %worst, %bound : f64
  %result = arith.extui %good : i1 to i32
  return %result : i32
}
