"""`python -m minidgm` is the command `minidgm`."""

import sys

from minidgm.cli import main

if __name__ == "__main__":
    sys.exit(main())
