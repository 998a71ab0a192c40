"""What remarks ask for, and what they say is not wanted; in Chinese and English, in any width."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.rule.read_remarks import read_remarks
from nodes.rule.remark_meaning import meant
from nodes.rule.remark_words import DO_NOT_SHIP, FRAGILE, GIFT_MESSAGE, INVOICE, URGENT

SAID: dict[str, tuple[tuple[str, ...], dict[str, bool | None]]] = {
    "urgent": (
        URGENT,
        {
            "麻烦加急": True,
            "急急急！": True,
            "不急": False,
            "不要急": False,
            "不着急，慢慢来": False,
            "不用太着急": False,
            "不用加急": False,
            "别急": False,
            "别着急发": False,
            "加急！不要发票": True,
            "加急不要发票": True,
            "不要发票 加急": True,
            "急用，不要发邮政": True,
            "应急灯两个": None,
            "请尽快发货": True,
            "no rush": False,
            "No need to hurry": False,
            "not urgent": False,
            "It's not very urgent, thanks": False,
            "URGENT!!!": True,
            "ｕｒｇｅｎｔ": True,
            "please send asap": True,
            "brush set": None,
            "非急单": False,
            "急不得不急": True,
            "没那么急": False,
            "不 急": False,
            "不得不加急": True,
            "this isn't urgent": False,
            "not urgent but asap please": True,
            "加急不用了": False,
            "不要忘了加急": True,
            "客户说不急了": False,
            "": None,
            "尽快，不急也行": True,
            "麻烦快点，急！！": True,
            "着急用": True,
            "无需加急处理": False,
            "rush hour": None,
        },
    ),
    "invoice": (
        INVOICE,
        {
            "需要开发票": True,
            "不要发票": False,
            "发票不用开了": False,
            "发票不要": False,
            "不需要开发票": False,
            "不用开票": False,
            "不要忘记开发票": True,
            "别忘了发票": True,
            "请开专用发票，抬头示例公司": True,
            "no invoice needed": False,
            "invoice not needed": False,
            "don't need an invoice": False,
            "please include the invoice": True,
            "please do not forget the invoice": True,
            "without invoice": False,
            "Invoice is not required.": False,
            "invoices please": None,
            "发票夹": None,
            "不要纸质发票": True,
            "无需提供发票": False,
        },
    ),
    "hold": (
        DO_NOT_SHIP,
        {
            "先别发货，等我通知": True,
            "请暂不发货": True,
            "不要发货": True,
            "请不要发货！": True,
            "Do not ship until Monday": True,
            "不要暂停发货": False,
            "please don’t ship": True,
            "不要发邮政": None,
            "hold the order": True,
        },
    ),
    "fragile": (
        FRAGILE,
        {
            "易碎品，轻拿轻放": True,
            "不易碎": False,
            "不是易碎品": False,
            "非易碎品": False,
            "not fragile": False,
            "non-fragile": False,
            "不要摔": True,
            "易碎不要压": True,
            "fragile, do not drop": True,
        },
    ),
    "gift": (
        GIFT_MESSAGE,
        {
            "放一张贺卡：生日快乐": True,
            "不要放贺卡": False,
            "贺卡就不放了": False,
            "贺卡不要了": False,
            "no gift card please": False,
            "gift message: Happy Birthday": True,
            "别放贺卡": False,
            "不写贺卡": False,
        },
    ),
}


@pytest.mark.parametrize("tag", SAID)
def test_a_remark_means_what_people_mean_by_it(tag: str) -> None:
    words, said = SAID[tag]
    assert {text: meant(text, words) for text in said} == said


def read(buyer: str | None, seller: str | None = None, order: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    item = {"channel_order_id": "A1", "note": {"buyer": buyer, "seller": seller}, **(order or {})}
    return read_remarks.function(item, read_remarks.params.model_validate(params))


def test_several_things_in_one_remark_are_all_found() -> None:
    made = read("加急！玻璃易碎，放张贺卡，要发票，等我通知再发")
    assert made["tags"] == ["urgent", "fragile", "gift_message", "do_not_ship", "invoice"]
    assert (made["priority"], made["hold_reasons"]) == ("high", ["remark_review"])


def test_the_seller_has_the_last_word_either_way() -> None:
    assert read("加急", "客户说不急了")["tags"] == []
    assert read("不急", "客户来电：加急")["tags"] == ["urgent"]
    assert read("加急", "已电话确认地址")["tags"] == ["urgent"]


def test_what_the_order_has_already_stays() -> None:
    had = {"tags": ["vip"], "priority": "high", "hold_reasons": ["amount_mismatch"]}
    made = read("别发货", None, had)
    assert made["tags"] == ["vip", "do_not_ship"]
    assert made["hold_reasons"] == ["amount_mismatch", "remark_review"]
    assert read("", None, had)["priority"] == "high"


@pytest.mark.parametrize("note", [None, {}, {"buyer": None}, {"buyer": 5}, "加急"])
def test_an_order_without_remarks_has_no_wishes(note: Any) -> None:
    made = read_remarks.function({"note": note}, read_remarks.params())
    assert (made["tags"], made["priority"], made["hold_reasons"]) == ([], "normal", [])


def test_words_of_ones_own_replace_the_usual_ones() -> None:
    mine = [{"tag": "cold", "words": ["冷藏", "Keep Cool"], "hold": "remark_review"}]
    assert read("请 KEEP  cool，加急", remarks=mine)["tags"] == ["cold"]
    assert read("不用冷藏", remarks=mine)["hold_reasons"] == []


def test_a_long_remark_is_read_in_time_that_grows_with_its_length() -> None:
    assert meant("不" * 20_000 + "的" * 20_000, URGENT) is None
    assert meant("no need " * 5_000 + "urgent", URGENT) is False
