"""A contract type that import-linter lacks: an allow-list of what a package may import from outside.

A forbidden contract names what is wrong today; an allow-list also refuses what nobody has thought of yet.
"""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import Module


class AllowListContract(Contract):
    """From outside the checked packages, the source imports the standard library and `allowed` only."""

    type_name = "allow_list"

    source = fields.ModuleField()
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001
        """Compare every import that leaves the checked packages with the allow-list."""
        assert isinstance(self.source, Module)
        assert isinstance(self.allowed, set)
        allowed = self.allowed | sys.stdlib_module_names
        internal = set(self.session_options["root_packages"])
        strangers = [
            detail
            for importer in sorted({self.source.name} | graph.find_descendants(self.source.name))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] not in allowed | internal
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each stranger with the line that imports it."""
        for detail in check.metadata["strangers"]:
            place = f"{detail['importer']} (l.{detail['line_number']})"
            output.print_error(f"{place} imports {detail['imported']}, which is not on the allow-list.")
