"""Warehouse management systems."""
