"""A photograph with a red square, and the command line, run on it in this process."""

import numpy as np
import pytest
from PIL import Image

from rim_editor.commands import cli


@pytest.fixture
def photo(tmp_path):
    """A red square, 20 to 40 by 10 to 30, on green."""
    pixels = np.full((50, 60, 3), (30, 160, 60), np.uint8)
    pixels[10:30, 20:40] = (230, 20, 20)
    exif = Image.Exif()
    exif[0x013B] = "Ann"
    Image.fromarray(pixels).save(tmp_path / "photo.png", exif=exif)
    return tmp_path / "photo.png"


@pytest.fixture
def run(capsys, loaded, tmp_path):
    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def refused():
    def refused(result, code, *words):
        """The run failed as it should: nothing on stdout, one line on stderr that says these words."""
        assert result[0] == code
        assert result[1] == ""
        assert result[2].startswith("rim-editor: ")
        assert result[2].count("\n") == 1
        for word in words:
            assert word in result[2]

    return refused
