"""Programs that are measured beside peers: one convolution each, with what follows
it. A program is data, from which its MLIR and its PyTorch function are made.

  suite.py DIR   writes DIR/NAME.mlir of each

`TABLE`: 24 programs over what single convolutions are: eight are layers of networks
at batch 16 or less, nine channels-last in 16 bits. `KERNELBENCH`: the models of
KernelBench level 2 that are one kernel (the number is the problem's), and the same
channels-last in f16. `HELD_OUT`: 16 programs that no rule and no term of the model
was fitted to; what is read of them first counts, once something is mended after
them they are as the others. Each list was declared before its first measurement.
"""

import argparse
import dataclasses
import pathlib

# What a step of the epilogue costs for each element: instructions, and how many of
# them a special function unit takes (docs/performance.md, "Elementwise work").
STEP_COST = {
    "relu": (1, 0), "relu6": (2, 0), "hardswish": (6, 0), "leaky_relu": (2, 0),
    "tanh": (13, 2), "silu": (14, 2), "mish": (16, 2), "gelu": (22, 1),
    "scale": (1, 0), "bias": (1, 0), "batch_norm": (4, 0), "residual": (1, 0),
    "divide": (1, 0), "softplus_tanh": (16, 2), "min": (1, 0), "max": (1, 0),
    "argmax": (3, 0), "softmax": (15, 1), "logsumexp": (12, 1),
}
REDUCTIONS = ("min", "max", "argmax", "logsumexp")


@dataclasses.dataclass(frozen=True)
class Conv:
    name: str
    type: str             # of the tensors; f32 is multiplied as tf32
    layout: str           # NCHW or NHWC
    image: tuple          # n, c, h, w, whatever the layout
    filters: int
    window: tuple
    steps: tuple          # of STEP_COST, in order
    stride: int = 1
    pad: int = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = True     # of the convolution itself

    @property
    def out(self):
        """n, f, h, w of the convolution."""
        n, _, h, w = self.image
        size = lambda i, k: (i + 2 * self.pad - self.dilation * (k - 1) - 1) \
            // self.stride + 1
        return n, self.filters, size(h, self.window[0]), size(w, self.window[1])

    @property
    def outputs(self):
        n, f, h, w = self.out
        return n * f * h * w

    @property
    def flops(self):
        kh, kw = self.window
        return 2 * self.outputs * (self.image[1] // self.groups) * kh * kw

    @property
    def reduces(self):
        return any(step in REDUCTIONS for step in self.steps)

    @property
    def depthwise(self):
        return self.groups > 1 and self.groups == self.image[1] == self.filters

    @property
    def traffic(self):
        """Least bytes that are read and written."""
        size = 4 if self.type == "f32" else 2
        n, c, h, w = self.image
        read = n * c * h * w + self.filters * c // self.groups * \
            self.window[0] * self.window[1]
        written = self.outputs
        if "residual" in self.steps:
            read += self.outputs
        if self.reduces:
            written //= self.filters
        return read * size, written * (8 if "argmax" in self.steps else size)


TABLE = (
    # Layers of networks.
    Conv("resnet_3x3_f32", "f32", "NCHW", (16, 256, 14, 14), 256, (3, 3),
          ("batch_norm", "relu"), pad=1, bias=False),
    Conv("resnet_expand_nhwc_f16", "f16", "NHWC", (16, 128, 28, 28), 512, (1, 1),
          ("batch_norm", "residual", "relu"), bias=False),
    Conv("resnet_stem_f32", "f32", "NCHW", (16, 3, 224, 224), 64, (7, 7),
          ("batch_norm", "relu"), stride=2, pad=3, bias=False),
    Conv("resnet_last_nhwc_f16", "f16", "NHWC", (8, 512, 7, 7), 512, (3, 3),
          ("batch_norm", "relu"), pad=1, bias=False),
    Conv("mobilenet_depthwise_f32", "f32", "NCHW", (16, 96, 112, 112), 96, (3, 3),
          ("batch_norm", "relu6"), stride=2, pad=1, groups=96, bias=False),
    Conv("efficientnet_expand_nhwc_f16", "f16", "NHWC", (16, 24, 56, 56), 144, (1, 1),
          ("batch_norm", "silu"), bias=False),
    Conv("deeplab_dilated_bf16", "bf16", "NCHW", (4, 256, 65, 65), 256, (3, 3),
          ("batch_norm", "relu"), pad=2, dilation=2, bias=False),
    Conv("convnext_depthwise_nhwc_f16", "f16", "NHWC", (8, 96, 56, 56), 96, (7, 7),
          (), pad=3, groups=96),
    # Others.
    Conv("vae_silu_f16", "f16", "NCHW", (1, 128, 128, 128), 128, (3, 3), ("silu",),
          pad=1),
    Conv("unet_relu_f32", "f32", "NCHW", (4, 64, 256, 256), 64, (3, 3), ("relu",),
          pad=1),
    Conv("head_argmax_f32", "f32", "NCHW", (8, 256, 64, 64), 21, (1, 1), ("argmax",)),
    Conv("head_softmax_f16", "f16", "NCHW", (4, 64, 96, 160), 19, (1, 1),
          ("softmax",)),
    Conv("mish_f32", "f32", "NCHW", (32, 32, 128, 128), 64, (3, 3), ("mish",)),
    Conv("gelu_5x5_nhwc_bf16", "bf16", "NHWC", (16, 48, 64, 64), 96, (5, 5),
          ("gelu",), pad=2),
    Conv("one_channel_5x5_f32", "f32", "NCHW", (64, 1, 64, 64), 16, (5, 5), ("relu",),
          pad=2),
    Conv("rgb_silu_nhwc_f16", "f16", "NHWC", (16, 3, 256, 256), 32, (3, 3), ("silu",),
          stride=2, pad=1),
    Conv("unaligned_relu_f32", "f32", "NCHW", (16, 40, 61, 83), 72, (3, 3), ("relu",),
          pad=1),
    Conv("resnext_grouped_nhwc_f16", "f16", "NHWC", (16, 128, 56, 56), 128, (3, 3),
          ("relu",), pad=1, groups=4),
    Conv("saliency_max_f32", "f32", "NCHW", (16, 64, 127, 127), 96, (3, 3), ("max",)),
    Conv("logsumexp_nhwc_f16", "f16", "NHWC", (16, 64, 64, 64), 128, (1, 1),
          ("logsumexp",)),
    Conv("scale_min_nhwc_f16", "f16", "NHWC", (32, 64, 128, 128), 128, (3, 3),
          ("scale", "min")),
    Conv("residual_f32", "f32", "NCHW", (16, 64, 56, 56), 64, (3, 3),
          ("residual", "relu"), pad=1),
    Conv("downsample_f32", "f32", "NCHW", (16, 256, 56, 56), 512, (1, 1),
          ("batch_norm",), stride=2, bias=False),
    Conv("five_channels_gelu_f32", "f32", "NCHW", (16, 5, 128, 128), 48, (3, 3),
          ("gelu",), pad=1),
)

MODELS = {
    1: ((128, 64, 128, 128), 128, ("relu", "bias")),
    4: ((64, 64, 256, 256), 128, ("mish", "mish")),
    25: ((128, 16, 256, 256), 64, ("min", "tanh", "tanh")),
    32: ((64, 64, 256, 256), 128, ("scale", "min")),
    52: ((64, 64, 128, 128), 128, ("softplus_tanh", "batch_norm")),
    57: ((128, 8, 128, 128), 64, ("relu", "hardswish")),
    71: ((128, 8, 128, 128), 64, ("divide", "leaky_relu")),
}
KERNELBENCH = tuple(
    Conv(f"kernelbench_{number}_{suffix}", type, layout, image, filters, (3, 3), steps)
    for type, layout, suffix in (("f32", "NCHW", "f32"), ("f16", "NHWC", "nhwc_f16"))
    for number, (image, filters, steps) in MODELS.items())

HELD_OUT = (
    # Layers of networks.
    Conv("vgg_3x3_nhwc_bf16", "bf16", "NHWC", (8, 256, 56, 56), 256, (3, 3), ("relu",),
          pad=1),
    Conv("densenet_squeeze_f32", "f32", "NCHW", (16, 320, 28, 28), 128, (1, 1),
          ("batch_norm", "relu"), bias=False),
    Conv("yolo_down_f16", "f16", "NCHW", (8, 64, 160, 160), 128, (3, 3),
          ("batch_norm", "silu"), stride=2, pad=1, bias=False),
    Conv("hrnet_residual_f32", "f32", "NCHW", (8, 48, 96, 72), 48, (3, 3),
          ("batch_norm", "residual", "relu"), pad=1, bias=False),
    Conv("mobilenet_project_nhwc_f16", "f16", "NHWC", (32, 192, 28, 28), 32, (1, 1),
          ("batch_norm",), bias=False),
    Conv("efficientnet_depthwise_nhwc_f16", "f16", "NHWC", (16, 240, 28, 28), 240,
          (5, 5), ("batch_norm", "silu"), pad=2, groups=240, bias=False),
    Conv("patches_f16", "f16", "NCHW", (16, 3, 224, 224), 384, (14, 14), (), stride=14),
    Conv("superresolution_f32", "f32", "NCHW", (1, 64, 180, 320), 64, (3, 3),
          ("leaky_relu",), pad=1),
    # Others.
    Conv("inception_1x7_f32", "f32", "NCHW", (16, 128, 17, 17), 192, (1, 7), ("relu",)),
    Conv("wide_dilated_f16", "f16", "NCHW", (2, 128, 97, 97), 128, (3, 3),
          ("batch_norm", "relu"), pad=6, dilation=6, bias=False),
    Conv("grouped_mish_f32", "f32", "NCHW", (8, 96, 64, 64), 192, (3, 3), ("mish",),
          pad=1, groups=3),
    Conv("softmax_nhwc_bf16", "bf16", "NHWC", (8, 96, 80, 80), 32, (1, 1), ("softmax",)),
    Conv("argmax_3x3_nhwc_f16", "f16", "NHWC", (4, 128, 72, 72), 64, (3, 3),
          ("argmax",), pad=1),
    Conv("two_channels_tanh_f32", "f32", "NCHW", (32, 2, 150, 150), 24, (7, 7),
          ("tanh",), pad=3),
    Conv("scale_max_f16", "f16", "NCHW", (16, 48, 110, 110), 80, (5, 5),
          ("scale", "max")),
    Conv("residual_gelu_nhwc_f16", "f16", "NHWC", (4, 384, 32, 32), 384, (1, 1),
          ("gelu", "residual")),
)

LISTS = {"24 programs": TABLE, "KernelBench": KERNELBENCH, "held out": HELD_OUT}

# Those of the table on which torch.compile searches longest (mode max-autotune).
MAX_AUTOTUNE = ("resnet_3x3_f32", "resnet_expand_nhwc_f16", "efficientnet_expand_nhwc_f16",
                "downsample_f32")


def write(directory, programs):
    from suite_mlir import Writer
    directory.mkdir(parents=True, exist_ok=True)
    for conv in programs:
        (directory / f"{conv.name}.mlir").write_text(Writer(conv).text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    write(parser.parse_args().directory, sum(LISTS.values(), ()))
