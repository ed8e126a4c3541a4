"""What can go wrong in the vault."""


class VaultError(Exception):
    """The vault cannot do what was asked."""


class Unsealable(VaultError):
    """A sealed value does not open: altered, of another row, or of a key or version unknown here."""


class MasterKeyMissing(VaultError):
    """``FIELD_KEYS`` lacks the master key that a data key is wrapped by, or cannot be read."""


class Quarantined(VaultError):
    """A sealed file is not read any more: a virus scanner found something in it."""
