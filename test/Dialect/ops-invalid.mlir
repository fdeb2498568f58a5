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
  // expected-error @below {{expected ::kiln::Role to be one of: compute, pack}}
  // expected-error @below {{failed to parse Kiln_RoleAttr parameter 'value'}}
  kiln.kernel "k" () role<dance> {
    kiln.yield
  }
  return
}

// -----

func.func @work() {
  // expected-error @below {{attribute 'flops' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  kiln.kernel "k" () attributes {flops = -1} {
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

func.func @grid(%x0: memref<4xf32>) {
  // expected-error @below {{grid must have three sizes, not 2}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1] block [32, 1, 1] shared 0
  return
}

// -----

func.func @grid_size(%x0: memref<4xf32>) {
  // expected-error @below {{a grid has no 0 blocks}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 0, 1] block [32, 1, 1] shared 0
  return
}

// -----

// Sizes are over sm_count, made of what an artifact can say.
func.func @grid_symbol(%x0: memref<4xf32>) {
  // expected-error @below {{use of undeclared identifier}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [cores, 1, 1] block [32, 1, 1] shared 0
  return
}

// -----

func.func @grid_mod(%x0: memref<4xf32>) {
  // expected-error @below {{a size of the grid is made with +, -, * and floordiv only, not affine_map<()[s0] -> (s0 mod 2 + 1)>}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [sm_count mod 2 + 1, 1, 1] block [32, 1, 1] shared 0
  return
}

// -----

func.func @grid_ceildiv(%x0: memref<4xf32>) {
  // expected-error @below {{a size of the grid is made with +, -, * and floordiv only, not affine_map<()[s0] -> (s0 ceildiv 2)>}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [sm_count ceildiv 2, 1, 1] block [32, 1, 1] shared 0
  return
}

// -----

func.func @grid_divisor(%x0: memref<4xf32>) {
  // expected-error @below {{a size of the grid divides by a positive constant only, not as in affine_map<()[s0] -> (8 floordiv s0)>}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [8 floordiv sm_count, 1, 1] block [32, 1, 1] shared 0
  return
}

// -----

func.func @grid_three(%x0: memref<4xf32>) {
  // expected-error @below {{a size of the grid is one expression or the least of two, not affine_map<()[s0] -> (8, s0, 9)>}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [min(8, sm_count, 9), 1, 1] block [32, 1, 1] shared 0
  return
}

// -----

func.func @grid_dims(%x: memref<4xf32>) {
  // expected-error @below {{a size of the grid has no dimensions and at most one symbol, the number of multiprocessors; affine_map<(d0) -> (d0)> has more}}
  "kiln.launch"(%x) <{kernel = @kernels::@k, grid = [affine_map<(d0) -> (d0)>, affine_map<() -> (1)>, affine_map<() -> (1)>], block = array<i64: 32, 1, 1>, shared_bytes = 0 : i64}> : (memref<4xf32>) -> ()
  return
}

// -----

func.func @grid_symbols(%x: memref<4xf32>) {
  // expected-error @below {{affine_map<()[s0, s1] -> (s0 + s1)> has more}}
  "kiln.launch"(%x) <{kernel = @kernels::@k, grid = [affine_map<() -> (1)>, affine_map<()[s0, s1] -> (s0 + s1)>, affine_map<() -> (1)>], block = array<i64: 32, 1, 1>, shared_bytes = 0 : i64}> : (memref<4xf32>) -> ()
  return
}

// -----

func.func @grid_string(%x: memref<4xf32>) {
  // expected-error @below {{attribute 'grid' failed to satisfy constraint: AffineMap array attribute}}
  "kiln.launch"(%x) <{kernel = @kernels::@k, grid = ["1", "1", "1"], block = array<i64: 32, 1, 1>, shared_bytes = 0 : i64}> : (memref<4xf32>) -> ()
  return
}

// -----

func.func @block(%x0: memref<4xf32>) {
  // expected-error @below {{block must be three positive sizes}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1, 1] block [32, 1] shared 0
  return
}

// -----

func.func @block_sizes(%x0: memref<4xf32>) {
  // expected-error @below {{block must be three positive sizes}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1, 1] block [32, 0, 1] shared 0
  return
}

// -----

func.func @shared(%x0: memref<4xf32>) {
  // expected-error @below {{shared bytes must not be negative}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared -1
  return
}

// -----

func.func @launch_work(%x0: memref<4xf32>) {
  // expected-error @below {{attribute 'flops' failed to satisfy constraint}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {flops = -1}
  return
}

// -----

// An entry for each written argument, in tiles that cover it once.
func.func @tiles_number(%x0: memref<4xf32>, %x1: memref<4xf32>) {
  // expected-error @below {{tiles must have an entry for each of 2 written arguments, not 1}}
  kiln.launch @kernels::@k(%x0, %x1 : memref<4xf32>, memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {num_written = 2, tiles = [unit]}
  return
}

// -----

func.func @tiles_kind(%x0: memref<4xf32>) {
  // expected-error @below {{tiles holds 4 : i64; an entry is #kiln.tiles or unit}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {tiles = [4]}
  return
}

// -----

func.func @tiles_rank(%x0: memref<4xf32>) {
  // expected-error @below {{do not cover each element of a written argument of type 'memref<4xf32>' once}}
  kiln.launch @kernels::@k(%x0 : memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {tiles = [#kiln.tiles<grid = [4], shape = [1], output_dims = [1]>]}
  return
}

// -----

func.func @tiles_too_few(%x0: memref<9xf32>) {
  // expected-error @below {{do not cover each element of a written argument of type 'memref<9xf32>' once}}
  kiln.launch @kernels::@k(%x0 : memref<9xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {tiles = [#kiln.tiles<grid = [2], shape = [4], output_dims = [0]>]}
  return
}

// -----

func.func @tiles_too_many(%x0: memref<8xf32>) {
  // expected-error @below {{do not cover each element of a written argument of type 'memref<8xf32>' once}}
  kiln.launch @kernels::@k(%x0 : memref<8xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {tiles = [#kiln.tiles<grid = [3], shape = [4], output_dims = [0]>]}
  return
}

// -----

func.func @tiles_grids(%x0: memref<8xf32>, %x1: memref<8xf32>) {
  // expected-error @below {{tiles of all written arguments must have the same grid: a block computes a tile of each}}
  kiln.launch @kernels::@k(%x0, %x1 : memref<8xf32>, memref<8xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {num_written = 2, tiles = [#kiln.tiles<grid = [2], shape = [4], output_dims = [0]>, #kiln.tiles<grid = [4], shape = [2], output_dims = [0]>]}
  return
}

// -----

// A launch that writes nothing does nothing.
func.func @written_none(%x: memref<4xf32>) {
  // expected-error @below {{num_written must be from 1 to the number of arguments, 1, not 0}}
  kiln.launch @kernels::@k(%x : memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {num_written = 0 : i64}
  return
}

// -----

func.func @written_many(%x: memref<4xf32>) {
  // expected-error @below {{num_written must be from 1 to the number of arguments, 1, not 2}}
  kiln.launch @kernels::@k(%x : memref<4xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 attributes {num_written = 2 : i64}
  return
}

// -----

func.func @no_arguments() {
  // expected-error @below {{num_written must be from 1 to the number of arguments, 0, not 1}}
  kiln.launch @kernels::@k() grid [1, 1, 1] block [32, 1, 1] shared 0
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
  // expected-error @below {{'kiln.num_written' must be an i64 from 1 to the number of arguments, 0}}
  gpu.func @written() attributes {kiln.num_written = 0 : i64} {
    gpu.return
  }
}

// -----

gpu.module @kernels {
  // expected-error @below {{'kiln.num_written' must be an i64 from 1 to the number of arguments, 0}}
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
