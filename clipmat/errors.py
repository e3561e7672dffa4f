"""Errors of the model: each says what happened and what to do about it."""


class ClipMatError(Exception):
    """A mistake or a lack that the user can remedy; the text is fit to be shown as it is."""


class UnknownWeights(ClipMatError):
    """The name is no variant and the path is no file."""


class WeightsMissing(ClipMatError):
    """The variant is known but its weights are not on this machine."""


class WeightsInvalid(ClipMatError):
    """The file is damaged, of another format, or does not fit the variant."""


class FetchFailed(ClipMatError):
    """A download did not arrive whole; nothing was kept."""


class FetchCancelled(ClipMatError):
    """Whoever followed the download ended it; nothing was kept."""


class RemoveFailed(ClipMatError):
    """The weights belong to the program, or their file cannot be deleted."""


class DeviceUnavailable(ClipMatError):
    """The device that was asked for is not on this machine."""


class BadExpression(ClipMatError):
    """The expression is empty or holds no word."""


class BadImage(ClipMatError):
    """The array is not an image: HxWx3 uint8 with at least one pixel a side."""


class ImageNotSet(ClipMatError):
    """`predict` was called before `set_image`."""


class ExpressionTruncated(UserWarning):
    """Words beyond the text length were dropped; the text names them."""
