"""Order from rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import (
    ORDER,
    CanonicalOrder,
    Example,
    Item,
    Made,
    NodeError,
    Order,
    OrderStatus,
    Params,
    PlainPath,
    Problem,
    allocate,
    amounts,
    batch_node,
    finish,
    hold_amount_mismatch,
    hold_missing_address,
    hold_unmapped_skus,
    money_text,
    parse_money,
    receiver,
    replaces,
    sum_money,
)
from nodes.connector.arrivals import ChannelName
from nodes.connector.samples import sample
from nodes.transform.row_fields import LINE_FIELDS, ORDER_FIELDS, Unit
from nodes.transform.row_mapping import Rows, amounts_read, inner_rows, times_read

NEEDED: Final = ("channel_order_id", "amount.paid")
Column = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
_PAID: Final[Mapping[str, str]] = {"pending_payment": "unpaid", "closed_refunded": "refunded"}


def _known(field: str, known: Sequence[str]) -> str:
    if field in known:
        return field
    problem = Problem("mapping.unknown_field", (), {"field": field[:60], "known": list(known)})
    raise PydanticCustomError("orderloom", "{what}", {"what": problem.code, "problem": problem})


OrderField = Annotated[str, AfterValidator(lambda field: _known(field, ORDER_FIELDS))]
LineField = Annotated[str, AfterValidator(lambda field: _known(field, LINE_FIELDS))]


class OrderFromRows(Params):
    channel: ChannelName = Field(default="own_shop", title="Channel", description="The name under which these orders are known.")
    shop_id: str = Field(default="", max_length=200, title="Shop", description="The shop's id, where no column tells it.")
    order: dict[OrderField, Column] = Field(
        title="Order fields", description="Which field of the order comes from which column. Order number and amount paid are needed."
    )
    lines: dict[LineField, Column] = Field(
        title="Line fields", description="The same for the lines: every row of an order is a line. The quantity is needed."
    )
    lines_in: PlainPath | None = Field(
        default=None, title="Lines inside", description="Where one row holds all lines as a list: the field of that list."
    )
    statuses: dict[Column, OrderStatus] = Field(
        default_factory=dict[str, OrderStatus],
        title="States",
        description="Which state each word in the state's column means. Other words hold the order.",
    )
    status: OrderStatus = Field(
        default="awaiting_fulfillment", title="State otherwise", description="The state of all orders, where no column tells it."
    )
    currency: str = Field(
        default="CNY", pattern="^[A-Z]{3}$", title="Currency", description="The currency (ISO 4217), where no column tells it."
    )
    unit: Unit = Field(
        default="whole",
        title="Amounts in",
        description="whole: 12.50 yuan; smallest: 1250 fen.",
        json_schema_extra={"enumTitles": {"whole": "whole units", "smallest": "smallest units"}},
    )
    zone: str = Field(
        default="Asia/Shanghai",
        max_length=60,
        title="Time zone",
        description="Of times without one: +08:00, or a name such as Asia/Shanghai.",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = [name for name in NEEDED if name not in self.order]
        missing += ["lines[].qty"] if "qty" not in self.lines else []
        if missing:
            problem = Problem("mapping.missing", (), {"fields": missing})
            raise PydanticCustomError("orderloom", "{what}", {"what": problem.code, "problem": problem})
        return self


_ORDER_COLUMNS: Final = {"channel_order_id": "订单编号", "status": "状态", "created_at": "下单时间", "amount.paid": "实付金额"}
_TO: Final = {"receiver.name": "收货人", "receiver.phone": "电话", "receiver.address": "地址"}
_LINES: Final = {"sku_code": "货号", "title": "商品", "qty": "数量", "unit_price": "单价"}
_STATES: Final = {"已付款": "awaiting_fulfillment"}
_SAMPLE: Final = {"order": {**_ORDER_COLUMNS, **_TO}, "lines": _LINES, "statuses": _STATES}
_ROWS: Final[list[Item]] = sample("database", "sample_rows")["rows"]


@batch_node(
    "transform.order_from_rows",
    version=1,
    label="Order from rows",
    reads=("*",),
    outputs={"out": replaces(CanonicalOrder, ORDER)},
    icon="file-spreadsheet",
    examples=(
        Example(_SAMPLE, _ROWS, {"out": [sample("database", "sample_order")]}, title="Two rows of a Chinese file are one order"),
        Example(
            {**_SAMPLE, "order": {**_ORDER_COLUMNS, "status": "状态"}, "lines": {"qty": "数量"}, "statuses": {"新": "paid_hold"}},
            [{"订单编号": "1", "下单时间": "昨天", "实付金额": "十元", "数量": "若干"}],
            problem="mapping.no_column",
            title="A column that the file does not have",
        ),
        Example(
            _SAMPLE,
            [{**_ROWS[0], "实付金额": "十元", "数量": "若干"}],
            problem="mapping.unreadable",
            title="Cells that cannot be read are named all at once",
        ),
    ),
)
def order_from_rows(items: Sequence[Item], params: OrderFromRows) -> Iterator[Made]:
    """Makes canonical orders of the rows of a table or a file: the rows of one order number are one order with its lines.

    Amounts may carry signs, separators and full-width digits; times may be written in Chinese. A word in the state's column that no
    entry of the table explains makes the state `unknown`, which is held. Sums that do not add up, a line without SKU and a missing
    address are noted in `hold_reasons`. Where rows of one order say different things, the first counts and it is noted.
    """
    by_number: dict[str, list[int]] = {}
    for position, item in enumerate(items):
        number = Rows([item], params.order, params.currency, params.zone, params.unit).text("channel_order_id")
        by_number.setdefault(number or "", []).append(position)
    for number, positions in by_number.items():
        yield Made(_order(number, [items[position] for position in positions], params), tuple(positions))


def _order(number: str, items: Sequence[Item], params: OrderFromRows) -> Order:
    rows = Rows(items, params.order, params.currency, params.zone, params.unit)
    inner = inner_rows(items, params.lines_in)
    missing = rows.missing_columns(inner or items, params.lines if inner else {})
    if missing:
        raise NodeError("mapping.no_column", columns=missing, known=sorted({str(name) for item in items for name in item})[:50])
    money, lines, times = amounts_read(rows), rows.lines(inner, params.lines), times_read(rows)
    _require(rows.text("channel_order_id"), money["paid"], lines, rows)
    status = _status(rows, params)
    order = _assembled(number, rows, money, lines, times, status, params)
    hold_unmapped_skus(order["lines"], rows.findings)
    hold_missing_address(order, rows.findings)
    return finish(order, rows.findings, list(items))


def _require(number: str | None, paid: Decimal | None, lines: Sequence[Mapping[str, Any]], rows: Rows) -> None:
    """Raises ``NodeError`` with every fault (``mapping.unreadable``), or with what no row tells (``mapping.empty``)."""
    if rows.faults:
        fields = [f"{field} ({code})" for field, code in rows.faults]
        raise NodeError("mapping.unreadable", fields=fields)
    told = {"channel_order_id": number, "amount.paid": paid, "lines": lines}
    empty = [name for name, value in told.items() if value in (None, "", [])]
    empty += ["lines[].qty"] if any(line["qty"] is None for line in lines) else []
    if empty:
        raise NodeError("mapping.empty", fields=empty)


def _status(rows: Rows, params: OrderFromRows) -> str:
    if "status" not in params.order:
        return params.status
    word = rows.text("status")
    if word in params.statuses:
        return params.statuses[word]
    rows.findings.unmapped(params.order["status"], word)
    return "unknown"


def _assembled(
    number: str, rows: Rows, money: dict[str, Decimal | None], lines: list[dict[str, Any]], times: Mapping[str, str | None], status: str,
    params: OrderFromRows,
) -> Order:  # fmt: skip
    payment = _PAID.get(status, "paid")
    texts = {name: rows.text(name) for name in ORDER_FIELDS if "." in name and not name.startswith("amount.")}
    canonical_lines = _lines(rows, money, lines, status, payment)
    return {
        "order_id": None,
        "channel": params.channel,
        "shop_id": rows.text("shop_id") or params.shop_id or None,
        "channel_order_id": number,
        "display_no": rows.text("display_no") or number,
        "parent_channel_order_id": rows.text("parent_channel_order_id"),
        "status": status,
        "payment_status": payment,
        "refund_status": "none",
        **times,
        "currency": rows.currency,
        "amount": amounts(rows.currency, **money),
        "presentment": None,
        "buyer": {name: texts[f"buyer.{name}"] for name in ("ref", "nick", "email")},
        "receiver": receiver(**{name.partition(".")[2]: text for name, text in texts.items() if name.startswith("receiver.")}),
        "lines": canonical_lines,
        "note": {"buyer": texts["note.buyer"], "seller": texts["note.seller"], "flag": None},
        "invoice": {"title": texts["invoice.title"], "tax_no": texts["invoice.tax_no"]},
        "logistics": {"carrier": texts["logistics.carrier"], "tracking_no": texts["logistics.tracking_no"]},
    }


def _lines(rows: Rows, money: dict[str, Decimal | None], lines: list[dict[str, Any]], status: str, payment: str) -> list[dict[str, Any]]:
    """Sums that do not add up hold the order; goods that no column tells are the sum of the lines."""
    currency, prices = rows.currency, _prices(lines, rows.currency)
    if prices is not None:
        totals = [price * quantity for price, quantity in prices]
        money["items"] = sum_money(totals) if money["items"] is None else money["items"]
        hold_amount_mismatch(prices, money["items"], rows.findings)
    discount = (money["discount_seller"] or 0) + (money["discount_platform"] or 0)
    if money["items"] is not None and money["paid"] is not None:
        due = money["items"] - discount + (money["shipping"] or 0) + (money["tax"] or 0)
        if due != money["paid"] and not (payment == "unpaid" and not money["paid"]):
            rows.findings.hold("amount_mismatch")
    shares = None
    if prices is not None:
        totals = [price * quantity for price, quantity in prices]
        shares = [total - share for total, share in zip(totals, allocate(Decimal(discount), totals, currency), strict=True)]
    return [
        _line(line, number, status, None if shares is None else money_text(shares[number], currency)) for number, line in enumerate(lines)
    ]


def _prices(lines: Sequence[Mapping[str, Any]], currency: str) -> list[tuple[Decimal, int]] | None:
    """``None`` unless every line has a price."""
    if any(line["unit_price"] is None for line in lines):
        return None
    return [(parse_money(line["unit_price"], currency), line["qty"]) for line in lines]


def _line(line: Mapping[str, Any], number: int, status: str, share: str | None) -> dict[str, Any]:
    made = {name: line[name] for name in ("sku_code", "title", "spec", "qty", "unit_price")}
    named = {"platform_sku": line["platform_sku"]} if line["platform_sku"] else {}
    return {
        "channel_line_id": line["channel_line_id"] or str(number + 1),
        **made,
        "paid_share": line["paid_share"] if line["paid_share"] is not None else share,
        "refund_status": "none",
        "status": status,
        "is_gift": False,
        **named,
    }
