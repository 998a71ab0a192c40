"""Times as text or numbers: reading, writing, adding. Pure: no clock, no locale, and every zone is named."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_NUMERIC: Final = "YmdHMSfz"
_OF_THE_MACHINE: Final = ("localtime", "posixrules", "Factory")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?", re.IGNORECASE
)


def _form(text: str) -> str:
    """Month and day names are refused: they depend on the language of the machine."""
    directives = re.findall(r"%(.?)", text)
    if text == "iso" or text in _UNITS or (directives and all(one and one in _NUMERIC for one in directives)):
        return text
    raise PydanticCustomError("date_form", "write iso, epoch_seconds, epoch_milliseconds or a pattern of %Y %m %d %H %M %S %f %z")


def _zone(name: str) -> str:
    if not _is_public(name):
        raise PydanticCustomError("zone", "write the name of a time zone such as Asia/Shanghai or UTC")
    return name


def _is_public(name: str) -> bool:
    try:
        _zone_info(name)
    except (KeyError, ValueError, OSError):
        return False
    return name not in _OF_THE_MACHINE


Form = Annotated[str, AfterValidator(_form)]
Zone = Annotated[str, AfterValidator(_zone), WithJsonSchema({"type": "string", "format": "time-zone"})]


def read_time(value: Any, form: str, zone: str) -> datetime:
    """An aware time in UTC. A text without an offset was written in the zone. Raises ``ValueError`` or ``OverflowError``."""
    if form in _UNITS:
        return _EPOCH + timedelta(microseconds=int(_number(value) * _UNITS[form]))
    if not isinstance(value, str):
        raise ValueError(form)  # noqa: TRY004 - of the data, not of the program
    text = value.strip()
    found = _from_iso(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added below
    return (found if found.tzinfo else found.replace(tzinfo=_zone_info(zone))).astimezone(UTC)


def add_time(moment: datetime, zone: str, *, days: int = 0, hours: int = 0, minutes: int = 0) -> datetime:
    """Days keep the time of day in the zone, also over a change of clocks; hours and minutes pass as such."""
    moved = (moment.astimezone(_zone_info(zone)) + timedelta(days=days)).astimezone(UTC)
    return moved + timedelta(hours=hours, minutes=minutes)


def write_time(moment: datetime, form: str, zone: str) -> Any:
    """Text, or a whole number for the epoch forms. ``iso`` is always in UTC and has a fraction only where there is one."""
    if form in _UNITS:
        return (moment - _EPOCH) // timedelta(microseconds=_UNITS[form])
    if form == "iso":
        text = moment.astimezone(UTC).isoformat(timespec="microseconds" if moment.microsecond else "seconds")
        return text.replace("+00:00", "Z")
    return _written(moment.astimezone(_zone_info(zone)), form)


@lru_cache(maxsize=64)
def _zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise ValueError(type(value).__name__)  # noqa: TRY004 - of the data, not of the program
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,9})?", value.strip()):
        raise ValueError("epoch")
    return Decimal(value)


def _from_iso(text: str) -> datetime:
    if not _ISO.fullmatch(text):
        raise ValueError("iso")
    return datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))


def _written(moment: datetime, form: str) -> str:
    """As strftime does for numbers, with years of four digits on every system."""
    offset = moment.strftime("%z")
    values = {
        "Y": f"{moment.year:04}", "m": f"{moment.month:02}", "d": f"{moment.day:02}", "H": f"{moment.hour:02}", "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}", "f": f"{moment.microsecond:06}", "z": offset,
    }  # fmt: skip
    return re.sub(r"%(.)", lambda found: values[found[1]], form)
