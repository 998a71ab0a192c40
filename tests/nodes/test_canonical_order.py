from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from engine.order.model import CanonicalOrder
from engine.privacy.classes import DataClass
from engine.sdk import ORDER, Scope
from nodes.connector.channels import CANONICAL
from nodes.connector.samples import sample
from nodes.transform.canonical_order import CanonicalOrderParams, canonical_order


def run(item: dict[str, Any], scope: Scope | None = None, **params: Any) -> dict[str, Any]:
    return canonical_order.function(item, CanonicalOrderParams(**params), scope or Scope())


@pytest.mark.parametrize("channel", CANONICAL)
def test_the_sample_beside_each_channel_is_canonical(channel: str) -> None:
    CanonicalOrder.model_validate(sample(channel, "sample_order"))
    assert run(sample(channel), channel=channel) == sample(channel, "sample_order")


def test_the_shop_is_the_parameter_s_then_the_order_s_then_the_event_s() -> None:
    scope = Scope(event={"shop_id": "fixture.myshopify.com"})
    assert run(sample("shopify"), scope, channel="shopify")["shop_id"] == "fixture.myshopify.com"
    assert run(sample("taobao"), scope, channel="taobao")["shop_id"] == "示例家居旗舰店"
    assert run(sample("taobao"), scope, channel="taobao", shop_id="S1")["shop_id"] == "S1"


def test_a_channel_that_nobody_maps_is_refused() -> None:
    with pytest.raises(ValidationError):
        CanonicalOrderParams(channel="carrier_pigeon")  # type: ignore[arg-type]


def test_every_channel_on_offer_has_a_mapping() -> None:
    assert set(canonical_order.params_schema["properties"]["channel"]["enum"]) == set(CANONICAL)


def test_the_port_declares_the_class_of_each_field() -> None:
    effect = canonical_order.ports["out"].effect
    assert (effect.type, effect.fields["receiver.phone"].data_class) == (ORDER, DataClass.RESTRICTED)
