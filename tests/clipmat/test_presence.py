"""The presence score, judged by plain loops over the tokens, and the answer that it leads to."""

from dataclasses import replace
from math import erf, sqrt

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.presence import ClassTokenPresenceHead, PresenceHead, build_presence_head
from clipmat.semantic_popup import PopupOutput

WIDTH, GRID = 6, (2, 3)
CONFIG = replace(variant("compact"), popup_width=WIDTH)


def popup(batch=2):
    generator = torch.Generator().manual_seed(0)
    sizes = ((batch, WIDTH, *GRID), (batch, WIDTH), (batch, 6, WIDTH), (batch, WIDTH))
    return PopupOutput(*(torch.randn(*size, generator=generator) for size in sizes))


def foreground(batch=2):
    return torch.rand(batch, 1, 8, 12, generator=torch.Generator().manual_seed(1))


def test_the_score_weighs_the_tokens_by_how_much_of_them_the_foreground_covers(reference):
    torch.manual_seed(0)
    head, out, covered = PresenceHead(CONFIG), popup(), foreground()
    logits = head(out, covered).detach().numpy()
    assert logits.shape == (2,) and logits.dtype == np.float32
    for i in range(2):
        cells = covered[i, 0].numpy().reshape(2, 4, 3, 4).mean(axis=(1, 3))
        region, covered_match, matches = np.zeros(WIDTH), 0.0, []
        for row in range(2):
            for column in range(3):
                share = cells[row, column] / (cells.sum() + 1e-3)
                region += share * out.semantic_map[i, :, row, column].numpy()
                match = float(out.token_embeddings[i, row * 3 + column] @ out.text_embedding[i]) / sqrt(WIDTH)
                matches.append(match)
                covered_match += share * match
        evidence = [*out.class_token[i].numpy(), *region, covered_match, max(matches), cells.max()]
        hidden = reference.linear(np.array(evidence), head.evidence)
        hidden = np.array([x * (1 + erf(x / sqrt(2))) / 2 for x in hidden])
        assert logits[i] == pytest.approx(reference.linear(hidden, head.score)[0], abs=1e-5)


def test_the_score_moves_the_popup_and_not_the_foreground():
    head, covered = PresenceHead(CONFIG), foreground().requires_grad_()
    out = PopupOutput(*(t.requires_grad_() for t in popup()[:4]))
    head(out, covered).sum().backward()
    assert covered.grad is None
    assert all(t.grad.abs().sum() > 0 for t in out[:4])


def test_with_a_dense_match_the_highest_hundredth_of_its_map_counts(reference):
    torch.manual_seed(0)
    head, covered = PresenceHead(CONFIG), foreground()
    logits = 4 * torch.randn(2, 1, 20, 30, generator=torch.Generator().manual_seed(5))
    out = popup()._replace(match_logits=logits)
    scores = head(out, covered).detach().numpy()
    for i in range(2):
        cells = covered[i, 0].numpy().reshape(2, 4, 3, 4).mean(axis=(1, 3))
        share = cells / (cells.sum() + 1e-3)
        match = logits[i, 0].numpy().reshape(2, 10, 3, 10).mean(axis=(1, 3)) / 4
        best = np.sort(logits[i, 0].numpy().ravel())[-6:].mean() / 4
        region = (out.semantic_map[i].numpy() * share).sum(axis=(1, 2))
        evidence = np.array([*out.class_token[i].numpy(), *region, (match * share).sum(), best, cells.max()])
        hidden = reference.linear(evidence, head.evidence)
        hidden = np.array([x * (1 + erf(x / sqrt(2))) / 2 for x in hidden])
        assert scores[i] == pytest.approx(reference.linear(hidden, head.score)[0], abs=1e-4)


def test_no_foreground_at_all_is_scored_as_well():
    assert torch.isfinite(PresenceHead(CONFIG)(popup(), torch.zeros(2, 1, 8, 12))).all()


def test_half_precision_is_scored_in_float32():
    out = PopupOutput(*(t.half() for t in popup()[:4]))
    assert PresenceHead(CONFIG)(out, foreground().half()).dtype == torch.float32


def test_the_class_token_alone_is_a_straight_line(reference):
    head, out = ClassTokenPresenceHead(CONFIG), popup()
    expected = reference.linear(out.class_token.numpy(), head)[:, 0]
    np.testing.assert_allclose(head(out, foreground()).detach(), expected, atol=1e-6)
    assert set(head.state_dict()) == {"weight", "bias"}  # as files of earlier weights name them


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        ({}, PresenceHead),
        ({"presence_evidence": False}, ClassTokenPresenceHead),
        ({"presence_head": False}, type(None)),
    ],
)
def test_the_configuration_chooses_the_head(changes, head):
    assert type(build_presence_head(replace(CONFIG, **changes))) is head
