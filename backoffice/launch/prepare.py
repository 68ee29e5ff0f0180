"""`python -m backoffice.launch.prepare`: what must be done before web server and worker start, in one process."""

from __future__ import annotations

import hashlib

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo")
    collect_static()


def collect_static() -> None:
    """Only if a file came, went or changed: hashing and compressing all of them takes seconds."""
    stamp = settings.VAR / "static.stamp"
    state = _state_of_files()
    if stamp.exists() and settings.STATIC_ROOT.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)


def _state_of_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            changed = storage.get_modified_time(path).isoformat()
            digest.update(f"{path} {storage.size(path)} {changed}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
