"""The choice of device and precision, on machines played by patched answers of torch."""

import pytest
import torch

from clipmat.devices import choose_device, cpu_supports_bfloat16
from clipmat.errors import DeviceUnavailable


def test_auto_takes_the_best_device_and_says_why(monkeypatch):
    choice = choose_device()
    assert choice.device in ("cuda", "mps", "cpu") and choice.reason
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Card 9000")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    choice = choose_device()
    assert (choice.device, choice.precision) == ("cuda", "float16") and "Card 9000" in choice.reason
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device()[:2] == ("mps", "float32")


def test_the_cpu_gets_bfloat16_only_where_it_computes_it(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert cpu_supports_bfloat16() and choose_device("cpu").precision == "bfloat16"
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert choose_device("cpu").precision == "float32"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("tpu",), "no device 'tpu'; choose one of auto"),
        (("cpu", "int8"), "no precision 'int8'"),
    ],
)
def test_an_unknown_device_is_answered_with_the_choice(arguments, complaint):
    with pytest.raises(DeviceUnavailable, match=complaint):
        choose_device(*arguments)


def test_a_device_that_is_not_here_says_why(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceUnavailable, match="'cuda' cannot be used: .*use --device auto or cpu"):
        choose_device("cuda")
