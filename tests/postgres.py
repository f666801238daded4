"""A PostgreSQL server for tests: made in a temporary folder, reached by a socket file, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_ADMIN = "postgres"


def binaries() -> Path | None:
    """The folder of the newest installed server's programs, or None."""
    found = shutil.which("initdb")
    if found and shutil.which("pg_ctl"):
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return installed[-1].parent if installed else None


@contextmanager
def server() -> Iterator[Server]:
    """A running server.  Skips the test where PostgreSQL or its driver is not installed."""
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    user = _ordinary_user()
    with tempfile.TemporaryDirectory(prefix="pg-") as made:
        folder = Path(made)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        run = Server(folder, programs, user.pw_name if user else None)
        run.start()
        try:
            yield run
        finally:
            run.stop()


class Server:
    """A server in ``folder``; it runs as ``user`` (None: as we do), since it refuses to run as root."""

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        self._folder, self._programs, self._user = folder, programs, user
        self._made = 0

    def start(self) -> None:
        data = str(self._folder / "data")
        self._call("initdb", "-D", data, "-U", _ADMIN, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        self._call("pg_ctl", "-D", data, "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._call("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")

    def database(self) -> str:
        """The address of a new, empty database."""
        import psycopg

        self._made += 1
        name = f"library_{self._made}"
        with psycopg.connect(host=str(self._folder), user=_ADMIN, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        return f"postgresql://{_ADMIN}@/{name}?host={self._folder}"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if self._user is not None:
            command = ["runuser", "-u", self._user, "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder)
        if done.returncode != 0:
            pytest.fail(f"{program} failed: {done.stderr[-2000:]}")


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when the tests run as root."""
    if os.geteuid() != 0:
        return None
    for name in (_ADMIN, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
