"""A request that was copied as a line does, in a shell, what it says."""

from __future__ import annotations

import subprocess

import pytest

from engine.run.curl import as_curl


def words(line: str) -> list[str]:
    """What a shell hands to curl."""
    shown = line.replace("curl", "printf '%s\\n'", 1)
    done = subprocess.run(
        ["sh", "-c", shown], env={"TEAM_CHAT_URL": "https://chat.example/send?key=k"}, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("address", "url", "called"),
    [
        ("https://wms.example/api/", "wms:/orders", "https://wms.example/api/orders"),
        ("$TEAM_CHAT_URL", "team_chat:", "https://chat.example/send?key=k"),
        ("https://wms.example", "wms:/$HOME/`id`", "https://wms.example/$HOME/`id`"),
    ],
)
def test_an_address_that_is_a_secret_is_filled_in_by_the_shell_and_nothing_else_is(address: str, url: str, called: str) -> None:
    line = as_curl({"method": "POST", "url": url, "headers": {}, "body": {"text": "$HOME 'x'"}}, address)
    assert words(line)[-1] == called
    assert '{"text":"$HOME \'x\'"}' in words(line)
