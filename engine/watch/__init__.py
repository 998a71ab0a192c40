"""Watching: what is noticed by itself, and who is told. Decisions are pure (``judge``, ``meters``, ``clock``, ``hours``, ``sketch``).

``ears`` notes what live runs do, ``delays`` adds it up by minute, ``watcher`` looks, raises and ends alarms, ``sender`` tells people.
"""
