"""Errors and warnings for users, used by all three packages. Each text says what happened and what to do about it."""

from typing import ClassVar


class UserError(Exception):
    """A problem that the user can fix; the text can be shown as it is.

    The base of the errors of all three packages: catch this one to show errors to users.
    """

    exit_code: ClassVar[int] = 2
    """Exit code of the command."""


class ClipMatError(UserError):
    """The base of the errors that this package raises."""


class WeightsError(ClipMatError):
    """The weights cannot be used; the subclasses say why."""


class UnknownWeights(WeightsError):
    """The name is not a variant, or the path is not a file."""


class WeightsMissing(WeightsError):
    """The variant is known but its weights are not on this machine, or a shard of them is missing."""


class WeightsInvalid(WeightsError):
    """The file is damaged, of another format, or does not fit the variant."""


class NotEnoughMemory(WeightsError):
    """Less memory is free than the weights and their work need; nothing was read."""


class ShardsTooSmall(WeightsError):
    """The weights cannot be split so finely: a tensor is larger than a shard may be."""


class FetchFailed(ClipMatError):
    """A download did not arrive whole; nothing was kept."""


class FetchCancelled(ClipMatError):
    """The download was cancelled while it ran; nothing was kept."""


class RemoveFailed(ClipMatError):
    """The weights belong to the program, or their file cannot be deleted."""


class DeviceUnavailable(ClipMatError):
    """The device that was asked for is not on this machine."""


class BadExpression(ClipMatError):
    """The expression is empty or holds no word."""


class BadPrompt(ClipMatError):
    """A point is outside the image, a box covers nothing of it, or one of their numbers is not finite."""


class BadExample(ClipMatError):
    """An example is damaged, of other weights or a later version, or there is nothing to make one of."""


class BadImage(ClipMatError):
    """The array is not an image (HxWx3 uint8, H and W at least 1)."""


class ImageNotSet(ClipMatError):
    """`predict` was called before `set_image`."""


class ImageUnreadable(ClipMatError):
    """The image file is missing, a folder, empty, damaged, or no image."""


class ImageTooLarge(ClipMatError):
    """The image has more pixels than the limit against decompression bombs allows."""


class ImageUnsupported(ClipMatError):
    """The image is intact, but its pixel format has no defined range to scale from."""


class UserFacingWarning(UserWarning):
    """The work goes on, but the user should know; the text can be shown as it is."""


class ExpressionTruncated(UserFacingWarning):
    """Words beyond the text length were dropped; the text names them."""


class ImageWarning(UserFacingWarning):
    """A part of an image file is missing or was left out: cut-off rows, a damaged colour profile, damaged EXIF."""


class PagesWarning(ImageWarning):
    """An image file holds further pages or frames, of which only the first was read."""
