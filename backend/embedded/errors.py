"""What the embedded services say when they cannot go on."""


class EmbeddedError(Exception):
    """The services cannot do what was asked; the text says what happened, where, and what to do."""


class NotRunningError(EmbeddedError):
    """An address was asked for while nothing runs."""


class PortTakenError(EmbeddedError):
    """Another program holds the port; a new one has to be chosen."""
