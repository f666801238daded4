"""``make eval``: the shipped gold set on the sample reports, with the gates of ``gates.json``.

Builds a library of its own in a temporary folder, writes JSON, JUnit, Markdown and HTML to ``out/eval``
and exits with 1 when a gate is missed.  ``python -m eval --keep`` makes the last run the baseline.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
OUT = Path("out/eval")
BASELINE = HERE / "baselines" / "extractive.json"


def main() -> int:
    """Runs the evaluation and returns the exit status."""
    from eval.commands import checker_command, differences_command
    from rag.errors import BriefingError

    OUT.mkdir(parents=True, exist_ok=True)
    try:
        checker_command()
        differences_command()
        with tempfile.TemporaryDirectory(prefix="briefing-eval-") as folder:
            status = _run(Path(folder))
    except BriefingError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(f"\nReport: {OUT / 'index.html'}\n")
    return status


def keep() -> int:
    """Makes the last run's result the baseline that later runs must not fall below."""
    from eval.compare import as_baseline, load_result
    from eval.run import write_json

    write_json(as_baseline(load_result(OUT / "result.json")), BASELINE)
    sys.stdout.write(f"{BASELINE} holds the result of the last run.\n")
    return 0


def _run(folder: Path) -> int:
    """Ingest and questions go through the installed command: what is measured is what is shipped."""
    briefing = str(Path(sys.executable).with_name("briefing"))

    def call(*arguments: str) -> int:
        command = [briefing, *arguments, "--data-dir", str(folder)]
        return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command

    status = call("ingest", os.environ.get("EVAL_REPORTS", "reports"))
    if status:
        return status
    gates = json.loads((HERE / "gates.json").read_text(encoding="utf-8"))
    options = [f"--gate={name}={bar}" for name, bar in gates.items()]
    options += [f"--gold={path}" for path in sorted((HERE / "gold").glob("*.jsonl"))]
    if BASELINE.is_file():
        options.append(f"--baseline={BASELINE}")
    options += [f"--report={OUT}", f"--json={OUT / 'result.json'}", f"--junit={OUT / 'junit.xml'}"]
    return call("eval", "run", *options, f"--markdown={OUT / 'summary.md'}")


if __name__ == "__main__":
    sys.exit(keep() if sys.argv[1:] == ["--keep"] else main())
