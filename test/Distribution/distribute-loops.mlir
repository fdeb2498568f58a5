// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared),kiln-distribute,canonicalize,cse)' --mlir-print-local-scope | FileCheck %s
//
// What kernels with a loop schedule add to the work of a thread: loads and stores of
// words, loads through a map, results in another order of dimensions, and several written arguments.

#lanes = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = []>
#pairs = #kiln.layout<register = [[0, 1]], lane = [[1, 0], [2, 0], [4, 0], [8, 0], [16, 0]], warp = []>
#turned = #kiln.layout<register = [[1, 0]], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = []>
#strips = #kiln.layout<register = [[0, 1], [0, 2], [1, 0], [2, 0]], lane = [[4, 0], [8, 0], [16, 0], [32, 0], [64, 0]], warp = []>
#fours = #kiln.layout<register = [[1], [2]], lane = [[4], [8], [16], [32], [64]], warp = []>
#rows = #kiln.layout<register = [[0, 1], [0, 2]], lane = [[1, 0], [2, 0], [4, 0], [8, 0], [16, 0]], warp = []>
#copies = #kiln.layout<register = [], lane = [[0], [0], [1], [2], [4]], warp = []>
#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [0, 32]]>
#reduced_warps = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [32]]>
#two_rows = #kiln.loop_schedule<tile = [2, 64], threads = [[2:32], [64:1]], vector = [1, 1], block = 128>
#schedule = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [1], block = 32>

gpu.module @kernels {
  // The column 2 d0 + d1 - 1 of a window of two: the first may lie before the tensor and
  // the second behind it. Such an element is read at the tensor's start and replaced by
  // the padding. Where both are sums of multiples, the registers of a thread are
  // constants apart.
  //
  // CHECK-LABEL: gpu.func @window(
  // CHECK-SAME:    %[[X:.+]]: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}, %{{.+}}: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias})
  // CHECK-DAG:     %[[LOWEST:.+]] = arith.constant 0xFF800000 : f32
  // CHECK-DAG:     %[[LANE:.+]] = arith.andi %{{.+}}, %c31_i32
  // CHECK-DAG:     %[[LANES:.+]] = arith.muli %[[LANE]], %c2_i32
  // CHECK-DAG:     %[[BLOCK:.+]] = arith.muli %{{.+}}, %c64
  // CHECK-DAG:     %[[THREAD:.+]] = arith.index_cast %[[LANES]] : i32 to index
  // CHECK:         %[[C1:.+]] = arith.addi %[[BLOCK]], %[[THREAD]]
  // CHECK:         %[[C0:.+]] = arith.addi %[[C1]], %c-2
  // CHECK:         %[[IN0:.+]] = arith.cmpi ult, %[[C0]], %c60
  // CHECK:         %[[PART:.+]] = llvm.getelementptr %[[X]]
  // CHECK:         %[[P0:.+]] = llvm.getelementptr %[[PART]][119]
  // CHECK:         %[[S0:.+]] = llvm.select %[[IN0]], %[[P0]], %[[X]]
  // CHECK:         %[[L0:.+]] = llvm.load %[[S0]]
  // CHECK:         %[[V0:.+]] = arith.select %[[IN0]], %[[L0]], %[[LOWEST]]
  // CHECK:         %[[IN1:.+]] = arith.cmpi ult, %[[C1]], %c60
  // CHECK:         %[[P1:.+]] = llvm.getelementptr %[[PART]][120]
  // CHECK:         %[[V1:.+]] = arith.select %[[IN1]], %{{.+}}, %[[LOWEST]]
  // CHECK:         %[[MAX:.+]] = arith.maximumf %[[V0]], %[[V1]]
  // CHECK:         llvm.store %[[MAX]]
  gpu.func @window(%x: memref<3x60xf32>, %out: memref<32xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %block = gpu.block_id x
    %at = affine.apply affine_map<(d0) -> (d0 * 32)>(%block)
    %t = kiln.load_tile %x[%at, %0] map affine_map<(d0, d1) -> (2, d0 * 2 + d1 - 1)> in_bounds [true, false] padding 0xFF800000 : f32 : memref<3x60xf32> -> tensor<32x2xf32, #pairs>
    %m = kiln.reduce %t over [1] : tensor<32x2xf32, #pairs> -> tensor<32xf32, #lanes> {
    ^bb0(%l: f32, %r: f32):
      %1 = arith.maximumf %l, %r : f32
      kiln.reduce_yield %1 : f32
    }
    kiln.store_tile %m, %out[%0] in_bounds [true] : tensor<32xf32, #lanes>, memref<32xf32>
    gpu.return
  }

  // Four results of a window of three, at a distance of one: the columns 4 l - 1 to
  // 4 l + 4 of lane l. Each of the six is loaded once, although twelve registers want
  // them, and the four that begin at a multiple of four come as one word. Rows of 64
  // elements end with a word, so that each word lies inside or outside as a whole.
  // The fourth tap is a register of its own, which nobody looks at here.
  //
  // CHECK-LABEL: gpu.func @strip(
  // CHECK-SAME:    %[[X:.+]]: !llvm.ptr<1> {{{.*}}llvm.readonly}
  // CHECK-DAG:     %[[FOURS:.+]] = arith.muli %{{.+}}, %c4_i32
  // CHECK-DAG:     %[[AT:.+]] = arith.index_cast %[[FOURS]] : i32 to index
  // CHECK:         %[[BEFORE:.+]] = arith.addi %[[AT]], %c-4
  // CHECK:         %[[INSIDE:.+]] = arith.cmpi ult, %[[BEFORE]], %c64
  // CHECK:         %[[FIRST:.+]] = llvm.select %[[INSIDE]], %{{.+}}, %[[X]]
  // CHECK:         llvm.load %[[FIRST]] {{.*}} -> f32
  // CHECK:         arith.cmpi ult, %[[AT]], %c64
  // CHECK:         llvm.load %{{.+}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
  // CHECK:         %[[BEHIND:.+]] = arith.addi %[[AT]], %c4
  // CHECK:         arith.cmpi ult, %[[BEHIND]], %c64
  // CHECK:         llvm.load %{{.+}} {alignment = 8 : i64} : !llvm.ptr<1> -> vector<2xf32>
  // CHECK-NOT:     llvm.load
  // CHECK:         llvm.store %{{.+}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
  // CHECK-NOT:     llvm.store
  gpu.func @strip(%x: memref<64xf32>, %out: memref<128xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.load_tile %x[%0, %0] map affine_map<(d0, d1) -> (d0 + d1 - 1)> in_bounds [false] : memref<64xf32> -> tensor<128x4xf32, #strips>
    %m = kiln.reduce %t over [1] : tensor<128x4xf32, #strips> -> tensor<128xf32, #fours> {
    ^bb0(%l: f32, %r: f32):
      %1 = arith.addf %l, %r : f32
      kiln.reduce_yield %1 : f32
    }
    kiln.store_tile %m, %out[%0] in_bounds [true] : tensor<128xf32, #fours>, memref<128xf32>
    gpu.return
  }

  // Rows of 6: the second begins at no multiple of four elements, but all begin at one of
  // two.
  //
  // CHECK-LABEL: gpu.func @rows_of_six(
  // CHECK-COUNT-2: llvm.load %{{.+}} {alignment = 8 : i64} : !llvm.ptr<1> -> vector<2xf32>
  // CHECK-NOT:     llvm.load
  // CHECK-COUNT-2: llvm.store %{{.+}} {alignment = 8 : i64} : vector<2xf32>, !llvm.ptr<1>
  gpu.func @rows_of_six(%x: memref<32x6xf32>, %out: memref<32x6xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<32x6xf32> -> tensor<32x4xf32, #rows>
    kiln.store_tile %t, %out[%0, %0] in_bounds [true, true] : tensor<32x4xf32, #rows>, memref<32x6xf32>
    gpu.return
  }

  // No sum of multiples: the coordinates are computed for each register.
  //
  // CHECK-LABEL: gpu.func @twice
  // CHECK:         %[[LANE:.+]] = arith.andi %{{.+}}, %c31_i32
  // CHECK:         %[[COLUMN:.+]] = arith.index_cast %[[LANE]]
  // CHECK:         arith.divsi %{{.+}}, %c2
  // CHECK:         llvm.load
  // CHECK:         llvm.store
  gpu.func @twice(%x: memref<16xf32>, %out: memref<32xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.load_tile %x[%0] map affine_map<(d0) -> (d0 floordiv 2)> in_bounds [true] : memref<16xf32> -> tensor<32xf32, #lanes>
    kiln.store_tile %t, %out[%0] in_bounds [true] : tensor<32xf32, #lanes>, memref<32xf32>
    gpu.return
  }

  // Quotients and remainders, too, are computed once where the registers of a thread
  // never carry: four elements of a row of eight.
  //
  // CHECK-LABEL: gpu.func @rows_of_eight(
  // CHECK-COUNT-1: arith.divsi
  // CHECK-COUNT-1: arith.remsi
  // CHECK-NOT:     arith.remsi
  // CHECK:         llvm.load %{{.+}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
  // CHECK-NOT:     llvm.load
  // CHECK:         llvm.store
  gpu.func @rows_of_eight(%x: memref<16x8xf32>, %out: memref<128xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.load_tile %x[%0] map affine_map<(d0) -> (d0 floordiv 8, d0 mod 8)> in_bounds [true, true] : memref<16x8xf32> -> tensor<128xf32, #fours>
    kiln.store_tile %t, %out[%0] in_bounds [true] : tensor<128xf32, #fours>, memref<128xf32>
    gpu.return
  }

  // Rows of six: the third of four elements may be another row's, so that it and
  // the fourth have coordinates of their own.
  //
  // CHECK-LABEL: gpu.func @carries(
  // CHECK:         llvm.load %{{.+}} {alignment = 8 : i64} : !llvm.ptr<1> -> vector<2xf32>
  // CHECK-COUNT-2: llvm.load %{{.+}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
  // CHECK-NOT:     llvm.load
  // CHECK:         llvm.store
  gpu.func @carries(%x: memref<22x6xf32>, %out: memref<128xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.load_tile %x[%0] map affine_map<(d0) -> (d0 floordiv 6, d0 mod 6)> in_bounds [true, true] : memref<22x6xf32> -> tensor<128xf32, #fours>
    kiln.store_tile %t, %out[%0] in_bounds [true] : tensor<128xf32, #fours>, memref<128xf32>
    gpu.return
  }

  // The last two arguments are written; only the first is readonly. The second result has
  // its dimensions in another order, so that the thread's registers are found by
  // coordinates: row l of the first is column l of the second.
  //
  // CHECK-LABEL: gpu.func @results
  // CHECK-SAME:    (%[[X:.+]]: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}, %[[Y:.+]]: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias}, %[[T:.+]]: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias}) kernel
  // CHECK-DAG:     %[[A0:.+]] = arith.addf
  // CHECK-DAG:     %[[A1:.+]] = arith.addf
  // CHECK-DAG:     %[[N0:.+]] = arith.negf %[[A0]]
  // CHECK-DAG:     %[[N1:.+]] = arith.negf %[[A1]]
  // CHECK:         %[[PAIR:.+]] = vector.from_elements %[[A0]], %[[A1]] : vector<2xf32>
  // CHECK:         llvm.store %[[PAIR]]
  // CHECK:         %[[TO:.+]] = llvm.getelementptr %[[T]]
  // CHECK:         llvm.store %[[N0]], %[[TO]]
  // CHECK:         %[[NEXT:.+]] = llvm.getelementptr %[[TO]][32]
  // CHECK:         llvm.store %[[N1]], %[[NEXT]]
  gpu.func @results(%x: memref<32x2xf32>, %out0: memref<32x2xf32>, %out1: memref<2x32xf32>) kernel attributes {kiln.num_written = 2 : i64, kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<32x2xf32> -> tensor<32x2xf32, #pairs>
    %e0 = tensor.empty() : tensor<32x2xf32, #pairs>
    %e1 = tensor.empty() : tensor<2x32xf32, #turned>
    %r:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>], iterator_types = ["parallel", "parallel"]} ins(%t : tensor<32x2xf32, #pairs>) outs(%e0, %e1 : tensor<32x2xf32, #pairs>, tensor<2x32xf32, #turned>) {
    ^bb1(%i: f32, %o0: f32, %o1: f32):
      %1 = arith.addf %i, %i : f32
      %2 = arith.negf %1 : f32
      linalg.yield %1, %2 : f32, f32
    } -> (tensor<32x2xf32, #pairs>, tensor<2x32xf32, #turned>)
    kiln.store_tile %r#0, %out0[%0, %0] in_bounds [true, true] : tensor<32x2xf32, #pairs>, memref<32x2xf32>
    kiln.store_tile %r#1, %out1[%0, %0] in_bounds [true, true] : tensor<2x32xf32, #turned>, memref<2x32xf32>
    gpu.return
  }

  // Eight values in 32 lanes, four copies of each: one of them stores.
  //
  // CHECK-LABEL: gpu.func @one_copy_stores
  // CHECK:         llvm.load
  // CHECK:         scf.if
  // CHECK-NEXT:      llvm.store
  gpu.func @one_copy_stores(%x: memref<8xf32>, %out: memref<8xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<8xf32> -> tensor<8xf32, #copies>
    kiln.store_tile %t, %out[%0] in_bounds [true] : tensor<8xf32, #copies>, memref<8xf32>
    gpu.return
  }

  // The index of a body is the position in the tile; maps of indices become arithmetic.
  //
  // CHECK-LABEL: gpu.func @indices
  // CHECK-DAG:     %[[LANE:.+]] = arith.andi %{{.+}}, %c31_i32
  // CHECK-DAG:     %[[I:.+]] = arith.index_castui %[[LANE]] : i32 to index
  // CHECK:         arith.muli %[[I]], %c3
  // CHECK:         llvm.store
  gpu.func @indices(%out: memref<32xi32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %e = tensor.empty() : tensor<32xi32, #lanes>
    %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<32xi32, #lanes>) {
    ^bb1(%o: i32):
      %1 = linalg.index 0 : index
      %2 = affine.apply affine_map<(d0) -> (d0 * 3)>(%1)
      %3 = arith.index_cast %2 : index to i32
      linalg.yield %3 : i32
    } -> tensor<32xi32, #lanes>
    kiln.store_tile %r, %out[%0] in_bounds [true] : tensor<32xi32, #lanes>, memref<32xi32>
    gpu.return
  }

  // Pairs across warps: scratch memory for each result.
  //
  // CHECK-LABEL: gpu.func @pairs_across_warps
  // CHECK:         %[[V:.+]] = llvm.load
  // CHECK-NOT:     gpu.barrier
  // CHECK-COUNT-2: llvm.store %[[V]], %{{.+}} : f32, !llvm.ptr<3>
  // CHECK:         nvvm.barrier
  // CHECK-COUNT-4: llvm.load %{{.+}} : !llvm.ptr<3> -> f32
  // CHECK:         arith.addf
  // CHECK:         arith.maximumf
  // CHECK-COUNT-2: scf.if
  gpu.func @pairs_across_warps(%x: memref<2x64xf32>, %out0: memref<64xf32>, %out1: memref<64xf32>) kernel attributes {kiln.num_written = 2 : i64, kiln.schedule = #two_rows, known_block_size = array<i32: 128, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x64xf32> -> tensor<2x64xf32, #warps>
    %s:2 = kiln.reduce %t, %t over [0] : tensor<2x64xf32, #warps>, tensor<2x64xf32, #warps> -> tensor<64xf32, #reduced_warps>, tensor<64xf32, #reduced_warps> {
    ^bb0(%l: f32, %k: f32, %r: f32, %q: f32):
      %m = arith.addf %l, %r : f32
      %n = arith.maximumf %k, %q : f32
      kiln.reduce_yield %m, %n : f32, f32
    }
    kiln.store_tile %s#0, %out0[%0] in_bounds [true] : tensor<64xf32, #reduced_warps>, memref<64xf32>
    kiln.store_tile %s#1, %out1[%0] in_bounds [true] : tensor<64xf32, #reduced_warps>, memref<64xf32>
    gpu.return
  }
}
