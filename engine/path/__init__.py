"""The path of an order, from placing to delivery: as the published flows take it, and as people go it by hand.

``trace`` reads the flows, ``present`` is what people draw, ``times`` says how long each stage may take, ``stuck`` which orders are late.
"""
