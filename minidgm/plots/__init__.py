"""Every picture, one function a picture; each returns a matplotlib Figure that `minidgm.labs.report.figure` saves."""
