"""Log lines as JSON, one object per line, without personal data."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

# What a log call may add with `extra`: never a query string, an address or an agent.
FIELDS = ("method", "path", "status", "status_code", "milliseconds", "error", "command")


class JSONFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = without_values(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def without_values(traceback: str) -> str:
    """Without the lines in which PostgreSQL quotes the row that it refused."""
    return "\n".join(
        line
        for line in traceback.splitlines()
        if not line.lstrip().startswith(("DETAIL:", "CONTEXT:", "LINE "))
    )
