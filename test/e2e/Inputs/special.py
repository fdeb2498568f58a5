# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Writes inputs with special values as .npy, or checks what came out of them.

usage: special.py DIRECTORY [reduction | -0 | +0]

The filter is diagonal with ones and minus ones, so that a special value of one
channel reaches the filters as such (or, infinite, as NaN where it meets a zero).
For signed zeros, the convolution's results are positive and the scales of the
channels are zeros of both signs; -0 or +0 is what every element must be.
"""

import math
import struct
import sys

NAN = 0x7FFFFFFF  # what the hardware gives, with every bit set
COLUMNS = {0: NAN, 1: 0x7F800000, 2: 0xFF800000, 3: 0xFFC00000, 4: 0x7FC00000,
           5: 0x80000000, 6: 0x00000000, 7: 0x7FC12345}


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def write(path, shape, words):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': %r, }" % (shape,)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode())
        file.write(struct.pack("<%dI" % len(words), *words))


def read(path):
    data = open(path, "rb").read()
    start = 10 + struct.unpack("<H", data[8:10])[0]
    return [value for value, in struct.iter_unpack("<f", data[start:])]


def main(directory, reduction=None):
    if not reduction:
        import os
        os.makedirs(directory, exist_ok=True)
        image = []
        for channel in range(8):
            for row in range(3):
                for column in range(29):
                    word = bits(1.0 + (7 * channel + 3 * row + column) % 11)
                    if row == 1 and channel == 3:
                        word = COLUMNS.get(column, word)
                    image.append(word)
        filter = [bits((1.0 if f < 8 else -1.0) if f % 8 == c else 0.0)
                  for f in range(16) for c in range(8)]
        write(directory + "/image.npy", (1, 8, 3, 29), image)
        write(directory + "/filter.npy", (16, 8, 1, 1), filter)
        ones = [bits(1.0)]
        write(directory + "/ones-image.npy", (1, 8, 3, 29), ones * 696)
        write(directory + "/ones-filter.npy", (16, 8, 1, 1), ones * 128)
        write(directory + "/zeros.npy", (16,), [bits(0.0), bits(-0.0)] * 8)
        return
    if reduction in ("-0", "+0"):
        for element, value in enumerate(read(directory + "/out.npy")):
            if bits(value) != bits(float(reduction)):
                sys.exit("element %d: expected %s, found %r" %
                         (element, reduction, value))
        return
    row = read(directory + "/out.npy")[29:58]
    for column in (0, 1, 2, 3, 4, 7):
        # Infinity meets zeros of the filter and is NaN for all filters but
        # two; NaN is NaN for all.
        infinite = column in (1, 2)
        expected = {"min": math.nan, "max": math.nan,
                    "minnum": -math.inf if infinite else math.inf,
                    "maxnum": math.inf if infinite else -math.inf}[reduction]
        value = row[column]
        if not (value == expected or value != value and expected != expected):
            sys.exit("column %d: expected %r, found %r" %
                     (column, expected, value))
    for column, value in enumerate(row):
        if column in (5, 6) or column > 7:
            if not math.isfinite(value):
                sys.exit("column %d: expected a number, found %r" %
                         (column, value))


main(*sys.argv[1:])
