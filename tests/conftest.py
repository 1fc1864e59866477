"""Before anything imports numpy: one thread for BLAS, as on the command line; and a random order, where asked for."""

import random

from minidgm.cli import one_blas_thread

one_blas_thread()


def pytest_addoption(parser):
    parser.addoption("--shuffle", type=int, metavar="SEED", help="files, and the tests of each, in a random order")


def pytest_collection_modifyitems(config, items):
    if (seed := config.getoption("--shuffle")) is not None:
        rng = random.Random(seed)
        place = {path: rng.random() for path in sorted({item.path for item in items})}
        items.sort(key=lambda item: (place[item.path], rng.random()))
