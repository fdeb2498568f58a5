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

func.func @shared() {
  // expected-error @below {{shared bytes must not be negative}}
  kiln.launch @kernels::@k() grid ["1", "1", "1"] block [32, 1, 1] shared -1
  return
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
