"""What records offer to rooms below: the traits by which persons are told apart."""

from programs.records.traits import phones_of
from talent.people.traits import phone_source

phone_source(phones_of)
