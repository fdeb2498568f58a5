"""npy.py make FILE DESCR SHAPE VALUE | npy.py show FILE: small .npy files
without NumPy."""

import ast
import struct
import sys


def make(path, descr, shape, value):
    count = 1
    for size in ast.literal_eval(shape):
        count *= size
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    code = {"<f4": "f", "<f2": "e", "<f8": "d"}[descr]
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode())
        file.write(struct.pack(f"<{count}{code}", *[float(value)] * count))


def show(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<H", data[8:10])
    header = ast.literal_eval(data[10 : 10 + length].decode())
    values = struct.unpack(f"<{(len(data) - 10 - length) // 4}f", data[10 + length :])
    print(header["descr"], header["shape"], min(values), max(values))


{"make": make, "show": show}[sys.argv[1]](*sys.argv[2:])
