"""Errors of a cluster: each says what happened and what to do about it."""

from rim_editor.errors import EditorError


class ClusterError(EditorError):
    """There is no such cluster, or it cannot do this work; nothing was begun."""


class ClusterLost(EditorError):
    """The cluster does not go on; what is done stays, and the batch can be resumed."""


class GivenUp(EditorError):
    """The processes that worked on an image died of it."""
