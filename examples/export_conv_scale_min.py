#!/usr/bin/env python3
"""Writes the seed program as torch-mlir exports it: linalg on tensors.

The model is KernelBench's level 2 problem 32: a convolution with bias, a
scaling, and the minimum over the channels. Its weights and bias become
arguments of the function, after the image. Needs (any recent pair works):

    pip install torch torch-mlir

    examples/export_conv_scale_min.py -o examples/conv_scale_min.mlir
    examples/export_conv_scale_min.py --batch=1 --channels=16 --filters=32 \\
        --size=34 --dtype=f16 -o small.mlir
"""

import argparse
import sys


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default, what in [
            ("batch", 64, "images"), ("channels", 64, "input channels"),
            ("filters", 128, "output channels"), ("size", 256, "height and width"),
            ("kernel", 3, "height and width of a filter")]:
        parser.add_argument(f"--{name}", type=int, default=default,
                            help=f"{what} (default {default})")
    parser.add_argument("--scale", type=float, default=2.0)
    parser.add_argument("--dtype", choices=["f32", "f16", "bf16"], default="f32")
    parser.add_argument("--layout", choices=["nchw", "nhwc"], default="nchw",
                        help="of image and result; torch-mlir knows NCHW "
                        "convolutions only, so nhwc adds transpositions")
    parser.add_argument("--name", default="conv2d_scaling_min",
                        help="of the exported function")
    parser.add_argument("-o", "--output", default="-", help="file; -: stdout")
    arguments = parser.parse_args(argv)
    for name in ("batch", "channels", "filters", "size", "kernel"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if arguments.kernel > arguments.size:
        parser.error("--kernel must not be larger than --size")
    return arguments


def export(arguments):
    import torch
    from torch_mlir import fx

    nhwc = arguments.layout == "nhwc"

    class ConvScaleMin(torch.nn.Module):
        def forward(self, x, weight, bias):
            if nhwc:
                x = x.permute(0, 3, 1, 2)
            y = torch.nn.functional.conv2d(x, weight, bias) * arguments.scale
            y = torch.min(y, dim=1, keepdim=True)[0]
            return y.permute(0, 2, 3, 1) if nhwc else y

    dtype = {"f32": torch.float32, "f16": torch.float16,
             "bf16": torch.bfloat16}[arguments.dtype]
    size, channels = arguments.size, arguments.channels
    image = ((arguments.batch, size, size, channels) if nhwc else
             (arguments.batch, channels, size, size))
    weight = (arguments.filters, channels, arguments.kernel, arguments.kernel)
    # The exporter needs shapes and types alone; meta tensors hold no data.
    inputs = [torch.empty(shape, dtype=dtype, device="meta")
              for shape in (image, weight, (arguments.filters,))]
    module = fx.export_and_import(ConvScaleMin(), *inputs,
                                  output_type="linalg-on-tensors",
                                  func_name=arguments.name)
    return str(module)


def main(argv=None):
    arguments = parse(argv)
    try:
        text = export(arguments).rstrip()
    except ImportError as error:
        print(f"{error}: pip install torch torch-mlir", file=sys.stderr)
        return 2
    if arguments.output == "-":
        print(text)
        return 0
    try:
        with open(arguments.output, "w") as file:
            file.write(text + "\n")
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
