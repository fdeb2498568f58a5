//===- ElementType.h - Element types of tensors -----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_ELEMENTTYPE_H
#define KILN_RUNTIME_ELEMENTTYPE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kiln::runtime {

/// What an artifact's tensors hold; i1 takes a byte, 0 or 1.
enum class ElementType { F32, F16, BF16, F64, I64, I32, I1 };

/// Bytes of one element.
size_t getSize(ElementType type);
bool isFloat(ElementType type);
/// "f32", "bf16", ... as in artifact.json.
std::string_view getName(ElementType type);
std::optional<ElementType> parseElementType(std::string_view name);

/// IEEE 754 half and bfloat16 bits; to nearest, ties to even, overflow to
/// infinity, NaN stays NaN.
float halfToFloat(uint16_t bits);
float bfloatToFloat(uint16_t bits);
uint16_t doubleToHalf(double value);
uint16_t doubleToBfloat(double value);

/// Element `index` of `data`. An i64 beyond 2^53 is rounded.
double loadAsDouble(ElementType type, const void *data, size_t index);
/// Element `index` of an integer type, exact.
int64_t loadAsInteger(ElementType type, const void *data, size_t index);
/// Stores `value` rounded to `type`; integers are cut towards minus infinity.
void storeFromDouble(ElementType type, void *data, size_t index, double value);
/// `value` rounded to `type` and back.
double roundTo(ElementType type, double value);
/// The largest finite value of a float type.
double getLargest(ElementType type);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_ELEMENTTYPE_H
