"""How much of a Chinese address is its administrative region: province, city, and district or county.

Without a table of all names the suffixes decide (省, 市, 自治州, 区, 县, 旗 …); what merely ends like a region
(小区, 超市, 县道 …) is refused, because what this finds is shown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from engine.privacy.cities import CITIES

_GAP: Final = r"[\s,，·\-]*"
_COUNTRY: Final = r"(?:中国|中华人民共和国)?"
_WHOLE: Final = (
    r"(?:北京|天津|上海|重庆)市|(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾)省"
    r"|(?:内蒙古|西藏)自治区|广西壮族自治区|宁夏回族自治区|新疆维吾尔自治区|(?:香港|澳门)特别行政区"
)
_SHORT: Final = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
    "|内蒙古|西藏|广西|宁夏|新疆|香港|澳门"
)
_CHAR: Final = "(?:(?![路街巷弄号村镇楼栋幢座室层园苑寓校厂院区县])[\u3400-\u9fff])"
_FIRST: Final = f"(?:镇|{_CHAR})"
_TOWN: Final = r"市(?<!超市)(?<!门市)(?<!夜市)(?<!集市)(?<!菜市)(?![场民政集区口])"
_NOT_DISTRICTS: Final = "生活 家属 宿舍 别墅 住宅 工业 商业 服务 办公"
_DISTRICT_END: Final = "区(?<![小社校厂院景片库营军街园]区)" + "".join(f"(?<!{one}区)" for one in _NOT_DISTRICTS.split()) + "(?![域间块内])"
_COUNTY_END: Final = "县(?![道城府委医])"
_CITY: Final = f"市辖区|景德镇市|桃园市|{_FIRST}{_CHAR}{{1,13}}?自治州|{_FIRST}{_CHAR}{{1,3}}地区|{_FIRST}{_CHAR}{{0,3}}?{_TOWN}"
_DISTRICT: Final = (
    "路[南北桥]区|[鼓钟]楼区|岳阳楼区|(?:苏州)?工业园区|神农架林区"
    f"|{_FIRST}{_CHAR}{{1,14}}?自治[县旗]|{_FIRST}{_CHAR}{{1,7}}?族区|{_CHAR}{{0,3}}(?:经济技术|高新技术产业|高新技术|经济)开发区"
    f"|{_FIRST}{_CHAR}{{0,4}}?(?:{_DISTRICT_END}|{_COUNTY_END}|{_TOWN})"
)
_STEPPE_CITY: Final = f"{_FIRST}{_CHAR}{{1,3}}盟"
_BANNER: Final = f"{_FIRST}{_CHAR}{{1,8}}旗(?!区)"

_REGION: Final = (
    rf"\s*{_COUNTRY}{_GAP}(?:(?P<whole>{_WHOLE})|(?P<short>{_SHORT}))?"
    rf"(?:{_GAP}(?P<city>{_CITY}))?(?:{_GAP}(?P<district>{_DISTRICT}))?"
)
_STEPPE: Final = (
    rf"\s*{_COUNTRY}{_GAP}(?:(?P<whole>内蒙古自治区)|(?P<short>内蒙古))"
    rf"{_GAP}(?P<city>{_CITY}|{_STEPPE_CITY})(?:{_GAP}(?P<district>{_BANNER}|{_DISTRICT}))?"
)


def region_length(address: str) -> int:
    """How many characters at the start of an address name its region; 0 where none is recognised for certain.

    Certain are: a province by its full name, a short one (``浙江``) followed by a city or district, a city followed by a district,
    and a city of prefecture level by its name.
    """
    found = (_compiled(_STEPPE).match(address) if "内蒙古" in address[:12] else None) or _compiled(_REGION).match(address)
    if found is None:
        return 0
    smaller = bool(found["city"]) + bool(found["district"])
    certain = found["whole"] or (found["short"] and smaller) or smaller == 2 or found["city"] in CITIES
    return found.end() if certain else 0


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Only when an address is looked at: these two take longer to compile than many a module to load."""
    return re.compile(pattern)
