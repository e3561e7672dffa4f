"""Connecting to a Ray cluster, on which a batch runs with the same journal as on one machine.

Ray is imported when a cluster is asked for; it comes with the extra `rim-editor[cluster]`.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rim_editor.batch import queues
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.cluster import ClusterError
from rim_editor.batch.cluster.fleet import Fleet, FleetSize
from rim_editor.batch.journal import Journal
from rim_editor.batch.plan import Plan
from rim_editor.batch.progress import BatchProgress, track_progress

if TYPE_CHECKING:
    from rim_editor.matting import Matting

CORES = 4
"""Of a worker without a GPU, or fewer where the largest machine has fewer; each worker holds the model."""
_LOCAL, _AUTO, _CLIENT = "local", "auto", "ray://"
_CONNECT_SECONDS = 5.0
_STORE_BYTES = 100 * 2**20
"""For messages between processes; images are not among them."""


class Cluster:
    """A cluster that this process is connected to."""

    def __init__(self, ray: Any, cores: int = CORES) -> None:  # noqa: ANN401 - Ray is optional
        self._ray, self._cores = ray, cores

    def run(
        self, plan: Plan, matting: Matting, journal: Journal, control: BatchControl | None = None
    ) -> Generator[BatchProgress, None, None]:
        """Do the items of `plan` that `journal` has no outcome of, as `pipeline.run` does.

        Each image is done by a worker, which loads the model on its own machine. Warns with EditorWarning of lost
        workers. Raises what `pipeline.run` raises, ClusterError when the machines cannot do the work, ClusterLost
        when the cluster cannot continue. When the head of the cluster is gone for a minute, Ray ends this process as
        if it were killed.
        """
        items, control = journal.todo(), control or BatchControl()
        machines = (node["Resources"] for node in self._ray.nodes() if node["Alive"])
        size = fleet_size(machines, plan.recipe.model.device, self._cores)
        fleet = Fleet(self._ray, matting, journal, control, size)
        yield from track_progress(items, len(plan.items), control, fleet.run(items))


def fleet_size(machines: Iterable[Mapping[str, float]], device: str, cores: int = CORES) -> FleetSize:
    """How many workers fit on `machines`, the resources of which Ray lists as 'CPU' and 'GPU'.

    One per GPU, if there are any and `device` is not the CPU, otherwise one per so many `cores`.
    Raises ClusterError when there is nothing to compute on.
    """
    known = [(int(machine.get("CPU", 0)), int(machine.get("GPU", 0))) for machine in machines]
    with_gpu = [each for each in known if each[1]]
    if with_gpu and device in ("auto", "cuda"):
        each = max(1, min(cpus // gpus for cpus, gpus in with_gpu))
        return FleetSize(sum(gpus for _, gpus in with_gpu), each, 1)
    if device == "cuda":
        raise ClusterError(
            "No machine of the cluster has a GPU: choose the device 'auto' or 'cpu', or another cluster."
        )
    most = max((cpus for cpus, _ in known), default=0)
    if not most:
        raise ClusterError("The cluster has no cores to compute on: add machines to it by 'ray start --address'.")
    each = min(cores, most)
    return FleetSize(sum(cpus // each for cpus, _ in known), each, 0)


@contextmanager
def connected(address: str, cores: int = CORES) -> Iterator[Cluster]:
    """The cluster at `address`: 'host:port', 'ray://host:port', 'auto' for the one that this machine belongs to, or
    'local' for one that is started here and stopped at the end; `cores` are those of a worker without a GPU.

    An existing connection of this process is used and left open. Raises ClusterError.
    """
    # No usage statistics are sent to the makers of Ray on our behalf.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as error:
        raise ClusterError("Ray is not installed: install rim-editor[cluster], or leave --ray out.") from error
    if ray.is_initialized():
        yield Cluster(ray, cores)
        return
    _check_address(address)
    options: dict[str, Any] = {}
    if address == _LOCAL:
        options = {
            "num_cpus": queues.usable_cores(),
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
        }
    with _without_prints():
        try:
            with _restored_sigterm():
                ray.init(address, log_to_driver=False, logging_level="ERROR", **options)
        except Exception as error:  # noqa: BLE001 - Ray documents no base class
            raise _not_usable(address, error) from error
        try:
            yield Cluster(ray, cores)
        finally:
            ray.shutdown()


def _check_address(address: str) -> None:
    """Fail early, because Ray waits for minutes where nothing answers. Raises ClusterError."""
    if address in (_LOCAL, _AUTO):
        return
    host, _, port = address.removeprefix(_CLIENT).rpartition(":")
    if not host or not port.isdecimal() or int(port) >= 2**16:
        text = f"'{address}' is not the address of a Ray cluster"
        raise ClusterError(f"{text}: write host:port, such as 10.0.0.5:6379, or 'auto', or 'local' to start one here.")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS).close()
    except OSError as error:
        raise _not_there(address, error.strerror or str(error)) from error


def _not_there(address: str, reason: str) -> ClusterError:
    text = f"No Ray cluster answers at '{address}' ({reason.rstrip('.')})"
    return ClusterError(f"{text}: start it by 'ray start --head', or use 'local' to start one here.")


def _not_usable(address: str, error: Exception) -> ClusterError:
    reason = " ".join(str(error).split())
    if isinstance(error, ConnectionError) and address == _AUTO:
        return _not_there(address, reason.partition(". ")[0])
    if isinstance(error, ConnectionError):
        text = f"The cluster at '{address}' refuses this process ({reason[:500].rstrip('.')})"
        return ClusterError(f"{text}: check the port, and if the cluster wants a token, set RAY_AUTH_MODE=token here.")
    if "ersion mismatch" in reason:
        text = f"The cluster at '{address}' runs different versions ({reason})"
        return ClusterError(f"{text}: install the same Ray and Python here and there.")
    return ClusterError(f"The cluster at '{address}' cannot be used ({reason[:500]}): see 'ray status' there.")


@contextmanager
def _restored_sigterm() -> Iterator[None]:
    """Ray's own handler of SIGTERM would end the process without a report."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _without_prints() -> Iterator[None]:
    """Keep Ray from printing lost workers to stdout, where our results go; it has no option for that."""
    try:
        worker: Any = importlib.import_module("ray._private.worker")
    except ImportError:
        yield
        return
    usual = getattr(worker, "print_to_stdstream", None)
    worker.print_to_stdstream = lambda *_, **__: None
    try:
        yield
    finally:
        worker.print_to_stdstream = usual
