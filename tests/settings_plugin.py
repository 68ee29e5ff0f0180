"""Before Django reads its settings: a state folder of its own, with keys, for this test process."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

_folder = Path(tempfile.mkdtemp(prefix="backoffice-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["VAR_DIR"] = str(_folder)
os.environ["ENV_FILE"] = os.devnull  # a developer's own settings, and what they lead to, are none of the tests'
for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "DEBUG", "ALLOWED_HOSTS"):
    os.environ.pop(name, None)
(_folder / "keys.env").write_text(
    f"SECRET_KEY={secrets.token_hex(32)}\nENCRYPTION_KEYS={Fernet.generate_key().decode()}\n"
)
(_folder / "static").mkdir()  # WhiteNoise warns when it is missing
