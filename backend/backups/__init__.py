"""Backups of the whole cluster, restoring to any moment since, and the rehearsal that proves it.

A backup is a base backup, the write-ahead log that it needs to reach one marked moment, and a manifest with the *stock*
of that moment: counts and digests of every table. `python -m backend.backups --help` does everything; nothing here
needs Django, because an empty host has no database that Django could be started with.
"""
