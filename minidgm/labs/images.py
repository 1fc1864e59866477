"""The one way to a lab's images: the digits or `--data`, as many of them as a laptop has time for."""

from minidgm.data import Images, Split, load_images
from minidgm.labs import Options

LIMITS = {"train": 10_000, "validation": 1000, "test": 1000}
QUICK = {"train": 300, "validation": 60, "test": 60}


def images_for(options: Options) -> Images:
    """The images a lab looks at: LIMITS of them, QUICK of them with --quick."""
    images, limits = load_images(options.data), QUICK if options.quick else LIMITS

    def first(split: Split, n: int) -> Split:
        return Split(split.images[:n], split.labels[:n])

    return images._replace(**{part: first(getattr(images, part), limit) for part, limit in limits.items()})
