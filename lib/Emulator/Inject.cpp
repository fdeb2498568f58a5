#include "kiln/Emulator/Inject.h"
using namespace llvm;
Error kiln::emulator::injectFault(Module &, StringRef) {
  return Error::success();
}
