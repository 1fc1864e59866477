"""The lecture's letters, which are the code's: what they mean and their shapes."""

LETTERS = (
    ("x", "(n, m)", "data: n objects of m dimensions"),
    ("z", "(n, d) or (n, m)", "latent"),
    ("y", "(n, m) integers", "discrete data: levels 0 … levels − 1"),
    ("u", "(n, m)", "dequantization noise in the unit cube"),
    ("f, g", "(n, m) → (n, m), (n,)", "f maps data to latent, g = f⁻¹ latent to data; each with its own log_det"),
    ("log_det", "(n,)", "log|det| of the Jacobian of the map just applied, in nats"),
    ("mu, sigma", "(n, m)", "mean and standard deviation; log_sigma is the logarithm of sigma"),
    ("eps", "(n, d)", "noise ε ~ N(0, I)"),
    ("log_prob", "(n,)", "log-density of each object, in nats; bits_per_dim divides by m log 2"),
    ("q(z|x)", "—", "variational posterior, the encoder's"),
    ("q_agg(z)", "—", "aggregated posterior, (1/n) Σ q(z|x_i)"),
    ("I_q", "one number", "mutual information between objects and codes, from 0 to log n"),
    ("ELBO", "(n,)", "E log p(x|z) + log p(z) − log q(z|x), at most log p(x)"),
    ("rng", "—", "a numpy.random.Generator: the same seed gives the same numbers"),
)
