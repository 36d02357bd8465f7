"""`!schedule`: summaries, charts, exports and reminders of one's own, at chosen times; `!jobs` shows all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.flows import bulletins, jobs
from bot.flows.plan_lines import described
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.job import Job, JobRun, Maker
from bot.model.plan import Plan, next_due, next_three
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Text, whole
from commands.plans import PlanKind
from commands.targets import CampaignTarget, OptionalCampaignTarget
from commands.words import Words, echo
from storage.query import where

#: Own schedules beyond this are a slip, or mischief.
MOST_OWN = 50
_WHEN = Argument("plan", PlanKind(), en="when", es="cuándo")
_CAMPAIGN = Argument("campaign", OptionalCampaignTarget(), en="campaign", es="campaña", required=False)


@dataclass(frozen=True)
class JobTarget:
    """A job by the number that lists show."""

    def take(self, words: Words, ask: Ask) -> tuple[Job | None, Words]:
        if not words:
            return None, ()
        number = whole(words[0].text.removeprefix("#"))
        job = ask.tables.jobs.get(number) if number else None
        if job is None:
            raise UserError("schedule.unknown", text=echo(words[0].text))
        return job, words[1:]


_JOB = Argument("job", JobTarget(), en="number", es="número")


@command(
    en=("schedule summary",),
    es=("programar resumen",),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_WHEN, _CAMPAIGN),
    more=True,
    examples=both(
        (Example("!schedule summary daily 20:00", "every day, 20:00"),
         Example("!schedule summary every Monday 9:00 promo", "every Monday, 09:00")),
        (Example("!programar resumen diario 20:00", "cada día, 20:00"),
         Example("!programar resumen cada lunes 9:00 promo", "cada lunes, 09:00")),
    ),
)  # fmt: skip
def schedule_summary(ask: Ask, plan: Plan, campaign: Campaign | None) -> Reply:
    return _add(ask, "own_summary", plan, {bulletins.CAMPAIGN: campaign.id} if campaign else {})


@command(
    en=("schedule export",),
    es=("programar exportación", "programar exportar"),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_WHEN, Argument("campaign", CampaignTarget(), en="campaign", es="campaña")),
    examples=both(
        Example("!schedule export every Friday 18:00 promo", "every Friday, 18:00"),
        Example("!programar exportación cada viernes 18:00 promo", "cada viernes, 18:00"),
    ),
)
def schedule_export(ask: Ask, plan: Plan, campaign: Campaign) -> Reply:
    return _add(ask, "own_export", plan, {bulletins.CAMPAIGN: campaign.id})


@command(
    en=("schedule chart",),
    es=("programar gráfico",),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_WHEN, _CAMPAIGN),
    examples=both(
        Example("!schedule chart daily 20:05 promo", "every day, 20:05"),
        Example("!programar gráfico diario 20:05 promo", "cada día, 20:05"),
    ),
)
def schedule_chart(ask: Ask, plan: Plan, campaign: Campaign | None) -> Reply:
    """The pie that goes with a summary, for those who want it as a picture."""
    return _add(ask, "own_chart", plan, {bulletins.CAMPAIGN: campaign.id} if campaign else {})


@command(
    en=("schedule reminder",),
    es=("programar recordatorio",),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_WHEN, Argument("text", Text(300), en="text", es="texto")),
    examples=both(
        (Example("!schedule reminder tomorrow 18:00 call Ana", "once, on 7 May 18:00"),
         Example("!schedule reminder monthly 1 9:00 pay the promoters", "every month on day 1, 09:00")),
        (Example("!programar recordatorio mañana 18:00 llamar a Ana", "una vez, el 7 may 18:00"),
         Example("!programar recordatorio mensual 1 9:00 pagar", "cada mes el día 1, 09:00")),
    ),
)  # fmt: skip
def schedule_reminder(ask: Ask, plan: Plan, text: str) -> Reply:
    return _add(ask, "own_reminder", plan, {"text": text})


@command(
    en=("schedule list", "schedules"),
    es=("programar lista", "programación"),
    group=Group.SCHEDULE,
    role=Role.VIEWER,
    examples=both(
        Example("!schedule list", "Nothing of your own"), Example("!programación", "Nada tuyo"),
    ),
)  # fmt: skip
def schedule_list(ask: Ask) -> Reply:
    own = ask.tables.jobs.find(where("made_by") == Maker.OWNER.value)
    if not own:
        return Reply((say("schedule.none"),))
    return Reply((say("schedule.title", count=len(own)), *(_row(ask, job) for job in own)))


@command(
    en=("schedule pause",),
    es=("programar pausar",),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_JOB,),
    examples=both(Example("!schedule pause 1", "is paused"), Example("!programar pausar 1", "en pausa")),
)
def schedule_pause(ask: Ask, job: Job) -> Reply:
    ask.tables.jobs.save(replace(job, paused=True))
    return Reply((say("schedule.paused", what=_name(job), id=job.id),))


@command(
    en=("schedule resume",),
    es=("programar reanudar",),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_JOB,),
    examples=both(Example("!schedule resume 1", "next time"), Example("!programar reanudar 1", "próxima vez")),
)
def schedule_resume(ask: Ask, job: Job) -> Reply:
    resumed = ask.tables.jobs.save(replace(job, paused=False, due_at=next_due(job.plan, ask.now, _zone(ask))))
    return Reply((say("schedule.resumed", what=_name(job), id=job.id, next=_next(resumed)),))


@command(
    en=("schedule delete",),
    es=("programar borrar", "programar eliminar"),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_JOB,),
    examples=both(
        Example("!schedule delete 1", "cannot be deleted"), Example("!programar borrar 1", "no se puede borrar"),
    ),
)  # fmt: skip
def schedule_delete(ask: Ask, job: Job) -> Reply:
    if job.made_by is Maker.PRODUCT:
        raise UserError("schedule.not_yours", what=_name(job), id=job.id)
    ask.tables.jobs.remove(job)
    return Reply((say("schedule.deleted", what=_name(job), plan=described(job.plan)),))


@command(
    en=("schedule run", "schedule run now"),
    es=("programar ejecutar", "programar ahora"),
    group=Group.SCHEDULE,
    role=Role.OPERATOR,
    arguments=(_JOB,),
    undoable=False,
    examples=both(Example("!schedule run 1", "in a few seconds"), Example("!programar ejecutar 1", "en unos segundos")),
)
def schedule_run(ask: Ask, job: Job) -> Reply:
    if job.paused:
        raise UserError("schedule.is_paused", what=_name(job), id=job.id)
    jobs.run_now(ask.tables, job, ask.now)
    return Reply((say("schedule.runs", what=_name(job), id=job.id),))


@command(
    en=("jobs", "job"),
    es=("tareas", "tarea"),
    group=Group.SCHEDULE,
    role=Role.VIEWER,
    arguments=(Argument("job", JobTarget(), en="number", es="número", required=False),),
    examples=both(
        (Example("!jobs", "Plan of the day"), Example("!jobs 1", "every day, 08:00")),
        (Example("!tareas", "Plan del día"), Example("!tareas 1", "cada día, 08:00")),
    ),
)
def jobs_command(ask: Ask, job: Job | None) -> Reply:
    return Reply(_of_one(ask, job) if job else _of_all(ask))


def _add(ask: Ask, kind: str, plan: Plan, facts: dict[str, int | str]) -> Reply:
    if ask.tables.jobs.count(where("made_by") == Maker.OWNER.value) >= MOST_OWN:
        raise UserError("schedule.too_many", most=MOST_OWN)
    due = next_due(plan, ask.now, _zone(ask))
    job = Job(0, f"own:{ask.order.key}", kind, plan, Maker.OWNER, ask.now, due, dict(facts))
    job = ask.tables.jobs.add(job)
    return Reply((say("schedule.added", what=_name(job), plan=described(plan), id=job.id, next=_next(job)),))


def _of_all(ask: Ask) -> tuple[Phrase, ...]:
    """Every job with its next time, the soonest first, and the last five runs."""
    known = sorted(ask.tables.jobs.all(), key=lambda job: (job.due_at is None, job.due_at))
    last = ask.tables.job_runs.find(where("at") > 0, order_by="at", reverse=True, limit=5)
    lines = [say("schedule.all", count=len(known)), *(_row(ask, job) for job in known)]
    return (*lines, say("schedule.last"), *(_run(run) for run in last)) if last else tuple(lines)


def _of_one(ask: Ask, job: Job) -> tuple[Phrase, ...]:
    coming = () if job.paused else next_three(job.plan, ask.now, _zone(ask))
    lines = [say("schedule.one", id=job.id, what=_name(job), plan=described(job.plan))]
    lines.append(say("schedule.coming", times=coming) if coming else say("schedule.nothing_coming"))
    last = jobs.last_runs(ask.tables, job)
    return (*lines, *(_run(run) for run in last)) if last else (*lines, say("schedule.never_ran"))


def _row(ask: Ask, job: Job) -> Phrase:
    next_time = say("schedule.row_paused") if job.paused else _next(job)
    return say("schedule.row", id=job.id, what=_name(job), plan=described(job.plan), next=next_time)


def _run(run: JobRun) -> Phrase:
    facts = {"at": run.due_at, "what": say(f"job.{run.kind}")}
    return say(f"schedule.run.{run.state.value}", **facts)


def _next(job: Job) -> Phrase:
    return say("schedule.next", at=job.due_at) if job.due_at is not None else say("schedule.over")


def _name(job: Job) -> Phrase:
    text = job.facts.get("text")
    return say("schedule.named", what=say(f"job.{job.kind}"), text=echo(text)) if text else say(f"job.{job.kind}")


def _zone(ask: Ask) -> ZoneInfo:
    assert isinstance(ask.zone, ZoneInfo)
    return ask.zone
