"""The fields of the own shop's contract, from its declared form, so that any other is drift; network fields are never taken over."""

from __future__ import annotations

from typing import Final

from nodes.connector.samples import properties_of

ENVELOPE_FIELDS: Final = properties_of("own_shop")
ORDER_FIELDS: Final = properties_of("own_shop", "$defs", "order")
AMOUNT_FIELDS: Final = properties_of("own_shop", "$defs", "amounts")
ADDRESS_FIELDS: Final = properties_of("own_shop", "$defs", "order", "properties", "receiver")
LINE_FIELDS: Final = properties_of("own_shop", "$defs", "line")
