"""Requests that nobody would think of, against a live server: ``python -m eval.bench.fuzz`` (extra ``load``).

schemathesis reads ``/openapi.json`` and sends valid, odd and broken requests for a while.  Looked for: a
status of 500 or more, a status, a shape, a header or a kind of content that the description does not name,
bad requests that are accepted.  Not looked for, since the description cannot say it: whether a valid body
means something (a filter for a report that is not there is refused), and whether the id of an upload's job
opens a document.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.bench.load import counted, port_of, samples

CONFIG = """# a form knows only text: there is no file of another type to refuse
[[operations]]
include-name = "POST /api/documents"
checks.negative_data_rejection.enabled = false
"""
LEFT_OUT = "positive_data_acceptance,ensure_resource_availability"


def main() -> int:
    """Runs it and says what the server counted; 0 when nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data-dir", type=Path, help="a library; it is copied, since the requests change it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefing-fuzz-") as folder:
        data = Path(folder) / "data"
        if options.data_dir:
            shutil.copytree(options.data_dir, data)
        else:
            samples(data)
        with serving(data, Path(folder) / "log") as port:
            config = Path(folder) / "schemathesis.toml"
            config.write_text(CONFIG, encoding="utf-8")
            found = fuzz(port, config, seconds=options.seconds, seed=options.seed)
            told = counted(port)
        log = (Path(folder) / "log").read_text(encoding="utf-8")
    errors = [line for line in log.splitlines() if re.match(r"\S+ (ERROR|CRITICAL) ", line)]
    sys.stdout.write(f"\nAnswered by the server, by kind of status: {told}; errors in its log: {len(errors)}\n")
    sys.stdout.write("".join(f"{line}\n" for line in errors[:20]))
    return 1 if found or errors or told.get("server_5xx") else 0


def fuzz(port: int, config: Path, *, seconds: int, seed: int) -> int:
    """Lets schemathesis loose; its exit status."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"http://127.0.0.1:{port}/openapi.json",
        "--max-time", str(seconds), "--seed", str(seed), "--exclude-checks", LEFT_OUT,
        "--generation-database", "none", "--request-timeout", "60", "--continue-on-failure", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, check=False, cwd=config.parent, timeout=seconds + 600)  # noqa: S603
    return done.returncode


@contextmanager
def serving(data: Path, log: Path) -> Iterator[int]:
    """The port of a server on a library."""
    command = [sys.executable, "-m", "web.cli", "serve", "--port", "0", "--data-dir", str(data)]
    environment = {**os.environ, "BRIEFING_LOG_LEVEL": "warning"}
    with log.open("w") as err:
        server = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=err, text=True, env=environment
        )
        try:
            yield port_of(server)
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    sys.exit(main())
