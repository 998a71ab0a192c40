"""Chinese regions in one form: provinces and cities by their full names, and no region twice at the head of an address."""

from __future__ import annotations

from typing import Final

from engine.privacy.cities import CITIES

_MUNICIPALITIES: Final = ("北京", "天津", "上海", "重庆")
_NAMES: Final = "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾"
_OTHERS: Final = {
    "内蒙古": "内蒙古自治区",
    "西藏": "西藏自治区",
    "广西": "广西壮族自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
    "香港": "香港特别行政区",
    "澳门": "澳门特别行政区",
}
_FULL: Final = {**{name: f"{name}市" for name in _MUNICIPALITIES}, **{name: f"{name}省" for name in _NAMES.split()}, **_OTHERS}
_REGIONS: Final = ("province", "city", "district", "town")


def full_province(name: str) -> str:
    """广东 as 广东省, 广西 as 广西壮族自治区; what is no province of China stays."""
    return _FULL.get(name, name)


def full_city(name: str) -> str:
    """深圳 as 深圳市; what is no city of prefecture level stays."""
    return f"{name}市" if f"{name}市" in CITIES or name in _MUNICIPALITIES else name


def without_regions(address: str, regions: dict[str, str]) -> str:
    """The address without the regions that stand in fields of their own: 广东省深圳市南山区科技路1号 with those is 科技路1号.

    An address that is nothing but regions stays as it is.
    """
    left = address
    for name in _REGIONS:
        region = regions.get(name, "")
        for form in (region, next((short for short, full in _FULL.items() if full == region), "")):
            if form and left.startswith(form):
                left = left[len(form) :].lstrip(" ,，·-")
                break
    return left or address
