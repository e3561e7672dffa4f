"""What processes share: norms and gradients. That two processes are as one is tested with the command."""

from types import SimpleNamespace

import pytest
import torch
from torch import distributed, nn

from training.fitting.fabric import SharedBatchNorm, gather_rows, share_batch_norms, sum_gradients


@pytest.fixture
def alone(tmp_path):
    store = distributed.FileStore(str(tmp_path / "store"), 1)
    distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


def test_a_shared_norm_of_one_process_is_torchs(alone):
    torch.manual_seed(0)
    torchs = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Sequential(nn.BatchNorm2d(5)))
    nn.init.normal_(torchs[1][0].weight)
    shared = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Sequential(nn.BatchNorm2d(5)))
    shared.load_state_dict(torchs.state_dict())
    share_batch_norms(shared)
    assert isinstance(shared[1][0], SharedBatchNorm)
    x = 3 + 2 * torch.randn(4, 3, 9, 7)
    for _ in range(3):
        for net in (torchs, shared):
            net.zero_grad()
            (net(x) ** 3).sum().backward()
    for (name, p), q in zip(torchs.named_parameters(), shared.parameters(), strict=True):
        torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=1e-3, msg=name)
    assert torchs.state_dict().keys() == shared.state_dict().keys()
    for key, value in torchs.state_dict().items():
        torch.testing.assert_close(shared.state_dict()[key], value, msg=key)
    torch.testing.assert_close(torchs.eval()(x), shared.eval()(x))


def test_a_shared_norm_keeps_half_precision_outside_and_not_inside(alone):
    norm = SharedBatchNorm(2)
    x = torch.randn(2, 2, 64, 64).mul(30).to(torch.bfloat16)
    out = norm(x)
    assert out.dtype == torch.bfloat16
    torch.testing.assert_close(out.float().std(dim=(0, 2, 3)), torch.ones(2), atol=0.01, rtol=0)


def test_gradients_add_up_over_the_processes_each_in_its_place():
    parameters = [nn.Parameter(torch.zeros(shape)) for shape in ((2, 3), (4,), (1, 2, 2))]
    for i, p in enumerate(parameters):
        p.grad = torch.full_like(p, float(i + 1))
    parameters[1].grad = None  # frozen

    def both(flat, reduce_op):
        assert reduce_op == "sum"
        return flat * 2

    sum_gradients(SimpleNamespace(world_size=2, all_reduce=both), parameters)
    assert parameters[1].grad is None
    assert all(torch.equal(parameters[i].grad, torch.full_like(parameters[i], 2.0 * (i + 1))) for i in (0, 2))


def test_one_process_has_no_others():
    own = torch.rand(3, requires_grad=True)
    assert gather_rows(SimpleNamespace(world_size=1), own) is own
