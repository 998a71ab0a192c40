from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.hooks import body
from designer.hooks.body import Gone, read_body
from designer.problems import Refused

SCOPE: Any = {"type": "http", "headers": []}


def arriving(*parts: bytes, end: bool = True) -> Any:
    messages = [{"type": "http.request", "body": part, "more_body": not (end and n == len(parts))} for n, part in enumerate(parts, 1)]

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
async def test_a_body_is_whole_or_refused(parts: list[bytes], limit: int) -> None:
    whole = b"".join(parts)
    if len(whole) <= limit:
        assert await read_body(SCOPE, arriving(*parts), limit) == whole
    else:
        with pytest.raises(Refused) as refusal:
            await read_body(SCOPE, arriving(*parts), limit)
        assert refusal.value.status == 413


@pytest.mark.parametrize("parts", [(), (b"a",)])
async def test_a_sender_that_is_gone_is_noticed(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(Gone):
        await read_body(SCOPE, arriving(*parts, end=False), 10)


async def test_a_body_that_does_not_come_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MOST_SECONDS", 0.0)
    asked: list[int] = []

    async def receive() -> Any:
        import asyncio

        asked.append(1)
        if len(asked) > 1:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"a", "more_body": True}

    with pytest.raises(Refused) as refusal:
        await read_body(SCOPE, cast("Any", receive), 10)
    assert refusal.value.status == 408
