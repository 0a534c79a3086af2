"""How the documentation is built; `make docs` treats every warning as an error."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from importlib.metadata import version as installed_version
from pathlib import Path

from sphinx.application import Sphinx

import booking_core
from booking_core.domain.kernel.errors import BookingError

project = "booking-core"
author = "the booking-core authors"
copyright = "the booking-core authors"  # noqa: A001 (the name that Sphinx reads)
release = installed_version("booking-core")
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_templates", "reference/api/_*"]
templates_path = ["_templates"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# The reference is made from the docstrings of whatever modules there are, so a new module needs no page of its own.
autosummary_generate = True
autodoc_default_options = {"members": True, "undoc-members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_use_type_comments = False
# Modules in the sidebar, not every attribute of every class: furo draws it on each page.
toc_object_entries = False
# Docstrings are written for people: `name` is code, as in Markdown, not a reference to be resolved.
default_role = "code"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
suppress_warnings = [
    # A name that a package offers and a module defines has two homes in the reference; both are right.
    "ref.python",
]

html_theme = "furo"
html_title = f"booking-core {release}"
html_copy_source = False


def refusals(kind: type[BookingError] = BookingError) -> Iterator[type[BookingError]]:
    """Every kind of refusal that the core knows."""
    for each in kind.__subclasses__():
        yield each
        yield from refusals(each)


def write_refusals(app: Sphinx) -> None:
    """The table of reference/errors.md, from the classes themselves."""
    for module in pkgutil.walk_packages(booking_core.__path__, "booking_core."):
        importlib.import_module(module.name)
    rows = ["| code | again? | instead | meaning |", "|---|---|---|---|"]
    for each in sorted(set(refusals()), key=lambda kind: kind.code):
        meaning = (inspect.getdoc(each) or "").partition("\n\n")[0].replace("\n", " ")
        again = "yes" if each.retryable else "no"
        rows.append(
            f"| `{each.code}`<br>`{each.__name__}` | {again} | {each.retry_action or ''} | {meaning} |"
        )
    target = Path(app.srcdir) / "reference" / "api" / "_refusals.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(rows) + "\n")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("builder-inited", write_refusals)
