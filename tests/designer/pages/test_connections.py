"""The pages on which a connection is set up."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.testing.simulator import SimulatedTarget
from tests.designer.one_app import app_around

Client = AsyncClient
KEY = "the-key-of-the-tests"
SHOP = {"type": "own_shop", "secret": "whsec_c2V0dGluZ3M="}


@pytest.fixture
def orderloom(tmp_path: Path) -> Orderloom:
    """One that may call this machine."""
    return Orderloom(Settings(data=tmp_path, connections={"own_shop": SHOP}, allow_private=("127.0.0.0/8",)), MemoryStore())


@pytest.fixture
async def target() -> AsyncIterator[SimulatedTarget]:
    async with SimulatedTarget(secret="right-secret") as one:
        yield one


@pytest.fixture
async def browser(orderloom: Orderloom) -> AsyncIterator[Client]:
    """Without a script, signed in, as a browser asks."""
    transport = ASGITransport(app_around(orderloom, KEY), raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    headers = {"Authorization": f"Bearer {KEY}", "Accept": "text/html"}
    async with orderloom, AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        yield client


async def make(browser: Client, **form: str) -> Response:
    return await browser.post("/connections/new", data={"_kind": "wms", "_name": "main_wms", "_action": "save", **form})


async def test_the_kinds_are_offered_with_an_explanation(browser: Client) -> None:
    text = (await browser.get("/connections/new")).text
    assert text.count("/connections/new?kind=") >= 11
    assert "The warehouse that ships." in text


async def test_a_connection_is_made_and_shown_without_its_secret(browser: Client, orderloom: Orderloom) -> None:
    made = await make(browser, url="https://wms.example.com", secret="s3cret")
    assert (made.status_code, made.headers["location"]) == (303, "/connections/main_wms?saved=1")
    for path in ("/connections/main_wms?saved=1", "/connections"):
        text = (await browser.get(path)).text
        assert "https://wms.example.com" in text
        assert "s3cret" not in text
    assert orderloom.book.get("main_wms").fields()["secret"] == "s3cret"


async def test_all_problems_stand_beside_their_fields_and_what_was_typed_stays(browser: Client, orderloom: Orderloom) -> None:
    answer = await make(browser, _name="Bad Name", url="ftp://wms.example.com", secret="s3cret")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="Bad Name"' in answer.text
    assert 'value="ftp://wms.example.com"' in answer.text
    assert "s3cret" not in answer.text
    assert orderloom.book.names() == ["own_shop"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("http://robot:PaSsWoRt@wms.example.com/api", "http://wms.example.com/api"),
        ("http://robot:Pa/SsWoRt?#@@wms.example.com", "http://wms.example.com"),
        ("robot:PaSsWoRt@wms.example.com", "wms.example.com"),
        ("http:/robot:PaSsWoRt@wms.example.com", "http:/wms.example.com"),
        ("ftp://wms.example.com/@scope", "ftp://scope"),
    ],
)
async def test_a_password_in_an_address_is_refused_and_not_sent_back(browser: Client, typed: str, shown: str) -> None:
    for action in ("save", "test"):
        answer = await make(browser, url=typed, secret="s3cret", _action=action)
        assert answer.status_code == 422
        assert f'value="{shown}"' in answer.text
        assert "SsWoRt" not in answer.text


async def test_the_reader_is_told_where_a_password_belongs(browser: Client) -> None:
    answer = await make(browser, url="http://robot:pw@wms.example.com")
    assert "those belong in their own fields" in answer.text


async def test_a_password_in_the_name_of_a_mail_server_is_not_sent_back_either(browser: Client) -> None:
    form = {"_kind": "smtp", "_name": "mail", "_action": "save", "host": "robot:PaSsWoRt@mail.example.com", "from": "a b@example.com"}
    answer = await browser.post("/connections/new", data=form)
    assert (answer.status_code, "PaSsWoRt" in answer.text) == (422, False)
    assert 'value="mail.example.com"' in answer.text
    assert 'value="a b@example.com"' in answer.text


async def test_an_address_that_is_right_is_sent_back_as_it_was_typed(browser: Client) -> None:
    answer = await make(browser, _name="Bad Name", url="https://wms.example.com/@scope?to=a@b", secret="s3cret")
    assert 'value="https://wms.example.com/@scope?to=a@b"' in answer.text


async def test_a_name_that_is_taken_is_refused(browser: Client, orderloom: Orderloom) -> None:
    await make(browser, url="https://wms.example.com")
    for name in ("main_wms", "own_shop", "new"):
        assert (await make(browser, _name=name, url="https://other.example.com")).status_code == 422
    assert orderloom.book.get("main_wms").address == "https://wms.example.com"


@pytest.mark.parametrize(
    ("back", "place"), [("/flows/x/canvas", "/flows/x/canvas"), ("https://evil.example", "/"), ("//evil.example", "/")]
)
async def test_after_saving_a_reader_goes_back_to_where_it_was_missed_and_never_elsewhere(browser: Client, back: str, place: str) -> None:
    form = await browser.get("/connections/new", params={"kind": "wms", "name": "main_wms", "back": back})
    assert 'value="main_wms"' in form.text
    assert not re.search(r'"(https:)?//evil', form.text)
    made = await make(browser, url="https://wms.example.com", _back=back)
    assert (made.status_code, made.headers["location"]) == (303, place)


async def test_htmx_is_told_where_to_go_on(browser: Client) -> None:
    made = await browser.post(
        "/connections/new", data={"_kind": "wms", "_name": "a", "url": "https://a.example.com"}, headers={"HX-Request": "true"}
    )
    assert (made.status_code, made.headers["hx-redirect"]) == (200, "/connections/a?saved=1")


async def test_an_unknown_kind_is_not_found(browser: Client) -> None:
    assert (await browser.get("/connections/new?kind=fax")).status_code == 404
    assert (await make(browser, _kind="fax")).status_code == 404


async def test_a_change_with_empty_secrets_keeps_them(browser: Client, orderloom: Orderloom) -> None:
    await make(browser, url="https://wms.example.com", secret="s3cret")
    changed = await browser.post("/connections/main_wms", data={"url": "https://wms.example.com/v2", "secret": ""})
    assert changed.status_code == 303
    assert orderloom.book.get("main_wms").fields() == {"type": "wms", "url": "https://wms.example.com/v2", "secret": "s3cret"}


async def test_a_secret_is_removed_when_a_person_says_so(browser: Client, orderloom: Orderloom) -> None:
    await make(browser, url="https://wms.example.com", secret="s3cret")
    await browser.post("/connections/main_wms", data={"url": "https://wms.example.com", "secret": "", "secret.drop": "on"})
    assert orderloom.book.get("main_wms").secret is None


@pytest.mark.parametrize("action", ["save", "test"])
async def test_a_kept_secret_never_goes_to_another_address(
    browser: Client, orderloom: Orderloom, target: SimulatedTarget, action: str
) -> None:
    await make(browser, url="https://wms.example.com", secret="right-secret")
    answer = await browser.post("/connections/main_wms", data={"url": target.url, "secret": "", "_action": action})
    assert answer.status_code == 422
    assert "a kept secret never goes to another address" in answer.text
    assert "verdict" not in answer.text
    assert orderloom.book.get("main_wms").address == "https://wms.example.com"


@pytest.mark.parametrize(
    ("secret", "said"), [("right-secret", "The connection works"), ("wrong-secret", "The credentials are refused (status 401).")]
)
async def test_what_was_typed_is_tested_before_it_is_kept(
    browser: Client, orderloom: Orderloom, target: SimulatedTarget, secret: str, said: str
) -> None:
    answer = await make(browser, url=target.url, secret=secret, _action="test")
    assert answer.status_code == 200
    assert said in answer.text
    assert secret not in answer.text
    assert "enter them again before you save" in answer.text
    assert orderloom.book.names() == ["own_shop"]


async def test_a_kept_connection_is_tested_as_it_is(browser: Client, target: SimulatedTarget) -> None:
    await make(browser, url=target.url, secret="right-secret")
    kept = await browser.post("/connections/main_wms/probe")
    unchanged = await browser.post("/connections/main_wms", data={"url": target.url, "secret": "", "_action": "test"})
    assert all("The connection works" in answer.text for answer in (kept, unchanged))


async def test_a_test_that_is_under_way_is_not_begun_again(browser: Client, orderloom: Orderloom, target: SimulatedTarget) -> None:
    await make(browser, url=target.url, secret="right-secret")
    orderloom.prober.busy.add("main_wms")
    answer = await browser.post("/connections/main_wms/probe")
    assert answer.status_code == 409
    assert "This connection is being tested already." in answer.text


async def test_faults_are_shown_instead_of_a_test(browser: Client) -> None:
    answer = await make(browser, url="", _action="test")
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text


async def test_what_the_settings_give_can_be_tested_but_not_changed(browser: Client, orderloom: Orderloom) -> None:
    text = (await browser.get("/connections/own_shop")).text
    assert "ORDERLOOM_CONNECTION_OWN_SHOP" in text
    assert 'name="secret"' not in text
    assert "whsec_c2V0" not in text
    assert "The connection works" in (await browser.post("/connections/own_shop/probe")).text
    assert (await browser.post("/connections/own_shop", data={"secret": "whsec_bmV3"})).status_code == 409
    assert (await browser.post("/connections/own_shop/deletion")).status_code == 409
    assert orderloom.book.get("own_shop").fields() == SHOP


async def test_a_connection_of_a_published_flow_stays_and_the_page_names_the_flow(
    browser: Client, orderloom: Orderloom, flow: dict[str, Any]
) -> None:
    await make(browser, _kind="own_shop", _name="city_shop", secret="whsec_bmV3")
    flow["nodes"]["signed"]["params"]["shop"]["connection"] = "city_shop"
    await browser.put("/api/flows/small/draft", json=flow)
    await browser.post("/api/flows/small/publication", json={"note": "first"})
    refused = await browser.post("/connections/city_shop/deletion")
    assert refused.status_code == 409
    assert "is used by published flows: small" in refused.text
    assert "http://127.0.0.1/hooks/small/signed" in refused.text
    assert 'href="/flows/small"' in (await browser.get("/connections")).text
    assert "city_shop" in orderloom.book.names()


async def test_a_connection_that_nothing_uses_is_deleted(browser: Client, orderloom: Orderloom) -> None:
    await make(browser, url="https://wms.example.com")
    gone = await browser.post("/connections/main_wms/deletion")
    assert (gone.status_code, gone.headers["location"]) == (303, "/connections?gone=main_wms")
    assert orderloom.book.names() == ["own_shop"]
    assert (await browser.get("/connections/main_wms")).status_code == 404


async def test_a_kept_document_that_no_longer_fits_can_be_looked_at_and_deleted(browser: Client, orderloom: Orderloom) -> None:
    await orderloom.store.save_connection("old", b'{"type":"removed_plugin","url":"https://a.b"}', actor="ann")
    await orderloom.book.refresh()
    assert "connection.unknown_type" in (await browser.get("/connections")).text
    assert "connection.unknown_type" in (await browser.get("/connections/old")).text
    assert (await browser.post("/connections/old/deletion")).status_code == 303


async def test_the_audit_log_tells_what_was_done_and_no_secret(browser: Client, target: SimulatedTarget) -> None:
    await make(browser, url=target.url, secret="right-secret")
    await browser.post("/connections/main_wms/probe")
    await browser.post("/connections/main_wms/deletion")
    answer = await browser.get("/api/audit")
    assert [row["action"] for row in answer.json()["items"]] == ["connection.delete", "connection.probe", "connection.save"]
    assert "right-secret" not in answer.text


async def test_pages_speak_the_readers_language(browser: Client, target: SimulatedTarget) -> None:
    browser.headers["Accept-Language"] = "zh"
    answer = await make(browser, url=target.url, secret="wrong", _action="test")
    assert "凭据被拒绝（状态码 401）。" in answer.text
    assert "仓储系统" in answer.text


async def test_the_api_tests_kept_and_unsaved_connections_alike(browser: Client, target: SimulatedTarget) -> None:
    document = {"type": "wms", "url": target.url, "secret": "right-secret"}
    await browser.put("/api/connections/main_wms", json=document)
    kept = await browser.post("/api/connections/main_wms/probe")
    unsaved = await browser.post("/api/connection-probes", json={**document, "secret": "wrong-secret"})
    assert (kept.status_code, kept.json()["ok"], kept.json()["problems"]) == (200, True, [])
    assert kept.json()["steps"][-1]["what"] == "Order contract"
    assert (unsaved.status_code, unsaved.json()["ok"]) == (200, False)
    assert unsaved.json()["problems"][0]["code"] == "probe.credentials_refused"
    assert "secret" not in kept.text.replace("the secret", "") + unsaved.text.replace("Enter the secret", "")


async def test_the_api_refuses_an_unsaved_connection_with_all_its_problems(browser: Client) -> None:
    answer = await browser.post("/api/connection-probes", json={"type": "wms", "url": "ftp://x", "odd": 1})
    assert (answer.status_code, len(answer.json()["problems"])) == (422, 2)


async def test_the_api_shows_and_deletes_one_connection(browser: Client) -> None:
    await browser.put("/api/connections/main_wms", json={"type": "wms", "url": "https://a.example.com", "secret": "s3cret"})
    shown = await browser.get("/api/connections/main_wms")
    assert shown.json()["secret"] == {"set": True}
    assert (await browser.delete("/api/connections/main_wms")).status_code == 204
    assert (await browser.get("/api/connections/main_wms")).status_code == 404
    assert (await browser.delete("/api/connections/main_wms")).status_code == 404
    assert (await browser.delete("/api/connections/own_shop")).status_code == 409
