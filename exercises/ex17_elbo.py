"""Exercise 17: the ELBO, the bound that trains a VAE (Kingma and Welling 2014; Rezende et al. 2014).

log p(x) = log ∫ p(x|z) p(z) dz has no closed form once p(x|z) is a network. The encoder's q(z|x) makes a lower bound
of it that can be estimated from one sample and differentiated. The lecture's second half takes this bound apart.

    log p(x) ≥ ELBO(x) = E_q(z|x) log p(x|z) − KL(q(z|x) ‖ p(z))

    q(z|x) = N(μ(x), diag σ²(x)),   p(z) = N(0, I),   p(x|z) a product of Bernoullis whose logits the decoder computes

Networks return log σ, which may be any number, so the functions here take `log_sigma`: the logarithm of the standard
deviation, not of the variance.
Read afterwards: minidgm/vae/model.py.
"""

import autograd.numpy as np


def reparameterize(mu, log_sigma, eps):
    """Draw from N(μ, σ²) as a function of noise, so that the sample can be differentiated.

    A sampler doesn't tell how its sample moves when μ and σ move. Written as a shifted and scaled standard normal
    number, it does: gradients flow through the sample to the encoder. Every coordinate of every object needs noise of
    its own.

        z = μ + σ ε,   ε ~ N(0, I)

    mu, log_sigma: (n, d); eps: (n, d), or (samples, n, d) for several samples of each object.
    Returns z in the shape of eps, in the dtype of the arguments.

    >>> reparameterize(np.array([[1.0, 0.0]]), np.log([[2.0, 0.5]]), np.array([[1.5, -1.0]]))
    array([[ 4. , -0.5]])
    """
    raise NotImplementedError("ex17: write reparameterize")


def gaussian_kl(mu, log_sigma):
    """KL(N(μ, diag σ²) ‖ N(0, I)): what the encoder pays, in nats, for telling the decoder about x.

    It's the one part of the ELBO with a closed form, so no noise needs to enter here. It is zero only where the
    posterior is the prior. A confident encoder has σ = e^{−60}, say: log σ must be used as it comes.

        KL = ½ Σ_j (μ_j² + σ_j² − 1 − 2 log σ_j)

    mu, log_sigma: (n, d). Returns (n,), one number per object, in the dtype of the arguments.

    μ = 1 with σ = 1 costs ½ nat; μ = 0 with σ = e^{−1} costs ½ (e^{−2} − 1 + 2) = 0.5677.

    >>> np.round(gaussian_kl(np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [-1.0, 0.0]])), 4)
    array([0.5   , 0.5677])
    """
    raise NotImplementedError("ex17: write gaussian_kl")


def bernoulli_log_prob(x, logits):
    """The log-probability of binary pixels, given each pixel's logit: a Bernoulli decoder's log p(x|z).

    The decoder returns any number l, which stands for P(x = 1) = sigmoid(l). A confident decoder's l is ±50 or ±1000:
    for the right pixel that costs nothing, for the wrong one |l| nats, and neither may become infinite. Both cases, x
    = 1 and x = 0, are in one formula:

        log p(x) = Σ_j (x_j log s(l_j) + (1 − x_j) log s(−l_j)),   s the sigmoid
                 = Σ_j (x_j l_j − log(1 + e^{l_j}))

    x: (n, m) zeros and ones, in the dtype of the logits; logits: (n, m). Returns (n,), in that dtype.

    Two pixels with P(x = 1) = 3/4, which is the logit log 3: log(3/4 · 1/4) = −1.674.

    >>> np.round(bernoulli_log_prob(np.array([[1.0, 0.0]]), np.log([[3.0, 3.0]])), 4)
    array([-1.674])
    """
    raise NotImplementedError("ex17: write bernoulli_log_prob")


def elbo(x, mu, log_sigma, eps, decoder):
    """Estimate the ELBO of each object from one posterior sample: reconstruction minus KL.

    Reconstruction is the log-probability of x under the decoder at a sample of q(z|x), and the KL uses its closed form:
    then the estimate is as calm as it can be. On average it's below log p(x), by KL(q(z|x) ‖ p(z|x)). Use the three
    functions above.

        ELBO(x) ≈ log p(x|z) − KL(q(z|x) ‖ p(z)),   z = μ + σ ε

    x: (n, m) zeros and ones; mu, log_sigma, eps: (n, d); decoder: (n, d) -> logits (n, m).
    Returns (n,), one number per object, in nats and in the dtype of the arguments.

    With q = p the KL is zero, and a decoder whose logits are all 0 gives each of the three pixels probability ½:

    >>> zeros = np.zeros((1, 2))
    >>> elbo(np.array([[1.0, 0.0, 1.0]]), zeros, zeros, zeros, lambda z: np.zeros((len(z), 3)))  # −3 log 2
    array([-2.07944154])
    """
    raise NotImplementedError("ex17: write elbo")
