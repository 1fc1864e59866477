"""For lecturers (GRADING.md): grade.py grades many submissions, bundle.py writes what a service needs to do it."""
