"""What the labs on VAEs share: images as binary or as levels, a VAE for them, training and evaluation.

binarized   a pixel is 1 from half of the highest level on; Bernoulli decoder
levels      the pixels as they are; decoder of discretized logistic mixtures
"""

from dataclasses import dataclass

import numpy as np

from minidgm.labs import Options
from minidgm.labs.images import images_for
from minidgm.labs.training import fit as recipe
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import value_and_grad
from minidgm.vae import (
    VAE,
    BernoulliDecoder,
    FromLevels,
    GaussianPosterior,
    LogisticMixtureDecoder,
    StandardNormalPrior,
    elbo,
    iwae_bound,
    negative_elbo,
)

COMPONENTS = 3  # of the logistic mixtures
BATCH = 100
TERMS = ("reconstruction", "I_q", "KL(q_agg ‖ p)", "ELBO")  # of `elbo_surgery`, as tables name them


@dataclass(frozen=True)
class Task:
    """A data set for a VAE: its splits (n, m), the shape and the levels of an image (2: binarized), sizes to use."""

    name: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    shape: tuple
    levels: int

    @property
    def file(self) -> str:
        """The name as a part of a file's."""
        return self.name.replace(" ", "-")

    @property
    def m(self) -> int:
        return self.train.shape[1]

    @property
    def d(self) -> int:
        """Latent dimensions."""
        return 8 if self.m <= 64 else 16

    @property
    def hidden(self) -> tuple:
        """Widths of the encoder's and the decoder's hidden layers."""
        return (128,) if self.m <= 64 else (256, 256)

    def encoder(self, outputs: int, rng):
        """A network from x (n, m) to (n, outputs), which starts near zero: every posterior near N(0, I)."""
        net = MLP((self.m, *self.hidden, outputs), rng)
        net.layers[-1].weight *= 0.1
        return net if self.levels == 2 else FromLevels(net, self.levels)

    def decoder(self, d: int, rng):
        """p(x|z) for z of d dimensions."""
        if self.levels == 2:
            return BernoulliDecoder(MLP((d, *self.hidden, self.m), rng))
        net = MLP((d, *self.hidden, 3 * self.m * COMPONENTS), rng)
        net.layers[-1].weight *= 0.1
        return LogisticMixtureDecoder(net, self.levels, COMPONENTS)

    def vae(self, rng, prior=None, d: int | None = None) -> VAE:
        """A Gaussian posterior and a decoder with `prior(d, posterior)`, a standard normal one if None."""
        d = d or self.d
        posterior = GaussianPosterior(self.encoder(2 * d, rng))
        return VAE(posterior, self.decoder(d, rng), prior(d, posterior) if prior else StandardNormalPrior(d))

    def images(self, x) -> np.ndarray:
        """Rows of x as images of levels."""
        return np.asarray(x).astype(np.int32).reshape(-1, *self.shape)


def tasks(options: Options) -> list[Task]:
    """The lab's images binarized, and with their own levels."""
    images = images_for(options)
    parts = [split.y for split in images[:3]]
    binary = [(y >= images.levels / 2).astype(np.float32) for y in parts]
    return [
        Task("binarized", *binary, images.shape, 2),
        Task(f"{images.levels} levels", *parts, images.shape, images.levels),
    ]


def fit(vae, task: Task, rng, steps: int, name: str, loss=None) -> None:
    """Train by the negative ELBO; keeps the parameters that were best on the validation split."""
    recipe(vae, loss or negative_elbo(), task.train, rng, steps=steps, batch=BATCH, clip=100.0, average=None, name=name,
           validation=task.validation, validation_loss=negative_elbo())  # fmt: skip


def mean_elbo(vae, x, samples: int) -> float:
    """The mean ELBO of x (n, m) with noise that is the same for every model."""
    return float(np.mean(elbo(vae, x, np.random.default_rng(0), samples)))


def mean_iwae(vae, x, samples: int) -> float:
    """The mean IWAE bound of x (n, m), likewise."""
    return float(np.mean(iwae_bound(vae, x, np.random.default_rng(0), samples)))


def training_step(vae, task: Task):
    """One step of training a copy of the model, to be timed."""
    vae, rng, optimizer, step = vae.copy(), np.random.default_rng(0), Adam(1e-4), value_and_grad(negative_elbo())
    return lambda: optimizer.step(vae, step(vae, task.train[:BATCH], rng)[1])
