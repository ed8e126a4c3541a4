"""The steps of checking and of taking, as their jobs count them, in words."""

from django.utils.translation import gettext_lazy as lazy

CHECK = (
    lazy("Opening the file"),
    lazy("Reading its rows"),
    lazy("Checking every cell"),
    lazy("Comparing rows with each other and with the books"),
)
COMMIT = (
    lazy("Checking every cell once more"),
    lazy("Comparing with the books as they stand now"),
    lazy("Writing people, records and credentials"),
)
