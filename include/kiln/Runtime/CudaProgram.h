//===- CudaProgram.h - An artifact's plan on a card -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Many batches with the same weights: upload() all inputs, say with keep()
// which of them stay, prepare() once, then for each batch upload() the inputs
// that change and run(/*skipPrepared=*/true). After an input that stays is
// uploaded anew, prepare() again.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CUDAPROGRAM_H
#define KILN_RUNTIME_CUDAPROGRAM_H

#include "kiln/Runtime/Artifact.h"
#include "kiln/Runtime/CudaDevice.h"

namespace kiln::runtime {

/// The kernels of one plan, loaded, and its buffers, allocated.
class CudaProgram {
public:
  /// Loads `artifact`'s kernels, as machine code where it is there for exactly
  /// this card, else through the driver's compiler, and allocates all buffers.
  /// `artifact` must outlive the program.
  static Result<std::unique_ptr<CudaProgram>>
  create(std::shared_ptr<CudaDevice> device, const Artifact &artifact);
  /// The float64 reference, over the inputs that `program` holds. It must not
  /// outlive `program`.
  static Result<std::unique_ptr<CudaProgram>>
  createReference(CudaProgram &program);
  /// The same for another artifact of the same program, over the inputs that
  /// `program` holds: other schedules beside each other need them once. An
  /// artifact with other inputs is an error. It must not outlive `program`.
  static Result<std::unique_ptr<CudaProgram>>
  createBeside(CudaProgram &program, const Artifact &artifact);
  ~CudaProgram();
  CudaProgram(const CudaProgram &) = delete;
  CudaProgram &operator=(const CudaProgram &) = delete;

  /// Copies a tensor of the right type and shape to input `index`.
  Status upload(size_t index, const Tensor &tensor);
  /// Waits for the kernels and copies output `index` back.
  Result<Tensor> download(size_t index);
  /// Fills outputs and workspaces with 0xff (NaN), so that an element that no
  /// kernel writes shows.
  Status poison();

  /// Says which inputs stay from run to run: prepare() then runs the kernels
  /// whose results depend on none but these. An error names an input that does
  /// not exist. Without a call the packing kernels are taken for those: what
  /// they read is mostly weights.
  Status keep(const std::vector<size_t> &inputs);
  /// Whether prepare() runs kernel `index`.
  bool isPrepared(size_t index) const { return prepared[index]; }
  /// Runs the kernels that depend on nothing but what stays. Asynchronous.
  Status prepare();
  /// Runs all kernels in order; with `skipPrepared` all but those of prepare().
  /// Asynchronous.
  Status run(bool skipPrepared = false);
  /// Runs all kernels and waits for each, so that an error names its kernel.
  Status runChecked();
  /// Launches kernel `index` alone. Asynchronous.
  Status launch(size_t index);

  const Plan &plan() const { return *thePlan; }
  CudaDevice &device() { return *theDevice; }
  /// Bytes of this program's own buffers.
  int64_t allocatedBytes() const { return totalBytes; }
  /// "cubin" or "PTX": what the kernels were loaded from.
  const char *loadedFrom() const { return moduleKind; }

private:
  CudaProgram() = default;
  static Result<std::unique_ptr<CudaProgram>>
  load(std::shared_ptr<CudaDevice> device, const Artifact &artifact,
       const CudaProgram *inputs);
  Status loadModule(const std::string &ptx, const std::string *cubin);
  Status loadKernels();
  Status allocate(const CudaProgram *inputs);

  struct LoadedKernel {
    void *function = nullptr;
    std::array<int64_t, 3> grid;
  };

  std::shared_ptr<CudaDevice> theDevice;
  const Artifact *artifact = nullptr;
  const Plan *thePlan = nullptr;
  const std::vector<TensorInfo> *outputs = nullptr;
  void *module = nullptr;
  const char *moduleKind = "";
  std::vector<LoadedKernel> kernels;
  std::vector<bool> prepared;               // one a kernel
  std::vector<unsigned long long> pointers; // one a buffer of the plan
  std::vector<bool> owned;
  int64_t totalBytes = 0;
};

} // namespace kiln::runtime

#endif // KILN_RUNTIME_CUDAPROGRAM_H
