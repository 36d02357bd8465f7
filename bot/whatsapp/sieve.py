"""Lets through what concerns the bot; what does not is never written down, and soon forgotten.

What was held back stays in memory for a short while: a contact may be registered just after they posted, and what
arrives while a change of scope is on its way is not to be lost.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.model.event import AddressLearned, DirectSeen, Event, MessageSeen, PhoneSeen, ReceiptSeen, Scope
from bot.model.identity import Jid
from bot.model.watched import Watched
from bot.model.words import is_own_word, names_group

#: How long, and how many at most, what was held back can still be asked for.
HELD_FOR, MOST_HELD = timedelta(minutes=10), 256


@dataclass(frozen=True)
class _Held:
    until: float  #: seconds of the monotonic clock
    message: MessageSeen


class Sieve:
    """Any thread may use it. Until it is told whom to watch it lets everything through but groups."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._watched: Watched | None = None
        self._held: deque[_Held] = deque(maxlen=MOST_HELD)
        self._lock = threading.Lock()

    def sift(self, event: Event, owns: Callable[[Jid], bool]) -> Event | None:
        """The event as it may be written down; None when it concerns nobody whom the bot listens to.

        `owns` tells the linked account's own addresses.
        """
        with self._lock:
            match event:
                case MessageSeen():
                    return self._message(event)
                case ReceiptSeen(chat=chat, reader=reader):
                    return event if self._concerns(chat, reader) or owns(chat) else None
                case AddressLearned(phone=phone, lid=lid):
                    return event if self._concerns(phone, lid) else None
                case PhoneSeen():
                    return event
                case DirectSeen():
                    raise AssertionError("made here, of messages")

    def watch(self, watched: Watched) -> list[MessageSeen]:
        """Whom to listen to from now on; what was held back and is wanted now."""
        with self._lock:
            self._watched = watched
            now = self._monotonic()
            alive = [held for held in self._held if held.until > now]
            wanted = [held.message for held in alive if self._is_wanted(held.message, watched)]
            self._held = deque((each for each in alive if each.message not in wanted), maxlen=MOST_HELD)
            return wanted

    def _message(self, message: MessageSeen) -> Event | None:
        if self._is_wanted(message, self._watched):
            return message
        if message.scope is Scope.DIRECT and not is_own_word(message):
            return _without_content(message) if self._concerns(*_other_side(message)) else None
        may_matter = not message.from_me
        if message.scope is Scope.GROUP:  # what is said before a group is named is no order
            may_matter = self._watched is None
        if may_matter:
            self._held.append(_Held(self._monotonic() + HELD_FOR.total_seconds(), message))
        return None

    @staticmethod
    def _is_wanted(message: MessageSeen, watched: Watched | None) -> bool:
        """The owner's private conversations are none of our business, nor are strangers."""
        match message.scope:
            case Scope.SELF:
                return True
            case Scope.STATUS:
                return not message.from_me and (watched is None or watched.looks_at(message.authors))
            case Scope.DIRECT:
                return is_own_word(message) and (watched is None or watched.listens_to(message.authors))
            case Scope.GROUP:
                return names_group(message) or (watched is not None and str(message.chat) in watched.groups)

    def _concerns(self, *people: Jid) -> bool:
        """Whether one of them may be a contact, or a control group."""
        watched = self._watched
        if watched is None:
            return True
        return any(watched.listens_to([jid]) or str(jid) in watched.groups for jid in people)


def _other_side(message: MessageSeen) -> tuple[Jid, ...]:
    return (message.chat,) if message.from_me else message.authors


def _without_content(seen: MessageSeen) -> DirectSeen:
    """That somebody wrote: a contact who answers gets no more reminders, and has not blocked us."""
    return DirectSeen(seen.id, seen.author, seen.author_alt, seen.from_me, seen.sent_at)
