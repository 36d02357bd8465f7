"""The facts of a sentence as JSON, and back: moments, spans and sentences inside it keep what they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.model.chat import Phrase
from bot.model.document import from_document, to_document

_SAY, _FACTS, _MOMENT, _SPAN = "say", "facts", "moment", "span"


def kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _keep(fact) for name, fact in facts.items()}


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tell(fact) for name, fact in facts.items()}


def _keep(fact: Any) -> Any:
    match fact:
        case Phrase():
            return {_SAY: fact.key, _FACTS: kept(fact.facts)}
        case datetime():
            return {_MOMENT: to_document(fact)}
        case timedelta():
            return {_SPAN: to_document(fact)}
        case tuple() | list():
            return [_keep(each) for each in fact]
        case _:
            return fact


def _tell(fact: Any) -> Any:
    if isinstance(fact, list):
        return tuple(_tell(each) for each in fact)
    if not isinstance(fact, dict):
        return fact
    if _SAY in fact:
        return Phrase(fact[_SAY], told(fact[_FACTS]))
    return from_document(datetime, fact[_MOMENT]) if _MOMENT in fact else from_document(timedelta, fact[_SPAN])
