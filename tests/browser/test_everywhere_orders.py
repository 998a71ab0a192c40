"""Every page of orders, goods and what watches them, in Chinese, every other one in English too, light and dark in turns."""

from __future__ import annotations

import pytest

from tests.browser.everywhere import Opened, cases, must_hold

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


@pytest.mark.parametrize(("name", "language", "scheme"), cases(PAGES))
def test_a_page_holds_what_we_promise(opened: Opened, places: dict[str, str], name: str, language: str, scheme: str) -> None:
    must_hold(opened(language, scheme), name, places[name], language, scheme)
