"""The rules in force: those of the store, and beside them those that are there from the beginning."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from engine.errors import NotFound, OrderloomError, Problem
from engine.json_text import read_json, write_json
from engine.store.ports import Store
from engine.watch.rule import Rule
from engine.watch.rule_documents import parse_rule, rule_document
from engine.watch.rules import DEFAULTS

log = logging.getLogger("orderloom.watch")


class RuleBook:
    """Call ``refresh`` before use and whenever the store changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, Rule] = {}

    async def refresh(self) -> None:
        """A document that no longer fits its kind is left out, and told of in the log."""
        found: dict[str, Rule] = {}
        for name, document in (await self._store.alarm_rules()).items():
            try:
                found[name] = parse_rule(name, read_json(document))
            except OrderloomError as error:
                log.warning("alarm rule not read", extra={"rule": name, "code": error.problems[0].code})
        self._kept = found

    def rules(self) -> Mapping[str, Rule]:
        """All by name."""
        return dict(sorted({**DEFAULTS, **self._kept}.items()))

    def rule(self, name: str) -> Rule:
        """Raises ``NotFound`` (``alarm_rule.unknown``)."""
        found = self.rules().get(name)
        if found is None:
            raise NotFound(Problem("alarm_rule.unknown", fields={"name": name}))
        return found

    def is_kept(self, name: str) -> bool:
        """Whether a person wrote it."""
        return name in self._kept

    async def put(self, name: str, document: object, *, actor: str) -> Rule:
        """Raises ``InputInvalid`` with all problems."""
        rule = parse_rule(name, document)
        await self._store.save_alarm_rule(name, write_json(rule_document(rule)), actor=actor)
        self._kept[name] = rule
        return rule

    async def remove(self, name: str, *, actor: str) -> None:
        """One of the beginning is then as it was. Raises ``NotFound``."""
        await self._store.delete_alarm_rule(name, actor=actor)
        self._kept.pop(name, None)


def receivers_of(rule: Rule) -> Sequence[str]:
    return tuple(dict.fromkeys(rule.tell))
