"""The rules of the house (docs/architecture.md): imports, circles, sizes, names, generated pages, cheap starts."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "clipmat": {"training", "rim_editor", "PySide6", "qtawesome"},
    "training": {"rim_editor", "PySide6", "qtawesome"},
}

GROUND_FLOOR = {
    "candidates",
    "colour_planes",
    "certainty",
    "colour_names",
    "colour_codes",
    "colour_profiles",
    "colour_spaces",
    "present_words",
    "errors",
    "examples",
    "expression",
    "files",
    "foreground",
    "image_files",
    "image_metadata",
    "image_modes",
    "image_pages",
    "partial_images",
    "png_chunks",
    "pointing",
    "raw_images",
    "records",
    "thread_warnings",
}
"""The modules of clipmat that hold nothing of the network: any module of any package may import them."""


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def clipmat_modules_of(path: Path) -> set[str]:
    """The modules of clipmat that a file imports, those under TYPE_CHECKING and inside functions among them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("clipmat.")}
        elif isinstance(node, ast.ImportFrom) and node.module == "clipmat":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clipmat."):
            found.add(str(node.module).split(".")[1])
    return found


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_a_package_imports_nothing_above_it(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    broken = {str(f.relative_to(ROOT)): bad for f in files if (bad := imports_of(f) & FORBIDDEN[package])}
    assert not broken


def test_qt_is_imported_under_ui_only():
    files = [f for f in (ROOT / "rim_editor").rglob("*.py") if "ui" not in f.relative_to(ROOT).parts]
    assert files
    assert not [f for f in files if imports_of(f) & {"PySide6", "qtawesome"}]


def test_nothing_asks_a_layout_for_its_items():
    """C++ deletes them unnoticed, and their wrappers then stand for whatever gets their address: a crash, later."""
    asked = re.compile(r"\.(itemAt|takeAt|itemAtPosition)\(")
    files = (ROOT / "rim_editor").rglob("*.py")
    assert not [str(f.relative_to(ROOT)) for f in files if asked.search(f.read_text(encoding="utf-8"))]


def test_no_path_is_asked_what_it_is_by_pathlib():
    """Its questions raise for a name that is too long, a closed folder and a loop of links; those of os.path say no."""
    asked = re.compile(r"(?<!os\.path)(?<!entry)\.(exists|is_file|is_dir|is_symlink|is_mount|samefile|resolve)\(")
    files = [f for package in ("clipmat", "rim_editor") for f in (ROOT / package).rglob("*.py")]
    found = {str(f.relative_to(ROOT)): asked.findall(f.read_text(encoding="utf-8")) for f in files}
    assert not {name: each for name, each in found.items() if each}


def test_matting_alone_imports_the_network_in_the_editor():
    files = (ROOT / "rim_editor").rglob("*.py")
    assert [f.name for f in files if clipmat_modules_of(f) - GROUND_FLOOR] == ["matting.py"]


@pytest.mark.parametrize("module", sorted(GROUND_FLOOR))
def test_the_ground_floor_stands_on_itself_and_loads_no_network(module):
    path = ROOT / "clipmat" / f"{module}.py"
    assert clipmat_modules_of(path) <= GROUND_FLOOR and not imports_of(path) & {"torch", "open_clip", "transformers"}


def run_without(blocked: list[str], code: str) -> subprocess.CompletedProcess[str]:
    guard = f"""
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {blocked!r}:
            raise ImportError('blocked: ' + name)
sys.meta_path.insert(0, Blocked())
"""
    return subprocess.run([sys.executable, "-c", guard + code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_clipmat_and_training_work_with_qt_not_importable():
    code = """
import pkgutil, importlib, clipmat, training, numpy as np
for package in (clipmat, training):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):
        importlib.import_module(module.name)
from clipmat.predictor import Predictor
predictor = Predictor.load('compact', device='cpu', untrained=True)
predictor.set_image(np.zeros((40, 60, 3), np.uint8))
assert predictor.predict('the cup').matte.shape == (40, 60)
"""
    done = run_without(["PySide6", "shiboken6", "qtawesome", "qtpy"], code)
    assert done.returncode == 0, done.stderr


def test_the_compact_variant_needs_neither_open_clip_nor_torchvision():
    code = """
import numpy as np
from clipmat.predictor import Predictor
predictor = Predictor.load('compact', device='cpu', untrained=True)
predictor.set_image(np.zeros((40, 60, 3), np.uint8))
predictor.predict('the cup')
"""
    done = run_without(["open_clip", "torchvision", "timm"], code)
    assert done.returncode == 0, done.stderr


def load_structure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("structure", ROOT / "docs" / "structure.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


structure = load_structure()


@pytest.fixture(scope="module")
def findings() -> dict[str, list[str]]:
    return structure.findings()


@pytest.mark.parametrize("rule", structure.RULES)
def test_the_packages_keep_the_rule(rule, findings):
    assert not findings[rule]


def test_the_generated_pages_are_up_to_date():
    stale = [p.name for p, text in structure.generated().items() if not p.exists() or p.read_text("utf-8") != text]
    assert not stale, "run `make docs`"


def test_the_page_of_the_architecture_names_files_that_are_there():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    paths = [path.as_posix() for package in structure.PACKAGES for path in (ROOT / package).rglob("*.py")]
    named = re.findall(r"`([a-z_/]+\.py)`", page)
    assert named and not [name for name in named if not any(path.endswith(f"/{name}") for path in paths)]


def packages(root: Path, **sources: str) -> dict[str, structure.Module]:
    """The three packages with the modules of rim_editor that are given."""
    for package in structure.PACKAGES:
        (root / package).mkdir()
        (root / package / "__init__.py").write_text("")
    for name, source in sources.items():
        (root / "rim_editor" / f"{name}.py").write_text(source)
    return structure.modules(root)


def test_a_circle_is_found_through_an_import_in_a_function_but_not_under_type_checking(tmp_path):
    found = packages(
        tmp_path,
        one="def f():\n    from rim_editor import two\n",
        two="import rim_editor.three\n",
        three="from .one import f\n",
        four="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rim_editor import five\n",
        five="from rim_editor.four import x\n",
    )
    graph = structure.import_graph(found)
    assert structure.circles(graph) == [["rim_editor.one", "rim_editor.three", "rim_editor.two"]]
    assert graph["rim_editor.four"] == {} and graph["rim_editor.five"] == {"rim_editor.four": 1}


def test_an_import_that_climbs_is_found(tmp_path):
    found = packages(tmp_path, app="import clipmat\n", cli="def main():\n    import rim_editor.app, training\n")
    assert structure.climbing(structure.import_graph(found)) == ["rim_editor.cli:2 -> training"]
    graph = {"rim_editor.ui.canvas.canvas": {"rim_editor.ui.window.actions": 7}}
    assert structure.climbing(graph) == ["rim_editor.ui.canvas.canvas:7 -> rim_editor.ui.window.actions"]


def test_modules_that_pass_on_names_repeat_names_or_are_too_long_are_found(tmp_path):
    found = packages(
        tmp_path,
        passing='"""Doc."""\n\nfrom os import path\n\n__all__ = ["path"]\n',
        long="x = 1\n" * 401,
        large='"""Large because its lines belong together."""\n' + "x = 1\n" * 310,
        unexplained="x = 1\n" * 301,
        dialect="class Thing:\n    def told(self, what):\n        self.edge_color = lies = what\n",
        again="class Thing: ...\n",
    )
    assert structure.only_re_exporting(found) == ["rim_editor/passing.py"]
    assert [line.split()[0] for line in structure.wrong_sizes(found)] == [
        "rim_editor/long.py",
        "rim_editor/unexplained.py",
    ]
    assert {line.split()[1] for line in structure.banned_names(found)} == {"told", "what", "edge_color", "lies"}
    assert structure.repeated_classes(found) == {"Thing": ["rim_editor/again.py", "rim_editor/dialect.py"]}


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "training/README.md", *ROOT.glob("resources/*/README.md")]
MADE_LATER = {
    *("keywords.csv", "my_folder/expressions.csv", "backgrounds/", "training/configs/NAME.toml"),
    *("licences.csv", "carried/", "results/", "nouns.csv", "taught/"),
    *("clipmat/systems/NAME.py", "tests/clipmat/systems/test_NAME.py"),
}
"""Files and folders that a page names and that its reader makes."""


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_module_folder_and_command_that_a_page_names_is_there(page):
    if page.name == "CHANGELOG.md":
        pytest.skip("names what was, too")
    text = page.read_text(encoding="utf-8")
    places = [
        p.relative_to(ROOT) for top in (*structure.PACKAGES, "tests", "resources") for p in (ROOT / top).rglob("*")
    ]
    known = {f"/{p.as_posix()}" + ("/" if (ROOT / p).is_dir() else "") for p in places}
    known |= {f"/{p.name}" + ("/" if p.is_dir() else "") for p in ROOT.iterdir()} | {"/docs/architecture.md"}
    named = set(re.findall(r"`([\w/.-]+\.(?:py|toml|md|csv))`", text)) | set(
        re.findall(r"`([a-z_]+(?:/[a-z_]+)*/)`", text)
    )
    commands = re.findall(r"-m ((?:training|rim_editor)[.a-z_]*[a-z])", text)
    named |= {command.replace(".", "/") + ("/" if is_package(command) else ".py") for command in commands}
    assert not [name for name in sorted(named - MADE_LATER) if not any(path.endswith(f"/{name}") for path in known)]


def is_package(module: str) -> bool:
    return (ROOT / module.replace(".", "/") / "__main__.py").exists()
