"""Graders of exercise 27: the inverse AR flow in one line."""

import numpy as np

from minidgm.course.grading import Counted, Wrong, close, grades, numerical_jacobian, reference

ar = reference("ex05_gaussian_ar")
iar = reference("ex06_inverse_ar")


def make_net(m):
    """A causal net (n, m) -> mu, sigma: column j has seen the columns before j only."""
    rng = np.random.RandomState(m)
    weights = np.triu(rng.standard_normal((2, m, m)), 1)

    def net(x):
        return np.tanh(np.dot(x, weights[0])) + 0.3, np.exp(0.4 + 0.5 * np.sin(np.dot(x, weights[1])))

    return net


def maf(m):
    """The two directions of a MAF on m dimensions, and the net of the inverse AR flow that it becomes.

    (x − mu)/sigma is sigma' x + mu' with mu' = −mu/sigma and sigma' = 1/sigma: another net, the same family.
    """
    net = make_net(m)

    def inverse_net(v):
        mu, sigma = net(v)
        return -mu / sigma, 1 / sigma

    return (lambda x: ar.ar_f(x, net)), (lambda z: ar.ar_g(z, net)), inverse_net


def data(n, m):
    return np.random.RandomState(10 * n + m).standard_normal((n, m))


def check_is_the_inverse_ar_flow(call, name):
    for n, m in ((2, 5), (3, 2), (1, 1)):
        maf_f, maf_g, net = maf(m)
        v = data(n, m)
        moved, log_det = call(v, maf_f, maf_g)
        wanted, wanted_log_det = getattr(iar, name)(v, net)
        case = f"n={n}, m={m}, against the inverse AR flow of exercise 06:"
        close(moved, wanted, f"{case} the same array")
        close(log_det, wanted_log_det, f"{case} the same log_det")


def check_log_det(call, name):
    maf_f, maf_g, net = maf(4)
    v = data(3, 4)
    _, log_det = call(v, maf_f, maf_g)
    for i in range(3):
        matrix = numerical_jacobian(lambda point: getattr(iar, name)(point[None], net)[0][0], v[i])
        close(log_det[i], np.linalg.slogdet(matrix)[1], f"log_det[{i}]: log|det| of the Jacobian of {name} itself")


def check_one_call(call, used, name):
    directions = dict(zip("fg", map(Counted, maf(3)[:2])))
    call(data(1, 3), directions["f"], directions["g"])
    other = "g" if used == "f" else "f"
    calls = directions[used].calls, directions[other].calls
    if calls != (1, 0):
        raise Wrong(f"{name} called maf_{used} {calls[0]} times and maf_{other} {calls[1]} times; one call does.")


@grades("iaf_f")
def test_iaf_f_is_the_inverse_ar_flow(answer):
    check_is_the_inverse_ar_flow(answer.iaf_f, "iar_f")


@grades("iaf_f")
def test_iaf_f_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.iaf_f, "iar_f")


@grades("iaf_f")
def test_iaf_f_takes_one_call(answer):
    check_one_call(answer.iaf_f, "g", "iaf_f")


@grades("iaf_g")
def test_iaf_g_is_the_inverse_ar_flow(answer):
    check_is_the_inverse_ar_flow(answer.iaf_g, "iar_g")


@grades("iaf_g")
def test_iaf_g_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.iaf_g, "iar_g")


@grades("iaf_g")
def test_iaf_g_takes_one_call(answer):
    check_one_call(answer.iaf_g, "f", "iaf_g")


@grades("passes")
def test_passes_of_the_net_are_those_counted(answer):
    ways = {("maf", "f"): ar.ar_f, ("maf", "g"): ar.ar_g, ("iaf", "f"): iar.iar_f, ("iaf", "g"): iar.iar_g}
    got, counted = {}, {}
    for m in (1, 2, 7, 30):
        for (kind, direction), way in ways.items():
            net = Counted(make_net(m))
            way(data(2, m), net)
            counted[kind, direction, m] = net.calls
            got[kind, direction, m] = answer.passes(kind, direction, m)
    for (kind, direction, m), calls in counted.items():
        close(got[kind, direction, m], calls, f'passes("{kind}", "{direction}", {m}), as counted')


@grades("passes")
def test_passes_for_an_image(answer):
    maf_sample, iaf_sample = answer.passes("maf", "g", 3072), answer.passes("iaf", "g", 3072)
    close(maf_sample, 3072, "passes for one sample of a MAF on 32×32×3 pixels")
    close(iaf_sample, 1, "passes for one sample of an IAF on 32×32×3 pixels")
