"""How the suite runs: one thread for BLAS, on all processors, in a random order where asked for.

Collected once and then forked, workers take one test file after the other; what they report is told here, when the
file is done. So on Linux, where a fork is safe; elsewhere, for few tests, and with --pdb, pytest's own loop runs.
"""

import itertools
import multiprocessing
import os
import random
import sys
from multiprocessing.connection import wait

from minidgm.cli import one_blas_thread

one_blas_thread()  # as on the command line, and before anything imports numpy

FEW = 300  # tests that are done before workers would have helped


def pytest_addoption(parser):
    parser.addoption("--shuffle", type=int, metavar="SEED", help="files, and the tests of each, in a random order")
    parser.addoption("--workers", type=int, metavar="N", help="processes that share the tests")


def pytest_collection_modifyitems(config, items):
    if (seed := config.getoption("--shuffle")) is not None:
        rng = random.Random(seed)
        place = {path: rng.random() for path in sorted({item.path for item in items})}
        items.sort(key=lambda item: (place[item.path], rng.random()))


# ------------------------------------------------------------------ on all processors


def pytest_runtestloop(session):
    workers = number_of_workers(session)
    if workers == 1 or session.testsfailed:  # failed already: while collecting
        return None  # pytest's own loop
    session.config._tmp_path_factory.getbasetemp()  # one temporary folder for all
    sys.stdout.flush()
    fork, running = multiprocessing.get_context("fork"), {}
    files = [list(tests) for _, tests in itertools.groupby(session.items, lambda item: item.path)]
    turn = fork.Value("i", 0)
    for _ in range(workers):
        here, there = fork.Pipe(duplex=False)
        process = fork.Process(target=work, args=(session.config, files, turn, there))
        process.start()
        there.close()  # the worker's alone, so that its end is seen
        running[here] = process
    try:
        tell(session, running)
    finally:
        for process in running.values():
            process.terminate()
            process.join()
    return True


def number_of_workers(session):
    """One per processor and one more, as some tests wait for other processes; 1 where no fork is safe or worth it."""
    option = session.config.option
    if sys.platform != "linux" or option.collectonly or option.usepdb or option.trace or len(session.items) < FEW:
        return 1
    if len(os.listdir("/proc/self/task")) > 1:
        return 1
    return option.workers or len(os.sched_getaffinity(0)) + 1


def work(config, files, turn, pipe):
    """Run the tests of one file after the other, as long as there are any, and send what is reported of them."""
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(sender := Sender(config, pipe))
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()  # it writes into files of the parent's
    capture.start_global_capturing()
    test, then = None, taken(files, turn)
    while (after := next(then, None)) or test:
        if test:
            config.hook.pytest_runtest_protocol(item=test, nextitem=after)
            if after is None or after.path != test.path:
                sender.send()
        test = after


def taken(files, turn):
    """The tests of the files that this worker takes; the next file when the last test of the one before begins."""
    while True:
        with turn.get_lock():
            place, turn.value = turn.value, turn.value + 1
        if place >= len(files):
            return
        yield from files[place]


class Sender:
    """In a worker: keeps what pytest says of a file's tests, and sends it when the file is done."""

    def __init__(self, config, pipe):
        self.config, self.pipe, self.said = config, pipe, []

    def send(self):
        self.pipe.send(self.said)
        self.said = []

    def pytest_runtest_logstart(self, nodeid, location):
        self.said.append(("logstart", dict(nodeid=nodeid, location=location)))

    def pytest_runtest_logreport(self, report):
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self.said.append(("logreport", data))

    def pytest_runtest_logfinish(self, nodeid, location):
        self.said.append(("logfinish", dict(nodeid=nodeid, location=location)))

    def pytest_warning_recorded(self, warning_message, when, nodeid, location):
        self.said.append(
            ("warning", dict(warning_message=warning_message, when=when, nodeid=nodeid, location=location))
        )


def tell(session, running):
    """Repeat here what the workers send, until all have ended; a worker that broke is an error of the whole run.

    So is one that ended in the middle of a file without an error, by os._exit(0): its tests were not reported.
    """
    config, hook, open_pipes, untold = session.config, session.config.hook, set(running), len(session.items)
    while open_pipes:
        for pipe in wait(open_pipes):
            try:
                said = pipe.recv()
            except EOFError:
                open_pipes.remove(pipe)
                running[pipe].join()
                if code := running[pipe].exitcode:
                    raise session.Interrupted(f"a worker ended with status {code}; --workers 1 shows where") from None
                continue
            for what, data in said:
                if what == "logstart":
                    hook.pytest_runtest_logstart(**data)
                elif what == "logfinish":
                    untold -= 1
                    hook.pytest_runtest_logfinish(**data)
                elif what == "warning":
                    hook.pytest_warning_recorded.call_historic(kwargs=data)
                else:
                    report = hook.pytest_report_from_serializable(config=config, data=data)
                    hook.pytest_runtest_logreport(report=report)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
    if untold:
        raise session.Interrupted(f"{untold} tests were not reported; --workers 1 shows why")
