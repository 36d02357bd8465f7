"""The commands: what the owner can ask for in the chat, by group."""

from __future__ import annotations

from commands.account import link, log, logout, reconnect, uptime
from commands.again import campaign_reprocess, retry
from commands.audience import campaign_contacts
from commands.audit import audit
from commands.backups import backup_list, backup_now
from commands.campaign_life import campaign_activate, campaign_close, campaign_delete, campaign_pause
from commands.campaign_new import CAMPAIGN_WIZARD, campaign_new
from commands.campaign_rule import campaign_rule
from commands.campaigns import campaign_list, campaign_show
from commands.chart import chart
from commands.confirming import confirm
from commands.contact_add import CONTACT_WIZARD, contact_add
from commands.contact_import import contact_import
from commands.contacts import contact_list, contact_show
from commands.conversation import Talk
from commands.days import days
from commands.declaration import Command
from commands.export import contact_export, export
from commands.general import MORE_TALK, cancel, help_command, more, start
from commands.marks import mark, unmark
from commands.proxy import proxy_remove, proxy_set, proxy_show, proxy_test
from commands.rankings import ranking, top
from commands.results import results
from commands.review import REVIEW_TALK, review, review_list
from commands.schedule import (
    jobs_command,
    schedule_delete,
    schedule_export,
    schedule_list,
    schedule_pause,
    schedule_reminder,
    schedule_resume,
    schedule_run,
    schedule_summary,
)
from commands.status import limits, status
from commands.summary import summary
from commands.undo import undo
from commands.verdicts import campaign_threshold, test, why

#: Every command, in the order of the help.
COMMANDS: tuple[Command, ...] = (
    help_command,
    start,
    status,
    cancel,
    confirm,
    undo,
    more,
    audit,
    link,
    logout,
    reconnect,
    uptime,
    log,
    proxy_show,
    proxy_set,
    proxy_test,
    proxy_remove,
    campaign_new,
    campaign_list,
    campaign_show,
    campaign_contacts,
    campaign_pause,
    campaign_activate,
    campaign_close,
    campaign_delete,
    campaign_rule,
    campaign_threshold,
    campaign_reprocess,
    test,
    contact_add,
    contact_list,
    contact_show,
    contact_import,
    contact_export,
    summary,
    results,
    days,
    why,
    review,
    review_list,
    mark,
    unmark,
    retry,
    top,
    ranking,
    chart,
    export,
    limits,
    schedule_summary,
    schedule_export,
    schedule_reminder,
    schedule_list,
    schedule_pause,
    schedule_resume,
    schedule_delete,
    schedule_run,
    jobs_command,
    backup_now,
    backup_list,
)

#: Every kind of conversation, besides the menu.
TALKS: tuple[Talk, ...] = (CAMPAIGN_WIZARD, CONTACT_WIZARD, MORE_TALK, REVIEW_TALK)
