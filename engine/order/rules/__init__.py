"""Cleansing rules that people keep: pure decisions over an order, the rules, and the SKU matches that were found for it."""

from __future__ import annotations

from engine.order.rules.applied import AppliedRules, Match, asked_of
from engine.order.rules.changes import Change, apply_changes, value_at
from engine.order.rules.judgement import Judgement, Unmatched, judge
from engine.order.rules.keys import MatchKeys, keys_of, match_key
from engine.order.rules.lines import is_found_by, lacks_a_match
from engine.order.rules.model import CleansingRules, ShopRules, read_rules
from engine.order.rules.similar import Candidate, Known, Suggestions

__all__ = [
    "AppliedRules", "Candidate", "Change", "CleansingRules", "Judgement", "Known", "Match", "MatchKeys", "ShopRules", "Suggestions",
    "Unmatched", "apply_changes", "asked_of", "is_found_by", "judge", "keys_of", "lacks_a_match", "match_key", "read_rules", "value_at",
]  # fmt: skip
