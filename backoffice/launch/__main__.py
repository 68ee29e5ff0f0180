"""`python -m backoffice.launch`: the whole system on this machine, until Ctrl-C. With `reset`: forget everything."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping

import environ

from backoffice.launch import keys, places, reset, system
from backoffice.launch.console import CannotStartError, say
from backoffice.launch.places import BASE_DIR
from backoffice.launch.supervisor import StopRequested, Supervisor


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m backoffice.launch", description="The whole system on this machine."
    )
    parser.add_argument("verb", nargs="?", choices=("run", "reset"), default="run")
    verb = parser.parse_args().verb
    environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
    try:
        if verb == "reset":
            reset.reset(places.places(os.environ).var, database_url=os.environ.get("DATABASE_URL", ""))
        else:
            run(os.environ.copy())
    except CannotStartError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- the sentence for whoever called make
        return 1
    return 0


def run(environment: Mapping[str, str]) -> None:
    began = time.monotonic()
    where = places.places(environment)
    if "SECRET_KEY" in environment:
        raise CannotStartError(
            "SECRET_KEY is set, which means production, and `make run` is for one's own machine. "
            "Take it out of the environment and of .env, or start the processes as the README says."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    places.make_var(where.var)
    with places.lock(where.var):
        places.check_ports(where)
        if keys.write_missing_keys(where.var / "keys.env"):
            say(f"Wrote new keys to {where.var / 'keys.env'}.")
        _supervise(where, environment, began)


def _supervise(where: places.Places, environment: Mapping[str, str], began: float) -> None:
    supervisor = Supervisor()
    try:
        system.start(supervisor, where, environment)
        say(system.greeting(where, time.monotonic() - began))
        supervisor.keep_alive()
    except StopRequested:
        say("\nStopping …")
    finally:
        supervisor.stop(*system.STOP_ORDER)
    say("Everything has stopped. `make run` goes on where it was, `make reset` forgets everything.")


if __name__ == "__main__":
    sys.exit(main())
