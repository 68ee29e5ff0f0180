"""What the whole system consists of: broker, sandbox, web server, worker, scheduler."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from django.conf import settings

from backoffice.launch import broker
from backoffice.launch.children import Child
from backoffice.launch.console import CannotStartError, say
from backoffice.launch.places import Places
from backoffice.launch.supervisor import Supervisor

# First those who use the others, last what keeps the messages.
STOP_ORDER = (("prepare", "scheduler", "worker", "web"), ("sandbox",), ("valkey",))


def start(supervisor: Supervisor, where: Places, environment: Mapping[str, str]) -> None:
    """Everything, until everything answers. `environment` is the person's: ours also holds the settings' keys."""
    make = partial(Child, logs=_fresh_logs(where.var), environment=_for_children(where, environment))
    say("Starting broker and sandbox, preparing the database and the static files …")
    _start_broker(supervisor, where, environment, make)
    supervisor.start(_sandbox(where, make))
    supervisor.run(make("prepare", [sys.executable, "-m", "backoffice.launch.prepare"]))
    supervisor.wait_for_answers()
    say("Starting web server, worker and scheduler …")
    supervisor.start(_web(where, make), _worker(make), _scheduler(make))
    supervisor.wait_for_answers()


def greeting(where: Places, seconds: float) -> str:
    return f"""
Ready after {seconds:.0f} s.

  Back office   http://localhost:{where.port}
  Log in as     agent@demo.test, manager@demo.test, viewer@demo.test or admin@demo.test; the password is demo
  Sandbox       http://localhost:{where.sandbox_port}/_control/   (place orders, advance the clock, break things)
  Logs          {where.var / "log"}

Ctrl-C stops everything."""


def _fresh_logs(var: Path) -> Path:
    """The log folder; what the last start wrote is kept once."""
    logs = var / "log"
    logs.mkdir(exist_ok=True)
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))
    return logs


def _for_children(where: Places, environment: Mapping[str, str]) -> dict[str, str]:
    return {
        **environment,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
        "PORT": str(where.port),
        "SANDBOX_PORT": str(where.sandbox_port),
        "SANDBOX_SPEED": str(where.sandbox_speed),
        "PYTHONUNBUFFERED": "1",
    }


def _start_broker(
    supervisor: Supervisor, where: Places, environment: Mapping[str, str], make: Callable[..., Child]
) -> None:
    if "REDIS_URL" in environment:
        if not broker.answers(settings.REDIS_URL):
            raise CannotStartError(
                "The Redis that REDIS_URL names does not answer. Start it, correct the address, "
                "or take REDIS_URL away: then a server of our own is started."
            )
        return
    data = where.var / "valkey"
    data.mkdir(exist_ok=True)
    command = broker.server_command(settings.BROKER_SOCKET, data)
    supervisor.start(make("valkey", command, answers=partial(broker.answers, settings.REDIS_URL)))


def _sandbox(where: Places, make: Callable[..., Child]) -> Child:
    command = [sys.executable, "-m", "backoffice.sandbox", "--world", "demo"]
    command += ["--port", str(where.sandbox_port), "--speed", str(where.sandbox_speed)]
    command += ["--state", str(where.var / "sandbox.sqlite3")]
    return make("sandbox", command, answers=partial(_page_answers, where.sandbox_port, "/_control/"))


def _web(where: Places, make: Callable[..., Child]) -> Child:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{where.port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--graceful-timeout", "3"]
    command += ["--no-control-socket", "--log-level", "warning", "backoffice.wsgi"]
    return make("web", command, answers=partial(_page_answers, where.port, "/health/live"))


def _worker(make: Callable[..., Child]) -> Child:
    # Threads: two processes less, and reading waits for Mirakl and the database, not for the processor.
    command = [*_celery("worker"), "--pool", "threads", "--concurrency", "6"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return make("worker", command, answers=partial(broker.has_waiting_worker, settings.REDIS_URL))


def _scheduler(make: Callable[..., Child]) -> Child:
    return make("scheduler", _celery("beat"))


def _celery(program: str) -> list[str]:
    # Celery sets the level of everything that its process logs, and would take another one than the settings.
    level = os.environ.get("LOG_LEVEL", "INFO")
    return [sys.executable, "-m", "celery", "-A", "backoffice.celery", program, "--loglevel", level]


def _page_answers(port: int, path: str) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", path)
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
