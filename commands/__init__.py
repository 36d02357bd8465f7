"""The commands: what the owner can ask for in the chat, by group."""

from __future__ import annotations

from commands.account import link, log, logout, reconnect, uptime
from commands.again import campaign_reprocess, retry
from commands.audience import campaign_contacts
from commands.audit import audit
from commands.backups import backup_list, backup_now
from commands.blacklisting import blacklist_add, blacklist_list, blacklist_remove
from commands.blocks import (
    block_delete,
    block_note,
    block_now,
    block_reactivate,
    block_show,
    block_thresholds,
    blocks,
    reactivate_all,
)
from commands.campaign_edit import campaign_clone, campaign_edit
from commands.campaign_frames import frame_add, frame_disable, frame_enable, frame_list, frame_remove
from commands.campaign_life import campaign_activate, campaign_close, campaign_delete, campaign_pause
from commands.campaign_new import CAMPAIGN_WIZARD, campaign_new
from commands.campaign_rule import campaign_rule
from commands.campaigns import campaign_list, campaign_show
from commands.chart import chart
from commands.configuration import config_reset, config_set, config_show, lang, tz
from commands.confirming import confirm
from commands.consents import consent_allow, consent_list, consent_set
from commands.contact_add import CONTACT_WIZARD, contact_add
from commands.contact_edit import contact_edit, contact_note, contact_pause, contact_resume, contact_tag
from commands.contact_import import contact_import
from commands.contact_merge import contact_merge
from commands.contact_unknown import contact_unknown
from commands.contacts import contact_list, contact_show
from commands.conversation import Talk
from commands.days import days
from commands.declaration import Command
from commands.export import contact_export, export
from commands.general import MORE_TALK, cancel, help_command, more, start
from commands.health import health
from commands.keeping import retention_set, retention_show
from commands.limits import limits, limits_profile, warmup
from commands.marks import mark, unmark
from commands.personal_data import data_delete, data_export, data_show
from commands.proof import proof
from commands.proxy import proxy_remove, proxy_set, proxy_show, proxy_test
from commands.publish import publish, publish_mode
from commands.queue import pause, queue_again, queue_clear, queue_drop, queue_sent, queue_show, resume
from commands.quiet import quiet
from commands.rankings import ranking, top
from commands.results import results
from commands.review import REVIEW_TALK, review, review_list
from commands.risk import risk
from commands.roles import group_here, group_off, role_list, role_remove, role_set
from commands.schedule import (
    jobs_command,
    schedule_chart,
    schedule_delete,
    schedule_export,
    schedule_list,
    schedule_pause,
    schedule_reminder,
    schedule_resume,
    schedule_run,
    schedule_summary,
)
from commands.send import send, send_pending
from commands.sequence_new import SEQUENCE_WIZARD, sequence_new
from commands.sequences import (
    sequence_delete,
    sequence_list,
    sequence_pause,
    sequence_resume,
    sequence_show,
    sequence_start,
)
from commands.status import status
from commands.stories import stories, visibility
from commands.summary import summary
from commands.undo import undo
from commands.verdicts import campaign_threshold, test, why

#: Every command, in the order of the help.
COMMANDS: tuple[Command, ...] = (
    help_command,
    start,
    status,
    health,
    cancel,
    confirm,
    undo,
    more,
    config_show,
    config_set,
    config_reset,
    lang,
    tz,
    role_list,
    role_set,
    role_remove,
    group_here,
    group_off,
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
    campaign_edit,
    campaign_clone,
    campaign_pause,
    campaign_activate,
    campaign_close,
    campaign_delete,
    frame_list,
    frame_add,
    frame_disable,
    frame_enable,
    frame_remove,
    campaign_rule,
    campaign_threshold,
    campaign_reprocess,
    test,
    contact_add,
    contact_list,
    contact_show,
    contact_edit,
    contact_tag,
    contact_note,
    contact_pause,
    contact_resume,
    contact_merge,
    contact_unknown,
    visibility,
    contact_import,
    contact_export,
    summary,
    results,
    days,
    stories,
    why,
    review,
    review_list,
    mark,
    unmark,
    proof,
    retry,
    top,
    ranking,
    chart,
    export,
    limits,
    limits_profile,
    quiet,
    warmup,
    blacklist_add,
    blacklist_remove,
    blacklist_list,
    queue_show,
    queue_clear,
    queue_sent,
    queue_again,
    queue_drop,
    send,
    send_pending,
    pause,
    resume,
    risk,
    publish,
    publish_mode,
    sequence_new,
    sequence_list,
    sequence_show,
    sequence_start,
    sequence_pause,
    sequence_resume,
    sequence_delete,
    blocks,
    block_show,
    block_reactivate,
    reactivate_all,
    block_note,
    block_delete,
    block_thresholds,
    block_now,
    schedule_summary,
    schedule_chart,
    schedule_export,
    schedule_reminder,
    schedule_list,
    schedule_pause,
    schedule_resume,
    schedule_delete,
    schedule_run,
    jobs_command,
    data_show,
    data_export,
    data_delete,
    consent_list,
    consent_set,
    consent_allow,
    retention_show,
    retention_set,
    backup_now,
    backup_list,
)

#: Every kind of conversation, besides the menu.
TALKS: tuple[Talk, ...] = (CAMPAIGN_WIZARD, CONTACT_WIZARD, SEQUENCE_WIZARD, MORE_TALK, REVIEW_TALK)
