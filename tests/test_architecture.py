"""The import rules of the house: ui -> editor -> clipmat <- training; no Qt below ui; cheap starts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "clipmat": {"training", "rim_editor", "PySide6", "qtawesome"},
    "training": {"rim_editor", "PySide6", "qtawesome"},
}

GROUND_FLOOR = {"errors", "files", "foreground", "image_files", "records", "thread_warnings"}
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
