// RUN: kiln-opt %s --kiln-normalize --kiln-simplify-expressions --split-input-file | FileCheck %s
// RUN: kiln-opt %s --kiln-normalize --kiln-simplify-expressions=rounding=source --split-input-file | FileCheck %s --check-prefix=SOURCE

// As PyTorch writes it. The select for large x is part of it.
// CHECK-LABEL: func @mish
// CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[T:.*]] = arith.minimumf %[[X]], %{{.*}} : f32
// CHECK-NEXT: %[[E:.*]] = math.exp %[[T]]
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[E]]
// CHECK-NEXT: %[[Q:.*]] = arith.mulf %[[E]], %[[S]]
// CHECK-NEXT: %[[D:.*]] = arith.addf %[[Q]]
// CHECK-NEXT: %[[R:.*]] = arith.divf %{{.*}}, %[[D]] fastmath<afn>
// CHECK-NEXT: %[[W:.*]] = arith.mulf %[[Q]], %[[R]]
// CHECK-NEXT: %[[Y:.*]] = arith.mulf %[[X]], %[[W]]
// CHECK-NEXT: linalg.yield %[[Y]]
// SOURCE-LABEL: func @mish
// SOURCE: math.exp
// SOURCE: math.log1p
// SOURCE: math.tanh
func.func @mish(%x: tensor<8xf32>) -> tensor<8xf32> {
  %twenty = arith.constant dense<20.0> : tensor<8xf32>
  %e = math.exp %x : tensor<8xf32>
  %l = math.log1p %e : tensor<8xf32>
  %c = arith.cmpf ogt, %x, %twenty : tensor<8xf32>
  %s = arith.select %c, %x, %l : tensor<8xi1>, tensor<8xf32>
  %t = math.tanh %s : tensor<8xf32>
  %y = arith.mulf %x, %t : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// As JAX writes softplus: max(x, 0) + log1p(exp(-|x|)), which stays where no
// tanh is behind it.
// CHECK-LABEL: func @tanh_of_logaddexp
// CHECK: math.exp
// CHECK-NOT: math.log1p
// CHECK-NOT: math.tanh
// CHECK: return
func.func @tanh_of_logaddexp(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant dense<0.0> : tensor<8xf32>
  %m = arith.maximumf %x, %zero : tensor<8xf32>
  %d = arith.subf %x, %zero : tensor<8xf32>
  %c = arith.cmpf une, %d, %d : tensor<8xf32>
  %nan = arith.addf %x, %zero : tensor<8xf32>
  %a = math.absf %d : tensor<8xf32>
  %n = arith.negf %a : tensor<8xf32>
  %e = math.exp %n : tensor<8xf32>
  %l = math.log1p %e : tensor<8xf32>
  %sum = arith.addf %m, %l : tensor<8xf32>
  %s = arith.select %c, %nan, %sum : tensor<8xi1>, tensor<8xf32>
  %y = math.tanh %s : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// CHECK-LABEL: func @softplus
// CHECK: ^bb0(%[[X:.*]]: f32,
// CHECK: %[[A:.*]] = math.absf %[[X]]
// CHECK: %[[N:.*]] = arith.negf %[[A]]
// CHECK: %[[E:.*]] = math.exp %[[N]]
// CHECK: %[[M:.*]] = arith.maximumf %[[X]]
// CHECK: %[[L:.*]] = math.log1p %[[E]]
// CHECK: arith.addf %[[M]], %[[L]]
// CHECK-NOT: arith.select
// CHECK: return
func.func @softplus(%x: tensor<8xf32>) -> tensor<8xf32> {
  %one = arith.constant dense<1.0> : tensor<8xf32>
  %twenty = arith.constant dense<20.0> : tensor<8xf32>
  %e = math.exp %x : tensor<8xf32>
  %p = arith.addf %one, %e : tensor<8xf32>
  %l = math.log %p : tensor<8xf32>
  %c = arith.cmpf ogt, %x, %twenty : tensor<8xf32>
  %y = arith.select %c, %x, %l : tensor<8xi1>, tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// A select from 10 on does not give log1p(exp x).
// CHECK-LABEL: func @early_select
// CHECK: arith.select
// CHECK: math.tanh
func.func @early_select(%x: tensor<8xf32>) -> tensor<8xf32> {
  %ten = arith.constant dense<10.0> : tensor<8xf32>
  %e = math.exp %x : tensor<8xf32>
  %l = math.log1p %e : tensor<8xf32>
  %c = arith.cmpf ogt, %x, %ten : tensor<8xf32>
  %s = arith.select %c, %x, %l : tensor<8xi1>, tensor<8xf32>
  %y = math.tanh %s : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// In 16 bits: the whole expression in f32, rounded once.
// CHECK-LABEL: func @silu
// CHECK: ^bb0(%[[X:.*]]: f16,
// CHECK: math.exp %{{.*}} : f32
// CHECK: math.fma
// CHECK: arith.divf {{.*}} fastmath<afn> : f32
// CHECK: arith.truncf
// CHECK-NEXT: linalg.yield
// SOURCE-LABEL: func @silu
// SOURCE: math.exp %{{.*}} : f16
// SOURCE: arith.divf {{.*}} : f16
func.func @silu(%x: tensor<8xf16>) -> tensor<8xf16> {
  %one = arith.constant dense<1.0> : tensor<8xf16>
  %n = arith.negf %x : tensor<8xf16>
  %e = math.exp %n : tensor<8xf16>
  %d = arith.addf %e, %one : tensor<8xf16>
  %y = arith.divf %x, %d : tensor<8xf16>
  return %y : tensor<8xf16>
}

// -----

// The factors 1/2 and 2 meet.
// CHECK-LABEL: func @gelu_tanh
// CHECK: ^bb0(%[[X:.*]]: f32, %[[U:.*]]: f32,
// CHECK-NEXT: %[[T:.*]] = arith.mulf %[[U]], %{{.*}} : f32
// CHECK-NEXT: %[[E:.*]] = math.exp2 %[[T]] fastmath<afn>
// CHECK-NEXT: %[[D:.*]] = arith.addf %[[E]]
// CHECK-NEXT: %[[R:.*]] = arith.divf %{{.*}}, %[[D]] fastmath<afn>
// CHECK-NEXT: %[[Y:.*]] = arith.mulf %[[X]], %[[R]]
// CHECK-NEXT: linalg.yield %[[Y]]
func.func @gelu_tanh(%x: tensor<8xf32>, %u: tensor<8xf32>) -> tensor<8xf32> {
  %half = arith.constant dense<0.5> : tensor<8xf32>
  %one = arith.constant dense<1.0> : tensor<8xf32>
  %h = arith.mulf %x, %half : tensor<8xf32>
  %t = math.tanh %u : tensor<8xf32>
  %p = arith.addf %one, %t : tensor<8xf32>
  %y = arith.mulf %h, %p : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// A power of two changes no bit; 6 rounds once more.
// CHECK-LABEL: func @constants
// CHECK-NOT: arith.divf
// CHECK: return
// SOURCE-LABEL: func @constants
// SOURCE: arith.mulf
// SOURCE: arith.divf
func.func @constants(%x: tensor<8xf32>) -> tensor<8xf32> {
  %eight = arith.constant dense<8.0> : tensor<8xf32>
  %six = arith.constant dense<6.0> : tensor<8xf32>
  %a = arith.divf %x, %eight : tensor<8xf32>
  %b = arith.divf %a, %six : tensor<8xf32>
  return %b : tensor<8xf32>
}

// -----

// The reciprocals of zero, infinity and what is nearly either are no factors.
// CHECK-LABEL: func @edges
// CHECK-COUNT-3: arith.divf
func.func @edges(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant dense<0.0> : tensor<8xf32>
  %tiny = arith.constant dense<1.0e-39> : tensor<8xf32>
  %large = arith.constant dense<3.0e38> : tensor<8xf32>
  %a = arith.divf %x, %zero : tensor<8xf32>
  %b = arith.divf %a, %tiny : tensor<8xf32>
  %c = arith.divf %b, %large : tensor<8xf32>
  return %c : tensor<8xf32>
}

// -----

// CHECK-LABEL: func @cube
// CHECK-NOT: math.powf
// CHECK: arith.mulf
// CHECK-NEXT: arith.mulf
// CHECK: return
// SOURCE-LABEL: func @cube
// SOURCE: math.powf
func.func @cube(%x: tensor<8xf32>) -> tensor<8xf32> {
  %three = arith.constant dense<3.0> : tensor<8xf32>
  %y = math.powf %x, %three : tensor<8xf32>
  return %y : tensor<8xf32>
}
