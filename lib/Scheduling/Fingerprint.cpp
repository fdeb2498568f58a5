//===- Fingerprint.cpp - What determines a schedule, in one word ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Fingerprint.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace kiln;

namespace {
class CanonicalPrinter {
public:
  explicit CanonicalPrinter(raw_ostream &os) : os(os) {}

  void print(Region &region, unsigned depth) {
    for (Block &block : region)
      numberOf(&block);
    for (Block &block : region) {
      os.indent(depth) << "^" << numberOf(&block);
      for (BlockArgument argument : block.getArguments())
        os << " " << numberOf(argument) << ":" << argument.getType();
      os << "\n";
      for (Operation &op : block)
        print(op, depth + 1);
    }
  }

private:
  void print(Operation &op, unsigned depth) {
    os.indent(depth) << op.getName().getStringRef();
    for (Value operand : op.getOperands())
      os << " " << numberOf(operand);
    for (Block *successor : op.getSuccessors())
      os << " ^" << numberOf(successor);
    // What the op is made of; discardable attributes mean nothing to it.
    if (Attribute properties = op.getPropertiesAsAttribute()) {
      os << " ";
      print(properties);
    }
    for (OpResult result : op.getResults())
      os << " " << numberOf(result) << ":" << result.getType();
    os << "\n";
    for (Region &region : op.getRegions())
      print(region, depth + 1);
  }

  /// Values of constants by their bytes: the printer elides them as options of
  /// the command line say, and names resources.
  void print(Attribute attribute) {
    if (auto dictionary = dyn_cast<DictionaryAttr>(attribute)) {
      os << "{";
      for (NamedAttribute entry : dictionary) {
        os << entry.getName().getValue() << "=";
        print(entry.getValue());
        os << ";";
      }
      os << "}";
    } else if (auto array = dyn_cast<ArrayAttr>(attribute)) {
      os << "[";
      for (Attribute element : array) {
        print(element);
        os << ";";
      }
      os << "]";
    } else if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(attribute)) {
      printBytes(dense.getType(), dense.isSplat(), dense.getRawData());
    } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute)) {
      AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      printBytes(resource.getType(), false,
                 blob ? blob->getData() : ArrayRef<char>());
    } else {
      os << attribute;
    }
  }

  void printBytes(Type type, bool isSplat, ArrayRef<char> bytes) {
    auto digest = llvm::SHA256::hash(ArrayRef(
        reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
    os << (isSplat ? "splat<" : "dense<") << llvm::toHex(digest, true)
       << ">:" << type;
  }

  template <typename T>
  unsigned numberOf(T item) {
    const void *key = nullptr;
    if constexpr (std::is_pointer_v<T>)
      key = item;
    else
      key = item.getAsOpaquePointer();
    return numbers.try_emplace(key, numbers.size()).first->second;
  }

  raw_ostream &os;
  DenseMap<const void *, unsigned> numbers;
};
} // namespace

void kiln::printCanonicalForm(KernelOp kernel, raw_ostream &os) {
  os << "kernel " << stringifyRole(kernel.getRole()) << "\n";
  CanonicalPrinter(os).print(kernel.getBody(), 1);
}

std::string kiln::getFingerprint(KernelOp kernel) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printCanonicalForm(kernel, os);
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(text));
  return (Twine(kFingerprintVersion) + "-" +
          llvm::toHex(ArrayRef(digest).take_front(16), /*LowerCase=*/true))
      .str();
}
