"""Kuaidi100: where parcels of many couriers are."""
