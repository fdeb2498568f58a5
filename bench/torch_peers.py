"""PyTorch, Triton and cuDNN as peers of an artifact, on the same workload.

Needs PyTorch 2.x with CUDA; Triton for the peer of that name, and what
cudnn_graph.py says for cudnn-graph.
"""

import importlib
import math
import statistics

import torch

from workload import SCALE

CHECKED_IMAGES = 3


def source(x, w, bias):
    y = torch.nn.functional.conv2d(x, w, bias) * SCALE
    return torch.min(y, dim=1, keepdim=True)[0]


def make_peer(name):
    """A function of x, w, bias; raises when the peer is not installed."""
    if name == "eager":
        return source
    if name == "compile":
        return torch.compile(source, dynamic=False)
    if name == "triton":
        from triton_conv_scale_min import conv2d_scale_min
        return lambda x, w, bias: conv2d_scale_min(x, w, bias, SCALE)
    if name == "cudnn-graph":
        from cudnn_graph import GraphPeer
        return GraphPeer()
    raise ValueError(f"no such peer: {name}")


class Problem:
    """Data of one form, compared to float64 on a few of its images."""

    def __init__(self, form, workload):
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        dtype = {"f32": torch.float32, "f16": torch.float16,
                 "bf16": torch.bfloat16}[form.type]
        layout = (torch.channels_last if form.layout == "NHWC"
                  else torch.contiguous_format)
        generator = torch.Generator("cuda").manual_seed(20)

        def uniform(shape, scale):
            data = torch.empty(shape, device="cuda", dtype=torch.float32)
            data.uniform_(-scale, scale, generator=generator)
            return data.to(dtype)

        n, c, h, w = workload.image
        f, kh, kw = workload.filters, *workload.window
        self.x = uniform((n, c, h, w), 1.0).contiguous(memory_format=layout)
        # Scaled by the number of products in a sum, as kiln-run's data.
        self.w = uniform((f, c, kh, kw), 1.0 / math.sqrt(c * kh * kw))
        self.w = self.w.contiguous(memory_format=layout)
        self.bias = uniform((f,), 1.0)
        count = min(n, CHECKED_IMAGES)
        self.images = sorted({round(i * (n - 1) / max(count - 1, 1))
                              for i in range(count)})

    def relative_error(self, y):
        """Norm of the difference to float64 over the norm of float64's."""
        difference = total = 0.0
        for image in self.images:
            expected = source(self.x[image:image + 1].double(),
                              self.w.double(), self.bias.double())
            got = y[image:image + 1].double().reshape(expected.shape)
            difference += (got - expected).square().sum().item()
            total += expected.square().sum().item()
        return math.sqrt(difference / total)


def time_ms(function, problem, warm_up=5, repetitions=25):
    """Milliseconds of each repetition, sorted."""
    arguments = (problem.x, problem.w, problem.bias)
    for _ in range(warm_up):
        function(*arguments)
    times = []
    for _ in range(repetitions):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        function(*arguments)
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    times.sort()
    return times


def summary(times):
    """What a round keeps of its sorted times."""
    cut = lambda share: times[min(len(times) - 1, int(share * len(times)))]
    return {"median_ms": statistics.median(times), "min_ms": times[0],
            "p10_ms": cut(0.1), "p90_ms": cut(0.9)}


def versions():
    found = {"torch": torch.__version__, "cuda": torch.version.cuda,
             "cudnn": torch.backends.cudnn.version()}
    for module, name in (("triton", "triton"), ("cudnn", "cudnn-frontend")):
        try:
            found[name] = importlib.import_module(module).__version__
        except (ImportError, AttributeError):
            pass
    return found
