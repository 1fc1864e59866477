"""Convolutions against scipy's, and by their structure: shifts, masks, gradients, dtype."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd.test_util import check_grads
from scipy.signal import correlate2d

from minidgm.nn import Conv2d, MaskedConv2d
from minidgm.nn.conv import conv
from minidgm.tensor import parameters, value_and_grad

MASK = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1]], bool)


def images(dtype=np.float64, channels=2):
    return np.random.default_rng(0).normal(size=(3, 5, 7, channels)).astype(dtype)


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
def test_a_convolution_is_scipys_correlation_with_zeros_beyond_the_border(kernel_size):
    layer, x = Conv2d(kernel_size, 2, 4, np.random.default_rng(1)).astype(np.float64), images()
    layer.bias[...] = [1, 2, 3, 4]
    kernel, y = layer.weight.reshape(kernel_size, kernel_size, 2, 4), layer(x)
    for image, channel in [(0, 0), (2, 3)]:
        wanted = sum(correlate2d(x[image, :, :, c], kernel[:, :, c, channel], mode="same") for c in range(2))
        np.testing.assert_allclose(y[image, :, :, channel], wanted + channel + 1, rtol=1e-12, atol=1e-12)


def test_a_masked_convolution_is_the_full_one_with_zeros_where_the_mask_is_false():
    rng = np.random.default_rng(1)
    masked, full = MaskedConv2d(MASK, 2, 4, rng), Conv2d(3, 2, 4, rng)
    full.weight[...] = 0
    full.weight[MASK.ravel()] = masked.weight
    np.testing.assert_allclose(masked(images(np.float32)), full(images(np.float32)), rtol=1e-5, atol=1e-6)
    assert len(masked.weight) == MASK.sum()


def test_a_kernel_larger_than_the_image_sees_zeros():
    layer, x = Conv2d(5, 1, 1, np.random.default_rng(0)).astype(np.float64), np.ones((1, 1, 2, 1))
    kernel = layer.weight.reshape(5, 5)
    np.testing.assert_allclose(layer(x)[0, 0, :, 0], [kernel[2, 2] + kernel[2, 3], kernel[2, 1] + kernel[2, 2]])


def test_gradients_of_first_and_second_order():
    layer, x = MaskedConv2d(MASK, 2, 3, np.random.default_rng(1)).astype(np.float64), images()[:2, :3, :4]
    offsets = [(-1, -1), (-1, 0), (0, -1), (1, 1)]
    check_grads(lambda *args: conv(*args, offsets=offsets), modes=["rev"], order=2)(x, layer.weight, layer.bias)


def test_float32_in_float32_out_and_gradients_as_in_float64():
    layer = Conv2d(3, 2, 3, np.random.default_rng(1))
    loss = lambda layer, x: anp.sum(layer(x) ** 2)  # noqa: E731
    value, grad = value_and_grad(loss)(layer, images(np.float32))
    _, exact = value_and_grad(loss)(layer.astype(np.float64), images())
    assert layer(images(np.float32)).dtype == value.dtype == np.float32
    for path in parameters(layer):
        assert grad[path].dtype == np.float32
        np.testing.assert_allclose(grad[path], exact[path], rtol=1e-4, atol=1e-3)


def test_what_is_wrong_is_refused_in_a_sentence():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"x: expected shape \(n, height, width, 2\), got \(5, 7, 2\)"):
        Conv2d(3, 2, 4, rng)(images()[0])
    for mask in [np.ones((2, 2), bool), np.ones((3, 5), bool), np.zeros((3, 3), bool)]:
        with pytest.raises(ValueError, match="mask: expected k × k with k odd and a True in it"):
            MaskedConv2d(mask, 1, 1, rng)
    with pytest.raises(ValueError, match="kernel_size: expected an odd whole number from 1 on, got 2"):
        Conv2d(2, 1, 1, rng)
    with pytest.raises(ValueError, match="mask: expected a boolean array"):
        MaskedConv2d(np.ones((3, 3), int), 1, 1, rng)
