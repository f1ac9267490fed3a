"""Training and sampling, the same for all three families."""

import torch

from aigc_helpers.training import History, raise_if_not_finite, training_steps


def train_family(
    model,
    points,
    *,
    steps: int,
    batch_size: int = 256,
    lr: float = 2e-3,
    betas: tuple[float, float] | None = None,
    seed: int = 0,
    watch=None,
):
    """Let each player take one step a round, for ``steps`` rounds.

    Parameters
    ----------
    model : nn.Module
        Of `families.models`; changed in place.
    points : float tensor (N, 2)
    lr, betas : float, (float, float)
        Of Adam, constant; ``betas`` are by default the model's own.
    watch : callable, optional
        Called as ``watch(steps_done)`` after every round.

    Returns
    -------
    History
        The loss of each player in nats, one value a round.

    Raises
    ------
    DivergedError
        If a loss is no longer a number.
    """
    rng = torch.Generator().manual_seed(seed)
    players, betas = model.players(), betas or model.betas
    optimizers = {
        player: torch.optim.Adam(parameters, lr=lr, betas=betas, fused=True)
        for player, parameters in players.items()
    }
    history = History(*players)
    for step in training_steps(steps, {}):
        x = points[torch.randint(len(points), (batch_size,), generator=rng)]
        for player, optimizer in optimizers.items():
            loss = model.loss(x, player, rng)
            raise_if_not_finite(step, **{player: loss})
            optimizer.zero_grad()
            loss.backward(inputs=players[player])
            optimizer.step()
            history.add(**{player: loss})
        if watch:
            watch(step + 1)
    return history


@torch.no_grad()
def sample_points(model, n: int, *, seed: int = 0):
    """Draw n points (n, 2) from a trained model."""
    return model.sample(n, torch.Generator().manual_seed(seed))
