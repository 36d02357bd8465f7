"""Nine days of two campaigns, lived by a whole bot over a simulated WhatsApp: what the page's pictures show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.flows import alerts
from bot.model.alert import Severity
from bot.model.campaign import CampaignState
from bot.model.link import LinkState
from bot.model.overview import Overview
from bot.whatsapp.simulated import SimulatedPerson
from tests.support.clock import FakeClock
from tests.support.stage import NO_PICTURE, Stage

NAMES = (
    "Ana Torres", "Luis Rojas", "Marta Díaz", "Pedro Gómez", "Sofía Ruiz", "Juan Peña", "Camila Vega", "Andrés Mora",
    "Laura Nieto", "Diego Silva", "Paula Ríos", "Carlos León", "Valeria Cruz", "Mateo Arias", "Lucía Parra",
    "Jorge Luna", "Elena Soto", "Tomás Prado", "Irene Gil", "Raúl Campos", "Nora Fajardo", "Iván Peralta",
)  # fmt: skip
PICTURES = (b"coffee", b"rocket", b"balloons", b"cup", b"a cat", NO_PICTURE)
LASTS = timedelta(days=9)
#: A heartbeat that comes later than three minutes tells of a sleep.
BEAT = timedelta(minutes=2)
#: When the link was down: how long before the end, for how long, and why.
OUTAGES = (
    (timedelta(days=6, hours=3), timedelta(hours=2), LinkState.RECONNECTING),
    (timedelta(days=3, hours=10), timedelta(minutes=35), LinkState.RECONNECTING),
    (timedelta(days=1, hours=2), timedelta(minutes=50), LinkState.DEAF),
    (timedelta(hours=5), timedelta(hours=1.5), LinkState.RECONNECTING),
)


class Season:
    """`play` returns what the engine published last."""

    def __init__(self, folder: Path, end: datetime) -> None:
        self._end, self._chance = end, Random(12)
        self._clock = FakeClock(end - LASTS)
        self._stage = Stage(folder, self._clock)

    def play(self) -> Overview:
        stage = self._stage
        people = [stage.contact(name, f"+5730044455{number:02d}") for number, name in enumerate(NAMES)]
        for person in people:
            person.write("ACEPTO")
        self._pass(timedelta(minutes=14))
        stage.campaign("Promo Mayo", b"coffee", b"rocket")
        anniversary = stage.campaign("Aniversario de la tienda del centro", b"balloons")
        self._days_pass(people, self._end - timedelta(hours=30))
        stage.tables.campaigns.save(replace(anniversary, state=CampaignState.PAUSED))
        stage.campaign("Café nuevo", b"cup")
        self._days_pass(people, self._end - timedelta(minutes=3))
        with stage.store.transaction():
            alerts.raised(stage.tables, self._clock.now(), "phone_unseen", Severity.WARNING, days=10)
        return stage.engine.survey()

    def close(self) -> None:
        self._stage.close()

    def _days_pass(self, people: list[SimulatedPerson], until: datetime) -> None:
        while self._clock.now() < until:
            self._somebody_may_post(people)
            self._pass(timedelta(minutes=14))
            if self._chance.random() < 0.01:
                self._stage.engine.backups.look()

    def _somebody_may_post(self, people: list[SimulatedPerson]) -> None:
        """Few at night, most in the evening."""
        hour = (self._clock.now() - timedelta(hours=5)).hour  # Bogota's
        for _ in range(self._chance.choices((0, 1, 2), (6, 3, 1) if 7 <= hour <= 22 else (30, 1, 0))[0]):
            person = self._chance.choice(people)
            picture = self._chance.choices(PICTURES, weights=(4, 3, 3, 4, 4, 1))[0]
            doubtful = b"doubtful:" if self._chance.random() < 0.06 else b""
            unlike = str(self._chance.random()).encode()
            person.post_image(picture if picture == NO_PICTURE else doubtful + picture + unlike)
        if self._chance.random() < 0.04:
            self._stage.owner.note("!resumen")
        if self._chance.random() < 0.12:
            self._chance.choice(people).write("ACEPTO")

    def _pass(self, span: timedelta) -> None:
        """Time passes; links break and come back, the heart beats, jobs and alerts have their turn."""
        until = self._clock.now() + span
        while self._clock.now() < until:
            self._clock.advance(min(BEAT, until - self._clock.now()))
            self._change_the_link()
            self._stage.engine.upkeep.beat()
        self._stage.engine.jobs.run_due()
        self._stage.engine.alerts.tell()
        if self._stage.gateway.link().state is LinkState.CONNECTED:
            self._stage.settle(at_most=timedelta(minutes=1))
        else:
            self._stage.engine.step()

    def _change_the_link(self) -> None:
        left = self._end - self._clock.now()
        wanted = next((state for ago, long, state in OUTAGES if ago - long < left <= ago), LinkState.CONNECTED)
        if wanted is not self._stage.gateway.link().state:
            self._stage.gateway.become(wanted)
            self._stage.engine.step()
