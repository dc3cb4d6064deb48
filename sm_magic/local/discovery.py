"""How ``%sm_connect local`` finds a server of another process: its address and token in a file only you can read.

``sm-magic demo`` and ``sm-magic serve`` leave the file in the runtime folder.  Before a server is joined it
proves that it knows the token, which is not sent: another program may have taken the port since.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import stat
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROOF_PATH = "/sm-magic/proof"
_URL = re.compile(r"http://127\.0\.0\.1:\d{1,5}")


def folders() -> list[Path]:
    """Where the files may be, best first: Jupyter's runtime folder, the session's, the user's.

    All are looked into: a kernel's environment often lacks what the terminal's has.
    """
    found = []
    if jupyter := os.environ.get("JUPYTER_RUNTIME_DIR"):
        found.append(Path(jupyter) / "sm_magic")
    if session := os.environ.get("XDG_RUNTIME_DIR"):
        found.append(Path(session) / "sm_magic")
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return [*found, Path(data) / "sm_magic" / "runtime"]


def proof(token: str, challenge: str) -> str:
    """What only a holder of *token* can answer to *challenge*."""
    return hmac.new(token.encode(), challenge.encode(), hashlib.sha256).hexdigest()


@contextmanager
def published(url: str, token: str) -> Iterator[Path | None]:
    """Leave address and token for other processes of this user; the file goes with the block.

    None when no folder can be written: the server works all the same, it is just not found.
    """
    path = next((path for folder in folders() if (path := _write(folder, url, token))), None)
    try:
        yield path
    finally:
        if path is not None:
            path.unlink(missing_ok=True)


def find() -> tuple[str, str] | None:
    """Address and token of a live server, the newest first; files of dead ones are removed."""
    files = [path for folder in folders() for path in folder.glob("endpoint-*.json")]
    for path in sorted(files, key=_modified, reverse=True):
        address = _read(path)
        if address is None:
            continue
        alive = answers(*address)
        if alive:
            return address
        if alive is False:
            with suppress(OSError):
                path.unlink()
    return None


def answers(url: str, token: str) -> bool | None:
    """Whether the server that holds *token* answers at *url*; None if nothing came in time."""
    challenge = secrets.token_hex(16)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}{PROOF_PATH}?challenge={challenge}", timeout=2) as answer:
            said = answer.read(128)
    except TimeoutError:
        return None
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return hmac.compare_digest(said, proof(token, challenge).encode())


def _write(folder: Path, url: str, token: str) -> Path | None:
    path = folder / f"endpoint-{os.getpid()}-{url.rpartition(':')[2]}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _mine(folder, 0o022):
            return None
        folder.chmod(0o700)
        path.unlink(missing_ok=True)
        # O_EXCL and the mode at creation: there's no moment at which another user can open it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": url, "token": token}, file)
    return path


def _read(path: Path) -> tuple[str, str] | None:
    """Address and token; None for a file that someone else could have written, or that is none of ours."""
    try:
        if not _mine(path, 0o077):
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
        url, token = found["url"], found["token"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not (isinstance(url, str) and isinstance(token, str) and _URL.fullmatch(url)):
        return None
    return url, token


def _mine(path: Path, forbidden: int) -> bool:
    """Whether *path* is this user's, no link, and without the *forbidden* permissions."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: the profile folder's own rights guard it
        return True
    return found.st_uid == os.getuid() and not found.st_mode & forbidden


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
