"""Words with gaps: templates that fill in and choose, and can do nothing else.

Businesses write templates of their own, so they are treated as a stranger's programs: Jinja's sandbox, and of its
language only what always ends and never makes much out of little. There are no loops, calls, attributes or sums.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from booking_core.domain.kernel.errors import InvalidInput

LONGEST_FILLED = 100_000
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
"""What a template may be made of."""
FILTERS = frozenset({"upper", "lower", "title", "capitalize", "trim", "escape", "e"})


def _environment(*, is_html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=is_html, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


_PLAIN, _HTML = _environment(is_html=False), _environment(is_html=True)


def check_template(text: str, facts: AbstractSet[str]) -> None:
    """Raise InvalidInput where a template makes no sense, does more than it may, or names what is none of the facts."""
    try:
        tree = _PLAIN.parse(text)
    except TemplateError as error:
        raise InvalidInput("template", str(error.message)) from error
    except RecursionError as error:
        raise InvalidInput("template", "is nested too deeply") from error
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            raise InvalidInput("template", f"may not use {type(node).__name__.lower()}", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise InvalidInput("template", f"may use the filters {', '.join(sorted(FILTERS))}", node.name)
    unknown = meta.find_undeclared_variables(tree) - facts
    if unknown:
        raise InvalidInput("template", f"may name {', '.join(sorted(facts))}", min(unknown))
    try:
        _PLAIN.from_string(text)
    except (TemplateError, SyntaxError, RecursionError) as error:
        raise InvalidInput("template", "is nested too deeply") from error


def filled(text: str, facts: Mapping[str, str | bool], *, is_html: bool = False) -> str:
    """The template with its gaps filled; raises InvalidInput as `check_template` does, and for what gets too long.

    In HTML the facts are escaped, the template itself is taken as it is.
    """
    try:
        found = _compiled(text, frozenset(facts), is_html=is_html).render(facts)
    except TemplateError as error:
        raise InvalidInput("template", str(error.message)) from error
    if len(found) > LONGEST_FILLED:
        raise InvalidInput("template", f"makes more than {LONGEST_FILLED} characters")
    return found


@lru_cache(maxsize=500)
def _compiled(text: str, facts: frozenset[str], *, is_html: bool) -> Template:
    check_template(text, facts)
    return (_HTML if is_html else _PLAIN).from_string(text)
