"""The promises of the engine, over real processes; and that each proof notices the fault that it guards against."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash import proofs
from tests.crash.service import Service

LONG = os.environ.get("PROOFS_LONG") == "1"
pytestmark = [pytest.mark.crash, pytest.mark.slow]


KILLS = 500 if LONG else 30


async def test_every_acknowledged_order_reaches_both_targets_although_the_service_is_killed_again_and_again(tmp_path: Path) -> None:
    assert await proofs.nothing_acknowledged_is_lost(tmp_path / "data", orders=KILLS * 50, kills=KILLS) == []


async def writer_killed(service: Service) -> None:
    """kill -9 for the process that writes; the service starts another."""
    for process in service.process_ids[1:]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


async def test_every_acknowledged_order_reaches_both_targets_although_the_writers_process_is_killed_again_and_again(tmp_path: Path) -> None:
    assert await proofs.nothing_acknowledged_is_lost(tmp_path / "data", orders=200, kills=KILLS // 10, strike=writer_killed) == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing; on Debian, make tools installs it")
async def test_an_order_is_on_disk_before_its_sender_is_answered(tmp_path: Path) -> None:
    assert await proofs.an_order_is_on_disk_before_its_sender_is_answered(tmp_path / "data", tmp_path / "trace") == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing; on Debian, make tools installs it")
async def test_the_proof_notices_that_nothing_is_flushed(tmp_path: Path) -> None:
    found = await proofs.an_order_is_on_disk_before_its_sender_is_answered(tmp_path / "data", tmp_path / "trace", "no_flush")
    assert any("before it was flushed" in one for one in found)


async def test_a_repeated_delivery_changes_nothing(tmp_path: Path) -> None:
    assert await proofs.a_repeated_delivery_changes_nothing(tmp_path / "data") == []


async def test_every_attempt_of_a_call_carries_the_same_key(tmp_path: Path) -> None:
    assert await proofs.every_attempt_carries_the_same_key(tmp_path / "data") == []


async def test_no_page_and_no_answer_of_the_api_shows_a_phone_number(tmp_path: Path) -> None:
    assert await proofs.no_person_sees_a_phone_number(tmp_path / "data") == []


async def test_the_proof_notices_an_acknowledgement_before_the_commit(tmp_path: Path) -> None:
    sabotage = "acknowledge_before_commit"
    found = await proofs.nothing_acknowledged_is_lost(tmp_path / "data", orders=300, kills=3, sabotage=sabotage, patience=5)
    assert any("never arrived" in one for one in found)


async def test_the_proof_notices_that_deduplication_is_off(tmp_path: Path) -> None:
    assert any("not recognised" in one for one in await proofs.a_repeated_delivery_changes_nothing(tmp_path / "data", "dedupe_off"))


async def test_the_proof_notices_a_key_per_attempt(tmp_path: Path) -> None:
    assert any("different keys" in one for one in await proofs.every_attempt_carries_the_same_key(tmp_path / "data", "key_per_attempt"))


async def test_the_proof_notices_that_masks_are_off(tmp_path: Path) -> None:
    assert any("shows the phone number" in one for one in await proofs.no_person_sees_a_phone_number(tmp_path / "data", "mask_off"))
