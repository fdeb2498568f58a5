//===- Fragments.cpp - Which lane holds which matrix element --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Emulator/Fragments.h"

#include <ostream>

using namespace kiln::emulator;

static bool is16Bit(Element type) {
  return type == Element::F16 || type == Element::BF16;
}

bool kiln::emulator::isSupported(const MmaShape &shape) {
  switch (shape.operands) {
  case Element::TF32:
    return (shape.k == 4 || shape.k == 8) && shape.accumulator == Element::F32;
  case Element::BF16:
    return (shape.k == 8 || shape.k == 16) && shape.accumulator == Element::F32;
  case Element::F16:
    return (shape.k == 8 || shape.k == 16) &&
           (shape.accumulator == Element::F32 ||
            shape.accumulator == Element::F16);
  case Element::F32:
    return false;
  }
  return false;
}

unsigned MmaShape::getNumElements(Operand operand) const {
  switch (operand) {
  case Operand::A:
    return m * k / 32;
  case Operand::B:
    return k * n / 32;
  case Operand::C:
    return m * n / 32;
  }
  return 0;
}

unsigned MmaShape::getNumRegisters(Operand operand) const {
  bool narrow = is16Bit(operand == Operand::C ? accumulator : operands);
  return narrow ? getNumElements(operand) / 2 : getNumElements(operand);
}

// PTX ISA, "Warp-level matrix instructions": groupID = laneid >> 2 and
// threadID_in_group = laneid % 4 in all forms below.
Position kiln::emulator::getMmaPosition(const MmaShape &shape, Operand operand,
                                        unsigned lane, unsigned i) {
  unsigned group = lane >> 2, inGroup = lane % 4;
  if (operand == Operand::C) // c0, c1: row group; c2, c3: row group + 8.
    return {static_cast<uint8_t>(i < 2 ? group : group + 8),
            static_cast<uint8_t>(inGroup * 2 + (i & 1))};
  unsigned along; // Position along k.
  unsigned half;  // A only: 0 for rows 0 to 7, 1 for rows 8 to 15.
  if (is16Bit(shape.operands)) {
    // Two neighbours along k in each register; A alternates upper and lower
    // rows by register, then moves on by 8 along k.
    if (operand == Operand::A) {
      half = (i >> 1) & 1;
      along = inGroup * 2 + (i & 1) + (i >= 4 ? 8 : 0);
    } else {
      half = 0;
      along = inGroup * 2 + (i & 1) + (i >= 2 ? 8 : 0);
    }
  } else if (operand == Operand::A) {
    // tf32: a0, a2 in row group, a1, a3 in row group + 8; a2, a3 4 further.
    half = i & 1;
    along = inGroup + (i >= 2 ? 4 : 0);
  } else {
    half = 0;
    along = inGroup + 4 * i;
  }
  if (operand == Operand::A)
    return {static_cast<uint8_t>(group + 8 * half),
            static_cast<uint8_t>(along)};
  return {static_cast<uint8_t>(along), static_cast<uint8_t>(group)};
}

Position kiln::emulator::getLdmatrixPosition(bool transposed, unsigned lane,
                                             unsigned element) {
  uint8_t major = lane >> 2, minor = lane % 4 * 2 + element;
  return transposed ? Position{minor, major} : Position{major, minor};
}

void kiln::emulator::printFragments(std::ostream &os) {
  struct Form {
    const char *name;
    MmaShape shape;
  };
  static constexpr Form forms[] = {
      {"mma.m16n8k4.f32.tf32", {4, Element::TF32, Element::F32}},
      {"mma.m16n8k8.f32.tf32", {8, Element::TF32, Element::F32}},
      {"mma.m16n8k8.f32.f16", {8, Element::F16, Element::F32}},
      {"mma.m16n8k8.f16.f16", {8, Element::F16, Element::F16}},
      {"mma.m16n8k8.f32.bf16", {8, Element::BF16, Element::F32}},
      {"mma.m16n8k16.f32.f16", {16, Element::F16, Element::F32}},
      {"mma.m16n8k16.f16.f16", {16, Element::F16, Element::F16}},
      {"mma.m16n8k16.f32.bf16", {16, Element::BF16, Element::F32}},
  };
  for (const Form &form : forms)
    for (Operand operand : {Operand::A, Operand::B, Operand::C})
      for (unsigned lane = 0; lane < 32; ++lane)
        for (unsigned i = 0; i < form.shape.getNumElements(operand); ++i) {
          Position p = getMmaPosition(form.shape, operand, lane, i);
          os << form.name << ' ' << "ABC"[static_cast<int>(operand)] << ' '
             << lane << ' ' << i << ' ' << unsigned(p.row) << ' '
             << unsigned(p.col) << '\n';
        }
  for (bool transposed : {false, true})
    for (unsigned count : {1u, 2u, 4u})
      for (unsigned lane = 0; lane < 32; ++lane)
        for (unsigned i = 0; i < 2 * count; ++i) {
          Position p = getLdmatrixPosition(transposed, lane, i & 1);
          // Rows of matrix j are numbered from 8 * j.
          os << "ldmatrix.x" << count << (transposed ? ".trans" : "") << " D "
             << lane << ' ' << i << ' ' << p.row + 8 * (i / 2) << ' '
             << unsigned(p.col) << '\n';
        }
}
