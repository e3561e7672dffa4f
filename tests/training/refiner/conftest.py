"""What the refiner's tests share: an exact matte, and foregrounds to compose from."""

import cv2
import numpy as np
import pytest

from training.refiner.patches import PATCH, Cutouts


@pytest.fixture(scope="session")
def soft_disc():
    """A function of the side: a disc with a soft edge, float32 in [0, 1]."""

    def made(side=PATCH):
        alpha = np.zeros((side, side), np.float32)
        cv2.circle(alpha, (side // 2, side // 2), side // 4, 1.0, -1)
        return cv2.GaussianBlur(alpha, (0, 0), 2.0)

    return made


@pytest.fixture(scope="session")
def cutouts(bank):
    return Cutouts(bank.select("train"), families=("hair", "web"), held=2, reuse=1000)
