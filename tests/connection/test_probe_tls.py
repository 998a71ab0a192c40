"""Probes over TLS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.connection.probe import ProbeReport
from tests.connection.certificates import certificate, server_side
from tests.connection.probing import failure, probed, silent, told


async def probed_robot_over_tls(files: tuple[str, str]) -> ProbeReport:
    async with silent(server_side(files)) as port:
        return await probed({"type": "wecom", "url": f"https://127.0.0.1:{port}/k"})


async def test_a_trusted_certificate_is_shown_with_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = certificate(tmp_path, days=900)
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    report = await probed_robot_over_tls(files)
    assert report.ok
    end = (datetime.now(UTC) + timedelta(days=900)).date().isoformat()
    assert ("Encrypting", f"TLS 1.3, certificate valid until {end}") in told(report)


@pytest.mark.parametrize(("days", "trusted", "rule"), [(900, False, "certificate_self_signed"), (-1, True, "certificate_expired")])
async def test_a_certificate_that_proves_nothing_is_refused_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, rule: str, *, trusted: bool
) -> None:
    files = certificate(tmp_path, days=days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", files[1])
    report = await probed_robot_over_tls(files)
    assert (failure(report), report.problems[0].fields["rule"]) == ("probe.certificate", rule)
