//===- CAPI.cpp - The emulator's C interface ------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Jit.h"
#include "Runtime.h"
#include "kiln-c/Emulator.h"

#include <algorithm>
#include <atomic>
#include <pthread.h>
#include <sys/mman.h>
#include <thread>

using namespace kiln::emulator;

struct KilnEmulator {
  KilnEmulatorOptions options;
  KilnDiagnosticCallback callback;
  void *user;
  std::unique_ptr<CompiledProgram> compiled;
  BufferTable buffers;
  // The fault's name is not kept by the caller.
  std::string inject;

  void error(const std::string &text) const {
    if (callback)
      callback(KILN_ERROR, text.c_str(), user);
  }
};

namespace {
/// Shared memory of one worker, below 4 GB where the system can do that, with
/// room around it so that an access a little outside is recognised.
class Arena {
public:
  explicit Arena(uint64_t bytes) {
    total = (bytes + 2 * MemoryChecker::kRedZone + 4095) & ~uint64_t(4095);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_32BIT
    flags |= MAP_32BIT;
#endif
    void *memory = mmap(nullptr, total, PROT_READ | PROT_WRITE, flags, -1, 0);
    base = memory == MAP_FAILED ? nullptr : static_cast<uint8_t *>(memory);
  }
  Arena(const Arena &) = delete;
  ~Arena() {
    if (base)
      munmap(base, total);
  }
  uint8_t *get() const {
    return base ? base + MemoryChecker::kRedZone : nullptr;
  }

private:
  uint8_t *base;
  uint64_t total;
};

struct WorkerResult {
  FindingLog log;
  bool outOfMemory = false;
};
} // namespace

KilnEmulator *kilnEmulatorCreate(const void *bitcode, size_t length,
                                 const KilnEmulatorOptions *options,
                                 KilnDiagnosticCallback callback, void *user) {
  auto emulator = std::make_unique<KilnEmulator>();
  emulator->options = options ? *options : KilnEmulatorOptions{};
  emulator->callback = callback;
  emulator->user = user;
  if (emulator->options.inject)
    emulator->inject = emulator->options.inject;
  emulator->options.inject = nullptr;
  auto compiled = CompiledProgram::create(
      llvm::StringRef(static_cast<const char *>(bitcode), length),
      emulator->options.checks != 0, emulator->inject);
  if (!compiled) {
    emulator->error(llvm::toString(compiled.takeError()));
    return nullptr;
  }
  emulator->compiled = std::move(*compiled);
  // Variables of the module are memory that kernels may touch as well.
  const LoweredProgram &program = emulator->compiled->getProgram();
  emulator->buffers.storeGranuleLog2 = program.storeGranuleLog2;
  for (size_t i = 0; i < program.variables.size(); ++i) {
    auto address = emulator->compiled->getVariable(i);
    if (!address) {
      emulator->error(llvm::toString(address.takeError()));
      return nullptr;
    }
    emulator->buffers.add(program.variables[i].name.c_str(), *address,
                          program.variables[i].bytes, KILN_BUFFER_WORKSPACE,
                          /*withShadow=*/false, /*isVariable=*/true);
  }
  return emulator.release();
}

void kilnEmulatorAddBuffer(KilnEmulator *emulator, const char *name, void *data,
                           size_t bytes, KilnBufferKind kind) {
  emulator->buffers.add(name, data, bytes, kind, emulator->options.checks != 0);
}

void kilnEmulatorSetWritten(KilnEmulator *emulator, const void *data,
                            size_t bytes) {
  emulator->buffers.setWritten(data, bytes);
}

void kilnEmulatorRemoveBuffer(KilnEmulator *emulator, const void *data) {
  emulator->buffers.remove(data);
}

/// Null where the launch is possible, else why it is not.
static std::string checkLaunch(const LoweredProgram &program,
                               const KernelInfo *kernel, const char *name,
                               const int64_t *grid, const int64_t *block,
                               int64_t dynamicSharedBytes, size_t numArguments,
                               const int64_t *blocks, size_t numBlocks) {
  if (!kernel) {
    std::string text = "there is no kernel '" + std::string(name) +
                       "' in the bitcode; it holds";
    for (const auto &entry : program.kernels)
      text += " '" + entry.first + "'";
    return text;
  }
  std::string who = "kernel '" + std::string(name) + "' ";
  if (numArguments != kernel->numArguments)
    return who + "takes " + std::to_string(kernel->numArguments) +
           " arguments, not " + std::to_string(numArguments);
  // Limits of CUDA devices.
  const int64_t maxGrid[] = {2147483647, 65535, 65535};
  const int64_t maxBlock[] = {1024, 1024, 64};
  for (int i = 0; i < 3; ++i)
    if (grid[i] < 1 || grid[i] > maxGrid[i] || block[i] < 1 ||
        block[i] > maxBlock[i])
      return who + "cannot be launched with grid or block size " +
             std::to_string(grid[i]) + ", " + std::to_string(block[i]) +
             " in dimension " + std::to_string(i);
  if (block[0] * block[1] * block[2] > 1024)
    return who + "cannot be launched with blocks of " +
           std::to_string(block[0] * block[1] * block[2]) +
           " threads; the limit is 1024";
  if (dynamicSharedBytes < 0 || dynamicSharedBytes > 227 * 1024)
    return who + "cannot be launched with " +
           std::to_string(dynamicSharedBytes) +
           " bytes of dynamic shared memory";
  int64_t total = grid[0] * grid[1] * grid[2];
  for (size_t i = 0; blocks && i < numBlocks; ++i)
    if (blocks[i] < 0 || blocks[i] >= total)
      return who + "has no block " + std::to_string(blocks[i]) +
             " in a grid of " + std::to_string(total);
  return "";
}

int64_t kilnEmulatorLaunch(KilnEmulator *emulator, const char *kernelName,
                           const int64_t grid[3], const int64_t block[3],
                           int64_t dynamicSharedBytes, void *const *arguments,
                           size_t numArguments, const int64_t *blocks,
                           size_t numBlocks) {
  const LoweredProgram &program = emulator->compiled->getProgram();
  auto found = program.kernels.find(std::string_view(kernelName));
  const KernelInfo *kernel =
      found == program.kernels.end() ? nullptr : &found->second;
  std::string problem =
      checkLaunch(program, kernel, kernelName, grid, block, dynamicSharedBytes,
                  numArguments, blocks, numBlocks);
  if (!problem.empty()) {
    emulator->error(problem);
    return -1;
  }
  auto entry = emulator->compiled->getEntry(*kernel);
  if (!entry) {
    emulator->error(llvm::toString(entry.takeError()));
    return -1;
  }
  LaunchConfig config;
  for (int i = 0; i < 3; ++i) {
    config.grid[i] = static_cast<uint32_t>(grid[i]);
    config.block[i] = static_cast<uint32_t>(block[i]);
  }
  config.dynamicSharedBytes = static_cast<uint32_t>(dynamicSharedBytes);
  config.arguments = arguments;
  config.entry = *entry;
  config.copiesEarly = emulator->options.copies == KILN_COPIES_EARLY;
  // Spilled registers and the frames of the runtime come on top of the
  // kernels' own local memory.
  config.stackBytes = (128 << 10) + 2 * program.localBytes;

  SharedLayout shared = program.shared;
  shared.totalBytes = dynamicSharedBytes
                          ? shared.dynamicOffset + dynamicSharedBytes
                          : shared.staticBytes;
  emulator->buffers.beginLaunch();
  int64_t count =
      blocks ? static_cast<int64_t>(numBlocks) : grid[0] * grid[1] * grid[2];
  unsigned numWorkers = static_cast<unsigned>(std::clamp<int64_t>(
      std::thread::hardware_concurrency(), 1, std::max<int64_t>(count, 1)));
  std::vector<WorkerResult> results(numWorkers);
  std::atomic<int64_t> next = 0;
  auto work = [&](unsigned worker) {
    Arena arena(shared.totalBytes);
    MemoryChecker memory(emulator->buffers, shared, program.granuleLog2,
                         emulator->options.checks != 0);
    Block runner(config, memory, arena.get(), program.sites,
                 results[worker].log);
    if (!arena.get() || !runner.prepare()) {
      results[worker].outOfMemory = true;
      return;
    }
    for (int64_t i; (i = next++) < count;)
      runner.run(static_cast<uint64_t>(blocks ? blocks[i] : i));
  };
  // std::thread would throw where the system has no thread left; then the
  // others do the work.
  using Work = std::pair<decltype(work) *, unsigned>;
  std::vector<Work> jobs;
  for (unsigned i = 0; i < numWorkers; ++i)
    jobs.push_back({&work, i});
  std::vector<pthread_t> workers;
  for (unsigned i = 1; i < numWorkers; ++i) {
    pthread_t worker;
    auto start = [](void *job) -> void * {
      auto &[body, number] = *static_cast<Work *>(job);
      (*body)(number);
      return nullptr;
    };
    if (pthread_create(&worker, nullptr, start, &jobs[i]) == 0)
      workers.push_back(worker);
  }
  work(0);
  for (pthread_t worker : workers)
    pthread_join(worker, nullptr);

  FindingLog log;
  for (const WorkerResult &result : results) {
    log.merge(result.log);
    if (result.outOfMemory) {
      emulator->error("no memory for the stacks or the shared memory of "
                      "kernel '" +
                      std::string(kernelName) + "'");
      return -1;
    }
  }
  for (const std::string &line : log.format())
    emulator->error(line);
  return log.getTotal();
}

const uint8_t *kilnEmulatorGetWritten(const KilnEmulator *emulator,
                                      const void *data) {
  for (const auto &buffer : emulator->buffers.buffers)
    if (buffer->data == data && !buffer->written.empty())
      return buffer->written.data();
  return nullptr;
}

void kilnEmulatorDestroy(KilnEmulator *emulator) { delete emulator; }
