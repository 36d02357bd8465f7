"""Alerts: raised and called off by whoever notices, told here: grouped, held down, repeated, and well again.

    alerts.raised(tables, now, "disk", Severity.CRITICAL, free=120)     # as long as it lasts, as often as one likes
    alerts.cleared(tables, now, "disk")                                 # the same, when it is well
    alerts.happened(tables, now, "fault:7K2Q", Severity.WARNING, ...)   # an event; told once

The cause is `kind` or `kind:detail`; its sentence is the catalogue's `alert.<kind>` with the given facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.flows import notices, voice
from bot.flows.voice import Voice
from bot.model.alert import Alert, News, Severity, news_of, reminders_due
from bot.model.chat import Phrase, say
from bot.model.document import to_document
from bot.model.kept_facts import kept, told
from bot.model.pacing import QuietHours
from storage.query import where
from storage.tables import Tables

#: What is over stays in the records so long.
REMEMBERED = timedelta(days=30)
#: An event that happens again and again is told so often.
AGAIN = timedelta(hours=1)
#: A message with more alerts would not be read; the others are counted.
MOST_LINES = 8
#: Kinds that the chat cannot be told of while they last; flows.linking tells it when the link is back.
OF_THE_LINK = frozenset({"link", "offline"})
_OPEN = where("ended_at") == None  # noqa: E711 - TinyDB's query syntax


@dataclass(frozen=True)
class Channels:
    """Where alerts go besides the control chat, and when they may."""

    outside: tuple[str, ...] = ()  #: names of the channels of ALERT_URLS
    quiet: QuietHours | None = None  #: what is not critical waits for their end


def raised(tables: Tables, now: datetime, cause: str, severity: Severity, **facts: Any) -> None:
    """Something is wrong, and lasts until `cleared`. Raising again what is known brings its facts up to date."""
    known = _open(tables, cause)
    if known is None:
        tables.alerts.add(Alert(0, cause, cause, severity, now, True, kept(facts)))
        return
    begins_anew = known.told_at is None and known.calm_since is not None
    since = now if begins_anew else min(known.since, now)  # a clock that was set back does not hold it for long
    news = replace(known, severity=severity, since=since, facts=kept(facts), calm_since=None)
    if news != known:
        tables.alerts.save(news)


def cleared(tables: Tables, now: datetime, cause: str) -> None:
    """It is well again; told when it stays so. Clearing what nobody raised is no mistake."""
    known = _open(tables, cause)
    if known is not None and known.lasts and known.calm_since is None:
        tables.alerts.save(replace(known, calm_since=now))


def happened(tables: Tables, now: datetime, cause: str, severity: Severity, **facts: Any) -> None:
    """Something went wrong that does not last: told once, never called off, and not again within the hour."""
    told_lately = (where("cause") == cause) & (where("told_at") > to_document(now - AGAIN))
    if tables.alerts.count(told_lately):
        return
    tables.alerts.add_once(Alert(0, cause, cause, severity, now, False, kept(facts)))


def open_alerts(tables: Tables) -> list[Alert]:
    """What is wrong now, the oldest first; also what is not yet old enough to be told."""
    return [alert for alert in tables.alerts.find(_OPEN, order_by="since") if alert.lasts and not alert.calm_since]


def sentence(alert: Alert, speaker: Voice) -> Phrase:
    """What is wrong, and what to do."""
    key = f"alert.{alert.kind}"
    if speaker.catalogue.has(key, speaker.language):
        return say(key, **told(alert.facts))
    return say("alerts.unnamed", cause=alert.cause)


def tell(tables: Tables, speaker: Voice, channels: Channels, now: datetime) -> None:
    """Tell what there is to tell by now; to be called every few seconds, in a transaction."""
    quiet = channels.quiet is not None and channels.quiet.ends_after(now) > now
    by_news: dict[News, list[Alert]] = {}
    for alert in tables.alerts.find(_OPEN, order_by="since"):
        news = news_of(alert, now)
        if news is not None and not (quiet and alert.severity is Severity.WARNING):
            by_news.setdefault(news, []).append(alert)
    for news, alerts in by_news.items():
        _say(tables, speaker, channels, news, alerts, now)
        for alert in alerts:
            _remember(tables, alert, news, now)
    _forget(tables, now)


def _say(
    tables: Tables, speaker: Voice, channels: Channels, news: News, alerts: Sequence[Alert], now: datetime
) -> None:
    """One message for all that there is of one kind of news."""
    key = f"alert:{news}:{to_document(now)}"
    for channel in channels.outside:
        severity = max((alert.severity for alert in alerts), key=list(Severity).index)
        title, body = _title(speaker, news, alerts), _lines(speaker, news, alerts)
        notices.queue(tables, f"{key}:{channel}", channel, title, body, severity, now)
    for_chat = [alert for alert in alerts if alert.kind not in OF_THE_LINK]
    if for_chat:
        words = f"{_title(speaker, news, for_chat)}\n{_lines(speaker, news, for_chat)}"
        voice.announce(tables, key, words, now)


def _title(speaker: Voice, news: News, alerts: Sequence[Alert]) -> str:
    is_critical = any(alert.severity is Severity.CRITICAL for alert in alerts)
    sign = say("alerts.sign.over" if news is News.OVER else f"alerts.sign.{'critical' if is_critical else 'warning'}")
    return speaker.words([say(f"alerts.{news.value}", sign=sign, count=len(alerts))])


def _lines(speaker: Voice, news: News, alerts: Sequence[Alert]) -> str:
    key = "alerts.line_over" if news is News.OVER else "alerts.line"
    lines = [
        say(key, sentence=sentence(alert, speaker), since=alert.since, until=alert.calm_since or alert.since)
        for alert in alerts[:MOST_LINES]
    ]
    if len(alerts) > MOST_LINES:
        lines.append(say("alerts.more", count=len(alerts) - MOST_LINES))
    return speaker.words(lines)


def _remember(tables: Tables, alert: Alert, news: News, now: datetime) -> None:
    """What was told; what is over gives its cause free, so that it can be raised again."""
    told_at = alert.told_at or now
    if news is News.OVER or not alert.lasts:
        key = f"{alert.cause}|{to_document(alert.since)}"
        tables.alerts.save(replace(alert, key=key, told_at=told_at, ended_at=alert.calm_since or now))
        return
    reminded = replace(alert, told_at=told_at)
    tables.alerts.save(replace(reminded, reminders=reminders_due(reminded, now)))


def _forget(tables: Tables, now: datetime) -> None:
    """What passed before anybody was told, and what is long over."""
    for alert in tables.alerts.find(_OPEN & (where("calm_since") > 0)):
        if alert.told_at is None:
            tables.alerts.remove(alert)
    for alert in tables.alerts.find(where("ended_at") < to_document(now - REMEMBERED)):
        tables.alerts.remove(alert)


def _open(tables: Tables, cause: str) -> Alert | None:
    return tables.alerts.one(where("key") == cause)
