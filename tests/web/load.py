"""How fast the page answers many readers at once: `python -m tests.web.load [--readers 50] [--seconds 20]`.

Two rushes, each with its own connections: readers as browsers are (each asks again every five seconds), and readers
that ask again at once. Beside them a thread of the same process publishes a snapshot each second, as the engine does;
how late it gets its turn tells what readers cost the bot.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.board import Board
from bot.i18n import Catalogue
from tests.support.overviews import a_busy_overview
from webstatus.app import create_app
from webstatus.server import Server, serve

BROWSERS_WAIT = 5.0
PUBLISH_EVERY = 1.0


@dataclass
class Rush:
    """What was measured, all in seconds."""

    readers: int
    wait: float
    lasted: float = 0.0
    answers: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  #: how late the publishing thread got its turn
    failures: int = 0

    def row(self, name: str) -> str:
        ordered = sorted(self.answers)
        middle, most = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
        cells = (
            name, str(self.readers), str(len(ordered)), f"{len(ordered) / self.lasted:.0f}", _ms(middle), _ms(most),
            _ms(ordered[-1]), _ms(max(self.late, default=0.0)), str(self.failures),
        )  # fmt: skip
        return "| " + " | ".join(cells) + " |"


def rush(port: int, board: Board, readers: int, seconds: float, wait: float) -> Rush:
    """`readers` ask for the page for `seconds`, each again `wait` after its answer."""
    measured, over = Rush(readers, wait), threading.Event()
    threads = [threading.Thread(target=_read, args=(port, measured, over, place)) for place in range(readers)]
    threads.append(threading.Thread(target=_publish, args=(board, measured, over)))
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()
    measured.lasted = time.perf_counter() - began
    return measured


def start() -> tuple[Server, Board]:
    """A page over a bot in the middle of two campaigns."""
    board = Board()
    board.publish(a_busy_overview(now=datetime.now(UTC)))
    return serve(create_app(board.latest, Catalogue.load().say), "127.0.0.1", 0), board


def _read(port: int, measured: Rush, over: threading.Event, place: int) -> None:
    over.wait(measured.wait * place / measured.readers)  # browsers do not come all at once
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not over.is_set():
        began = time.perf_counter()
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        measured.answers.append(time.perf_counter() - began)
        measured.failures += answer.status != 200
        over.wait(measured.wait)
    connection.close()


def _publish(board: Board, measured: Rush, over: threading.Event) -> None:
    due = time.perf_counter()
    while not over.is_set():
        board.publish(replace(board.latest(), at=datetime.now(UTC)))
        measured.late.append(time.perf_counter() - due)
        due += PUBLISH_EVERY
        over.wait(max(0.0, due - time.perf_counter()))


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    chosen = parser.parse_args()
    server, board = start()
    out = sys.stdout
    out.write("| readers | how many | answers | a second | median | 95 % | slowest | snapshot late | failures |\n")
    out.write("|---|---|---|---|---|---|---|---|---|\n")
    for name, wait in (("browsers", BROWSERS_WAIT), ("without a pause", 0.0)):
        out.write(rush(server.port, board, chosen.readers, chosen.seconds, wait).row(name) + "\n")
    server.close()


if __name__ == "__main__":
    main()
