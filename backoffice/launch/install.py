"""Makes `.venv` and puts the locked packages into it: `python3 -I backoffice/launch/install.py [--dev]`.

Runs on a system's Python before anything is installed, hence the standard library only, and nothing of ours.
Does nothing when what the locks ask for is there already; exits with 1 and a sentence when it cannot be done.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Room for the packages, their compiled files and what pip unpacks meanwhile.
NEEDED_MB = {"requirements.lock": 500, "requirements-dev.lock": 1200}


class CannotInstallError(Exception):
    """Its text is a sentence for the person at the terminal."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes .venv and installs the locked packages.")
    parser.add_argument("--dev", action="store_true", help="the tools for tests and checks too")
    locks = ["requirements.lock", "requirements-dev.lock"] if parser.parse_args().dev else ["requirements.lock"]
    try:
        for lock in locks:
            if _stamp(lock) != _wanted(lock):
                install(lock)
    except CannotInstallError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- the sentence for whoever called make
        return 1
    return 0


def install(lock: str) -> None:
    """The packages of one lock; for a change in what runs a new environment is made, so that nothing old stays."""
    check_venv_modules()
    check_folder(ROOT, NEEDED_MB[lock])
    if lock == "requirements.lock" or not PYTHON.exists():
        _say("Making the virtual environment .venv …")
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        _run(command, "The virtual environment could not be made: see above.")
    _say(f"Installing the packages of {lock}; this takes a minute the first time …")
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    _run(
        [*command, "--require-hashes", "-r", str(ROOT / lock)],
        "The packages could not be installed: pip says above why. They come from the package index that pip is set to; "
        "check the network (`pip config list` shows index and proxy), then run make again.",
    )
    _stamp_file(lock).write_text(_wanted(lock))


def check_venv_modules() -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotInstallError(
            f"{sys.executable} cannot make virtual environments: its module {missing[0]} is missing. "
            f"On Debian and Ubuntu `apt install python3-venv` (or python{version}-venv) brings it; then run make again."
        )


def check_folder(folder: Path, needed_mb: int) -> None:
    """Something can be written here, and there is room."""
    probe = folder / ".writable"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CannotInstallError(
            f"Nothing can be written to {folder} ({error.strerror}). Make room, or get the right to write there."
        ) from error
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < needed_mb:
        raise CannotInstallError(
            f"Only {free_mb} MB are free where {folder} is; {needed_mb} MB are needed. Make room, then run make again."
        )


def _stamp_file(lock: str) -> Path:
    return VENV / f"{lock}.sha256"


def _stamp(lock: str) -> str:
    """What was installed last from this lock; nothing if that never ended well, or if the interpreter is gone."""
    file = _stamp_file(lock)
    return file.read_text() if file.exists() and PYTHON.exists() else ""


def _wanted(lock: str) -> str:
    """The lock, the folder and the Python version: an environment works neither elsewhere nor with another Python."""
    place = f"{VENV} {sys.version_info[:2]}\n"
    return hashlib.sha256(place.encode() + (ROOT / lock).read_bytes()).hexdigest()


def _run(command: list[str], otherwise: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603 -- our own command, no text from outside
        raise CannotInstallError(otherwise)


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 -- progress for whoever called make


if __name__ == "__main__":
    sys.exit(main())
