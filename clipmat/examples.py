"""Examples: what is selected in one image, as a few vectors by which the same weights find it in others. No network.

An example is a small JSON file: format and version, the vectors (float16, base64), and a card that records where they
came from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import records
from clipmat.errors import BadExample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIX = ".rimexample"
FORMAT = "rim-example"
VERSION = 1
_LARGEST_FILE = 4_000_000  # bytes; the examples of CLIP's widest text tower take 200 kB
_REMEDY = "mark the object again and save it as an example"


@dataclass(frozen=True, slots=True)
class Example:
    """What stands for an object in place of an expression, for one file of weights. Compared by value.

    Raises BadExample when the vectors are not whole.
    """

    vectors: bytes
    """LxD float16, little-endian, row by row: text tokens of the network that stand for the object."""
    width: int
    """D, the channels of a vector."""
    weights: str
    """The fingerprint of the weights that made it, see `example_making.fingerprint`; it means nothing to others."""
    variant: str
    """The variant of these weights, for messages."""
    expression: str = ""
    """By which the object was found; '' when it was painted or clicked."""
    words: str = ""
    """Of which the vectors are the tokens: the expression, or a noun of the weights, not always a person's."""
    agreement: float = 0.0
    """Intersection over union, 0..1, of what it finds in its own image with what was selected there."""
    source: str = ""
    """The name of the file that it was marked in; '' when the image has no file."""
    made: str = ""
    """When, as ISO 8601 in UTC, to the second."""

    def __post_init__(self) -> None:
        if self.width < 1 or not self.vectors or len(self.vectors) % (2 * self.width):
            raise BadExample(f"the example holds no whole vectors of {self.width} numbers: {_REMEDY}")

    @property
    def title(self) -> str:
        """What to call it: the expression, else by its file."""
        return self.expression or (f"the example of {self.source}" if self.source else "the example")

    def tokens(self) -> NDArray[np.float32]:
        """The vectors, LxD float32. Raises BadExample when one of them is not finite."""
        import numpy as np

        tokens = np.frombuffer(self.vectors, "<f2").astype(np.float32).reshape(-1, self.width)
        if not np.isfinite(tokens).all():
            raise BadExample(f"the example holds numbers that are not finite: {_REMEDY}")
        return tokens

    def to_bytes(self) -> bytes:
        """The file of the example: JSON in UTF-8."""
        content = {"format": FORMAT, "version": VERSION, **records.to_data(self)}
        return json.dumps(content, indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, content: bytes, name: str = "the example") -> Example:
        """The example in a file's content; `name` is what messages call it. Raises BadExample."""
        try:
            data = json.loads(content)
            if not isinstance(data, dict) or data.get("format") != FORMAT:
                raise BadExample(f"{name} is no example: choose a {SUFFIX} file that this program saved")
            version = data.get("version")
            if not isinstance(version, int) or version < 1:
                raise ValueError(f"version {version!r}")
            if version > VERSION:
                raise BadExample(
                    f"{name} was saved by a later version (format {version}, this program reads {VERSION}): "
                    f"install a newer rim-editor, or {_REMEDY}"
                )
            example = records.from_data(cls, data)
            example.tokens()
        except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError among them
            reason = str(error).splitlines()[0][:100]
            raise BadExample(f"{name} is damaged ({reason}): copy it again, or {_REMEDY}") from error
        return example


def example_of(tokens: NDArray[np.float32], *, weights: str, variant: str, source: str = "", **card: object) -> Example:
    """An example of these tokens, LxD, made now; `card` are further fields of Example. Raises BadExample."""
    import numpy as np

    vectors = np.ascontiguousarray(tokens, "<f2").tobytes()
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return Example(vectors, tokens.shape[1], weights, variant, source=source, made=made, **card)  # type: ignore[arg-type]


def read_example(path: Path) -> Example:
    """The example in a file. Raises BadExample when it cannot be read or is damaged."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise BadExample(f"{path} is no example: choose a {SUFFIX} file that this program saved")
        content = path.read_bytes()
    except OSError as error:
        raise BadExample(f"{path} cannot be read ({error.strerror or error}): choose another {SUFFIX} file") from error
    return Example.from_bytes(content, str(path))
