"""The system under test: broker, sandbox, web server, two workers, scheduler, all of them real processes."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backoffice.launch.keys import write_missing_keys
from tests.chaos.brokers import Broker, GivenRedis, OwnValkey
from tests.chaos.database import Database, Postgres, Sqlite, postgres
from tests.chaos.processes import ROOT, Process
from tests.launch.started import NOT_INHERITED
from tests.ports import closed_ports
from tests.sandbox_server import RunningSandbox

SPEED = "60"  # of the sandbox: a minute of Mirakl's is a second
PYTHON = [sys.executable, "-m"]
WORKER = [*PYTHON, "celery", "-A", "backoffice.celery", "worker", "--loglevel", "INFO"]


class System:
    """`worker-a` has a pool of processes, as in production; `worker-b` one of threads, as `make run` has."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder, self.logs = folder, folder / "log"
        self.logs.mkdir()
        self.port, self.sandbox_port = closed_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = RunningSandbox(f"http://127.0.0.1:{self.sandbox_port}")
        write_missing_keys(folder / "keys.env")
        self._environment = self._for_children(database_url, redis_url)
        self.broker = self._broker(redis_url)
        self._environment["REDIS_URL"] = self.broker.url
        self.members = self._members()
        self._database_url = database_url
        # A third worker, which is there for one event only. One thread: while that waits for Mirakl no other can be in
        # the middle of a transaction, whose locks would then last as long as the sleep.
        self.sleeper = self._worker("sleeper", "--pool", "threads", "--concurrency", "1")

    def database(self) -> Database:
        """A connection of one's own. The tables are there after `start`."""
        if self._database_url:
            return Postgres(self._database_url)
        return Sqlite(self.folder / "db.sqlite3")

    def start(self) -> None:
        for name in ("broker", "sandbox"):
            if name in self.members:
                self.members[name].start()
                self.members[name].wait_until_it_answers()
        self._prepare()
        self.start_the_dead()

    def start_the_dead(self) -> None:
        """Also wakes the frozen; waits for those that listen."""
        for member in self.members.values():
            member.thaw()
            member.start()
        for member in self.members.values():
            member.wait_until_it_answers()

    def end(self) -> None:
        for member in [self.sleeper, *reversed(self.members.values())]:
            member.end()

    def _members(self) -> dict[str, Process]:
        """In the order in which they are started."""
        sandbox = [*PYTHON, "backoffice.sandbox", "--world", "empty", "--speed", SPEED]
        sandbox += ["--port", str(self.sandbox_port), "--state", str(self.folder / "sandbox.sqlite3")]
        web = [*PYTHON, "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--workers", "1"]
        web += ["--threads", "8", "--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"]
        web += ["backoffice.wsgi"]
        threads = ["--concurrency", "6", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        made = [
            self._process("sandbox", sandbox, lambda: page_answers(self.sandbox_port, "/_control/style.css")),
            self._process("web", web, lambda: page_answers(self.port, "/health/live")),
            self._worker("worker-a", "--pool", "prefork", "--concurrency", "4"),
            self._worker("worker-b", "--pool", "threads", *threads),
            self._process("scheduler", [*PYTHON, "celery", "-A", "backoffice.celery", "beat", "--loglevel", "INFO"]),
        ]
        own = [self.broker.process] if self.broker.process else []
        return {member.name: member for member in [*own, *made]}

    def _broker(self, redis_url: str) -> Broker:
        if redis_url:
            return GivenRedis(redis_url)
        return OwnValkey(self.folder, self._environment, logs=self.logs)

    def _worker(self, name: str, *options: str) -> Process:
        made = self._process(name, [*WORKER, "--hostname", f"{name}@chaos", *options])
        made.answers = lambda: made.has_said(b" ready.")
        return made

    def _process(self, name: str, command: list[str], answers: Callable[[], bool] = lambda: True) -> Process:
        return Process(name, command, environment=self._environment, logs=self.logs, answers=answers)

    def _for_children(self, database_url: str, redis_url: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return {
            **inherited,
            "VAR_DIR": str(self.folder),
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "backoffice.settings",
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_SPEED": SPEED,
            "PYTHONUNBUFFERED": "1",
            **({"DATABASE_URL": database_url} if database_url else {}),
        }

    def _prepare(self) -> None:
        command = [*PYTHON, "backoffice.launch.prepare"]
        with (self.logs / "prepare.log").open("wb") as log:
            subprocess.run(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, check=True, timeout=120)


@contextmanager
def system(folder: Path, database_server: str, redis_url: str) -> Iterator[System]:
    """Started and answering; ended with all its processes and its database. An empty address: the embedded one."""
    if database_server:
        with postgres(database_server) as url:
            yield from _running(System(folder, url, redis_url))
    else:
        yield from _running(System(folder, "", redis_url))


def _running(made: System) -> Iterator[System]:
    try:
        made.start()
        yield made
    finally:
        made.end()


def page_answers(port: int, path: str) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
