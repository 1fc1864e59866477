"""Exercise 13: an autoregressive model of pixels (van den Oord et al. 2016; Salimans et al. 2017, PixelCNN++).

An image of m pixels, read like a page of text, is one long sequence of levels, and its probability is a product of
conditionals. PixelCNN computes all m of them with one stack of convolutions whose masks hide every pixel that hasn't
been read yet: so the likelihood is parallel. Sampling isn't: a pixel can't be drawn before the ones it depends on.

    P(y) = Π_j P(y_j | y_1, ..., y_{j−1}),    log P(y) = Σ_j log P(y_j | y_<j)

Here the conditionals are any categorical ones; in PixelCNN++ they are the discretized mixtures of exercise 12.
`conditional` maps a prefix (n, j), the first j levels of n objects, to log-probabilities (n, levels) of the next one;
j = 0, the empty prefix of shape (n, 0), asks for the first pixel.
Read afterwards: minidgm/discrete/pixelcnn.py.
"""

import numpy as np


def causal_mask(kernel_size, kind):
    """Which weights of a k × k convolution kernel may be nonzero, so that no pixel sees the future.

    The kernel's centre lies on the pixel that is being predicted. Pixels are read row by row from the top, each row
    from left to right, and True marks the places that were read before the centre. The two kinds differ in the centre
    alone. Kind "A" hides it: the first layer of the network sees the image itself, and must not see the answer. Kind
    "B" shows it: in later layers the centre holds features, which were made of earlier pixels only.

    kernel_size: odd integer k; kind: "A" or "B". Returns a (k, k) boolean array; row 0 is the top row.

    >>> causal_mask(3, "B").astype(int)
    array([[1, 1, 1],
           [1, 1, 0],
           [0, 0, 0]])
    """
    k = kernel_size
    position = np.arange(k * k).reshape(k, k)  # the order of reading
    centre = position[k // 2, k // 2]
    return position < centre if kind == "A" else position <= centre


def ar_log_prob(y, conditional):
    """The log-probability of whole objects, by the chain rule.

    Every term asks the conditional for the log-probabilities of pixel j, given the pixels before it and no other, and
    takes the entry of the level that object really has. Done right, P(y) sums to one over all levels^m possible images,
    whatever the conditional. A level may have probability zero (log-probability −inf), at no harm to the objects that
    don't contain it.

        log P(y) = Σ_j log P(y_j | y_<j),   in nats

    y: (n, m) integers 0..levels−1; conditional: (n, j) -> (n, levels), for j = 0..m−1.
    Returns (n,), one number per object, in the dtype of the conditional's values.

    Two pixels of two levels: y_1 is 1 with probability 0.75, and y_2 repeats y_1 with probability 0.9.

    >>> def conditional(prefix):
    ...     if prefix.shape[1] == 0:
    ...         return np.log(np.tile([0.25, 0.75], (len(prefix), 1)))
    ...     return np.log(np.where(prefix[:, -1:] == [0, 1], 0.9, 0.1))
    >>> np.exp(ar_log_prob(np.array([[1, 1], [0, 1]]), conditional))  # 0.75 · 0.9 and 0.25 · 0.1
    array([0.675, 0.025])
    """
    rows = np.arange(len(y))
    return sum(conditional(y[:, :j])[rows, y[:, j]] for j in range(y.shape[1]))


def ar_sample(conditional, uniforms):
    """Draw objects, one pixel after the other: ancestral sampling.

    Pixel j is drawn from the conditional given the pixels drawn so far, by inverting its cumulative sum: lay the
    levels' probabilities end to end on [0, 1), level 0 first; the level on whose piece the uniform number falls is the
    sample. With the randomness passed in like this, the same uniforms give the same images.

        y_j = the smallest level l with P(0) + ... + P(l) > u_j,    each P(·) given y_<j

    A level of probability zero has a piece of length zero, and is never drawn, not even for u = 0. In floating point
    the cumulative sum may end a little below 1, and u above it: the level must still be one of 0..levels−1.

    conditional: (n, j) -> log-probabilities (n, levels); uniforms: (n, m), each in [0, 1), one for each pixel.
    Returns (n, m) integers.

    >>> def conditional(prefix):  # probabilities 0.2, 0.3, 0.5, whatever came before
    ...     return np.log(np.tile([0.2, 0.3, 0.5], (len(prefix), 1)))
    >>> ar_sample(conditional, np.array([[0.1, 0.4], [0.6, 0.3]]))
    array([[0, 1],
           [2, 1]])
    """
    n, m = uniforms.shape
    y = np.zeros((n, 0), dtype=int)
    for j in range(m):
        cumulative = np.cumsum(np.exp(conditional(y)), axis=1)
        cumulative = cumulative / cumulative[:, -1:]  # ends in 1 exactly, so above every u
        y_j = np.sum(cumulative <= uniforms[:, [j]], axis=1)  # how many pieces end at u or before
        y = np.column_stack([y, y_j])
    return y
