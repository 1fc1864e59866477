"""What each function of minidgm/fast/ gains over its formula: `python -m benchmarks.pairs`, with OMP_NUM_THREADS=1.

A line per pair, at a size from the benchmarks: milliseconds of value and gradient (of the value alone where there is no
gradient) with the formula and with what runs in its place, the better half of the runs, and their ratio.
"""

import time

import autograd.numpy as anp
import numpy as np

from minidgm.discrete.discretize import discretized_mixture_log_prob
from minidgm.distributions import bernoulli_log_prob, standard_normal_log_prob
from minidgm.flows import ActNorm, AffineCoupling, GaussianAR, InverseGaussianAR, maf, real_nvp
from minidgm.flows.affine import affine_f, affine_g, mu_and_log_sigma
from minidgm.flows.coupling import coupling_f, coupling_g
from minidgm.nn import MADE, MLP
from minidgm.nn.conv import conv
from minidgm.optim import adam_step
from minidgm.tensor import Module, plain, value_and_grad
from minidgm.vae import aggregated_log_prob, mixture_log_prob, mutual_information
from minidgm.vae.posteriors import gaussian_draw


class Arguments(Module):
    def __init__(self, args):
        self.args = list(args)


def arrays(*shapes):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]


def pairs():
    """(name, size, function, arguments, settings, whether it has a gradient)."""
    rng, n = np.random.default_rng(0), 256
    yield "mu_and_log_sigma", "256 × 128", mu_and_log_sigma, arrays((n, 128)), {}, True
    for function in (affine_f, affine_g):
        yield function.__name__, "256 × 64", function, arrays(*[(n, 64)] * 3), {}, True
    for function in (coupling_f, coupling_g):
        half = {"moved": slice(32, 64)}
        yield function.__name__, "256 × 64", function, arrays((n, 64), (n, 32), (n, 32)), half, True
    for m, hidden in ((2, (64, 64)), (63, (512, 512))):
        net = MADE(m, hidden, 2, rng)
        yield "MADE.table", f"{m}-{hidden[0]}-{hidden[1]}", MADE.table, [net, *arrays((n, m))], {}, True
    above = {"offsets": [(i, j) for i in (-1, 0) for j in (-1, 0, 1)]}
    yield "conv", "32 × 8 × 8, 24 → 24", conv, arrays((32, 8, 8, 24), (6, 24, 24), (24,)), above, True
    yield "MLP", "784-300-300-80", MLP.__call__, [MLP((784, 300, 300, 80), rng), *arrays((100, 784))], {}, True
    for m, hidden in ((2, (64, 64)), (63, (512, 512))):
        flow = GaussianAR(m, hidden, rng)
        yield "GaussianAR.f", f"{m}-{hidden[0]}-{hidden[1]}", GaussianAR.f, [flow, *arrays((n, m))], {}, True
    coupling = AffineCoupling(64, (64, 64), rng)
    yield "AffineCoupling.f", "64, (64, 64)", AffineCoupling.f, [coupling, *arrays((n, 64))], {}, True
    yield "ActNorm.f", "256 × 64", ActNorm.f, [ActNorm(64), *arrays((n, 64))], {}, True
    for name, make, m, hidden in (
        ("maf", maf, 2, (64, 64)),
        ("maf", maf, 63, (512, 512)),
        ("real_nvp", real_nvp, 64, (64, 64)),
    ):
        chain = make(m, 5, hidden, rng)
        yield f"Chain.f of {name}", f"{m}-{hidden[0]}-{hidden[1]}", type(chain).f, [chain, *arrays((n, m))], {}, True
    yield "gaussian_draw", "100 × 40", gaussian_draw, arrays(*[(100, 40)] * 3), {}, True
    yield "GaussianAR.g", "1,000 × 63", GaussianAR(63, (512, 512), rng).g, arrays((1000, 63)), {}, False
    yield "InverseGaussianAR.f", "1,000 × 8", InverseGaussianAR(8, (128, 128), rng).f, arrays((1000, 8)), {}, False
    yield "standard_normal_log_prob", "256 × 64", standard_normal_log_prob, arrays((n, 64)), {}, True
    yield "bernoulli_log_prob", "100 × 784", bernoulli_log_prob, arrays((100, 784), (100, 784)), {}, True
    log_pi, mu = arrays((64, 64, 10), (64, 64, 10))
    y = rng.integers(0, 256, (64, 64)).astype(np.float32)
    mixture = [log_pi, 64 * mu + 128, np.full_like(mu, 8)]
    yield (
        "discretized_mixture_log_prob",
        "64 × 64, K = 10",
        discretized_mixture_log_prob,
        mixture,
        {"y": y, "levels": 256},
        True,
    )
    z, mu, log_sigma = arrays((500, 40), (500, 40), (500, 40))
    yield (
        "mixture_log_prob",
        "500 × 500, d = 40",
        mixture_log_prob,
        [z, np.zeros(500, np.float32), mu, log_sigma],
        {},
        True,
    )
    yield "aggregated_log_prob", "500 × 500, d = 40", aggregated_log_prob, [z, mu, log_sigma], {}, True
    yield "mutual_information", "500, d = 40", mutual_information, [mu, log_sigma, *arrays((1, 500, 40))], {}, False
    g, m = arrays(400_000, 400_000)
    yield "adam_step", "400,000", adam_step, [g, m, m * m, 10, 1e-3, 0.9, 0.999, 1e-8], {}, False


def milliseconds(run, seconds: float = 0.5) -> float:
    run()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return 1e3 * float(np.mean(sorted(times)[: (len(times) + 1) // 2]))


def main() -> None:
    print(f"{'':29}{'':20}{'formula':>10} {'fast':>9} {'×':>6}")
    for name, size, function, args, settings, gradient in pairs():

        def loss(model, function=function, settings=settings):
            value = function(*model.args, **settings)
            return sum(anp.sum(v) for v in value) if isinstance(value, tuple) else anp.sum(value)

        model = Arguments(args)

        def run(function=function, args=args, settings=settings, gradient=gradient, model=model, loss=loss):
            return value_and_grad(loss)(model) if gradient else function(*args, **settings)

        with plain():
            formula = milliseconds(run)
        fast = milliseconds(run)
        print(f"{name:29}{size:20}{formula:10.3f} {fast:9.3f} {formula / fast:6.1f}")


if __name__ == "__main__":
    main()
