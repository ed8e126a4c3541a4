"""Who is still here: the heads of a target, less those who are known to have left."""
