"""Tests of the cuDNN peer without cuDNN."""

import os
import pathlib
import sys
import unittest
from unittest import mock

import cudnn_graph


class CudnnGraph(unittest.TestCase):
    def test_the_fastest_plan_that_runs(self):
        times = {0: 2.0, 2: 1.1, 3: 1.5}
        self.assertEqual(cudnn_graph.choose_plan(4, times.__getitem__), 2)

    def test_no_plan(self):
        with self.assertRaisesRegex(RuntimeError, "cuDNN has no plan"):
            cudnn_graph.choose_plan(0, None)
        with self.assertRaisesRegex(RuntimeError, "no plan runs: 1"):
            cudnn_graph.choose_plan(2, {}.__getitem__)

    def test_without_the_wheel(self):
        with mock.patch.dict(sys.modules, {"cudnn": None}):
            with self.assertRaisesRegex(RuntimeError, "nvidia-cudnn-frontend"):
                cudnn_graph.GraphPeer()

    def test_graph(self):
        frontend = mock.MagicMock()
        graph, tensors = cudnn_graph.build_graph(
            frontend, "handle", "half", ([2, 8, 6, 6], [288, 1, 48, 8]),
            ([16, 8, 3, 3], [72, 1, 24, 8]), ([2, 1, 4, 4], [16, 16, 4, 1]))
        self.assertEqual(len(tensors), 4)
        self.assertEqual(graph.tensor.call_args_list[2].kwargs["dim"], [1, 16, 1, 1])
        self.assertEqual(graph.reduction.call_args.kwargs["mode"],
                         frontend.reduction_mode.MIN)
        self.assertEqual(graph.reduction.call_args.kwargs["input"],
                         graph.bias.return_value)


if __name__ == "__main__":
    os.chdir(pathlib.Path(__file__).parent)
    unittest.main()
