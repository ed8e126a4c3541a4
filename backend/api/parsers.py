"""JSON bodies by orjson, which refuses what Python's parser lets through: NaN, lone surrogates, broken UTF-8."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JSONParser(BaseParser):
    """A JSON body."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values.

        Raises:
            ParseError: not JSON; the sentence says where.
        """
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(
                _("The body is not JSON: it cannot be read at line %(line)d, column %(column)d.") % place
            ) from None
