"""Tests of schedules.py with stand-ins for kiln-compile and kiln-run: no GPU."""

import contextlib
import io
import json
import os
import pathlib
import tempfile
import unittest

import schedules

COMPILER = """#!/usr/bin/env python3
import pathlib, sys
if any("misfit" in argument for argument in sys.argv):
    sys.exit("error: the given schedule does not fit")
out = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
out.mkdir()
(out / "artifact.json").write_text(" ".join(sys.argv[1:]))
"""
# Slower by the number in the directory's name; `rules` takes 3 ms.
KILN_RUN = """#!/usr/bin/env python3
import json, pathlib, sys
name = pathlib.Path(sys.argv[1]).name
if "--verify" in sys.argv:
    good = name != "wrong"
    print(json.dumps({"verify": {"passed": good, "outputs": [{"relative_norm": 1e-4}]}}))
    sys.exit(0 if good else 1)
ms = 3.0 if name == "rules" else float(name[4:])
times = {"median": ms, "min": ms, "p10": ms, "p90": ms}
print(json.dumps({"benchmark": {"ms": times, "flops": 1, "kernels": []}}))
"""
LIST = """// A comment.
a rules
a tile2 #kiln.schedule<tile = 2>

b rules
b tile4 #kiln.schedule<tile = 4>
"""


class Schedules(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        for name, text in (("compiler", COMPILER), ("kiln-run", KILN_RUN),
                           ("list", LIST)):
            (self.root / name).write_text(text)
            (self.root / name).chmod(0o755)

    def main(self, *argv):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), \
                contextlib.redirect_stderr(output):
            status = schedules.main([*argv, f"--list={self.root / 'list'}"])
        return status, output.getvalue()

    def compile(self):
        return self.main(f"--compile={self.root / 'made'}",
                         f"--compiler={self.root / 'compiler'}")

    def measure(self, *argv):
        status, _ = self.main(
            str(self.root / "made"), f"--kiln-run={self.root / 'kiln-run'}",
            "--rest=0", f"--out={self.root / 'out'}", *argv)
        return (status, (self.root / "out" / "table.md").read_text(),
                json.loads((self.root / "out" / "results.json").read_text()))

    def test_rules_beside_the_best(self):
        self.assertEqual(self.compile(), (0, "4 of 4 compiled\n"))
        command = (self.root / "made" / "a" / "tile2" / "artifact.json").read_text()
        self.assertIn("a.mlir", command)
        self.assertIn("--schedule=#kiln.schedule<tile = 2>", command)
        status, table, results = self.measure("--rounds=2")
        self.assertEqual(status, 0)
        self.assertIn("| a | 3.000 | 2.000 | tile2 | 1.500 |", table)
        self.assertIn("| b | 3.000 | 3.000 | rules | 1.000 |", table)
        self.assertIn("| tile4 | 4.000 | 1.333 | 1.00e-04 |", table)
        self.assertAlmostEqual(results["rules_to_best_geometric_mean"], 1.5 ** 0.5)
        self.assertEqual(len(results["results"][0]["rounds"]), 2)

    def test_misfit_and_wrong_result_stand_in_the_table(self):
        with (self.root / "list").open("a") as file:
            file.write("a wrong #kiln.schedule<>\na tile1 #kiln.schedule<misfit>\n")
        status, output = self.compile()
        self.assertEqual(status, 1)
        self.assertIn("a, tile1: error: the given schedule does not fit", output)
        self.assertIn("5 of 6 compiled", output)
        status, table, _ = self.measure("--rounds=2")
        self.assertEqual(status, 1)
        self.assertIn("| wrong | failed: wrong result, relative norm 1.00e-04", table)
        self.assertIn("| tile1 | failed: no artifact in ", table)
        self.assertIn("| a | 3.000 | 2.000 | tile2 | 1.500 |", table)

    def test_only(self):
        self.compile()
        _, table, _ = self.measure("--only=b", "--rounds=1")
        self.assertNotIn("## a", table)
        self.assertIn("## b", table)

    def test_the_committed_list(self):
        entries = schedules.read_list(schedules.HERE / "schedules.txt")
        for program in dict.fromkeys(program for program, _, _ in entries):
            with self.subTest(program):
                self.assertTrue((schedules.HERE / "programs" / f"{program}.mlir").exists())
                self.assertIn((program, "rules", None), entries)

    def test_bad_usage(self):
        made, run = str(self.root / "made"), f"--kiln-run={self.root / 'kiln-run'}"
        for argv in ([], [made, "--compile=x"], [made, "--kiln-run=/nowhere"],
                     [made, run, "--only=c"], [made, run, "--rounds=0"]):
            with self.subTest(argv), self.assertRaises(SystemExit) as caught:
                self.main(*argv)
            self.assertEqual(caught.exception.code, 2)
        for line in ("a", "a rules #kiln.schedule<>", "a tile2", "a ../x #s",
                     "a tile2 #s\na tile2 #s"):
            (self.root / "list").write_text(line + "\n")
            with self.subTest(line), self.assertRaises(SystemExit) as caught:
                self.main(made, run)
            self.assertEqual(caught.exception.code, 2)


if __name__ == "__main__":
    os.chdir(pathlib.Path(__file__).parent)
    unittest.main()
