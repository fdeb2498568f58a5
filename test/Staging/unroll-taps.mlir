// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-unroll-taps))' | FileCheck %s
//
// The convolution of a chunk becomes a chain of dots, one for each tap and slice of
// channels of the multiply instruction, on loads of the same patch at shifted
// offsets. The maps are those of the convolution, over its loops, at one tap.
//
// CHECK-DAG: #[[FILTER:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d4, 0, 0)>
// CHECK-DAG: #[[IMAGE:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d4, d2, d3)>
// CHECK-DAG: #[[OUT:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[LEFT:.+]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[RIGHT:.+]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-DAG: #[[PRODUCT:.+]] = affine_map<(d0, d1, d2) -> (d0, d1)>

#plain = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#even_odd = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 16], chunk = 16, warps = [1, 1, 1], columns = even_odd, weights = strided>
#f16 = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1]>
#product = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], weights = strided>
#acc8 = #kiln.layout<register = [[0, 0, 0, 1], [0, 8, 0, 0]], lane = [[0, 0, 0, 2], [0, 0, 0, 4], [0, 1, 0, 0], [0, 2, 0, 0], [0, 4, 0, 0]], warp = []>
#acc16 = #kiln.layout<register = [[0, 0, 0, 2], [0, 8, 0, 0], [0, 0, 0, 1]], lane = [[0, 0, 0, 4], [0, 0, 0, 8], [0, 1, 0, 0], [0, 2, 0, 0], [0, 4, 0, 0]], warp = []>
#acc_nhwc = #kiln.layout<register = [[0, 0, 1, 0], [0, 0, 0, 8]], lane = [[0, 0, 2, 0], [0, 0, 4, 0], [0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 0, 4]], warp = []>
#acc_product = #kiln.layout<register = [[1, 0], [0, 8]], lane = [[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]], warp = []>

gpu.module @kernels {
  // Plain fragments are rows of the image, which the taps of one kernel column share:
  // rows run fastest. The packed filter is rounded already, the image is not.
  //
  // CHECK-LABEL: gpu.func @plain
  // CHECK-SAME:  (%[[ACC:.+]]: tensor<1x16x1x8xf32, #{{.+}}>, %[[SLOT:.+]]: index)
  // CHECK:         %[[X:.+]] = kiln.alloc_shared
  // CHECK:         %[[W:.+]] = kiln.alloc_shared
  // CHECK-NOT:     kiln.staged
  // CHECK:         %[[A0:.+]] = kiln.local_load %[[W]][%[[SLOT]]] at [0, 0, 0, 0] step [1, 1, 1, 1] : {{.*}} -> tensor<16x8x1x1xf32,
  // CHECK-NEXT:    %[[B0:.+]] = kiln.local_load %[[X]][%[[SLOT]]] at [0, 0, 0, 0] step [1, 1, 1, 1] round_tf32 : {{.*}} -> tensor<1x8x1x8xf32,
  // CHECK-NEXT:    %[[D0:.+]] = kiln.dot %[[A0]], %[[B0]], %[[ACC]] maps [#[[FILTER]], #[[IMAGE]], #[[OUT]]] with mma_m16n8k8_tf32
  // CHECK-NEXT:    %[[A1:.+]] = kiln.local_load %[[W]][%[[SLOT]]] at [0, 0, 1, 0]
  // CHECK-NEXT:    %[[B1:.+]] = kiln.local_load %[[X]][%[[SLOT]]] at [0, 0, 1, 0]
  // CHECK-NEXT:    %[[D1:.+]] = kiln.dot %[[A1]], %[[B1]], %[[D0]]
  // CHECK-NEXT:    kiln.local_load %[[W]][%[[SLOT]]] at [0, 0, 0, 1]
  // CHECK-NEXT:    kiln.local_load %[[X]][%[[SLOT]]] at [0, 0, 0, 1]
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 1, 1]
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 1, 1]
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 0, 2]
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 0, 2]
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 1, 2]
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 1, 2]
  // CHECK-NEXT:    %[[LAST:.+]] = kiln.dot
  // CHECK-NEXT:    gpu.return %[[LAST]]
  gpu.func @plain(%acc: tensor<1x16x1x8xf32, #acc8>, %slot: index) -> tensor<1x16x1x8xf32, #acc8> attributes {kiln.schedule = #plain} {
    %x = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [8:20], [2:10], [10:1]>>
    %w = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1], [2:384], [3:128]>>
    %image = kiln.staged %x[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [8:20], [2:10], [10:1]>> -> tensor<1x8x2x10xf32>
    %filter = kiln.staged %w[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1], [2:384], [3:128]>> -> tensor<16x8x2x3xf32>
    %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x2x10xf32>, tensor<16x8x2x3xf32>) outs(%acc : tensor<1x16x1x8xf32, #acc8>) -> tensor<1x16x1x8xf32, #acc8>
    gpu.return %d : tensor<1x16x1x8xf32, #acc8>
  }

  // What is computed on the elements of a tile, each load of it computes.
  //
  // CHECK-LABEL: gpu.func @computed
  // CHECK-COUNT-2: kiln.local_load {{.*}} round_tf32 : {{.*}} computing {
  // CHECK-NEXT:    ^bb0(%[[E:.+]]: f32):
  // CHECK-NEXT:      %[[ABS:.+]] = math.absf %[[E]] : f32
  // CHECK-NEXT:      kiln.compute_yield %[[ABS]] : f32
  // CHECK-NOT:     kiln.staged
  // CHECK:         gpu.return
  gpu.func @computed(%acc: tensor<1x16x1x8xf32, #acc8>, %slot: index) -> tensor<1x16x1x8xf32, #acc8> attributes {kiln.schedule = #plain} {
    %x = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [8:20], [1:12], [12:1]>>
    %w = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1], [1:256], [2:128]>>
    %image = kiln.staged %x[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [8:20], [1:12], [12:1]>> -> tensor<1x8x1x9xf32> computing {
    ^bb0(%e: f32):
      %abs = math.absf %e : f32
      kiln.compute_yield %abs : f32
    }
    %filter = kiln.staged %w[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1], [1:256], [2:128]>> -> tensor<16x8x1x2xf32>
    %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x9xf32>, tensor<16x8x1x2xf32>) outs(%acc : tensor<1x16x1x8xf32, #acc8>) -> tensor<1x16x1x8xf32, #acc8>
    gpu.return %d : tensor<1x16x1x8xf32, #acc8>
  }

  // A tile behind the first three columns of its slot.
  //
  // CHECK-LABEL: gpu.func @behind
  // CHECK:         kiln.local_load %{{.+}} at [0, 0, 0, 0]
  // CHECK-NEXT:    kiln.local_load %{{.+}} at [0, 0, 0, 3]
  // CHECK:         kiln.local_load %{{.+}} at [0, 0, 0, 1]
  // CHECK-NEXT:    kiln.local_load %{{.+}} at [0, 0, 0, 4]
  gpu.func @behind(%acc: tensor<1x16x1x8xf32, #acc8>, %slot: index) -> tensor<1x16x1x8xf32, #acc8> attributes {kiln.schedule = #plain} {
    %x = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [8:20], [1:12], [12:1]>>
    %w = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1], [1:256], [2:128]>>
    %image = kiln.staged %x[%slot] at [0, 0, 0, 3] : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [8:20], [1:12], [12:1]>> -> tensor<1x8x1x9xf32>
    %filter = kiln.staged %w[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1], [1:256], [2:128]>> -> tensor<16x8x1x2xf32>
    %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x8x1x9xf32>, tensor<16x8x1x2xf32>) outs(%acc : tensor<1x16x1x8xf32, #acc8>) -> tensor<1x16x1x8xf32, #acc8>
    gpu.return %d : tensor<1x16x1x8xf32, #acc8>
  }

  // Even and odd columns alternate: neighbouring kernel columns share pairs of them,
  // and columns run fastest. A chunk of 16 channels is two slices at each tap. A
  // strided filter is rounded when it is loaded.
  //
  // CHECK-LABEL: gpu.func @even_odd
  // CHECK:         kiln.local_load {{.*}} at [0, 0, 0, 0] step [1, 1, 1, 1] round_tf32 : {{.*}} -> tensor<16x8x1x1xf32,
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 0, 0] step [1, 1, 1, 1] round_tf32 : {{.*}} -> tensor<1x8x1x16xf32,
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 8, 0, 0]
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 8, 0, 0]
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 0, 1]
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 0, 1]
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 8, 0, 1]
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 8, 0, 1]
  // CHECK-NEXT:    kiln.dot
  // CHECK-NEXT:    kiln.local_load {{.*}} at [0, 0, 1, 0]
  // CHECK-COUNT-4: kiln.dot
  // CHECK-NOT:     kiln.dot
  gpu.func @even_odd(%acc: tensor<1x16x1x16xf32, #acc16>, %slot: index) -> tensor<1x16x1x16xf32, #acc16> attributes {kiln.schedule = #even_odd} {
    %x = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [16:36], [2:18], [18:1]>>
    %w = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[16:64], [16:4], [2:2], [2:1]>>
    %image = kiln.staged %x[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[1:0], [16:36], [2:18], [18:1]>> -> tensor<1x16x2x17xf32>
    %filter = kiln.staged %w[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[16:64], [16:4], [2:2], [2:1]>> -> tensor<16x16x2x2xf32>
    %d = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x16x2x17xf32>, tensor<16x16x2x2xf32>) outs(%acc : tensor<1x16x1x16xf32, #acc16>) -> tensor<1x16x1x16xf32, #acc16>
    gpu.return %d : tensor<1x16x1x16xf32, #acc16>
  }

  // Channels innermost, 16 bits. The stride is the distance of the loaded elements,
  // the dilation that of the taps; the filter knows neither.
  //
  // CHECK-LABEL: gpu.func @strides
  // CHECK:         %[[X:.+]] = kiln.alloc_shared
  // CHECK:         %[[W:.+]] = kiln.alloc_shared
  // CHECK:         kiln.local_load %[[W]]{{.*}} at [0, 0, 0, 0] step [1, 1, 1, 1] :
  // CHECK:         kiln.local_load %[[X]]{{.*}} at [0, 0, 0, 0] step [1, 2, 2, 1] :
  // CHECK:         kiln.dot {{.*}} with mma_m16n8k16_f16
  // CHECK:         kiln.local_load %[[W]]{{.*}} at [1, 0, 0, 0] step [1, 1, 1, 1] :
  // CHECK:         kiln.local_load %[[X]]{{.*}} at [0, 3, 0, 0] step [1, 2, 2, 1] :
  // CHECK:         kiln.dot
  // CHECK:         kiln.local_load %[[W]]{{.*}} at [0, 1, 0, 0] step [1, 1, 1, 1] :
  // CHECK:         kiln.local_load %[[X]]{{.*}} at [0, 0, 3, 0] step [1, 2, 2, 1] :
  // CHECK:         kiln.dot
  // CHECK:         kiln.local_load %[[W]]{{.*}} at [1, 1, 0, 0] step [1, 1, 1, 1] :
  // CHECK:         kiln.local_load %[[X]]{{.*}} at [0, 3, 3, 0] step [1, 2, 2, 1] :
  // CHECK:         kiln.dot
  // CHECK-NOT:     kiln.dot
  gpu.func @strides(%acc: tensor<1x1x8x16xf32, #acc_nhwc>, %slot: index) -> tensor<1x1x8x16xf32, #acc_nhwc> attributes {kiln.schedule = #f16} {
    %x = kiln.alloc_shared : !kiln.shared<2 x f16, #kiln.shared_layout<[1:0], [4:144], [18:8], [8:1, 2:576]>>
    %w = kiln.alloc_shared : !kiln.shared<2 x f16, #kiln.shared_layout<[2:512], [2:256], [16:16], [16:1]>>
    %image = kiln.staged %x[%slot] : !kiln.shared<2 x f16, #kiln.shared_layout<[1:0], [4:144], [18:8], [8:1, 2:576]>> -> tensor<1x4x18x16xf16>
    %filter = kiln.staged %w[%slot] : !kiln.shared<2 x f16, #kiln.shared_layout<[2:512], [2:256], [16:16], [16:1]>> -> tensor<2x2x16x16xf16>
    %d = linalg.conv_2d_nhwc_hwcf {strides = dense<2> : tensor<2xi64>, dilations = dense<3> : tensor<2xi64>} ins(%image, %filter : tensor<1x4x18x16xf16>, tensor<2x2x16x16xf16>) outs(%acc : tensor<1x1x8x16xf32, #acc_nhwc>) -> tensor<1x1x8x16xf32, #acc_nhwc>
    gpu.return %d : tensor<1x1x8x16xf32, #acc_nhwc>
  }

  // A matrix product has no taps: one dot for each slice of k. Its second operand lies
  // on the side of the filters.
  //
  // CHECK-LABEL: gpu.func @matmul
  // CHECK:         %[[X:.+]] = kiln.alloc_shared
  // CHECK:         %[[W:.+]] = kiln.alloc_shared
  // CHECK:         %[[A0:.+]] = kiln.local_load %[[W]]{{.*}} at [0, 0] step [1, 1] round_tf32 : {{.*}} -> tensor<8x16xf32,
  // CHECK-NEXT:    %[[B0:.+]] = kiln.local_load %[[X]]{{.*}} at [0, 0] step [1, 1] round_tf32 : {{.*}} -> tensor<8x8xf32,
  // CHECK-NEXT:    kiln.dot %[[A0]], %[[B0]], %{{.+}} maps [#[[RIGHT]], #[[LEFT]], #[[PRODUCT]]]
  // CHECK-NEXT:    kiln.local_load %[[W]]{{.*}} at [8, 0]
  // CHECK-NEXT:    kiln.local_load %[[X]]{{.*}} at [0, 8]
  // CHECK-NEXT:    %[[LAST:.+]] = kiln.dot
  // CHECK-NEXT:    gpu.return %[[LAST]]
  gpu.func @matmul(%acc: tensor<8x16xf32, #acc_product>, %slot: index) -> tensor<8x16xf32, #acc_product> attributes {kiln.schedule = #product} {
    %x = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[8:20], [16:1]>>
    %w = kiln.alloc_shared : !kiln.shared<2 x f32, #kiln.shared_layout<[16:24], [16:1]>>
    %left = kiln.staged %x[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[8:20], [16:1]>> -> tensor<8x16xf32>
    %right = kiln.staged %w[%slot] : !kiln.shared<2 x f32, #kiln.shared_layout<[16:24], [16:1]>> -> tensor<16x16xf32>
    %d = linalg.matmul ins(%left, %right : tensor<8x16xf32>, tensor<16x16xf32>) outs(%acc : tensor<8x16xf32, #acc_product>) -> tensor<8x16xf32, #acc_product>
    gpu.return %d : tensor<8x16xf32, #acc_product>
  }
}
