"""The pure parts: versions of orders, digests of keys, the chain of the audit trail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import store
from engine.catalogue import LANGUAGES, problem_sentences
from engine.store.chain import broken_at, link
from engine.store.dedupe import Digester
from engine.store.hub import compare_versions, with_outcome
from engine.store.ports import AuditRow
from engine.store.times import from_micros, to_micros

from .conftest import NOW, event

ZONES = (UTC, timezone(timedelta(hours=8)))
AWARE = st.builds(lambda micros, zone: from_micros(micros).astimezone(zone), st.integers(0, 4 * 10**15), st.sampled_from(ZONES))


@settings(max_examples=100, deadline=None)
@given(AWARE, AWARE)
def test_versions_that_are_times_compare_as_times(one: datetime, other: datetime) -> None:
    assert compare_versions(one.isoformat(), other.isoformat()) == (one > other) - (one < other)


@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        ("2026-01-05T08:00:00Z", "2026-01-05 08:00:00", 0),
        ("2026-01-05T08:00:00+0800", "2026-01-05T00:00:00Z", 0),
        ("2026-01-05T08:00:00.5Z", "2026-01-05T08:00:00Z", 1),
        ("2026-01-05T08:00Z", "2026-01-05T08:01Z", -1),
        ("17", "17", 0),
        ("17", "18", None),
        ("2026-13-05T08:00:00Z", "2026-01-05T08:00:00Z", None),
        ("20260105", "20260106", None),
    ],
)
def test_versions_of_all_shapes_compare(one: str, other: str, result: int | None) -> None:
    assert compare_versions(one, other) == result


def test_one_placeholder_is_replaced() -> None:
    assert with_outcome(b'{"ok":"@outcome","note":"@outcome"}', "stale") == b'{"ok":"stale","note":"@outcome"}'


@settings(max_examples=100, deadline=None)
@given(AWARE)
def test_times_come_back_exactly(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at == datetime.fromisoformat(at.isoformat())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40) | st.from_regex(r"[a-z]{2}/[0-9]{6,19}/[0-9]{1,4}", fullmatch=True), max_size=30, unique=True))
def test_other_keys_have_other_digests(keys: list[str]) -> None:
    digester = Digester(b"secret")
    assert len({digester.key("f", key) for key in keys}) == len(keys)
    assert [digester.key("f", key) for key in keys] == [Digester(b"secret").key("f", key) for key in keys]


def test_digests_depend_on_the_flow_and_on_the_secret() -> None:
    digests = {Digester(secret).key(flow, "k") for secret in (b"a", b"b") for flow in ("f", "g")}
    assert len(digests) == 4


def test_a_delivery_is_known_only_together_with_its_key() -> None:
    digester = Digester(b"secret")
    one = digester.identity(event(delivery_key="12", key="3"))
    other = digester.identity(event(delivery_key="1", key="23"))
    assert one.delivery != other.delivery


def test_keys_of_neighbouring_orders_lie_beside_each_other() -> None:
    digester = Digester(b"secret")
    near = {digester.key("f", f"taobao/s1/{219000123400 + n}/2026-01-05T08:00:00Z")[:4] for n in range(100)}
    assert len(near) == 1


def rows(count: int) -> list[AuditRow]:
    made: list[AuditRow] = []
    for number in range(1, count + 1):
        row = AuditRow(number, NOW, "ann", "order.reveal", str(number), {"n": number})
        made.append(replace(row, chain=link(row, made[-1].chain if made else "")))
    return made


def test_a_chain_that_nobody_touched_holds() -> None:
    assert broken_at(rows(5), 5) is None


@pytest.mark.parametrize(
    "change",
    [{"actor": "bob"}, {"action": "x"}, {"resource": "9"}, {"detail": {}}, {"at": NOW + timedelta(microseconds=1)}, {"chain": "0" * 64}],
)
def test_a_changed_row_breaks_the_chain_there(change: dict[str, object]) -> None:
    trail = rows(5)
    trail[2] = replace(trail[2], **change)
    assert broken_at(trail, 5) == 3


def test_a_missing_row_breaks_the_chain_there() -> None:
    trail = rows(5)
    assert broken_at([*trail[:1], *trail[2:]], 5) == 2


def test_missing_last_rows_are_noticed() -> None:
    assert broken_at(rows(3), 5) == 4


def test_a_row_changed_together_with_its_own_digest_breaks_the_next_one() -> None:
    trail = rows(5)
    forged = replace(trail[2], actor="bob")
    trail[2] = replace(forged, chain=link(forged, trail[1].chain))
    assert broken_at(trail, 5) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_of_the_store_has_its_two_sentences(language: str) -> None:
    sources = "".join(file.read_text() for file in Path(store.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'(?:Problem|not_found)\(\s*"([a-z_.]+)"', sources)) | set(re.findall(r'_found\([^"\n]+"([a-z_.]+)"\)', sources))
    assert {"store.unavailable", "event.erased", "flow.changed", "order.unknown"} <= codes
    assert not [code for code in codes if not all(problem_sentences(code, language))]
