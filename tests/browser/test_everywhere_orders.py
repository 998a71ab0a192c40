"""Every page of orders, goods and what watches them, in Chinese, every other one in English too, light and dark in turns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Demo
from tests.browser.everywhere import Opened, cases, examined, newcomers, told
from tests.browser.prepared import places_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "demo": "/demo",
    "alarms": "/alarms?show=all",
    "alarm_rules": "/alarms/rules",
    "alarm_rule": "/alarms/rules/delay_over_5_s",
    "delays": "/delays",
    "contracts": "/contracts",
    "contract": "/contracts/own_shop.order",
    "form_change": "/contracts/changes/{form_change}",
    "order_path": "/order-path",
    "present_way": "/order-path/present",
    "stuck": "/stuck",
    "expected_times": "/stuck/times",
    "orders": "/orders",
    "order": "/orders/one?{order}",
    "calls": "/calls",
    "call": "/calls/{call}",
    "reconciliation": "/reconciliation",
    "reconciled": "/reconciliation/{day}",
    "version": "/orders/versions/{version}",
    "stock": "/stock",
    "sku": "/stock/one?sku=CUP-01",
    "parcels": "/parcels",
    "parcel": "/parcels/{parcel}",
    "holds": "/holds",
    "cleansing": "/cleansing",
    "cleansing_table": "/cleansing/table",
    "cleansing_rules": "/cleansing/rules",
    "cleansing_rule": "/cleansing/rules/one?new=yes",
    "cleansing_trial": "/cleansing/trial?{order}",
    "cleansing_versions": "/cleansing/versions",
}


@pytest.fixture(scope="module")
def places(browser: Browser, demo: Demo) -> dict[str, str]:
    return places_of(browser, demo, PAGES)


@pytest.fixture
def opened(browser: Browser, demo: Demo) -> Iterator[Opened]:
    with newcomers(browser, demo) as fresh:
        yield fresh


@pytest.mark.parametrize(("name", "language", "scheme"), cases(PAGES))
def test_a_page_holds_what_we_promise(opened: Opened, places: dict[str, str], name: str, language: str, scheme: str) -> None:
    page = opened(language, scheme)
    complaints = examined(page, name, places[name], language, scheme)
    if complaints:
        pytest.fail(told(page, complaints), pytrace=False)
