import pytest

from clipmat import weights_catalogue


@pytest.fixture
def no_user_weights(tmp_path, monkeypatch):
    """A user's folder of weights that does not exist yet."""
    monkeypatch.setattr(weights_catalogue, "user_folder", lambda: tmp_path / "user")
    return tmp_path / "user"
