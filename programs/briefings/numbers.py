"""How numbers stand in a briefing: the same in both languages, and never a zero with a sign."""

MINUS = "−"


def heads(value: int) -> str:
    """A number of persons: 12,345, −3."""
    return f"{MINUS if value < 0 else ''}{abs(value):,}"


def tenths(value: float) -> str:
    """A number with one decimal: 12.3, −0.5; what rounds to nothing is 0.0."""
    size = f"{abs(value):,.1f}"
    return f"{MINUS if value < 0 and size != '0.0' else ''}{size}"


def percent(rate: float) -> str:
    """A rate (1 is the whole) with one decimal: 62.5%."""
    return f"{tenths(rate * 100)}%"


def signed(value: int) -> str:
    """A difference with its sign: +1,234, −3, 0."""
    return f"+{value:,}" if value > 0 else heads(value)


def signed_tenths(value: float) -> str:
    """A difference with one decimal and its sign: +0.4, −3.1; what rounds to nothing is 0.0."""
    return f"+{tenths(value)}" if value > 0 and tenths(value) != "0.0" else tenths(value)


def level(value: float) -> bool:
    """Whether a difference rounds to nothing, so that neither more nor less may be said."""
    return tenths(value) == "0.0"
