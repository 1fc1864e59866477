"""minidgm side by side with the libraries people would otherwise use: `python -m benchmarks`; see README.md."""
