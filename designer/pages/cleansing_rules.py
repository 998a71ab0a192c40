"""The rules themselves in the browser: by shop, by channel, or for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from designer.pages.cleansing import PATH
from designer.pages.environment import href
from designer.pages.forms import beside
from designer.pages.frame import PageRequest, loom, page, reader_for
from engine.errors import Conflict, InputInvalid, Problem
from engine.order.rules import ShopRules

RULES: Final = f"{PATH}/rules"
ONE: Final = f"{RULES}/one"
FIELDS: Final = ("channel", "shop_id", "order_number", "other_number", "names", "addresses", "other_sku", "money")


@get(RULES, opt={"permission": "rules.read"})
async def list_rules(request: PageRequest, version: FromQuery[int | None] = None, released: FromQuery[int | None] = None) -> Response[str]:
    """Where nobody has written rules, those from the beginning hold for all."""
    _, rules = await loom(request).cleansing.rules()
    has_general = any(not one.channel for one in rules.shops)
    return page(
        request, "cleansing/rules.html", shops=sorted(rules.shops, key=lambda one: (one.channel, one.shop_id)), usual=ShopRules(),
        has_general=has_general, version=version, released=released,
    )  # fmt: skip


@get(ONE, opt={"permission": "rules.read"})
async def show_rule(
    request: PageRequest, channel: FromQuery[str] = "", shop: FromQuery[str] = "", new: FromQuery[str] = ""
) -> Response[str]:
    """``new``: for a place that is still to be named."""
    edited, rules = await loom(request).cleansing.rules()
    own = next((one for one in rules.shops if (one.channel, one.shop_id) == (channel, shop)), None)
    shown = own or ShopRules(channel, shop)
    return await _form(request, shown.document(), edited, is_new=bool(new), kept=own is not None)


@post(ONE, opt={"permission": "rules.write"}, status_code=200)
async def save_rule(request: PageRequest) -> Response[Any]:
    """422 and 409 show the form again. ``delete``: the rules of this place are given up."""
    form: dict[str, str] = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    given, edited, is_new = _given(form), int(form.get("edited") or 0), bool(form.get("new"))
    _, rules = await loom(request).cleansing.rules()
    place = (given["channel"], given["shop_id"])
    others = [one.document() for one in rules.shops if (one.channel, one.shop_id) != place or is_new]
    document = {"shops": others if form.get("delete") else [*others, given]}
    try:
        saved = await loom(request).cleansing.save(document, expected=edited, note=form.get("note", "")[:200], actor=request.state.actor)
    except (InputInvalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return await _form(request, given, edited, is_new=is_new, kept=not is_new, problems=error.problems, status=status)
    path = href(RULES, version=str(saved.version), released=str(saved.released))
    if "hx-request" in request.headers:
        return Response("", headers={"HX-Redirect": path})
    return Response("", status_code=303, headers={"Location": path})


def _given(form: Mapping[str, str]) -> dict[str, Any]:
    text = {name: form.get(name, "").strip() for name in ("channel", "shop_id", "order_number")}
    return {
        **text,
        "other_number": form.get("other_number", "hold"),
        "other_sku": form.get("other_sku", "keep"),
        "names": "names" in form,
        "addresses": "addresses" in form,
        "money": [name for name in ("total", "lines") if f"money.{name}" in form],
    }


async def _form(
    request: PageRequest, given: Mapping[str, Any], edited: int, *, is_new: bool, kept: bool, problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response[str]:  # fmt: skip
    by_field, rest = beside(problems, FIELDS, reader_for(request).language)
    channels = sorted(await loom(request).store.order_counts())
    return page(
        request, "cleansing/rule.html", status=status,
        rule=given, edited=edited, is_new=is_new, kept=kept, faults=by_field, problems=rest, channels=channels,
    )  # fmt: skip


routes = (list_rules, show_rule, save_rule)
