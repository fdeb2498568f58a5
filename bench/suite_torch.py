"""PyTorch's side of the programs of suite.py: the same convolution and steps on data
of its own, in the program's layout, timed by replays of a CUDA graph.

Needs PyTorch 2.x with CUDA.
"""

import math
import statistics

import torch
import torch.nn.functional as F

TYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}


def allow_tf32():
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True


def make_data(conv):
    """x, w, b and what the steps take, in the order of the steps."""
    generator = torch.Generator("cuda").manual_seed(20)
    memory = torch.channels_last if conv.layout == "NHWC" else torch.contiguous_format

    def uniform(*shape, scale=1.0):
        data = torch.empty(shape, device="cuda").uniform_(-scale, scale,
                                                          generator=generator)
        data = data.to(TYPES[conv.type])
        return data.contiguous(memory_format=memory) if len(shape) == 4 else data

    n, c, h, w = conv.image
    products = c // conv.groups * math.prod(conv.window)
    data = [uniform(n, c, h, w),
            uniform(conv.filters, c // conv.groups, *conv.window,
                    scale=1 / math.sqrt(products)),
            uniform(conv.filters) if conv.bias else None]
    for step in conv.steps:
        if step == "bias":
            data.append(uniform(conv.filters))
        elif step == "residual":
            data.append(uniform(*conv.out))
        elif step == "batch_norm":
            data += [uniform(conv.filters), uniform(conv.filters).abs(),
                     uniform(conv.filters), uniform(conv.filters)]
    return data


POINTWISE = {
    "relu": F.relu, "relu6": F.relu6, "hardswish": F.hardswish, "tanh": torch.tanh,
    "silu": F.silu, "mish": F.mish, "gelu": F.gelu,
    "leaky_relu": lambda y: F.leaky_relu(y, 0.01),
    "divide": lambda y: y / 2.0, "scale": lambda y: y * 2.0,
    "softplus_tanh": lambda y: torch.tanh(F.softplus(y)) * y,
    "min": lambda y: torch.min(y, dim=1, keepdim=True)[0],
    "max": lambda y: torch.max(y, dim=1, keepdim=True)[0],
    "argmax": lambda y: torch.argmax(y, dim=1),
    "softmax": lambda y: torch.softmax(y, dim=1),
    "logsumexp": lambda y: torch.logsumexp(y, dim=1),
}


def make_function(conv):
    def run(x, w, b, *rest):
        rest = iter(rest)
        y = F.conv2d(x, w, b, stride=conv.stride, padding=conv.pad,
                     dilation=conv.dilation, groups=conv.groups)
        for step in conv.steps:
            if step == "bias":
                y = y + next(rest)[:, None, None]
            elif step == "residual":
                y = y + next(rest)
            elif step == "batch_norm":
                y = F.batch_norm(y, *(next(rest) for _ in range(4)), False, 0.0, 1e-5)
            else:
                y = POINTWISE[step](y)
        return y
    return run


def time_ms(function, data, rounds=9):
    """Median ms of a call, by replays of a CUDA graph of several."""
    for _ in range(3):
        function(*data)
    torch.cuda.synchronize()
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    function(*data)
    end.record()
    end.synchronize()
    calls = max(1, min(20, int(2 / begin.elapsed_time(end))))
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(calls):
            function(*data)
    times = []
    for number in range(rounds + 2):
        begin.record()
        graph.replay()
        end.record()
        end.synchronize()
        if number >= 2:
            times.append(begin.elapsed_time(end) / calls)
    return statistics.median(times)


def measure(conv, peers, max_autotune):
    """Peer -> ms, or what it failed with."""
    found, data = {}, make_data(conv)
    function = make_function(conv)
    for peer in peers:
        try:
            with torch.no_grad():
                if peer == "eager":
                    run = function
                else:
                    torch._dynamo.reset()
                    run = torch.compile(function, dynamic=False,
                                        mode="max-autotune-no-cudagraphs"
                                        if max_autotune else None)
                found[peer] = time_ms(run, data)
        except Exception as error:  # A peer's own failure, of whatever kind.
            found[peer] = f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
        torch.cuda.empty_cache()
    return found
