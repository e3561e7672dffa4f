"""Reads the source of the three packages and reports how they are built: `python docs/structure.py [--write]`.

It finds circles and climbing imports, modules that are too large or only re-export, names that are used twice, and
names that are banned; tests/test_architecture.py enforces them. `--write` brings the generated parts of
docs/architecture.md and docs/modules.md up to date. Every import counts, inside functions as well; only what stands
under `if TYPE_CHECKING` does not.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("clipmat", "training", "rim_editor")
MAY_IMPORT = {"clipmat": {"clipmat"}, "training": {"clipmat", "training"}, "rim_editor": {"clipmat", "rim_editor"}}

# From the ground up: a module may import its own room and those listed before it. A name stands for the module, or the
# package with all in it that no longer name claims.
ROOMS: dict[str, tuple[str, ...]] = {
    "clipmat: ground floor": (
        *("clipmat.errors", "clipmat.files", "clipmat.image_files", "clipmat.foreground", "clipmat.records"),
        "clipmat.colour_planes",
        *(
            *("clipmat.partial_images", "clipmat.image_metadata", "clipmat.image_modes", "clipmat.image_pages"),
            *("clipmat.raw_images", "clipmat.colour_codes", "clipmat.colour_profiles", "clipmat.colour_spaces"),
            *("clipmat.png_chunks", "clipmat.thread_warnings"),
            "clipmat.expression",
            "clipmat.certainty",
            "clipmat.present_words",
        ),
        *(
            "clipmat.pointing",
            "clipmat.examples",
            "clipmat.candidates",
            "clipmat.colour_names",
            "clipmat.position_words",
        ),
    ),
    "clipmat/sentences": ("clipmat.sentences",),
    "clipmat: network": ("clipmat",),
    "clipmat/systems": ("clipmat.systems",),
    "training: scenes and words": ("training",),
    "training/files: images and entities": ("training.files",),
    "training/strands": ("training.strands",),
    "training: composition": ("training.composition", "training.groups", "training.datasets"),
    "training/files: data sets": (
        *("training.files.folder_dataset", "training.files.folders", "training.files.refmatte"),
        *("training.composed_set", "training.statistics"),
    ),
    "training/fitting": ("training.fitting",),
    "training/refiner": ("training.refiner",),
    "training/report": ("training.report",),
    "training: trainers and commands": (
        *("training.train", "training.trainer"),
        *("training.refine", "training.export", "training.compose", "training.evaluate", "training.ablate"),
        *("training.calibration", "training.evaluate_examples", "training.evaluate_pointing"),
        *("training.pack_run", "training.teach", "training.pseudo_labels"),
    ),
    "rim_editor: errors, processes": ("rim_editor",),
    "rim_editor/documents": ("rim_editor.documents",),
    "rim_editor/files": ("rim_editor.files",),
    "rim_editor/documents: edits in words": ("rim_editor.documents.edit_description",),
    "rim_editor: model and settings": (
        "rim_editor.predictors",
        "rim_editor.matting",
        "rim_editor.model_requests",
        "rim_editor.settings",
        "rim_editor.presets",
        "rim_editor.places",
        "rim_editor.system_report",
    ),
    "rim_editor/editor": ("rim_editor.editor",),
    "rim_editor/batch": ("rim_editor.batch",),
    "rim_editor/batch/cluster": ("rim_editor.batch.cluster",),
    "rim_editor/ui": ("rim_editor.ui",),
    "rim_editor/ui/canvas": ("rim_editor.ui.canvas",),
    "rim_editor/ui/panels": ("rim_editor.ui.panels",),
    "rim_editor/ui/dialogs": ("rim_editor.ui.dialogs",),
    "rim_editor/ui/batch": ("rim_editor.ui.batch",),
    "rim_editor/ui/window": ("rim_editor.ui.window",),
    "rim_editor/ui: start": ("rim_editor.ui.application",),
    "rim_editor/commands": ("rim_editor.commands", "rim_editor.__main__"),
}

USUAL, LARGE, SMALL = 300, 400, 40
REASON = re.compile(r"\b(lines|long|longer|large|larger|together|one (module|file|place))\b")

BANNED_WORDS = {
    *("told", "tell", "tells", "said", "say", "says", "heard", "hear", "hears", "hearing", "lies", "keeping"),
    *("belt", "belts", "dealing", "manners", "looked", "color", "colors"),
}
BANNED_NAMES = {"what", "look"}
# Names that the command line or files on disk fix: `--color`, and the key "colors" of packs and label files.
FIXED_NAMES = {"color", "to_color", "Color", "ToColor", "colors"}
BANNED_PHRASES = re.compile(
    r"not to be had|needs? it not|(?<!there )\bis none\b|\bamiss\b|[Ww]hoever looks on"
    r"|(?<![\-\"])\b[Cc]olors?\b(?! ?[=:\-])"
)


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its path from the root, and its text."""

    name: str
    path: Path
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.source)

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return self.source.count("\n")

    @property
    def package(self) -> str:
        """The package that it is in; a package is in itself."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @property
    def docstring(self) -> str:
        """The module's docstring, or ''."""
        return ast.get_docstring(self.tree) or ""

    @property
    def shown(self) -> str:
        """The path as a reader types it."""
        return self.path.as_posix()


def modules(root: Path = ROOT) -> dict[str, Module]:
    """All modules of the three packages by dotted name, in order of name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path.relative_to(root), path.read_text(encoding="utf-8"))
    return found


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a tree except those under `if TYPE_CHECKING`."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from executed(other)
        else:
            yield from executed(child)


def imports(module: Module, known: Iterable[str]) -> dict[str, int]:
    """The modules of ours that one imports, each with the first line that does it."""
    known, found = set(known), dict[str, int]()
    for node in executed(module.tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.package.split(".")
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            names = [f"{base}.{a.name}" if f"{base}.{a.name}" in known else base for a in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            names = [a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        for name in names:
            if name in known and name != module.name:
                found.setdefault(name, node.lineno)
    return found


def import_graph(of: dict[str, Module]) -> dict[str, dict[str, int]]:
    """For each module the modules that it imports, with line numbers."""
    return {name: imports(module, of) for name, module in of.items()}


def circles(graph: dict[str, dict[str, int]]) -> list[list[str]]:
    """The groups of modules that import each other, directly or through others (strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        stack.append(name)
        for other in graph[name]:
            if other not in number:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == number[name]:
            at = stack.index(name)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                groups.append(sorted(group))

    for name in graph:
        if name not in number:
            visit(name)
    return sorted(groups)


def room(name: str) -> str:
    """The title in ROOMS of the longest name that is the module or a package around it."""
    claims = {claim: title for title, names in ROOMS.items() for claim in names}
    while name not in claims:
        if "." not in name:
            raise ValueError(f"{name} has no room: add it to ROOMS")
        name = name.rpartition(".")[0]
    return claims[name]


def climbing(graph: dict[str, dict[str, int]]) -> list[str]:
    """Imports of a room listed later, or of a package that theirs may not import, as `module:line -> module`."""
    order, found = list(ROOMS), []
    for name, targets in graph.items():
        for target, line in targets.items():
            allowed = target.split(".")[0] in MAY_IMPORT[name.split(".")[0]]
            if not allowed or order.index(room(target)) > order.index(room(name)):
                found.append(f"{name}:{line} -> {target}")
    return sorted(found)


def unused_claims(of: dict[str, Module]) -> list[str]:
    """Names in ROOMS that no module has."""
    return [claim for names in ROOMS.values() for claim in names if claim not in of]


def wrong_sizes(of: dict[str, Module]) -> list[str]:
    """Modules above 400 lines, and those above 300 whose docstring gives no reason."""
    return [
        f"{m.shown} {m.lines} lines" + ("" if m.lines > LARGE else ", and its docstring does not say why")
        for m in of.values()
        if m.lines > LARGE or (m.lines > USUAL and not REASON.search(m.docstring))
    ]


def small(of: dict[str, Module]) -> list[str]:
    """Modules below 40 lines, `__init__` and `__main__` aside."""
    rest = (m for m in of.values() if not m.path.name.startswith("__") and m.lines < SMALL)
    return [f"{m.shown} {m.lines} lines" for m in rest]


def only_re_exporting(of: dict[str, Module]) -> list[str]:
    """Modules that import names and define nothing."""

    def passes_on(node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            return isinstance(node.value, ast.Name | ast.Attribute | ast.List | ast.Tuple)
        return isinstance(node, ast.Import | ast.ImportFrom) or isinstance(getattr(node, "value", None), ast.Constant)

    found = []
    for module in of.values():
        body = module.tree.body
        imported = {a.name for n in body if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}
        if imported - {"annotations"} and all(map(passes_on, body)):
            found.append(module.shown)
    return found


def repeated_classes(of: dict[str, Module]) -> dict[str, list[str]]:
    """Names of classes that stand at the top of more than one module of the three packages."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in of.values():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(module.shown)
    return {name: where for name, where in sorted(places.items()) if len(where) > 1}


def repeated_files(of: dict[str, Module]) -> dict[str, list[str]]:
    """File names that stand more than once in one package, `__init__` and `__main__` aside."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module in of.values():
        if not module.path.name.startswith("__"):
            places[module.name.split(".")[0], module.path.name].append(module.shown)
    return {name: where for (_, name), where in sorted(places.items()) if len(where) > 1}


def own_names(module: Module) -> Iterator[tuple[str, int]]:
    """Every name that a module gives: its own, classes, functions, parameters, attributes and locals, with lines."""
    yield module.name.rpartition(".")[2], 1
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def banned_names(of: dict[str, Module]) -> list[str]:
    """Names of ours with a word that says nothing to a stranger, or `color`, as `file:line name`."""
    found = []
    for module in of.values():
        for name, line in sorted(set(own_names(module)), key=lambda pair: pair[1]):
            words = set(re.findall(r"[A-Z]?[a-z]+", name.replace("_", " ")))
            wrong = {word.lower() for word in words} & BANNED_WORDS or name.strip("_").lower() in BANNED_NAMES
            if wrong and name.strip("_") not in FIXED_NAMES:
                found.append(f"{module.shown}:{line} {name}")
    return found


def banned_phrases(of: dict[str, Module]) -> list[str]:
    """Phrases in comments and texts that no native speaker writes, and `color`, as `file:line phrase`."""
    prose = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    found = []
    for module in of.values():
        for token in tokenize.generate_tokens(io.StringIO(module.source).readline):
            if token.type in prose and " " in token.string:
                for match in BANNED_PHRASES.finditer(token.string):
                    line = token.start[0] + token.string[: match.start()].count("\n")
                    found.append(f"{module.shown}:{line} {match.group()}")
    return found


def private_uses(root: Path = ROOT) -> list[str]:
    """Places where tests reach into a private member of something, as `file:line ._name`."""
    found = []
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and re.match(r"_(?!replace\b)[a-z]", node.attr)
                and ast.unparse(node.value) != "self"
            ):
                found.append(f"{path.relative_to(root).as_posix()}:{node.lineno} .{node.attr}")
    return found


def room_imports(graph: dict[str, dict[str, int]]) -> dict[str, set[str]]:
    """For each room in ROOMS the other rooms that its modules import."""
    found: dict[str, set[str]] = {title: set() for title in ROOMS}
    for name, targets in graph.items():
        found[room(name)] |= {room(target) for target in targets} - {room(name)}
    return found


def picture(graph: dict[str, dict[str, int]]) -> str:
    """The rooms and their imports as a mermaid drawing, without the imports that a third room implies."""
    wanted, count = room_imports(graph), Counter(map(room, graph))
    below: dict[str, set[str]] = {}
    for title in ROOMS:  # from the ground up, so that those below are known; a climbing import leads to none
        below[title] = {far for near in wanted[title] for far in {near} | below.get(near, set())}

    def counted(number: int) -> str:
        return f"{number} module{'' if number == 1 else 's'}"

    order, lines = list(ROOMS), ["```mermaid", "flowchart TD"]
    for package in PACKAGES:
        titles = [title for title in order if title.startswith(package)]
        lines.append(f"    subgraph {package}")
        lines += [f'        r{order.index(t)}["{t.replace(": ", "<br/>")}<br/>{counted(count[t])}"]' for t in titles]
        lines.append("    end")
    for title, targets in wanted.items():
        implied = {far for near in targets for far in below[near]}
        lines += [f"    r{order.index(title)} --> r{order.index(near)}" for near in order if near in targets - implied]
    return "\n".join([*lines, "```"])


def one_line_each(of: dict[str, Module]) -> str:
    """One line for each module, room by room: its name and the first sentence of its docstring."""
    lines = ["# Modules", "", "One line each, written by `python docs/structure.py --write` from the docstrings."]
    for package in sorted({module.package for module in of.values()}):
        purpose = of[package].docstring.partition("\n\n")[0].replace("\n", " ")
        lines += ["", f"## {package.replace('.', '/')}/", "", purpose, "", "| module | what it does |", "|---|---|"]
        for module in of.values():
            if module.package == package and not module.path.name == "__init__.py":
                first = module.docstring.partition("\n\n")[0].replace("\n", " ").replace("|", "\\|")
                lines.append(f"| [{module.path.name}](../{module.shown}) | {first} |")
    return "\n".join([*lines, ""])


def generated() -> dict[Path, str]:
    """The pages with generated parts and the text that each should have now."""
    of = modules()
    pages = {ROOT / "docs" / "modules.md": one_line_each(of)}
    page = ROOT / "docs" / "architecture.md"
    if page.exists():
        before, mark, rest = page.read_text(encoding="utf-8").partition("<!-- rooms -->")
        after = rest.partition("<!-- /rooms -->")[2]
        drawing = picture(import_graph(of))
        pages[page] = f"{before}{mark}\n{drawing}\n<!-- /rooms -->{after}"
    return pages


Rule = Callable[[dict[str, Module], dict[str, dict[str, int]]], list[str]]

RULES: dict[str, Rule] = {
    "Circles": lambda of, graph: [" <-> ".join(group) for group in circles(graph)],
    "Climbing imports": lambda of, graph: climbing(graph),
    "Rooms without a module": lambda of, graph: unused_claims(of),
    "Too many lines": lambda of, graph: wrong_sizes(of),
    "Only re-exporting": lambda of, graph: only_re_exporting(of),
    "Class names used twice": lambda of, graph: [
        f"{name}: {', '.join(at)}" for name, at in repeated_classes(of).items()
    ],
    "File names used twice": lambda of, graph: [f"{name}: {', '.join(at)}" for name, at in repeated_files(of).items()],
    "Banned names": lambda of, graph: banned_names(of),
    "Banned phrases": lambda of, graph: banned_phrases(of),
    "Private members used in tests": lambda of, graph: private_uses(),
}


def findings() -> dict[str, list[str]]:
    """What breaks each rule now; an empty list is a rule that holds."""
    of = modules()
    graph = import_graph(of)
    return {name: rule(of, graph) for name, rule in RULES.items()}


def counts() -> str:
    """Modules and lines of each package and of all three, as a table."""
    of = modules()
    lines = [f"{'':12} modules   lines"]
    for package in (*PACKAGES, ""):
        chosen = [m for m in of.values() if m.name.startswith(package)]
        lines.append(f"{package or 'all':12} {len(chosen):7} {sum(m.lines for m in chosen):7}")
    return "\n".join(lines)


def main() -> int:
    """Print the findings, or one module's imports, or write the generated pages; 1 when something is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", metavar="MODULE", help="print what a module or room imports and who imports it")
    parser.add_argument("--small", action="store_true", help="list modules below 40 lines as well")
    parser.add_argument("--write", action="store_true", help="write the generated parts of the pages in docs/")
    options = parser.parse_args()
    if options.edges:
        for name, targets in import_graph(modules()).items():
            for target, line in targets.items():
                if options.edges in (name, target) or f"{options.edges}." in f" {name} {target}":
                    sys.stdout.write(f"{name}:{line} -> {target}\n")
        return 0
    if options.write:
        for path, text in generated().items():
            path.write_text(text, encoding="utf-8")
        return 0
    found = findings()
    if options.small:
        found["Below 40 lines"] = small(modules())
    for rule, broken in found.items():
        sys.stdout.write(f"\n{rule}: {len(broken)}\n" + "".join(f"  {one}\n" for one in broken))
    sys.stdout.write(f"\n{counts()}\n")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
