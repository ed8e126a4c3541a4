"""Files that show something: received, looked at by a job of their own, then kept or refused."""
