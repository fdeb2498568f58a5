//===- CudaProgram.cpp - An artifact's plan on a card -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/CudaProgram.h"

#include "CudaApi.h"
#include "LaunchArguments.h"

#include <algorithm>
#include <charconv>

namespace kiln::runtime {

/// The architecture after ".target sm_" in PTX, as 10 * major + minor.
static std::optional<int> getPtxTarget(std::string_view ptx) {
  constexpr std::string_view directive = ".target sm_";
  size_t position = ptx.find(directive);
  if (position == std::string_view::npos)
    return std::nullopt;
  ptx.remove_prefix(position + directive.size());
  int value;
  auto [rest, error] =
      std::from_chars(ptx.data(), ptx.data() + ptx.size(), value);
  if (error != std::errc())
    return std::nullopt;
  return value;
}

static std::string formatMegabytes(int64_t bytes) {
  return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

Status CudaProgram::loadModule(const std::string &ptx,
                               const std::string *cubin) {
  const cuda::Api &api = theDevice->api();
  const CudaDeviceInfo &info = theDevice->info();
  int card = info.major * 10 + info.minor;
  cuda::Module loaded = nullptr;
  if (cubin && !cubin->empty() &&
      artifact->arch == "sm_" + std::to_string(card)) {
    Status status = theDevice->check(
        api.moduleLoadDataEx(&loaded, cubin->data(), 0, nullptr, nullptr),
        "cannot load the kernels' machine code");
    // A driver older than the cubin's toolkit may still take the PTX.
    if (!status.failed()) {
      module = loaded;
      moduleKind = "cubin";
      return {};
    }
  }
  std::optional<int> target = getPtxTarget(ptx);
  if (target && *target > card)
    return makeError("the artifact is for sm_", *target, ", but ", info.name,
                     " is sm_", card,
                     ": its kernels use instructions that this GPU lacks");
  std::string log(16384, '\0');
  int options[] = {cuda::jitErrorLogBuffer, cuda::jitErrorLogBufferSizeBytes};
  void *values[] = {log.data(), reinterpret_cast<void *>(log.size() - 1)};
  int result = api.moduleLoadDataEx(&loaded, ptx.c_str(), 2, options, values);
  Status status =
      theDevice->check(result, "the driver cannot compile the kernels' PTX");
  if (status.failed()) {
    log.resize(log.find('\0'));
    return makeError(status.message(), log.empty() ? "" : "\n", log);
  }
  module = loaded;
  moduleKind = "PTX";
  return {};
}

Status CudaProgram::loadKernels() {
  const cuda::Api &api = theDevice->api();
  for (const KernelInfo &kernel : thePlan->kernels) {
    LoadedKernel loaded;
    cuda::Function function = nullptr;
    Status status = theDevice->check(
        api.moduleGetFunction(&function, static_cast<cuda::Module>(module),
                              kernel.name.c_str()),
        "cannot find kernel " + kernel.name + " in the module");
    if (status.failed())
      return status;
    loaded.function = function;
    if (kernel.dynamicSharedBytes > theDevice->info().maxSharedBytes)
      return makeError(
          "kernel ", kernel.name, " needs ", kernel.dynamicSharedBytes,
          " bytes of shared memory, but a block has at most ",
          theDevice->info().maxSharedBytes, " on ", theDevice->info().name);
    // Above 48 KB a kernel must opt in.
    if (kernel.dynamicSharedBytes > 0) {
      status = theDevice->check(
          api.funcSetAttribute(function,
                               cuda::attributeMaxDynamicSharedSizeBytes,
                               int(kernel.dynamicSharedBytes)),
          "cannot give kernel " + kernel.name + " " +
              std::to_string(kernel.dynamicSharedBytes) +
              " bytes of shared memory");
      if (status.failed())
        return status;
    }
    auto grid = kernel.evaluateGrid(theDevice->info().smCount);
    if (grid.failed())
      return grid.error();
    loaded.grid = *grid;
    kernels.push_back(loaded);
    prepared.push_back(kernel.isPacking);
  }
  return {};
}

Status CudaProgram::allocate(const CudaProgram *inputs) {
  const cuda::Api &api = theDevice->api();
  const std::vector<BufferInfo> &buffers = thePlan->buffers;
  pointers.assign(buffers.size(), 0);
  owned.assign(buffers.size(), true);
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (inputs && buffers[i].kind == BufferKind::Input) {
      const std::vector<BufferInfo> &others = inputs->thePlan->buffers;
      for (size_t j = 0; j < others.size(); ++j)
        if (others[j].kind == BufferKind::Input &&
            others[j].index == buffers[i].index) {
          pointers[i] = inputs->pointers[j];
          owned[i] = false;
        }
    }
    if (owned[i])
      totalBytes += buffers[i].bytes;
  }
  size_t free = 0, total = 0;
  Status status = theDevice->check(api.memGetInfo(&free, &total),
                                   "cannot ask for the free GPU memory");
  if (status.failed())
    return status;
  if (totalBytes > int64_t(free))
    return makeError("too little GPU memory: ", formatMegabytes(totalBytes),
                     " are needed, ", formatMegabytes(int64_t(free)), " of ",
                     formatMegabytes(int64_t(total)), " are free on ",
                     theDevice->info().name);
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (!owned[i])
      continue;
    status = theDevice->check(
        api.memAlloc(&pointers[i], size_t(buffers[i].bytes)),
        "cannot allocate " + formatMegabytes(buffers[i].bytes) +
            " of GPU memory");
    if (status.failed())
      return status;
    if (buffers[i].kind != BufferKind::Constant)
      continue;
    status = theDevice->check(
        api.memcpyHtoD(pointers[i],
                       artifact->constants.data() + buffers[i].offset,
                       size_t(buffers[i].bytes)),
        "cannot copy constants to the GPU");
    if (status.failed())
      return status;
  }
  return {};
}

Result<std::unique_ptr<CudaProgram>>
CudaProgram::create(std::shared_ptr<CudaDevice> device,
                    const Artifact &artifact) {
  return load(std::move(device), artifact, nullptr);
}

Result<std::unique_ptr<CudaProgram>>
CudaProgram::createBeside(CudaProgram &program, const Artifact &artifact) {
  const std::vector<TensorInfo> &inputs = program.artifact->inputs;
  auto isSame = [](const TensorInfo &a, const TensorInfo &b) {
    return a.type == b.type && a.shape == b.shape;
  };
  if (!std::equal(inputs.begin(), inputs.end(), artifact.inputs.begin(),
                  artifact.inputs.end(), isSame))
    return makeError("programs beside each other need the same inputs, but "
                     "those of ",
                     artifact.entry, " are not those of ",
                     program.artifact->entry);
  return load(program.theDevice, artifact, &program);
}

Result<std::unique_ptr<CudaProgram>>
CudaProgram::load(std::shared_ptr<CudaDevice> device, const Artifact &artifact,
                  const CudaProgram *inputs) {
  std::unique_ptr<CudaProgram> program(new CudaProgram);
  program->theDevice = std::move(device);
  program->artifact = &artifact;
  program->thePlan = &artifact.plan;
  program->outputs = &artifact.outputs;
  Status status = program->theDevice->activate();
  if (!status.failed())
    status = program->loadModule(artifact.ptx, &artifact.cubin);
  if (!status.failed())
    status = program->loadKernels();
  if (!status.failed())
    status = program->allocate(inputs);
  if (status.failed())
    return status.error();
  return program;
}

Result<std::unique_ptr<CudaProgram>>
CudaProgram::createReference(CudaProgram &inputs) {
  const Artifact &artifact = *inputs.artifact;
  if (artifact.referencePtx.empty())
    return makeError("the artifact holds no reference for the GPU: compile it "
                     "with --with-reference");
  std::unique_ptr<CudaProgram> program(new CudaProgram);
  program->theDevice = inputs.theDevice;
  program->artifact = &artifact;
  program->thePlan = &artifact.reference;
  program->outputs = &artifact.referenceOutputs;
  Status status = program->theDevice->activate();
  if (!status.failed())
    status = program->loadModule(artifact.referencePtx, nullptr);
  if (!status.failed())
    status = program->loadKernels();
  if (!status.failed())
    status = program->allocate(&inputs);
  if (status.failed())
    return makeError("reference: ", status.message());
  return program;
}

CudaProgram::~CudaProgram() {
  if (!theDevice)
    return;
  const cuda::Api &api = theDevice->api();
  for (size_t i = 0; i < pointers.size(); ++i)
    if (owned[i] && pointers[i])
      api.memFree(pointers[i]);
  if (module)
    api.moduleUnload(static_cast<cuda::Module>(module));
}

/// The buffer of input or output `index`.
static std::optional<size_t> findBuffer(const Plan &plan, BufferKind kind,
                                        size_t index) {
  for (size_t i = 0; i < plan.buffers.size(); ++i)
    if (plan.buffers[i].kind == kind && plan.buffers[i].index == index)
      return i;
  return std::nullopt;
}

Status CudaProgram::upload(size_t index, const Tensor &tensor) {
  if (index >= artifact->inputs.size())
    return makeError("the program has no input ", index);
  const TensorInfo &info = artifact->inputs[index];
  if (tensor.type != info.type || tensor.shape != info.shape)
    return makeError("input ", info.name, " is ", toString(info.shape), " ",
                     getName(info.type), ", but a tensor of ",
                     toString(tensor.shape), " ", getName(tensor.type),
                     " was given");
  std::optional<size_t> buffer = findBuffer(*thePlan, BufferKind::Input, index);
  if (!buffer)
    return {}; // no kernel reads it
  return theDevice->check(theDevice->api().memcpyHtoD(pointers[*buffer],
                                                      tensor.data.data(),
                                                      tensor.data.size()),
                          "cannot copy input " + info.name + " to the GPU");
}

Result<Tensor> CudaProgram::download(size_t index) {
  if (index >= outputs->size())
    return makeError("the program has no output ", index);
  const TensorInfo &info = (*outputs)[index];
  Result<Tensor> tensor = Tensor::create(info.type, info.shape);
  if (tensor.failed())
    return tensor;
  if (Status status = theDevice->synchronize(); status.failed())
    return status.error();
  size_t buffer = *findBuffer(*thePlan, BufferKind::Output, index);
  Status status = theDevice->check(
      theDevice->api().memcpyDtoH(tensor->data.data(), pointers[buffer],
                                  tensor->data.size()),
      "cannot copy output " + info.name + " from the GPU");
  if (status.failed())
    return status.error();
  return tensor;
}

Status CudaProgram::poison() {
  for (size_t i = 0; i < pointers.size(); ++i) {
    BufferKind kind = thePlan->buffers[i].kind;
    if (kind != BufferKind::Output && kind != BufferKind::Workspace)
      continue;
    Status status = theDevice->check(
        theDevice->api().memsetD8Async(
            pointers[i], 0xff, size_t(thePlan->buffers[i].bytes),
            static_cast<cuda::Stream>(theDevice->stream())),
        "cannot fill GPU memory");
    if (status.failed())
      return status;
  }
  return {};
}

Status CudaProgram::launch(size_t index) {
  const KernelInfo &kernel = thePlan->kernels[index];
  LoadedKernel &loaded = kernels[index];
  // The driver copies the values before it returns.
  LaunchArguments arguments(kernel.arguments,
                            [&](size_t buffer) { return &pointers[buffer]; });
  int result = theDevice->api().launchKernel(
      static_cast<cuda::Function>(loaded.function), unsigned(loaded.grid[0]),
      unsigned(loaded.grid[1]), unsigned(loaded.grid[2]),
      unsigned(kernel.block[0]), unsigned(kernel.block[1]),
      unsigned(kernel.block[2]), unsigned(kernel.dynamicSharedBytes),
      static_cast<cuda::Stream>(theDevice->stream()), arguments.data(),
      nullptr);
  if (result == cuda::success)
    return {};
  return theDevice->check(result, "cannot launch kernel " + kernel.name);
}

Status CudaProgram::keep(const std::vector<size_t> &inputs) {
  std::vector<bool> stays(artifact->inputs.size());
  for (size_t input : inputs) {
    if (input >= stays.size())
      return makeError("the program has no input ", input);
    stays[input] = true;
  }
  for (size_t i = 0; i < kernels.size(); ++i) {
    const auto &dependsOn = thePlan->kernels[i].dependsOn;
    prepared[i] = dependsOn && std::all_of(dependsOn->begin(), dependsOn->end(),
                                           [&](size_t n) { return stays[n]; });
  }
  return {};
}

Status CudaProgram::prepare() {
  for (size_t i = 0; i < kernels.size(); ++i)
    if (prepared[i])
      if (Status status = launch(i); status.failed())
        return status;
  return {};
}

Status CudaProgram::run(bool skipPrepared) {
  for (size_t i = 0; i < kernels.size(); ++i)
    if (!skipPrepared || !prepared[i])
      if (Status status = launch(i); status.failed())
        return status;
  return {};
}

Status CudaProgram::runChecked() {
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (Status status = launch(i); status.failed())
      return status;
    if (Status status = theDevice->synchronize(); status.failed())
      return makeError("kernel ", thePlan->kernels[i].name,
                       " failed: ", status.message());
  }
  return {};
}

} // namespace kiln::runtime
