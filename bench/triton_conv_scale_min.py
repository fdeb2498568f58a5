"""The starting Triton kernel: conv2d, bias, scale and min over the channels as
an implicit matrix product.

Each program owns BLOCK_M output positions and walks over all filters, BLOCK_N
at a time; the running minimum stays in registers and is stored once. With
BLOCK 128x32x32, 4 warps and 2 stages the grid of the full workload is
64 * 254 * 254 / 128 = 32258.
"""

import torch
import triton
import triton.language as tl

BLOCK_M, BLOCK_N, BLOCK_K, WARPS, STAGES = 128, 32, 32, 4, 2


@triton.jit
def conv2d_scale_min_kernel(
    x, w, bias, y, positions, channels, out_h, out_w, scale,
    x_n, x_c, x_h, x_w, w_f, w_c, w_h, w_w,
    FILTERS: tl.constexpr, KH: tl.constexpr, KW: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
):
    position = tl.program_id(0) * BLOCK_M + tl.arange(0, BLOCK_M)
    inside = position < positions
    image = position // (out_h * out_w)
    row = position % (out_h * out_w) // out_w
    column = position % out_w
    corner = x + image.to(tl.int64) * x_n + row * x_h + column * x_w
    least = tl.full((BLOCK_M,), float("inf"), tl.float32)
    for first in range(0, FILTERS, BLOCK_N):
        filters = first + tl.arange(0, BLOCK_N)
        sums = tl.zeros((BLOCK_M, BLOCK_N), tl.float32)
        for start in range(0, channels * KH * KW, BLOCK_K):
            k = start + tl.arange(0, BLOCK_K)
            channel = k // (KH * KW)
            kh = k % (KH * KW) // KW
            kw = k % KW
            a = tl.load(
                corner[:, None] + (channel * x_c + kh * x_h + kw * x_w)[None, :],
                mask=inside[:, None], other=0.0)
            b = tl.load(
                w + (channel * w_c + kh * w_h + kw * w_w)[:, None]
                + (filters * w_f)[None, :])
            sums = tl.dot(a, b, sums, input_precision="tf32")
        start_value = tl.load(bias + filters).to(tl.float32)
        value = (sums + start_value[None, :]) * scale
        least = tl.minimum(least, tl.min(value, axis=1))
    tl.store(y + position, least.to(y.dtype.element_ty), mask=inside)


def conv2d_scale_min(x, w, bias, scale=2.0):
    """x [N, C, H, W], w [F, C, KH, KW], any strides -> [N, 1, OH, OW]."""
    images, channels, height, width = x.shape
    filters, _, kh, kw = w.shape
    if (channels * kh * kw) % BLOCK_K or filters % BLOCK_N:
        raise ValueError(
            f"C*KH*KW = {channels * kh * kw} must be a multiple of {BLOCK_K} "
            f"and {filters} filters one of {BLOCK_N}")
    out_h, out_w = height - kh + 1, width - kw + 1
    y = torch.empty((images, 1, out_h, out_w), device=x.device, dtype=x.dtype)
    positions = images * out_h * out_w
    conv2d_scale_min_kernel[(triton.cdiv(positions, BLOCK_M),)](
        x, w, bias, y, positions, channels, out_h, out_w, scale,
        *x.stride(), *w.stride(), FILTERS=filters, KH=kh, KW=kw,
        BLOCK_M=BLOCK_M, BLOCK_N=BLOCK_N, BLOCK_K=BLOCK_K,
        num_warps=WARPS, num_stages=STAGES)
    return y
