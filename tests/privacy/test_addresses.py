from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.privacy.classes import Kind
from engine.privacy.masks import mask


@pytest.mark.parametrize(
    ("region", "rest"),
    [
        ("浙江省 杭州市 西湖区", " 示例路1号"),
        ("北京市朝阳区", "建国路88号院5号楼"),
        ("上海上海市浦东新区", "世纪大道100号"),
        ("浙江杭州西湖区", "文三路1号"),
        ("浙江省金华市义乌市", "稠江街道城店南路1号"),
        ("内蒙古自治区锡林郭勒盟锡林浩特市", "团结路2号3室"),
        ("内蒙古赤峰市翁牛特旗", "乌丹镇2号"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市", "解放路12号"),
        ("贵州省黔南布依族苗族自治州三都水族自治县", "三合镇"),
        ("湖北省神农架林区", "松柏镇"),
        ("香港特别行政区油尖旺区", "弥敦道1号"),
        ("江苏省苏州市工业园区", "星湖街328号"),
        ("江苏省南京市鼓楼区", "中山路1号楼2室"),
        ("河北省唐山市路南区", "新华道1号"),
        ("江西省景德镇市昌江区", "瓷都大道1号"),
        ("枣庄市市中区", "龙头路1号"),
        ("广东省东莞市", "厚街镇家具大道3号"),
        ("安徽省宿州市萧县", "工业区5号"),
    ],
)
def test_the_screen_shows_province_city_and_district(region: str, rest: str) -> None:
    assert mask(region + rest, Kind.ADDRESS) == region + "****"


@pytest.mark.parametrize(
    "rest", ["示例路花园小区3栋", "阳光小区3栋2单元101号", "农贸市场5号", "张三超市", "科技园A座", "市民中心", "金色家园3区", "县道12号"]
)
def test_what_only_ends_like_a_region_is_hidden(rest: str) -> None:
    assert mask("浙江省杭州市" + rest, Kind.ADDRESS) == "浙江省杭州市****"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("浙江省杭州市西湖区示例路1号", "浙江省杭州市西湖区示例路1号"),
        ("北京市朝阳区建国路88号院5号楼301", "北京市朝阳区建国路88号****"),
        ("上海市徐汇区示例路100弄2号301室", "上海市徐汇区示例路100弄****"),
        ("江苏省南京市鼓楼区中山路1号楼2室", "江苏省南京市鼓楼区中山路****"),
        ("浙江省杭州市阳光小区3栋2单元101号", "浙江省杭州市****"),
        ("浙江省杭州市西湖区示例路3栋101室", "浙江省杭州市西湖区示例路****"),
        ("北京市东城区建国门外大街甲1号3层", "北京市东城区建国门外大街甲1号****"),
        ("江苏省昆山市玉山镇前进路五号二单元", "江苏省昆山市玉山镇前进路五号****"),
        ("浙江省杭州市西湖区阳光公寓路口5号", "浙江省杭州市西湖区****"),
        ("示例大道5号2单元", "示例大道5号****"),
        ("阳光小区3栋2单元101号", "****"),
    ],
)
def test_a_waybill_shows_street_and_house_number_but_no_unit_or_door(value: str, masked: str) -> None:
    assert mask(value, Kind.ADDRESS, "waybill") == masked


@pytest.mark.parametrize("value", ["123 Main St, Apt 4, Springfield", "示例大道5号", "北京路12号", "somewhere", "星湖街****"])
def test_an_address_without_a_certain_region_is_hidden_whole_on_the_screen(value: str) -> None:
    assert mask(value, Kind.ADDRESS) == "****"


def test_an_address_of_a_region_only_hides_nothing() -> None:
    assert mask("浙江省杭州市西湖区", Kind.ADDRESS) == "浙江省杭州市西湖区"


def test_an_address_that_a_platform_masked_piece_by_piece_stays() -> None:
    assert mask("三**镇振**路***号***室", Kind.ADDRESS) == "三**镇振**路***号***室"


@settings(max_examples=100, deadline=None)
@given(rest=st.text(st.sampled_from("0123456789号室栋单元A-"), min_size=1, max_size=20).filter(lambda text: any(map(str.isdigit, text))))
def test_no_digit_of_a_door_is_ever_shown_on_the_screen(rest: str) -> None:
    assert not any(map(str.isdigit, mask(f"浙江省杭州市西湖区示例路{rest}", Kind.ADDRESS) or ""))
