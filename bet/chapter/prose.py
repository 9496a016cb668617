"""Prose as a Jinja template with its values in place, each shown number kept for the records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from bet import numbers
from bet.chapter.lint import bare_numbers
from bet.chapter.outputs import as_json, set_apart
from bet.faults import BadInput, Fault, require
from bet.numbers import Shown

_VALUE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TAG_ALONE = re.compile(r"^[ \t]*(\{%[^%\n]*%\})[ \t]*\n", re.MULTILINE)  # leaves no empty line
_BLOCK_START = re.compile(r"\s*([-*+|#>]\s?|\d+\.\s|<|:::|```)")
FORMATS = {name: getattr(numbers, name) for name in numbers.__all__}


def render(template: str, names: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the Markdown of a template and the numbers that it shows.

    ``names`` is the namespace of the cell; the formats of ``bet.numbers`` are known as functions and
    as filters. Raises BadInput for a typed figure, an unknown name, a number without a format and
    whatever goes wrong in an expression.
    """
    where = f"say('{' '.join(template.split())[:40]}…')"
    tree = _parsed(template, where)
    figures = [
        Fault(where, f"a bare figure {b}", "a value in {{ }}") for b in _typed(template, tree)
    ]
    choices = [
        Fault(where, f"an if without else, line {line}", "what stands there if not: … else ''")
        for line in _one_sided(tree)
    ]
    require(figures + choices)
    shown: dict[str, dict[str, Any]] = {}

    def keep(value: Any, said: str) -> str:
        if isinstance(value, bool | int | float) or hasattr(value, "dtype"):
            raise BadInput(
                [Fault(where, f"{said} without a format", "words, plain, pct, usd, num …")]
            )
        if isinstance(value, Shown):
            key = (
                said
                if shown.get(said, {}).get("text", str(value)) == str(value)
                else f"{said} ({len(shown)})"
            )
            shown[key] = {
                "text": str(value),
                "value": as_json(value.value),
                "unit": value.unit,
            }
        return str(value)

    environment = _environment()
    environment.globals |= {**FORMATS, **dict(names), "_keep": keep}
    marked = _VALUE.sub(
        lambda m: f"{{{{ _keep({m[1].strip()}, {' '.join(m[1].split())!r}) }}}}", template
    )
    marked = _TAG_ALONE.sub(r"\1", marked)
    try:
        text = environment.from_string(marked).render()
    except BadInput:
        raise
    except TemplateError as error:
        raise BadInput(
            [Fault(where, str(error), "a name of the notebook, a template of Jinja")]
        ) from None
    except Exception as error:  # an expression of the author may raise anything
        told = f"{type(error).__name__}: {error}"
        raise BadInput([Fault(where, told, "an expression that has a value")]) from None
    return paragraphs(text), shown


class Sandbox(SandboxedEnvironment):
    """Templates that fill in values: what stands in brackets is an item, and no name leads from module to module.

    Jinja takes an attribute where there is no such item, by a name that nobody sees in the template.
    """

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an item; undefined where there is none."""
        try:
            return obj[argument]
        except (LookupError, TypeError, AttributeError):
            return self.undefined(obj=obj, name=argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute, but no module."""
        found = super().getattr(obj, attribute)
        return self.unsafe_undefined(obj, attribute) if isinstance(found, ModuleType) else found


def _environment() -> Sandbox:
    environment = Sandbox(undefined=StrictUndefined)
    environment.filters |= FORMATS
    return environment


def _parsed(template: str, where: str) -> nodes.Template:
    try:
        return _environment().parse(template)
    except TemplateError as error:
        raise BadInput([Fault(where, str(error), "a template of Jinja")]) from None


def _one_sided(tree: nodes.Template) -> list[int]:
    """Return the lines of expressions that have a value under some parameters only."""
    choices = tree.find_all(nodes.CondExpr)
    return [choice.lineno for choice in choices if choice.expr2 is None]


def _typed(template: str, tree: nodes.Template) -> list[str]:
    """Return the figures that are typed: in the text, or in a text that an expression shows."""
    keys = {
        id(key) for item in tree.find_all(nodes.Getitem) for key in item.find_all(nodes.Const)
    } | {id(key) for test in tree.find_all(nodes.Compare) for key in test.find_all(nodes.Const)}
    found = bare_numbers(template)
    for output in tree.find_all(nodes.Output):
        for const in output.find_all(nodes.Const):
            if isinstance(const.value, str) and id(const) not in keys:
                found += bare_numbers(const.value)
    return found


def paragraphs(text: str) -> str:
    """Return text with each paragraph on one line; lists, tables and blank lines stay."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        words = line.strip()
        if not words:
            lines.append("")
        elif (
            lines
            and lines[-1]
            and not _BLOCK_START.match(words)
            and not lines[-1].startswith(("|", "#"))
        ):
            lines[-1] += f" {words}"
        else:
            lines.append(words)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def money(text: str) -> str:
    """Escape dollar signs outside code and set them apart: Jupyter would take them for mathematics."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(p if p.startswith("`") else set_apart(_escaped(p)) for p in parts)


def _escaped(text: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\$", text)
