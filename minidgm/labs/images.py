"""The one way to a lab's images: the digits or `--data`, as many of them as a laptop has time for."""

from minidgm.data import Images, load_images
from minidgm.errors import UserError
from minidgm.labs import Options

LIMITS = {"train": 10_000, "validation": 1000, "test": 1000}
QUICK = {"train": 300, "validation": 60, "test": 60}
LARGEST = 20_000_000  # weights of one network that a laptop trains in minutes


def images_for(options: Options) -> Images:
    """The images a lab looks at: LIMITS of them, QUICK of them with --quick."""
    images = load_images(options.data)
    limits = QUICK if options.quick else LIMITS
    return images._replace(**{part: getattr(images, part)[:limit] for part, limit in limits.items()})
