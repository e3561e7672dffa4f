"""The device and the precision to run on, and why."""

from __future__ import annotations

from typing import NamedTuple

import torch

from clipmat.errors import DeviceUnavailable

DEVICES = ("auto", "cuda", "mps", "cpu")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


class DeviceChoice(NamedTuple):
    """A device, a precision and the reason, in words that the window can show."""

    device: str
    """cuda, mps or cpu."""
    precision: str
    """float32, bfloat16 or float16."""
    reason: str

    @property
    def dtype(self) -> torch.dtype:
        """The precision as torch names it."""
        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[self.precision]


def choose_device(device: str = "auto", precision: str = "auto") -> DeviceChoice:
    """The device and precision for what the user asked for, one of DEVICES and one of PRECISIONS.

    `auto` takes CUDA, then MPS, then the CPU, and float16 on CUDA, bfloat16 on CPUs that support it, else float32.
    Raises DeviceUnavailable when there is no such device or precision, or with the reason why it cannot be used.
    """
    if device not in DEVICES:
        raise DeviceUnavailable(f"there is no device '{device}'; choose one of {', '.join(DEVICES)}")
    if precision not in PRECISIONS:
        raise DeviceUnavailable(f"there is no precision '{precision}'; choose one of {', '.join(PRECISIONS)}")
    obstacle = {"cuda": _cuda_obstacle(), "mps": _mps_obstacle(), "cpu": ""}
    if device == "auto":
        chosen = next(name for name in ("cuda", "mps", "cpu") if not obstacle[name])
        reason = {
            "cuda": f"CUDA: {torch.cuda.get_device_name() if chosen == 'cuda' else ''}",
            "mps": f"Apple GPU; {obstacle['cuda']}",
            "cpu": f"the CPU: {obstacle['cuda']}",
        }[chosen]
    elif obstacle[device]:
        raise DeviceUnavailable(f"device '{device}' cannot be used: {obstacle[device]}; use --device auto or cpu")
    else:
        chosen, reason = device, f"{device}, as asked"
    if precision != "auto":
        return DeviceChoice(chosen, precision, f"{reason}; {precision}, as asked")
    if chosen == "cuda":
        return DeviceChoice(chosen, "float16", f"{reason}; half precision")
    if chosen == "cpu" and cpu_supports_bfloat16():
        return DeviceChoice(chosen, "bfloat16", f"{reason}; bfloat16, which this CPU computes natively")
    return DeviceChoice(chosen, "float32", f"{reason}; float32")


def cpu_supports_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 natively (AVX512-BF16, AMX, Arm's BF16): elsewhere float32 is faster."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))


def _cuda_obstacle() -> str:
    if torch.version.cuda is None:
        return "this build of torch has no CUDA (install torch from PyPI's CUDA wheels to use an NVIDIA GPU)"
    if not torch.cuda.is_available():
        return "torch finds no NVIDIA GPU with a working driver"
    return ""


def _mps_obstacle() -> str:
    return "" if torch.backends.mps.is_available() else "this machine has no Apple GPU"
