"""What passes between checker and student: everything plain arrives as it was, and nothing else arrives at all."""

import io
import pickle

import numpy as np
import pytest

from minidgm.course.answer import Unusable
from minidgm.course.sandbox.codec import HEAD, decode, encode, receive

A = np.arange(24.0).reshape(2, 3, 4)


def there(value, **options):
    return decode(*receive(io.BytesIO(encode(value, options.get("name")))), options.get("proxy"))


@pytest.mark.parametrize("value", [None, True, 3, -0.0, float("inf"), "σ\ud800", (1, [2, ()]), {"a": {"b": (1.5,)}}])
def test_plain_values_arrive_as_they_were(value):
    assert there(value) == value and type(there(value)) is type(value)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "u1", "?", "f2"])
@pytest.mark.parametrize("array", [A, A.T, A[:, ::2, 1:3], A[0, 0, :0], np.float64(3), np.array(3.0)])
def test_arrays_arrive_with_dtype_shape_and_layout(array, dtype):
    array = array.astype(dtype) if not isinstance(array, np.ndarray) else array.astype(dtype, order="K")
    got = there(array)
    assert type(got) is type(array) and got.dtype == array.dtype and got.shape == array.shape
    np.testing.assert_array_equal(got, array)


def test_a_layout_that_is_not_contiguous_arrives_not_contiguous_and_read_only_stays_read_only():
    assert not there(A[:, :, ::2]).flags.c_contiguous and not there(A[:, :, ::2]).flags.f_contiguous
    assert there(A.T).flags.f_contiguous and not there(A.T).flags.c_contiguous
    assert not there(np.broadcast_to(1.0, (3, 2))).flags.writeable and there(A).flags.writeable


def test_nan_arrives_as_nan():
    assert np.isnan(there(float("nan"))) and np.isnan(there(np.array([np.nan]))).all()


def test_a_callable_travels_as_a_number_and_only_where_it_may():
    assert there([len], name=lambda f: 7, proxy=lambda number: ("proxy", number)) == [("proxy", 7)]
    with pytest.raises(TypeError):
        encode(len)
    with pytest.raises(ValueError):
        decode(b'{"callable": 7}', b"")


@pytest.mark.parametrize("value", [object(), 1j, np.array([1j]), np.array(["a"]), np.array([None]), {1, 2}, b"x"])
def test_what_is_not_plain_is_not_sent(value):
    with pytest.raises(TypeError):
        encode(value)


def test_an_unusable_value_is_told_of():
    assert there((Unusable("a set"),)) == (Unusable("a set"),)


@pytest.mark.parametrize(
    "tree, blob",
    [
        (b"", b""),
        (b"[1]", b""),
        (b'{"set": []}', b""),
        (b'{"array": ["|O", [1], "C", true]}', bytes(8)),
        (b'{"array": ["<f8", [2], "C", true]}', bytes(8)),
        (b'{"array": ["<f8", [-1], "C", true]}', bytes(8)),
        (b'{"array": ["<f8", [4611686018427387904, 4], "C", true]}', bytes(8)),
        (b'{"array": ["<f8", [1.0], "C", true]}', bytes(8)),
        (b'{"array": ["<f99", [1], "C", true]}', bytes(99)),
        (b'{"array": [1, 2]}', b""),
        (b'{"dict": 1}', b""),
        (b'{"list": [], "tuple": []}', b""),
        (b"1", b"left over"),
        (b'{"list": [' * 100_000, b""),
        (b"1" * 10_000, b""),
        (pickle.dumps(A), b""),
    ],
)
def test_a_frame_that_lies_is_refused(tree, blob):
    with pytest.raises(ValueError):
        decode(tree, blob)


def test_lengths_beyond_the_limits_are_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="MB at once"):
        receive(io.BytesIO(HEAD.pack(1, 1 << 60)))


def test_the_end_of_the_stream_is_none_even_in_the_middle_of_a_frame():
    assert receive(io.BytesIO(b"")) is None
    assert receive(io.BytesIO(encode(A)[:-1])) is None
