"""Batch export on a Ray cluster: connection, fleet (the driver) and worker; their errors are here."""

from rim_editor.errors import BatchInterrupted, EditorError


class ClusterError(EditorError):
    """There is no such cluster, or it cannot do this work; nothing was begun."""


class ClusterLost(BatchInterrupted):
    """The cluster does not answer any more, or cannot continue."""
