"""Which device and precision to run on, and why."""

from __future__ import annotations

from typing import NamedTuple

import torch

from clipmat.errors import DeviceUnavailable

DEVICES = ("auto", "cuda", "mps", "cpu")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


class DeviceChoice(NamedTuple):
    """A device, a precision and the reason, in words fit for the window."""

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
    """`auto` takes CUDA, then MPS, then the CPU; half on CUDA, bfloat16 on CPUs that compute it, else float32.

    Raises DeviceUnavailable when a named device is not here, with the reason.
    """
    if device not in DEVICES:
        raise DeviceUnavailable(f"there is no device '{device}'; choose one of {', '.join(DEVICES)}")
    if precision not in PRECISIONS:
        raise DeviceUnavailable(f"there is no precision '{precision}'; choose one of {', '.join(PRECISIONS)}")
    lack = {"cuda": _why_no_cuda(), "mps": _why_no_mps(), "cpu": ""}
    if device == "auto":
        found = next(name for name in ("cuda", "mps", "cpu") if not lack[name])
        reason = {
            "cuda": f"CUDA: {torch.cuda.get_device_name() if found == 'cuda' else ''}",
            "mps": f"Apple GPU; {lack['cuda']}",
            "cpu": f"the CPU: {lack['cuda']}",
        }[found]
    elif lack[device]:
        raise DeviceUnavailable(f"device '{device}' cannot be used: {lack[device]}; use --device auto or cpu")
    else:
        found, reason = device, f"{device}, as asked"
    if precision != "auto":
        return DeviceChoice(found, precision, f"{reason}; {precision}, as asked")
    if found == "cuda":
        return DeviceChoice(found, "float16", f"{reason}; half precision")
    if found == "cpu" and computes_bfloat16():
        return DeviceChoice(found, "bfloat16", f"{reason}; bfloat16, which this CPU computes natively")
    return DeviceChoice(found, "float32", f"{reason}; float32")


def computes_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 natively (AVX512-BF16, AMX, Arm's BF16): elsewhere float32 is faster."""
    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))


def _why_no_cuda() -> str:
    if torch.version.cuda is None:
        return "this build of torch has no CUDA (install torch from PyPI's CUDA wheels to use an NVIDIA GPU)"
    if not torch.cuda.is_available():
        return "torch finds no NVIDIA GPU with a working driver"
    return ""


def _why_no_mps() -> str:
    return "" if torch.backends.mps.is_available() else "this machine has no Apple GPU"
