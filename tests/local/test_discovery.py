from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from sm_magic import local
from sm_magic.local import discovery

pytestmark = pytest.mark.server


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A runtime folder of the test's own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path / "session"))
        environment.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        yield tmp_path / "sm_magic"


def test_a_published_endpoint_is_found_and_forgotten(endpoint: local.LocalEndpoint, folder: Path) -> None:
    """Within the block another process finds it; after it, it doesn't."""
    with local.published(endpoint) as path:
        assert path is not None
        found = local.discover()
        assert found is not None
        assert (found.url, found.token, found.owned) == (endpoint.url, endpoint.token, False)
        found.stop()  # another process's: it goes on
        assert local.discover() is not None
    assert local.discover() is None
    assert list(folder.iterdir()) == []


def test_only_the_user_can_read_the_token(endpoint: local.LocalEndpoint, folder: Path) -> None:
    """0600 in a 0700 folder."""
    with local.published(endpoint) as path:
        assert path is not None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_kernel_that_lacks_the_terminals_variables_finds_it_too(
    endpoint: local.LocalEndpoint, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's own folder is looked into, whatever else is set."""
    with pytest.MonkeyPatch.context() as terminal:
        terminal.delenv("JUPYTER_RUNTIME_DIR")
        terminal.delenv("XDG_RUNTIME_DIR")
        entered = local.published(endpoint)
        entered.__enter__()
    assert local.discover() is not None
    entered.__exit__(None, None, None)


def test_a_dead_servers_file_is_removed(folder: Path) -> None:
    """A crash leaves its file; the next look takes it away."""
    dead = local.start()
    dead.stop()
    with discovery.published(dead.url, dead.token) as path:
        assert path is not None
        assert path.exists()
        assert local.discover() is None
        assert not path.exists()


class Impostor(BaseHTTPRequestHandler):
    """Says yes to everything, as whoever took the port might."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path + str(self.headers))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"yes")

    def log_message(self, *_: object) -> None:
        pass


def test_another_server_on_the_same_port_is_not_joined(folder: Path) -> None:
    """Only who knows the token is joined, and the token is not told to find out."""
    with HTTPServer(("127.0.0.1", 0), Impostor) as server:
        server.seen = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with discovery.published(f"http://127.0.0.1:{server.server_port}", "the-token"):
            assert local.discover() is None
        server.shutdown()
        assert server.seen  # type: ignore[attr-defined]
        assert "the-token" not in "".join(server.seen)  # type: ignore[attr-defined]


@pytest.mark.parametrize("trick", ["writable by others", "link", "elsewhere", "no json"])
def test_a_file_that_someone_else_could_have_written_is_not_trusted(
    endpoint: local.LocalEndpoint, folder: Path, trick: str
) -> None:
    """Data goes nowhere because of a file with the wrong rights, a link, or another host in it."""
    folder.mkdir()
    path = folder / "endpoint-1-1.json"
    url = "http://10.0.0.1:80" if trick == "elsewhere" else endpoint.url
    text = "{" if trick == "no json" else json.dumps({"url": url, "token": endpoint.token})
    real = folder / "real" if trick == "link" else path
    real.write_text(text)
    real.chmod(0o666 if trick == "writable by others" else 0o600)
    if trick == "link":
        path.symlink_to(real)
    assert local.discover() is None


def test_a_folder_that_cannot_be_written_is_no_error(endpoint: local.LocalEndpoint, folder: Path) -> None:
    """The server works; it just is not found."""
    for taken in (folder, folder.parent / "session", folder.parent / "data"):
        taken.write_text("a file where the folder should be")
    with local.published(endpoint) as path:
        assert path is None
    assert os.environ["JUPYTER_RUNTIME_DIR"]


def test_a_stranger_that_answers_in_other_letters_is_passed_over(folder: Path) -> None:
    """Whatever took the port since: no server of ours, and its file goes."""

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"\xe9\xe8")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        with discovery.published(f"http://127.0.0.1:{server.server_port}", "token"):
            assert discovery.find() is None
        thread.join(5)
    assert list(folder.iterdir()) == []
