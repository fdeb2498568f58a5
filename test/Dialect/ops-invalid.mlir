// RUN: kiln-opt %s --split-input-file --verify-diagnostics -o /dev/null
//
// One program for every rule of the verifiers of kernels and launches.

// What a region reads are the inputs, one to one.
func.func @arguments(%x: tensor<4xf32>) {
  // expected-error @below {{block arguments must match the inputs in number and type}}
  kiln.kernel "k" (%x : tensor<4xf32>) {
    kiln.yield
  }
  return
}

// -----

func.func @argument_types(%x: tensor<4xf32>) {
  // expected-error @below {{block arguments must match the inputs in number and type}}
  kiln.kernel "k" (%x : tensor<4xf32>) {
  ^bb0(%a: tensor<5xf32>):
    kiln.yield
  }
  return
}

// -----

func.func @terminator() {
  // expected-error @below {{body must end in 'kiln.yield'}}
  kiln.kernel "k" () {
    func.return
  }
  return
}

// -----

func.func @results(%x: tensor<4xf32>) {
  %y = kiln.kernel "k" (%x : tensor<4xf32>) -> tensor<5xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @below {{must yield the kernel's result types}}
    kiln.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @role() {
  // expected-error @below {{role must be "compute" or "pack", not "dance"}}
  kiln.kernel "k" () attributes {role = "dance"} {
    kiln.yield
  }
  return
}

// -----

// Kernels are isolated: nothing comes in beside the inputs.
func.func @isolated(%x: tensor<4xf32>) {
  // expected-note @below {{required by region isolation constraints}}
  kiln.kernel "k" () {
    // expected-error @below {{using value defined outside the region}}
    %y = arith.negf %x : tensor<4xf32>
    kiln.yield
  }
  return
}

// -----

func.func @yield() {
  // expected-error @below {{expects parent op 'kiln.kernel'}}
  kiln.yield
}

// -----

func.func @grid() {
  // expected-error @below {{grid must have three expressions}}
  kiln.launch @kernels::@k() grid ["1", "1"] block [32, 1, 1] shared 0
  return
}

// -----

func.func @block() {
  // expected-error @below {{block must be three positive sizes}}
  kiln.launch @kernels::@k() grid ["1", "1", "1"] block [32, 1] shared 0
  return
}

// -----

func.func @block_sizes() {
  // expected-error @below {{block must be three positive sizes}}
  kiln.launch @kernels::@k() grid ["1", "1", "1"] block [32, 0, 1] shared 0
  return
}

// -----

func.func @shared(%x: memref<4xf32>) {
  // expected-error @below {{shared bytes must not be negative}}
  kiln.launch @kernels::@k(%x : memref<4xf32>) grid ["1", "1", "1"] block [32, 1, 1] shared -1
  return
}

// -----

// A launch that writes nothing does nothing.
func.func @written_none(%x: memref<4xf32>) {
  // expected-error @below {{num_written must be from 1 to the number of arguments, 1, not 0}}
  kiln.launch @kernels::@k(%x : memref<4xf32>) grid ["1", "1", "1"] block [32, 1, 1] shared 0 attributes {num_written = 0 : i64}
  return
}

// -----

func.func @written_many(%x: memref<4xf32>) {
  // expected-error @below {{num_written must be from 1 to the number of arguments, 1, not 2}}
  kiln.launch @kernels::@k(%x : memref<4xf32>) grid ["1", "1", "1"] block [32, 1, 1] shared 0 attributes {num_written = 2 : i64}
  return
}

// -----

func.func @no_arguments() {
  // expected-error @below {{num_written must be from 1 to the number of arguments, 0, not 1}}
  kiln.launch @kernels::@k() grid ["1", "1", "1"] block [32, 1, 1] shared 0
  return
}

// -----

// kiln.output: a result of the kernel, and its memory.
func.func @output_index(%x: tensor<4xf32>) {
  %y = kiln.kernel "k" (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @below {{there is no result 1 of a kernel with 1}}
    %out = kiln.output 1 : memref<4xf32>
    kiln.yield
  }
  return
}

// -----

func.func @output_negative(%x: tensor<4xf32>) {
  %y = kiln.kernel "k" (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @below {{there is no result -1 of a kernel with 1}}
    %out = kiln.output -1 : memref<4xf32>
    kiln.yield
  }
  return
}

// -----

func.func @output_shape(%x: tensor<4xf32>) {
  %y = kiln.kernel "k" (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @below {{has type 'memref<2x2xf32>', result 0 has type 'tensor<4xf32>'}}
    %out = kiln.output 0 : memref<2x2xf32>
    kiln.yield
  }
  return
}

// -----

func.func @output_element(%x: tensor<4xf32>) {
  %y = kiln.kernel "k" (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @below {{has type 'memref<4xf16>', result 0 has type 'tensor<4xf32>'}}
    %out = kiln.output 0 : memref<4xf16>
    kiln.yield
  }
  return
}

// -----

func.func @output_place() {
  // expected-error @below {{expects parent op 'kiln.kernel'}}
  %out = kiln.output 0 : memref<4xf32>
  return
}

// -----

// Results that are not yielded must have a memory.
func.func @yields_nothing(%x: tensor<4xf32>) {
  %y = kiln.kernel "k" (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @below {{must yield the kernel's result types}}
    kiln.yield
  }
  return
}

// -----

// The attributes of a gpu.func.
gpu.module @kernels {
  // expected-error @below {{'kiln.schedule' must be a schedule, such as #kiln.schedule}}
  gpu.func @schedule() attributes {kiln.schedule = 1 : i64} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @below {{'kiln.num_written' must be a positive integer}}
  gpu.func @written() attributes {kiln.num_written = 0 : i64} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @below {{'kiln.num_written' must be a positive integer}}
  gpu.func @written() attributes {kiln.num_written = "two"} {
    gpu.return
  }
}

// -----

func.func @kernel_name(%x: tensor<4xf32>) {
  // expected-error @below {{"a-b" is no name of a kernel: letters, digits and _, no digit first}}
  %y = kiln.kernel "a-b" (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    kiln.yield %a : tensor<4xf32>
  }
  return
}
