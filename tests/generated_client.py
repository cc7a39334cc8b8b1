"""A client of an API that knows nothing but its OpenAPI document: a method for each operation.

It sends parameters as the document says, and holds each answer to the schema that is promised.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jsonschema_rs
from django.test import Client


class GeneratedClient:
    def __init__(self, address: str) -> None:
        response = Client().get(address)
        assert response.status_code == 200
        self.document = json.loads(response.content)
        [server] = self.document["servers"]
        self.base = urlsplit(server["url"]).path
        self.operations = {
            operation["operationId"]: (path, method, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self.operations:
            raise AttributeError(name)
        return lambda **given: self.call(name, given)

    def call(self, name: str, given: dict[str, Any]) -> Any:
        path, method, operation = self.operations[name]
        pairs: list[tuple[str, str]] = []
        for parameter in operation.get("parameters", []):
            if parameter["name"] not in given:
                assert not parameter.get("required"), parameter["name"]
                continue
            value = given.pop(parameter["name"])
            self.hold(value, parameter["schema"])
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(str(value), safe=""))
            elif isinstance(value, list) and parameter.get("explode") is False:
                pairs.append((parameter["name"], ",".join(value)))
            elif isinstance(value, list):
                pairs += [(parameter["name"], one) for one in value]
            else:
                pairs.append((parameter["name"], str(value)))
        assert not given, f"the document does not know {[*given]}"
        return self.answer(f"{self.base}{path}?{urlencode(pairs)}", method, operation)

    def answer(self, address: str, method: str, operation: dict[str, Any]) -> Any:
        response = Client().generic(method.upper(), address)
        promised = operation["responses"][str(response.status_code)]
        kind = response["Content-Type"].partition(";")[0]
        said = json.loads(response.content)
        self.hold(said, promised["content"][kind]["schema"])
        for header in promised.get("headers", {}):
            if header != "ETag":  # Where pages are kept, which is not the case in tests.
                assert header in response
        return said

    def every(self, name: str, **given: Any) -> list[Any]:
        """All pages, one after another."""
        said = self.call(name, dict(given))
        found = list(said["results"])
        while following := said["next"]:
            parts = urlsplit(following)
            _path, method, operation = self.operations[name]
            said = self.answer(f"{parts.path}?{parts.query}", method, operation)
            found += said["results"]
        return found

    def hold(self, value: Any, schema: dict[str, Any]) -> None:
        whole = {**schema, "components": self.document["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(value)
