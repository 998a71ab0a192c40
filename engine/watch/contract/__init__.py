"""The contract watch: what channels send beside what was declared and what was seen before; each change with the flows that it touches.

Pure: ``shape``, ``profile``, ``findings``, ``renames``, ``touches``, ``classes``, ``places``, ``breaker``.
``keeper`` looks again and again.
"""
