"""Prints the description of the compute kernel of an explanation."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    kernels = json.load(file)["kernels"]
print(json.dumps(next(k for k in kernels if k["role"] == "compute")["description"]))
