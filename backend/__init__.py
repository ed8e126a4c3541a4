"""The platform: what knows nothing of talent or programmes."""

import os

# Where lxml is installed, as it is for Word files, openpyxl would take it for reading too; what partners send is read
# by defusedxml alone.
os.environ.setdefault("OPENPYXL_LXML", "False")
