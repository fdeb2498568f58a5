"""What the measuring scripts share: rows of a table, and how an artifact is
verified and timed."""

import json
import subprocess
import sys


def note(text):
    print(text, file=sys.stderr, flush=True)


def first_line(text):
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    return lines[0][:160] if lines else "no message"


def run(command, seconds, good=(0,), silent=False, **options):
    """Standard output; raises RuntimeError with what the command complained of
    when its exit status is not one of `good` or, unless it is a silent one, it
    printed nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=seconds, check=False, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(first_line(error)) from None
    if done.returncode not in good or not (done.stdout or silent):
        raise RuntimeError(f"exit {done.returncode}: "
                           f"{first_line(done.stderr or done.stdout)}")
    return done.stdout


class Row:
    """One line of the table: what each round measured, or why it could not."""

    def __init__(self, form, name, kind):
        self.form, self.name, self.kind = form, name, kind
        self.rounds, self.error, self.failure = {}, None, None
        self.details, self.flops = {}, None

    def add(self, number, measured):
        self.rounds[number] = measured

    def fail(self, why):
        self.failure = first_line(why)
        note(f"  {self.name}: FAILED: {self.failure}")


class Table:
    def __init__(self):
        self.rows = []

    def row(self, form, name, kind):
        for row in self.rows:
            if (row.form, row.name, row.kind) == (form, name, kind):
                return row
        self.rows.append(Row(form, name, kind))
        return self.rows[-1]


def run_artifact(arguments, table, form, directory, number, name=None):
    """Measures the artifact in `directory` for round `number`, and verifies it in
    the first; its row is `name`, or the directory's own name."""
    row = table.row(form, name or f"Kiln, {directory.name}", "artifact")
    if row.failure:
        return
    command = [str(arguments.kiln_run.resolve()), str(directory), "--device=cuda",
               "--json"]
    try:
        if number == 0 and not arguments.no_verify:
            # Exit 1: the result is wrong, and standard output says how.
            verify = json.loads(run(command + ["--verify"], 300, good=(0, 1)))["verify"]
            row.details["verify"] = verify
            row.error = max(float(output["relative_norm"])
                            for output in verify["outputs"])
            if not verify["passed"]:
                raise RuntimeError(f"wrong result, relative norm {row.error:.2e}")
        measured = json.loads(run(command + ["--benchmark", "--repeat=25"], 180))
        measured = measured["benchmark"]
        row.add(number, {"median_ms": measured["ms"]["median"],
                         "min_ms": measured["ms"]["min"],
                         "p10_ms": measured["ms"]["p10"],
                         "p90_ms": measured["ms"]["p90"],
                         "kernels": {kernel["name"]: kernel["ms"]["median"]
                                     for kernel in measured["kernels"]}})
        row.flops = measured["flops"]
    except (RuntimeError, ValueError) as error:
        row.fail(error)
    except (KeyError, TypeError) as error:
        row.fail(f"kiln-run's JSON is of another form: no {error}")


def query_card():
    fields = ("name,driver_version,clocks.sm,clocks.mem,power.draw,"
              "temperature.gpu,clocks_throttle_reasons.active")
    try:
        values = run(["nvidia-smi", f"--query-gpu={fields}",
                      "--format=csv,noheader", "--id=0"], 30)
        return dict(zip(fields.split(","), map(str.strip, values.split(","))))
    except RuntimeError as error:
        return {"name": "unknown", "failure": str(error)}
