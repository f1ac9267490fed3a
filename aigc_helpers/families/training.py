"""Training and sampling, the same for all three families."""

import torch

from aigc_helpers.training import Run


def train_family(
    model,
    points,
    *,
    lr: float = 2e-3,
    betas: tuple[float, float] | None = None,
    **options,
):
    """Let each player take one step a round.

    Parameters
    ----------
    model : nn.Module
        Of `families.networks`; changed in place.
    points : float tensor (N, 2)
    lr, betas : float, (float, float)
        Of Adam, constant; ``betas`` are by default the model's own.
    **options
        ``steps`` (rounds), ``batch_size`` (256), ``seed``, ``watch``: see
        `training.Run`.

    Returns
    -------
    History
        The loss of each player in nats, one value a round.

    Raises
    ------
    DivergedError
        If a loss is no longer a number, or far from its first value.
    """
    players, betas = model.players(), betas or model.betas
    optimizers = {
        player: torch.optim.Adam(parameters, lr=lr, betas=betas, fused=True)
        for player, parameters in players.items()
    }
    run = Run(model, optimizers, **{"batch_size": 256} | options)
    for _ in run:
        index = torch.randint(len(points), (run.batch_size,), generator=run.rng)
        x, losses = points[index], {}
        for player, optimizer in optimizers.items():
            losses[player] = model.loss(x, player, run.rng)
            optimizer.zero_grad()
            losses[player].backward(inputs=players[player])
            optimizer.step()
        run.record(**losses)
    return run.history


@torch.no_grad()
def sample_points(model, n: int, *, seed: int = 0):
    """Draw n points (n, 2) from a trained model."""
    return model.sample(n, torch.Generator().manual_seed(seed))
