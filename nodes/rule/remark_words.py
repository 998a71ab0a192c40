"""What buyers and sellers write where an order is urgent, fragile, … in Chinese (both scripts) and English."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.split(r",\s+", text.strip()))


URGENT: Final = _words("""
    加急, 紧急, 緊急, 特急, 急用, 急需, 急件, 急单, 急單, 急着用, 着急, 著急, 很急, 急, 尽快, 盡快, 赶时间, 趕時間,
    越快越好, 马上发, 马上要, 今天发, 今天必须发, 优先发, 優先, urgent, urgently, asap, as soon as possible, rush, hurry,
    in a hurry, expedite, express please
""")
FRAGILE: Final = _words("""
    易碎, 轻拿轻放, 輕拿輕放, 小心轻放, 防震, 防碎, 怕摔, 怕压, 怕壓, 勿摔, 勿压, 勿壓, 别摔, 别压, 不要摔, 不要压,
    请勿倒置, 勿倒置, 包装结实, 包结实, 多垫, fragile, breakable, handle with care, glassware, do not drop, don't drop,
    this side up
""")
GIFT_MESSAGE: Final = _words("""
    贺卡, 賀卡, 祝福卡, 祝福语, 生日卡, 留言卡, 心意卡, 卡片, 礼品包装, 禮品包裝, 礼盒包装, gift card, greeting card,
    gift message, gift note, gift wrap, gift wrapping, birthday card, card saying
""")
DO_NOT_SHIP: Final = _words("""
    暂不发货, 暫不發貨, 暂缓发货, 暂停发货, 先不发货, 先不要发货, 先别发货, 先别发, 先不发, 先不要发, 别发货, 不要发货,
    不要發貨, 不发货, 不用发货, 勿发货, 停发, 不要发出, 等通知, 等我通知, 等消息再发, 晚点发, 晚几天发, 过几天发, 拍错,
    不要了, 取消订单, do not ship, don't ship, dont ship, do not send, don't send, hold shipment, hold the order,
    hold my order, hold this order, wait for my, cancel my order, cancel the order, cancel this order
""")
INVOICE: Final = _words("""
    发票, 發票, 专票, 专用发票, 普票, 开票, 開票, 抬头, 抬頭, 税号, 稅號, invoice, vat invoice, fapiao, tax receipt
""")
