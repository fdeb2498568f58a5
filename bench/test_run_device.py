"""Tests of the measuring script with stand-ins for kiln-run and the reference:
no GPU, no PyTorch."""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import run_device

KILN_RUN = """#!/usr/bin/env python3
import json, pathlib, sys
if "broken" in sys.argv[1]:
    sys.exit("kiln-run: error: no GPU")
if "--verify" in sys.argv:
    good = "wrong" not in sys.argv[1]
    print(json.dumps({"verify": {"reference": "gpu", "passed": good, "outputs": [
        {"name": "result0", "passed": good, "relative_norm": 1.3e-4 if good else "nan"}]}}))
    sys.exit(0 if good else 1)
times = {"median": 2.2, "min": 2.1, "p10": 2.15, "p90": 2.3, "max": 2.4, "count": 25}
print(json.dumps({"benchmark": {"ms": times, "flops": 4400, "bytes": 10,
    "kernels": [{"name": "conv_compute", "ms": times, "flops": 4400}]}}))
"""
REFERENCE = """#!/bin/sh
[ "$1" = t ] || exit 1
echo 'tf32 NCHW pipelined, even/odd                     2.000 ms (min 1.900)  304.4 TF  regs 250 local    0 smem  97792  err 1.33e-04 maxabs 1.2e-03 nan 0  4.705 Mcyc 1800 MHz pipe 72.0% '
echo 'tf32 NCHW pipelined, plain                       1.600 ms (min 1.500)  380.5 TF  regs 250 local    0 smem  97792  err 1.33e-04 maxabs 1.2e-03 nan 3  3.935 Mcyc 1800 MHz pipe 86.0% '
"""


class RunDevice(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.kiln_run = self.program("kiln-run", KILN_RUN)
        (self.root / "reference.cu").write_text("")
        self.program("reference", REFERENCE)

    def program(self, name, text):
        path = self.root / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def artifact(self, name, type="f32", shape=(64, 64, 256, 256)):
        directory = self.root / name
        directory.mkdir()
        (directory / "artifact.json").write_text(json.dumps(
            {"entry": "conv", "precision": "tf32",
             "inputs": [{"type": type, "shape": list(shape)}]}))
        return str(directory)

    def main(self, *argv):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), \
                contextlib.redirect_stderr(output):
            status = run_device.main(
                [*argv, f"--kiln-run={self.kiln_run}", "--rest=0",
                 f"--out={self.root / 'out'}"])
        table = (self.root / "out" / "table.md").read_text()
        results = json.loads((self.root / "out" / "results.json").read_text())
        return status, table, results

    def test_artifact_beside_reference(self):
        status, table, results = self.main(
            self.artifact("main-job"), f"--reference={self.root}", "--peers=",
            "--rounds=2")
        self.assertEqual(status, 0)
        by_name = {row["name"]: row for row in results["results"]}
        artifact = by_name["Kiln, main-job"]
        self.assertEqual(artifact["form"], "tf32-nchw")
        self.assertAlmostEqual(artifact["to_reference"], 1.1)
        self.assertAlmostEqual(artifact["relative_error"], 1.3e-4)
        self.assertAlmostEqual(artifact["tflops"], 276.8, delta=0.1)
        self.assertEqual(len(artifact["rounds"]), 2)
        self.assertIn("| hand-written, tf32 NCHW pipelined, even/odd (base) | 2.000 |", table)
        self.assertIn("| NaN |", table)
        self.assertIn("Kernels of Kiln, main-job, each timed alone: "
                      "conv_compute 2.200 ms", table)

    def test_reference_is_built_by_a_silent_compiler(self):
        (self.root / "reference").rename(self.root / "made")
        self.program("nvcc", f"#!/bin/sh\ncp {self.root}/made reference\n")
        path = f"{self.root}{os.pathsep}{os.environ['PATH']}"
        with mock.patch.dict(os.environ, {"PATH": path}):
            _, table, _ = self.main(
                self.artifact("main-job"), f"--reference={self.root}",
                "--peers=", "--rounds=1")
        self.assertIn("even/odd (base) | 2.000 |", table)

    def test_wrong_result_is_not_timed(self):
        status, table, _ = self.main(self.artifact("wrong"), "--peers=",
                                     "--rounds=2")
        self.assertEqual(status, 1)
        self.assertIn("| failed: wrong result, relative norm nan", table)

    def test_failures_stand_in_the_table(self):
        with mock.patch.dict(sys.modules, {"torch": None}):
            status, table, _ = self.main(
                self.artifact("broken", "f16", (64, 256, 256, 64)),
                f"--reference={self.root}", "--peers=eager,triton", "--rounds=1")
        self.assertEqual(status, 1)
        self.assertIn("| Kiln, broken | failed: exit 1: kiln-run: error: no GPU", table)
        self.assertIn("| eager | failed: ", table)
        self.assertIn("| triton | failed: ", table)
        self.assertIn("| hand-written | failed: exit 1", table)

    def test_other_program_has_no_peers(self):
        status, table, _ = self.main(self.artifact("other", shape=(1, 3, 8, 8)),
                                     "--rounds=1")
        self.assertEqual(status, 0)
        self.assertIn("## conv\n", table)
        self.assertNotIn("eager", table)

    def test_bad_usage(self):
        for argv in (["--peers=cudnn"], ["--forms=f64-nchw"], ["--rounds=0"],
                     [str(self.root / "nowhere")], ["--reference=/nowhere"]):
            with self.subTest(argv), self.assertRaises(SystemExit) as caught:
                self.main(*argv)
            self.assertEqual(caught.exception.code, 2)


if __name__ == "__main__":
    os.chdir(pathlib.Path(__file__).parent)
    unittest.main()
