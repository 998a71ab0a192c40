"""The SKU matching table as a file: CSV in UTF-8 or GBK, or a workbook of Excel; read with Chinese or English heads, written alike."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any, Final, Literal

from engine.errors import InputInvalid, Problem
from engine.hub.sku_rows import COLUMNS, read_rows
from engine.intake.table_rows import encoding_of, read_table
from engine.intake.workbook_rows import read_workbook
from engine.order.rules.keys import folded
from engine.store.ports import NewMatch

Format = Literal["csv", "csv_gbk", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = ("csv", "csv_gbk", "xlsx")
LARGEST: Final = 20 * 1024 * 1024
HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("Channel", "Shop", "Platform SKU", "Title", "Specification", "Our SKU", "Quantity"),
    "zh": ("渠道", "店铺", "平台SKU", "商品标题", "规格", "本公司SKU", "换算数量"),
}
_ALSO: Final[Mapping[str, str]] = {
    "channel": "平台",
    "shop_id": "店铺编号 店铺id shopid",
    "platform_sku": "商家编码 平台编码 sku",
    "title": "标题 商品名称 宝贝标题",
    "spec": "颜色分类 商品规格 spec",
    "sku_code": "skucode 我方sku 系统sku 货号",
    "quantity": "数量 换算 each",
}
_NAMES: Final[Mapping[str, str]] = {
    **{head: name for name, heads in _ALSO.items() for head in heads.split()},
    **{folded(name): name for name in COLUMNS},
    **{folded(head): name for heads in HEADS.values() for head, name in zip(heads, COLUMNS, strict=True)},
}
_FORMULA: Final = ("=", "+", "-", "@")


def read_file(name: str, content: bytes) -> list[NewMatch]:
    """The rows of a file, whose name tells its form. Raises ``InputInvalid`` with every problem: those of ``read_rows``,
    ``sku_match.no_column``, ``input.unknown_format``, ``input.unreadable``, ``input.header_twice``, ``body.too_large``.
    """
    if len(content) > LARGEST:
        raise InputInvalid(Problem("body.too_large", (name,), {"limit": LARGEST}))
    return read_rows(_named(_rows(name, content), name), 2)


def write_file(rows: Iterable[NewMatch], form: Format, language: str) -> bytes:
    """What ``read_file`` reads. GBK leaves nothing out: signs that it lacks are written in GB18030, of which it is a part."""
    table = [list(HEADS.get(language, HEADS["en"])), *(_cells(row) for row in rows)]
    if form == "xlsx":
        return _workbook(table)
    text = StringIO()
    csv.writer(text).writerows([[_safe(cell) for cell in row] for row in table])
    return text.getvalue().encode("gb18030" if form == "csv_gbk" else "utf-8-sig")


def _rows(name: str, content: bytes) -> Iterator[Mapping[str, str]]:
    form = name.lower().rpartition(".")[2]
    if form == "xlsx":
        return read_workbook(BytesIO(content), name)
    if form in ("csv", "txt"):
        return read_table(BytesIO(content), name, encoding_of(BytesIO(content)))
    raise InputInvalid(Problem("input.unknown_format", (name,), {"suffix": f".{form}", "known": (".csv", ".xlsx")}))


def _named(rows: Iterator[Mapping[str, str]], file: str) -> Iterator[Mapping[str, Any]]:
    """The columns by our names; others are left out."""
    for place, row in enumerate(rows):
        named = {known: value for head, value in row.items() if (known := _NAMES.get(folded(head))) is not None}
        if not place:
            _require(named, file)
        yield named


def _require(row: Mapping[str, Any], file: str) -> None:
    missing = [HEADS["zh"][5] + " / " + HEADS["en"][5]] if "sku_code" not in row else []
    if not {"platform_sku", "title"} & row.keys():
        missing.append(f"{HEADS['zh'][2]} / {HEADS['en'][2]}")
    if missing:
        raise InputInvalid(Problem("sku_match.no_column", (file,), {"columns": missing}))


def _cells(row: NewMatch) -> list[str | int]:
    return [row.channel, row.shop_id, row.sku, row.title, row.spec, row.sku_code, row.each]


def _safe(cell: str | int) -> str | int:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _workbook(table: Sequence[Sequence[str | int]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - costs start-up time

    book: Any = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in table:
        sheet.append([_safe(cell) for cell in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
