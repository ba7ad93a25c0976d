"""Several writers at once: processes that live through all rounds, prepare in silence and start together."""

import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

from exchange.collecting import collect_seldom

Work = Callable[[], None]
Prepare = Callable[[int], Work]  # round -> what is timed
_WORK = "tests.bench.servers.setting"  # what writers do: loaded once for all of them
Begin = Callable[..., Prepare]  # a top-level function: a writer's process calls it with its number and the arguments


class Writers:
    """`number` processes, each with its own connections. `begin` is called in each with (number, *arguments)."""

    def __init__(self, number: int, begin: Begin, *arguments: Any) -> None:
        context = multiprocessing.get_context("forkserver")  # no connection, lock or cache comes along from here
        context.set_forkserver_preload([_WORK])
        self._pipes: list[Connection] = []
        self._processes = []
        for writer in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, begin, writer, arguments), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        self._all("ready")

    def run(self, turn: int) -> float:
        """Seconds from the first writer's start to the last one's end; what each prepares before is not counted."""
        for pipe in self._pipes:
            pipe.send(turn)
        self._all("prepared")
        for pipe in self._pipes:
            pipe.send("go")
        taken: list[tuple[float, float]] = [_answer(pipe) for pipe in self._pipes]
        return max(end for _, end in taken) - min(start for start, _ in taken)

    def pids(self) -> list[int]:
        """The processes, as the system numbers them."""
        return [int(process.pid or 0) for process in self._processes]

    def close(self) -> None:
        for pipe in self._pipes:
            with suppress(BrokenPipeError):  # one that failed has ended already
                pipe.send(None)
        for process in self._processes:
            process.join()
            process.close()
        for pipe in self._pipes:
            pipe.close()

    def _all(self, word: str) -> None:
        said = [_answer(pipe) for pipe in self._pipes]
        if said != [word] * len(said):
            raise RuntimeError(said)


def _answer(pipe: Connection) -> Any:
    found = pipe.recv()
    if isinstance(found, Exception):
        raise found
    return found


def _serve(pipe: Connection, begin: Begin, writer: int, arguments: Sequence[Any]) -> None:
    try:
        prepare = begin(writer, *arguments)
        collect_seldom()  # as every process does that serves
        pipe.send("ready")
        while (turn := pipe.recv()) is not None:
            work = prepare(turn)
            pipe.send("prepared")
            pipe.recv()
            start = perf_counter()  # the system's monotonic clock: the same in every process
            work()
            pipe.send((start, perf_counter()))
    except Exception as error:  # noqa: BLE001 (said to the bench, which raises it)
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
    finally:
        pipe.close()
