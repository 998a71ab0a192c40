"""The console command in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from designer.server import bind, url_of
from engine.errors import SettingsInvalid
from engine.privacy.key_file import load_or_create

pytestmark = pytest.mark.slow
PROGRAM = Path(sys.executable).with_name("orderloom")
READY = re.compile(r"ready (http://127\.0\.0\.1:(\d+)) key=(\S+)\n")
PHONE = "13812345678"


class Server:
    """A process; ``url`` and ``key`` as its line says."""

    def __init__(self, data: Path, *arguments: str, **environ: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
        self.errors = data.parent / f"{data.name}.log"
        with self.errors.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--port", "0", "--data", data, *arguments],
                stdout=subprocess.PIPE, stderr=log, env={**clean, **environ}, cwd=data.parent, text=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = READY.fullmatch(line)
        assert found, (line, self.errors.read_text())
        self.url, self.port, self.key = found.groups()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", f"Bearer {self.key}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code, and what else was printed on stdout."""
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=12)
        return self.process.returncode, rest


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Server] = []

    def one(*arguments: str, **environ: str) -> Server:
        running.append(Server(tmp_path / "data", *arguments, **environ))
        return running[-1]

    yield one
    for server in running:
        if server.process.poll() is None:
            server.process.kill()
        if server.process.stdout is not None and not server.process.stdout.closed:
            server.process.communicate()


def refused(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "ORDERLOOM_LANGUAGE": "en"}
    return subprocess.run([PROGRAM, "serve", *arguments], capture_output=True, text=True, timeout=30, cwd=cwd, env=environ, check=False)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order_after_one_line_on_stdout(start: Start, how: int) -> None:
    server = start()
    assert server.ask("GET", "/health/ready") == {"status": "ready"}
    assert server.end(how) == (0, "")


def test_it_drains_while_a_watcher_stays_connected(start: Start) -> None:
    server = start()
    request = urllib.request.Request(f"{server.url}/api/live", headers={"Authorization": f"Bearer {server.key}"})
    with urllib.request.urlopen(request, timeout=10) as stream:
        assert stream.readline() == b"event: snapshot\r\n"
        began = time.monotonic()
        assert server.end() == (0, "")
        assert time.monotonic() - began < 10


def test_the_key_of_the_settings_is_taken(start: Start) -> None:
    assert start(ORDERLOOM_KEY="chosen-by-me").key == "chosen-by-me"


def test_logs_are_json_lines_without_order_data(start: Start, flow: dict[str, Any]) -> None:
    server = start(ORDERLOOM_CONNECTION_OWN_SHOP=json.dumps({"type": "own_shop", "secret": "whsec_dGhlIHNlY3JldA=="}))
    server.ask("PUT", "/api/flows/small/draft", flow)
    server.ask("POST", "/api/flows/small/publication", {"note": ""})
    server.ask("POST", "/hooks/small/plain", {"no": "1", "good": PHONE})
    with pytest.raises(urllib.error.HTTPError):
        server.ask("POST", f"/hooks/small/nothing?phone={PHONE}", {"phone": PHONE})
    server.end()
    lines = [json.loads(line) for line in server.errors.read_text().splitlines()]
    assert {"at", "level", "logger", "message"} <= set(lines[0])
    assert PHONE not in server.errors.read_text()


def test_what_was_accepted_is_there_after_a_kill(start: Start, flow: dict[str, Any]) -> None:
    server = start(ORDERLOOM_CONNECTION_OWN_SHOP=json.dumps({"type": "own_shop", "secret": "whsec_dGhlIHNlY3JldA=="}))
    server.ask("PUT", "/api/flows/small/draft", flow)
    server.ask("POST", "/api/flows/small/publication", {"note": ""})
    events = [server.ask("POST", "/hooks/small/plain", {"no": str(n), "good": True})["event"] for n in range(20)]
    server.process.kill()
    server.process.communicate()
    again = start(ORDERLOOM_CONNECTION_OWN_SHOP=json.dumps({"type": "own_shop", "secret": "whsec_dGhlIHNlY3JldA=="}))
    assert {one["id"] for one in again.ask("GET", "/api/events")["items"]} == set(events)
    assert again.ask("POST", "/hooks/small/plain", {"no": "3", "good": True}) == {"event": events[3], "duplicate": True}


def test_a_second_server_on_the_same_data_is_refused(start: Start, tmp_path: Path) -> None:
    start()
    second = refused("--port", "0", "--data", str(tmp_path / "data"), cwd=tmp_path)
    assert (second.returncode, second.stdout) == (2, "")
    assert "service.data_in_use" in second.stderr
    assert len(second.stderr.splitlines()) == 2


def test_a_port_in_use_is_refused(start: Start, tmp_path: Path) -> None:
    second = refused("--port", start().port, "--data", str(tmp_path / "other"), cwd=tmp_path)
    assert (second.returncode, second.stdout) == (2, "")
    assert "service.port_in_use" in second.stderr


def test_an_address_that_others_reach_is_refused(tmp_path: Path) -> None:
    answer = refused("--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "data"), cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "service.not_loopback" in answer.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.com", "10.0.0.1", ""])
def test_only_this_machines_addresses_are_bound(host: str) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        bind(host, 0)
    assert refusal.value.problems[0].code == "service.not_loopback"


def test_an_address_of_ip_version_6_is_written_in_brackets() -> None:
    with bind("::1", 0) as listener:
        assert re.fullmatch(r"http://\[::1\]:\d+", url_of(listener))


def test_data_without_its_master_key_is_refused_and_the_file_named(start: Start, tmp_path: Path) -> None:
    start().end()
    (tmp_path / "data" / "master.key").unlink()
    answer = refused("--port", "0", "--data", str(tmp_path / "data"), cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "master.key" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_master_key_of_other_data_is_refused(start: Start, tmp_path: Path) -> None:
    start().end()
    key = tmp_path / "data" / "master.key"
    key.unlink()
    load_or_create(key, create=True)
    answer = refused("--port", "0", "--data", str(tmp_path / "data"), cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "store.master_key_wrong" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_setting_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    environ = {**os.environ, "ORDERLOOM_ODD": "1"}
    answer = subprocess.run(
        [PROGRAM, "serve", "--port", "0"], capture_output=True, text=True, timeout=30, cwd=tmp_path, env=environ, check=False
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "ORDERLOOM_ODD" in answer.stderr
