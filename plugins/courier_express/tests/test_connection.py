"""How requests are signed."""

from __future__ import annotations

from datetime import UTC, datetime

from orderloom_courier_express.connection import SIGNATURE, TIME, CourierExpress, sign

from engine.sdk import HttpRequest

NOW = datetime(2026, 1, 16, 3, 4, 5, tzinfo=UTC)
CONNECTION = CourierExpress.model_validate({"url": "https://courier.example/api", "account": "shop", "secret": "fixture-secret"})


def prepared(url: str, body: bytes = b"") -> HttpRequest:
    return CONNECTION.prepare(HttpRequest("POST", url, {"Idempotency-Key": "k"}, body), NOW)


def test_the_signature_covers_method_path_query_time_and_body() -> None:
    request = prepared("https://courier.example/api/tracking?number=CE1", b"{}")
    assert request.headers[SIGNATURE] == sign("fixture-secret", "POST", "/api/tracking?number=CE1", "1768532645", b"{}")


def test_the_time_of_the_attempt_goes_along() -> None:
    assert prepared("https://courier.example/api").headers[TIME] == "1768532645"


def test_other_headers_stay() -> None:
    assert prepared("https://courier.example/api").headers["Idempotency-Key"] == "k"


def test_the_secret_stands_in_no_header() -> None:
    assert "fixture-secret" not in str(prepared("https://courier.example/api").headers)


def test_another_body_has_another_signature() -> None:
    assert prepared("https://courier.example/", b"1").headers[SIGNATURE] != prepared("https://courier.example/", b"2").headers[SIGNATURE]


def test_the_secret_is_not_shown() -> None:
    assert CONNECTION.public_view()["secret"] == {"set": True}
