"""Muon for the matrices of the blocks, AdamW for everything else."""
import torch
from torch import Tensor

from model import Model
from qwen2 import Qwen2

MUON_RATE, ADAM_RATE, MUON_DECAY = 0.02, 4e-3, 0.05


def orthogonal(gradient: Tensor) -> Tensor:
    """Newton–Schulz: the nearest matrix with equal singular values. (…, rows, columns)"""
    x = gradient / (gradient.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.mT if tall else x


class Optimizers:
    """Both at once. Muon: momentum 0.95 with Nesterov's look-ahead, experts are matrices apiece."""

    def __init__(self, model: Model | Qwen2):
        self.model = model
        self.matrices = [p for p in model.layers.parameters() if p.dim() >= 2]
        chosen = {id(p) for p in self.matrices}
        self.momentum = [torch.zeros_like(parameter) for parameter in self.matrices]
        self.adam = torch.optim.AdamW([p for p in model.parameters() if id(p) not in chosen],
                                      lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)

    @torch.no_grad()
    def step(self, share: float) -> None:
        """One step at this share of the full rates; gradients are clipped to norm 1, then freed."""
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * share
        self.adam.step()
        for parameter, momentum in zip(self.matrices, self.momentum):
            momentum.mul_(0.95).add_(parameter.grad)
            update = orthogonal(parameter.grad + 0.95 * momentum)
            scale = max(1.0, parameter.shape[-2] / parameter.shape[-1]) ** 0.5
            rate = MUON_RATE * share
            parameter.mul_(1 - rate * MUON_DECAY).add_(update, alpha=-rate * scale)
        self.model.zero_grad(set_to_none=True)

    def state(self) -> dict:
        return {"adam": self.adam.state_dict(), "muon": self.momentum}

    def load(self, state: dict) -> None:
        self.adam.load_state_dict(state["adam"])
        for momentum, values in zip(self.momentum, state["muon"]):
            momentum.copy_(values)
