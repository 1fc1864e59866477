"""The one exception of minidgm's own: a mistake of the user, told in one sentence."""


class UserError(ValueError):
    """Something the user gave is not what was wanted; the command line prints the sentence and exits with status 2."""
