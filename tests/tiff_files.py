"""TIFF files (TIFF 6.0) written byte by byte, for kinds that Pillow does not write."""

import struct

SHORT, LONG, BYTE, ASCII, RATIONAL, SIGNED = 3, 4, 1, 2, 5, 10
_CODES = {SHORT: "H", LONG: "I", BYTE: "B", ASCII: "B", RATIONAL: "II", SIGNED: "ii"}


def layout(width, height, photometric, bits, each, strip):
    """The tags of an uncompressed picture in one strip, each a kind and its values."""
    return {
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [bits] * each),
        259: (SHORT, [1]),
        262: (SHORT, [photometric]),
        277: (SHORT, [each]),
        278: (LONG, [height]),
        "strip": strip,
    }


def write_tiff(path, *pages, order="<"):
    """Write directories of tags; "strip" is the pixels of one, or "strips", and "below" a list of directories in it."""
    content = bytearray(8)

    def put(data):
        content.extend(bytes(len(content) % 2))
        content.extend(data)
        return len(content) - len(data)

    def directory(tags, following):
        tags = dict(tags)
        strip, strips, below = tags.pop("strip", None), tags.pop("strips", None), tags.pop("below", ())
        if strips is None and strip is not None:
            strips = [strip]
        if strips is not None:
            tags[273], tags[279] = (LONG, list(map(put, strips))), (LONG, list(map(len, strips)))
        if below:
            tags[330] = (LONG, [directory(each, 0) for each in below])
        entries = b""
        for tag, (kind, values) in sorted(tags.items()):
            parts = [value if isinstance(value, tuple) else (value,) for value in values]
            data = b"".join(struct.pack(order + _CODES[kind], *part) for part in parts)
            place = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(order + "I", put(data))
            entries += struct.pack(order + "HHI", tag, kind, len(values)) + place
        return put(struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", following))

    first = 0
    for page in reversed(pages):
        first = directory(page, first)
    content[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", first)
    path.write_bytes(content)
    return path
