"""CEL, the Common Expression Language, compiled to Python: the only place of the engine that knows it."""

from __future__ import annotations

from engine.expression.errors import ExpressionError
from engine.expression.expression import VARIABLES, Expression
from engine.expression.json_values import to_json_value
from engine.expression.money_value import MoneyValue

__all__ = ["VARIABLES", "Expression", "ExpressionError", "MoneyValue", "to_json_value"]
