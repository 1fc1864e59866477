"""The same weights in zuko, nflows and normflows: the densities, samples and gradients are ours.

What isn't installed is skipped: the README's tests need none of it; `pip install -e '.[bench]'` lets all tests of this
folder run. Tolerances are in conftest.py.
"""

from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm import distributions as ours
from minidgm.course.files import load
from minidgm.flows import AffineCoupling, Chain, FlowModel, GaussianAR, half_mask
from minidgm.tensor import parameters, value_and_grad

shared = load(Path(__file__).with_name("shared.py"))
Arrays, randomized = shared.Arrays, shared.randomized

RNG = np.random.default_rng(0)
N, M, HIDDEN = 7, 4, (8, 8)


def flow_model(kind, dtype):
    rng = np.random.default_rng(0)
    if kind == "maf":
        flows = [GaussianAR(M, HIDDEN, rng, order=order) for order in (np.arange(M), np.arange(M)[::-1])]
    else:
        flows = [AffineCoupling(M, HIDDEN, rng, mask) for mask in (half_mask(M), ~half_mask(M))]
    return randomized(FlowModel(Chain(flows), ours.StandardNormal(M)), dtype)


def bounded(a):
    """What our flows take for log σ."""
    return a / (1 + abs(a) / 3)


def in_turn(outputs):
    """The places of (μ of all, log σ of all) in (μ, log σ) of each dimension in turn."""
    return np.arange(outputs).reshape(2, -1).T.ravel()


def as_ours(outputs):
    return np.arange(outputs)


class Peer:
    """A flow of another library: its density, its inverse, and its linear layers, last outputs in `places`."""

    def __init__(self, log_prob, g, nets, places):
        self.log_prob, self.g, self.nets, self.places = log_prob, g, nets, places

    def pairs(self, model):
        """Each linear layer, our layer, and the order of its outputs."""
        for linears, flow in zip(self.nets, model.flow.flows, strict=True):
            for linear, layer in zip(linears, flow.net.layers, strict=True):
                outputs = len(layer.bias)
                yield linear, layer, (self.places if layer is flow.net.layers[-1] else as_ours)(outputs)

    def take_weights(self, model, torch):
        with torch.no_grad():
            for linear, layer, order in self.pairs(model):
                linear.weight.copy_(torch.from_numpy(layer.weight.T[order].copy()))
                linear.bias.copy_(torch.from_numpy(layer.bias[order].copy()))
                if hasattr(layer, "mask"):
                    linear.mask.copy_(torch.from_numpy(layer.mask.T[order].copy()))


def zuko_flow(kind, dtype, torch):
    zuko = pytest.importorskip("zuko")

    class Affine(zuko.transforms.MonotonicAffineTransform):  # the lecture's way round, with our bound
        def __init__(self, mu, a, **more):
            torch.distributions.Transform.__init__(self, **more)
            self.log_scale, self.shift = -bounded(a), mu
            self.scale = self.log_scale.exp()

        def _call(self, x):
            return (x - self.shift) * self.scale

        def _inverse(self, z):
            return z / self.scale + self.shift

    settings = {"univariate": Affine, "hidden_features": HIDDEN}
    if kind == "maf":
        orders = (torch.arange(M), torch.arange(M).flip(0))
        transforms = [zuko.flows.MaskedAutoregressiveTransform(M, order=order, **settings) for order in orders]
    else:
        masks = (torch.arange(M) < M // 2, torch.arange(M) >= M // 2)
        transforms = [zuko.flows.GeneralCouplingTransform(M, mask=mask, **settings) for mask in masks]
    base = zuko.flows.UnconditionalDistribution(
        zuko.distributions.DiagNormal, torch.zeros(M), torch.ones(M), buffer=True
    )
    flow = zuko.flows.Flow(transforms, base).to(dtype)
    nets = [list(transform.hyper)[::2] for transform in transforms]
    return Peer(lambda x: flow().log_prob(x), lambda z: flow().transform.inv(z), nets, in_turn)


def nflows_flow(kind, dtype, torch):
    pytest.importorskip("nflows")
    from nflows import distributions, flows, transforms

    def f(x, mu, a):
        return (x - mu) * torch.exp(-bounded(a)), -bounded(a).sum(1)

    def g(z, mu, a):
        return z * torch.exp(bounded(a)) + mu, bounded(a).sum(1)

    class AR(transforms.MaskedAffineAutoregressiveTransform):
        def _elementwise_forward(self, inputs, parameters):
            return f(inputs, *self._unconstrained_scale_and_shift(parameters))

        def _elementwise_inverse(self, inputs, parameters):
            return g(inputs, *self._unconstrained_scale_and_shift(parameters))

    class Coupling(transforms.AffineCouplingTransform):
        def _coupling_transform_forward(self, inputs, transform_params):
            return f(inputs, *transform_params.chunk(2, dim=1))

        def _coupling_transform_inverse(self, inputs, transform_params):
            return g(inputs, *transform_params.chunk(2, dim=1))

    class Net(torch.nn.Sequential):
        def forward(self, inputs, context=None):
            return super().forward(inputs)

    def net(inputs, outputs):
        sizes, relu = (inputs, *HIDDEN, outputs), torch.nn.ReLU()
        layers = [part for pair in zip(sizes, sizes[1:]) for part in (torch.nn.Linear(*pair), relu)]
        return Net(*layers[:-1])

    if kind == "maf":
        parts = [AR(M, HIDDEN[0], num_blocks=1, use_residual_blocks=False) for _ in range(2)]
        nets = [[n.initial_layer, n.blocks[0].linear, n.final_layer] for n in (p.autoregressive_net for p in parts)]
    else:
        parts = [Coupling(moved, net) for moved in ([0, 0, 1, 1], [1, 1, 0, 0])]
        nets = [part.transform_net[::2] for part in parts]
    flow = flows.Flow(transforms.CompositeTransform(parts), distributions.StandardNormal([M])).to(dtype)
    return Peer(flow.log_prob, lambda z: flow._transform.inverse(z)[0], nets, in_turn if kind == "maf" else as_ours)


def normflows_flow(kind, dtype, torch):
    nf = pytest.importorskip("normflows")

    class Coupling(nf.flows.AffineCoupling):
        def inverse(self, z):
            (z1, z2), param = z, self.param_map(z[0])
            return [z1, (z2 - param[:, 0::2]) * torch.exp(-bounded(param[:, 1::2]))], -bounded(param[:, 1::2]).sum(1)

        def forward(self, z):
            (z1, z2), param = z, self.param_map(z[0])
            return [z1, z2 * torch.exp(bounded(param[:, 1::2])) + param[:, 0::2]], bounded(param[:, 1::2]).sum(1)

    nets = [nf.nets.MLP([M // 2, *HIDDEN, M]) for _ in range(2)]
    blocks = [nf.flows.AffineCouplingBlock(net) for net in nets]
    for block, net in zip(blocks, nets):
        block.flows[1] = Coupling(net)
    swap = nf.flows.Permute(M, mode="swap")  # between the layers, and back behind them
    model = nf.NormalizingFlow(nf.distributions.DiagGaussian(M, trainable=False), [swap, blocks[1], swap, blocks[0]])
    model = model.to(dtype)
    return Peer(model.log_prob, model.forward, [net.net[::2] for net in nets], in_turn)


@pytest.mark.parametrize(
    "build, kind",
    [
        (zuko_flow, "maf"),
        (zuko_flow, "realnvp"),
        (nflows_flow, "maf"),
        (nflows_flow, "realnvp"),
        (normflows_flow, "realnvp"),
    ],
    ids=["zuko maf", "zuko realnvp", "nflows maf", "nflows realnvp", "normflows realnvp"],
)
def test_a_flow_has_the_density_the_samples_and_all_gradients_of_a_peers(build, kind, dtype, equal):
    torch = pytest.importorskip("torch")
    model, peer = flow_model(kind, dtype), build(kind, getattr(torch, dtype.__name__), torch)
    peer.take_weights(model, torch)
    x, z, weight = (RNG.normal(size=shape).astype(dtype) for shape in ((N, M), (N, M), N))
    log_prob = peer.log_prob(given := torch.from_numpy(x).requires_grad_())
    torch.sum(torch.from_numpy(weight) * log_prob).backward()
    equal(model.log_prob(x), log_prob.detach())
    with torch.no_grad():
        equal(model.flow.g(z)[0], peer.g(torch.from_numpy(z)))
    grads = value_and_grad(lambda flow: anp.sum(weight * flow.log_prob(x)))(model)[1]
    by_x = value_and_grad(lambda point: anp.sum(weight * model.log_prob(point.values[0])))(Arrays(x))[1]
    (by_x,) = by_x.values()
    equal(by_x, given.grad)
    wanted = {}
    for linear, layer, order in peer.pairs(model):
        wanted[id(layer.weight)] = linear.weight.grad.numpy()[np.argsort(order)].T
        wanted[id(layer.bias)] = linear.bias.grad.numpy()[np.argsort(order)]
    for path, theta in parameters(model).items():
        equal(grads[path], wanted.pop(id(theta)))
    assert not wanted
