"""Where a student's code runs: a process of its own, behind one door, `runner.call(name, args) -> Outcome`.

spawn.py     starts the process
runner.py    the checker's end: sends calls, reads what came of them
process.py   the student's end: loads the file, carries out calls
codec.py     what passes between the two
lean.py      importing what an answer uses, and not all of scipy
walls.py     what shuts the process in while a lecturer grades: Landlock and an audit hook,
seccomp.py   the calls that the kernel refuses it, and
bubble.py    namespaces of its own, where bubblewrap is installed
"""
