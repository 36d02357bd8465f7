"""The words for how a contact stands, as `status:` takes them."""

from __future__ import annotations

from bot.flows.standings import REVIEW
from bot.model.result import PENDIENTE, Outcome
from commands.kinds import Choice

#: Standings with the words for them in either language; the Spanish codes are those of files and exports.
STANDING = Choice(
    {
        Outcome.CUMPLE.value: ("cumple", "cumplen", "complied", "yes"),
        Outcome.INCUMPLE.value: ("incumple", "incumplen", "no cumple", "no cumplen", "failed", "no"),
        Outcome.NO_CAPTURADO.value: (
            "no_capturado", "no-capturado", "no capturado", "no capturados", "not_captured", "not-captured",
            "not captured",
        ),
        PENDIENTE: ("pendiente", "pendientes", "pending"),
        REVIEW: ("revisar", "revisión", "por revisar", "review", "to review"),
    }
)  # fmt: skip
