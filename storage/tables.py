"""The tables of the store: what is kept, by which natural key, found by which fields."""

from __future__ import annotations

from typing import Any, cast

from tinydb import where
from tinydb.queries import QueryInstance

from bot.model.alert import Alert
from bot.model.blocks import BlockIssue
from bot.model.campaign import Campaign, Frame, Membership
from bot.model.capture import Capture, Copy, Judgement
from bot.model.chat import Conversation, Order
from bot.model.contact import Address, Contact, Ignored, Parked
from bot.model.fact import Fact
from bot.model.incident import DeadLetter, LinkChange, LogLine
from bot.model.job import Job, JobRun
from bot.model.ledger import AuditLine, Confirmation, Doing
from bot.model.member import Member
from bot.model.notice import OutsideNotice
from bot.model.outbox import Blacklisted, EarlyReceipt, OutboxItem, OwnWriting, SendTrouble
from bot.model.preference import Preference
from bot.model.privacy import Suppressed
from bot.model.rerun import Rerun
from bot.model.result import Result
from bot.model.sequence import Progress, Sequence
from bot.model.wish import Wish
from storage.changes import Recorder
from storage.rows import Rows
from storage.store import Spec, Store

CONTACTS = Spec("contacts", indexes=(("name",), ("look_up_at",), ("consent",), ("paused",)))
ADDRESSES = Spec("addresses", key="jid", indexes=(("contact_id",),))
PARKED = Spec("parked", key="key", indexes=(("lid",), ("parked_at",)))
IGNORED = Spec("ignored", key="key")
CAMPAIGNS = Spec("campaigns", key="created_by", indexes=(("state",), ("rules.ends_at",)))
MEMBERSHIPS = Spec("memberships", key="key", indexes=(("campaign_id",), ("contact_id",)))
FRAMES = Spec("frames", key="key", indexes=(("campaign_id",), ("sha256",), ("features",)))
CAPTURES = Spec(
    "captures",
    key="key",
    indexes=(
        ("state", "due_at"),
        ("contact_id", "posted_at"),
        ("message_id",),
        ("posted_at",),
        ("media_sha256",),
        ("received_at",),
    ),
)
COPIES = Spec("copies", key="key", indexes=(("seen_at",),))
JUDGEMENTS = Spec(
    "judgements",
    key="key",
    indexes=(
        ("campaign_id", "verdict"),
        ("campaign_id", "contact_id"),
        ("campaign_id", "posted_at"),
        ("capture_id",),
        ("due_at",),
        ("verdict", "card", "posted_at"),
    ),
)
RERUNS = Spec("reruns", key="key")
RESULTS = Spec(
    "results", key="key", indexes=(("campaign_id", "outcome"), ("campaign_id", "decided_at"), ("contact_id",))
)
OUTBOX = Spec(
    "outbox",
    key="key",
    indexes=(
        ("state", "audience", "pace", "not_before"),
        ("message_id",),
        ("sending_at",),
        ("to.user", "to.server", "audience", "state", "sending_at"),
        ("created_at",),
    ),
)
EARLY_RECEIPTS = Spec("early_receipts", key="key", indexes=(("message_id",), ("at",)))
ORDERS = Spec("orders", key="key", indexes=(("state", "due_at"), ("received_at",)))
OWN_WRITINGS = Spec("own_writings", key="message_id", indexes=(("at",),))
SEND_TROUBLES = Spec("send_troubles", indexes=(("at",),))
SEQUENCES = Spec("sequences", key="key", indexes=(("campaign_id",),))
PROGRESS = Spec("progress", key="key", indexes=(("state", "due_at"), ("sequence_id",), ("contact_id",)))
BLACKLIST = Spec("blacklist", key="jid")
BLOCK_ISSUES = Spec("block_issues", key="key", indexes=(("state",), ("contact_id",), ("closed_at",)))
CONVERSATIONS = Spec("conversations", key="chat")
CONFIRMATIONS = Spec("confirmations", key="key", indexes=(("talk",), ("expires_at",)))
DOINGS = Spec("doings", key="key", indexes=(("talk", "at"), ("at",)))
AUDIT = Spec("audit", indexes=(("at",),))
DEAD_LETTERS = Spec("dead_letters", key="reference", indexes=(("at",),))
LOG = Spec("log", indexes=(("at",),))
LINK_LOG = Spec("link_log", indexes=(("at",),))
MEMBERS = Spec("members", key="key")
PREFERENCES = Spec("preferences", key="name")
FACTS = Spec("facts", key="name")
ALERTS = Spec("alerts", key="key", indexes=(("since",), ("ended_at",)))
NOTICES = Spec("notices", key="key", indexes=(("state", "due_at"),))
JOBS = Spec("jobs", key="key", indexes=(("due_at",),))
SUPPRESSED = Spec("suppressed", key="key")
WISHES = Spec("wishes", key="key", indexes=(("state", "wished_at"),))
JOB_RUNS = Spec("job_runs", key="key", indexes=(("job", "due_at"), ("at",)))

SCHEMA = (
    CONTACTS, ADDRESSES, PARKED, IGNORED, CAMPAIGNS, MEMBERSHIPS, FRAMES, CAPTURES, COPIES, JUDGEMENTS, RESULTS, RERUNS,
    OUTBOX, ORDERS, EARLY_RECEIPTS, CONVERSATIONS, CONFIRMATIONS, DOINGS, AUDIT, DEAD_LETTERS, LOG, LINK_LOG, FACTS,
    ALERTS, NOTICES, JOBS, JOB_RUNS, WISHES, PREFERENCES, SUPPRESSED, MEMBERS,
    OWN_WRITINGS, SEND_TROUBLES, SEQUENCES, PROGRESS, BLACKLIST, BLOCK_ISSUES,
)  # fmt: skip

#: The bot's own notes: what a command writes here is no change that anybody would undo.
NOTES = frozenset(
    spec.name
    for spec in (
        PARKED, COPIES, EARLY_RECEIPTS, ORDERS, CONVERSATIONS, CONFIRMATIONS, DOINGS, AUDIT, DEAD_LETTERS, LOG,
        LINK_LOG, ALERTS, NOTICES, JOB_RUNS, WISHES,
        OWN_WRITINGS, SEND_TROUBLES,
    )
)  # fmt: skip


class Tables:
    """Every table, typed; all of them in one store, so that one transaction covers a whole step.

    `recorder` tells what a command changed in them, the bot's own notes apart.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.contacts = Rows(store, CONTACTS, Contact)
        self.addresses = Rows(store, ADDRESSES, Address)
        self.parked = Rows(store, PARKED, Parked)
        self.ignored = Rows(store, IGNORED, Ignored)
        self.campaigns = Rows(store, CAMPAIGNS, Campaign)
        self.memberships = Rows(store, MEMBERSHIPS, Membership)
        self.frames = Rows(store, FRAMES, Frame)
        self.captures = Rows(store, CAPTURES, Capture)
        self.copies = Rows(store, COPIES, Copy)
        self.judgements = Rows(store, JUDGEMENTS, Judgement)
        self.results = Rows(store, RESULTS, Result)
        self.reruns = Rows(store, RERUNS, Rerun)
        self.outbox = Rows(store, OUTBOX, OutboxItem)
        self.early_receipts = Rows(store, EARLY_RECEIPTS, EarlyReceipt)
        self.own_writings = Rows(store, OWN_WRITINGS, OwnWriting)
        self.send_troubles = Rows(store, SEND_TROUBLES, SendTrouble)
        self.sequences = Rows(store, SEQUENCES, Sequence)
        self.progress = Rows(store, PROGRESS, Progress)
        self.blacklist = Rows(store, BLACKLIST, Blacklisted)
        self.block_issues = Rows(store, BLOCK_ISSUES, BlockIssue)
        self.orders = Rows(store, ORDERS, Order)
        self.conversations = Rows(store, CONVERSATIONS, Conversation)
        self.confirmations = Rows(store, CONFIRMATIONS, Confirmation)
        self.doings = Rows(store, DOINGS, Doing)
        self.audit = Rows(store, AUDIT, AuditLine)
        self.dead_letters = Rows(store, DEAD_LETTERS, DeadLetter)
        self.log = Rows(store, LOG, LogLine)
        self.link_log = Rows(store, LINK_LOG, LinkChange)
        self.members = Rows(store, MEMBERS, Member)
        self.preferences = Rows(store, PREFERENCES, Preference)
        self.facts = Facts(store)
        self.alerts = Rows(store, ALERTS, Alert)
        self.notices = Rows(store, NOTICES, OutsideNotice)
        self.jobs = Rows(store, JOBS, Job)
        self.job_runs = Rows(store, JOB_RUNS, JobRun)
        self.wishes = Rows(store, WISHES, Wish)
        self.suppressed = Rows(store, SUPPRESSED, Suppressed)
        self.recorder = Recorder()
        for rows in self._all():
            if rows.name not in NOTES:
                rows.recorder = self.recorder

    def rolled_back(self) -> None:
        """Writes were undone: what somebody derived from them must be derived again."""
        for rows in self._all():
            rows.version += 1

    def named(self, name: str) -> Rows[Any]:
        """The table of this name; raises KeyError."""
        found = {rows.name: rows for rows in self._all()}
        return found[name]

    def about(self, field: str) -> list[Rows[Any]]:
        """The tables whose rows have this field."""
        return [rows for rows in self._all() if field in rows.fields]

    def _all(self) -> list[Rows[Any]]:
        return [self.facts.rows, *(rows for rows in vars(self).values() if isinstance(rows, Rows))]


class Facts:
    """Single values by name: the journal cursor, when the bot was last alive, when the account was linked."""

    def __init__(self, store: Store) -> None:
        self._table = store.table(FACTS.name)
        self.rows = Rows(store, FACTS, Fact)

    def get(self, name: str) -> int | str | None:
        document = self._table.get(_named(name))
        return document["value"] if document else None

    def number(self, name: str) -> int:
        value = self.get(name)
        return value if isinstance(value, int) else 0

    def set(self, name: str, value: int | str) -> None:
        """Keep what the bot itself noted."""
        self._table.upsert({"name": name, "value": value}, _named(name))

    def choose(self, name: str, value: int | str) -> None:
        """Keep what a person chose: unlike the bot's own notes it goes into the audit, and can be undone."""
        document = self._table.get(_named(name))
        if document is None:
            self.rows.add(Fact(0, name, value))
        else:
            self.rows.save(Fact(document.doc_id, name, value))


def _named(name: str) -> QueryInstance:
    return cast(QueryInstance, where("name") == name)
