"""The courier as the channel calls it."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, Field, StringConstraints

from engine.sdk import DataClass, Example, FieldClass, Item, NodeError, Params, adds, node

Word = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
_CODES: Final = {"yto": {"taobao": "YTO", "jd": "463"}, "sf": {"taobao": "SF", "jd": "467"}}
_YTO: Final = {"carrier": "yto", "tracking_no": "YT0000000000001"}
_SECOND: Final = {"carrier": "yto", "tracking_no": "YT0000000000002"}
_SF: Final = {"carrier": "sf", "tracking_no": "SF0000000000003"}


class ChannelCourier(Params):
    codes: dict[Word, dict[Word, Word]] = Field(
        min_length=1,
        title="Codes",
        description=(
            "For each courier (sf, yto, zto, sto, yunda, jd, ems, jtexpress, debang, or as the warehouse writes it) "
            "its code at each channel."
        ),
    )


class AtChannel(BaseModel):
    courier: Annotated[str, FieldClass(DataClass.INTERNAL)]
    tracking_no: Annotated[str, FieldClass(DataClass.CONFIDENTIAL)]


@node(
    "rule.channel_courier",
    version=1,
    label="Courier at the channel",
    reads=("channel", "waybills[].carrier", "waybills[].tracking_no"),
    outputs={"out": adds(AtChannel)},
    icon="truck",
    examples=(
        Example(
            {"codes": _CODES},
            [{"channel": "jd", "waybills": [_YTO]}],
            {"out": [{"channel": "jd", "waybills": [_YTO], "courier": "463", "tracking_no": "YT0000000000001"}]},
            title="JD has a number for each courier",
        ),
        Example(
            {"codes": _CODES},
            [{"channel": "jd", "waybills": [_YTO, _SF, _SECOND]}],
            {
                "out": [
                    {
                        "channel": "jd",
                        "waybills": [_YTO, _SF, _SECOND],
                        "courier": "463|467",
                        "tracking_no": "YT0000000000001,YT0000000000002|SF0000000000003",
                    }
                ]
            },
            title="Several parcels at once, by two couriers",
        ),
        Example(
            {"codes": _CODES},
            [{"channel": "pinduoduo", "waybills": [_YTO]}],
            problem="courier.unknown",
            title="Nobody has entered what this channel calls it",
        ),
    ),
)
def channel_courier(item: Item, params: ChannelCourier) -> Item:
    """Puts the channel's own code of the courier into `courier` and the waybill number into `tracking_no`, both from `waybills`.

    Several numbers of one courier are parted by commas, couriers by bars, as JD takes them. A courier without a code for the channel is a
    problem: enter it, then resume.
    """
    channel = str(item.get("channel") or "")
    numbers: dict[str, list[str]] = {}
    for waybill in _waybills(item.get("waybills")):
        numbers.setdefault(_code(params, channel, str(waybill.get("carrier") or "")), []).append(str(waybill.get("tracking_no") or ""))
    return {**item, "courier": "|".join(numbers), "tracking_no": "|".join(",".join(some) for some in numbers.values())}


def _code(params: ChannelCourier, channel: str, courier: str) -> str:
    code = params.codes.get(courier, {}).get(channel)
    if code is None:
        raise NodeError("courier.unknown", "codes", courier=courier or "–", channel=channel or "–")
    return code


def _waybills(value: Any) -> list[Item]:
    found = [cast("Item", one) for one in cast("list[Any]", value) if isinstance(one, dict)] if isinstance(value, list) else []
    if not found:
        raise NodeError("shipment.incomplete", "waybills", field="waybills")
    return found
