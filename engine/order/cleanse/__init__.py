"""Cleansing: pure functions that bring a field to one form. Cleaning what is clean changes nothing."""

from __future__ import annotations

from engine.order.cleanse.amounts import clean_money, clean_time
from engine.order.cleanse.codes import clean_order_number, clean_sku
from engine.order.cleanse.phones import clean_phone
from engine.order.cleanse.texts import clean_name, clean_text, half_width_numbers

__all__ = ["clean_money", "clean_name", "clean_order_number", "clean_phone", "clean_sku", "clean_text", "clean_time", "half_width_numbers"]
