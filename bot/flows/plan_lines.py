"""A plan in words: `every Monday, 09:00`."""

from __future__ import annotations

from bot.model.chat import Phrase, say
from bot.model.plan import Plan, Recurs


def described(plan: Plan) -> Phrase:
    time = f"{plan.hour:02}:{plan.minute:02}"
    match plan.recurs:
        case Recurs.DAILY:
            return say("plan.daily", time=time)
        case Recurs.WEEKLY:
            return say("plan.weekly", day=say(f"plan.weekday.{plan.weekday}"), time=time)
        case Recurs.MONTHLY:
            return say("plan.monthly", day=plan.day, time=time)
        case Recurs.HOURS:
            return say("plan.hours", n=plan.every)
        case Recurs.ONCE:
            return say("plan.once", at=plan.at)
