"""Why a message did not go out: stable words, and which of them trying again cannot help."""

from __future__ import annotations

from enum import StrEnum

#: Before the name of the limit that a waiting message is over.
RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"


class Failure(StrEnum):
    """The word before the colon of an outbox row's `failure`; catalogue key below `failure.`."""

    # Ours: a rule says no.
    NO_CONSENT = "no_consent"  #: no contact, or one who left
    BLACKLISTED = "blacklisted"
    SEQUENCE_OVER = "sequence_over"  #: the reminder is no longer called for: complied, answered, left
    DONE_TODAY = "done_today"  #: the reminder is not called for today; the next one may be
    SEQUENCE_PAUSED = "sequence_paused"  #: waits until the sequence goes on
    PUBLISHING_OFF = "publishing_off"  #: own statuses were switched off while it waited
    CLEARED = "cleared"  #: the owner emptied the queue
    NO_FILE = "no_file"  #: the picture or document is no longer there
    FAULT = "fault"  #: a bug; its reference stands behind the colon

    # WhatsApp's, for good.
    NOT_ON_WHATSAPP = "not_on_whatsapp"
    REACH_OUT_LIMIT = "reach_out_limit"  #: 463: this account has written to too many people who do not know it
    BAD_ADDRESS = "bad_address"  #: 479

    # WhatsApp's, passing.
    TOO_FAST = "too_fast"  #: 429
    SERVER = "server"  #: any other answer of the server
    MEDIA_SERVER = "media_server"
    NOT_CONNECTED = "not_connected"
    FAILED = "failed"  #: the WhatsApp process could not do it

    # Sent or not: in doubt.
    NO_ANSWER = "no_answer"  #: WhatsApp did not confirm it in time
    DEADLINE = "deadline"  #: the WhatsApp process hung
    INTERRUPTED = "interrupted"  #: the bot or the WhatsApp process ended
    RESTORED = "restored"  #: an older backup was put in place


#: Failures that say nothing about how WhatsApp likes this account.
NO_SIGN = frozenset(
    {Failure.NOT_CONNECTED, Failure.NOT_ON_WHATSAPP, Failure.NO_FILE, Failure.MEDIA_SERVER, Failure.INTERRUPTED}
)
#: The server's own word that a message can not reach this person.
REFUSED_BY_SERVER = frozenset({Failure.NOT_ON_WHATSAPP, Failure.BAD_ADDRESS})


def reason(failure: str) -> str:
    """The stable word of a row's failure, without its detail."""
    return failure.partition(":")[0]


def over(limit: str) -> str:
    """The failure of a message that waits for a limit."""
    return f"{RATE_LIMIT_EXCEEDED}: {limit}"
