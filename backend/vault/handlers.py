"""What of the vault's own tables rests sealed."""

from backend.vault.columns import seals

# A chunk has a mebibyte.
seals("sealed_chunk", "sealed", row="file_id || '/' || position", at_once=8)
