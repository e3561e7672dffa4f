"""Cluster: the plan of a batch is done by workers on a Ray cluster, to the same journal as on one machine.

Ray is imported when a cluster is asked for; its extra is `rim-editor[cluster]`.
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

from rim_editor.batch import pipeline
from rim_editor.batch.cluster.cluster_errors import ClusterError as ClusterError
from rim_editor.batch.cluster.cluster_errors import ClusterLost as ClusterLost
from rim_editor.batch.cluster.fleet import Fleet, Size
from rim_editor.batch.control import Control
from rim_editor.batch.journal import Journal
from rim_editor.batch.plan import Plan
from rim_editor.batch.progress import Progress, counted

if TYPE_CHECKING:
    from rim_editor.matting import Matting

CORES = 4
"""Of a worker without a GPU, or as many as the largest machine has: each worker holds the model."""
_LOCAL, _AUTO, _CLIENT = "local", "auto", "ray://"
_REACH_SECONDS = 5.0
_STORE_BYTES = 100 * 2**20
"""For what passes between processes; images do not."""


class Cluster:
    """A cluster that this process is connected to."""

    def __init__(self, ray: Any, cores: int = CORES) -> None:  # noqa: ANN401 - Ray is there or not
        self._ray, self._cores = ray, cores

    def run(
        self, plan: Plan, matting: Matting, journal: Journal, control: Control | None = None
    ) -> Generator[Progress, None, None]:
        """Do what `journal` says is still to do of `plan`, as `pipeline.run` does.

        Every image is done by the machine whose worker asks for it; `matting` is loaded anew there. Warns by
        EditorWarning of lost workers. Raises what `pipeline.run` raises, ClusterError when the machines cannot do
        it, ClusterLost when the cluster does not go on. When the cluster's head is gone for a minute, Ray ends this
        process, as if it were killed.
        """
        items, control = journal.todo(), control or Control()
        machines = (node["Resources"] for node in self._ray.nodes() if node["Alive"])
        size = fitting(machines, plan.recipe.model.device, self._cores)
        fleet = Fleet(self._ray, matting, journal, control, size)
        yield from counted(items, len(plan.items), control, fleet.run(items))


def fitting(machines: Iterable[Mapping[str, float]], device: str, cores: int = CORES) -> Size:
    """How many workers fit `machines`, of which Ray says how much 'CPU' and 'GPU' each has.

    One for every GPU, if there are any and `device` is not the CPU, otherwise one for so many `cores`.
    Raises ClusterError when there is nothing to compute on.
    """
    known = [(int(machine.get("CPU", 0)), int(machine.get("GPU", 0))) for machine in machines]
    with_gpu = [each for each in known if each[1]]
    if with_gpu and device in ("auto", "cuda"):
        each = max(1, min(cpus // gpus for cpus, gpus in with_gpu))
        return Size(sum(gpus for _, gpus in with_gpu), each, 1)
    if device == "cuda":
        raise ClusterError(
            "No machine of the cluster has a GPU: choose the device 'auto' or 'cpu', or another cluster."
        )
    most = max((cpus for cpus, _ in known), default=0)
    if not most:
        raise ClusterError("The cluster has no cores to compute on: add machines to it by 'ray start --address'.")
    each = min(cores, most)
    return Size(sum(cpus // each for cpus, _ in known), each, 0)


@contextmanager
def connected(address: str, cores: int = CORES) -> Iterator[Cluster]:
    """The cluster at `address`: 'host:port', 'ray://host:port', 'auto' for the one that this machine belongs to, or
    'local' for one that is started here and stopped in the end; `cores` are those of a worker without a GPU.

    A connection that this process has already is used, and left as it is. Raises ClusterError.
    """
    # Nothing is told to Ray's makers by us.
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
            "num_cpus": pipeline.cores(),
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
        }
    with _quiet():
        try:
            with _signals_kept():
                ray.init(address, log_to_driver=False, logging_level="ERROR", **options)
        except Exception as error:  # noqa: BLE001 - Ray raises what it likes
            raise _not_usable(address, error) from error
        try:
            yield Cluster(ray, cores)
        finally:
            ray.shutdown()


def _check_address(address: str) -> None:
    """Ray waits for minutes where nobody answers. Raises ClusterError."""
    if address in (_LOCAL, _AUTO):
        return
    host, _, port = address.removeprefix(_CLIENT).rpartition(":")
    if not host or not port.isdecimal() or int(port) >= 2**16:
        text = f"'{address}' is no address of a Ray cluster"
        raise ClusterError(f"{text}: write host:port, such as 10.0.0.5:6379, or 'auto', or 'local' to start one here.")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACH_SECONDS).close()
    except OSError as error:
        raise _not_there(address, error.strerror or str(error)) from error


def _not_there(address: str, reason: str) -> ClusterError:
    text = f"No Ray cluster answers at '{address}' ({reason.rstrip('.')})"
    return ClusterError(f"{text}: start it by 'ray start --head', or say 'local' to start one here.")


def _not_usable(address: str, error: Exception) -> ClusterError:
    told = " ".join(str(error).split())
    if isinstance(error, ConnectionError) and address == _AUTO:
        return _not_there(address, told.partition(". ")[0])
    if isinstance(error, ConnectionError):
        text = f"What answers at '{address}' does not let this process in ({told[:500].rstrip('.')})"
        return ClusterError(f"{text}: check the port, and if the cluster wants a token, set RAY_AUTH_MODE=token here.")
    if "ersion mismatch" in told:
        text = f"The cluster at '{address}' runs other versions ({told})"
        return ClusterError(f"{text}: install the same Ray and Python here and there.")
    return ClusterError(f"The cluster at '{address}' cannot be used ({told[:500]}): see 'ray status' on its machines.")


@contextmanager
def _signals_kept() -> Iterator[None]:
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
def _quiet() -> Iterator[None]:
    """Ray says on stdout what befalls workers, where results go, and has no switch for it."""
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
