"""Policies of asking behind one interface: ``fit(instance)``, then ``play(episodes)``."""

from typing import Protocol, Self

import numpy as np

from matching.engine.asking.bounds import backward_values, fluid_plan
from matching.engine.asking.episodes import ADAPTIVE, PLANNED, Episodes, Outcome, draw_episodes, live
from matching.engine.errors import NotFittedError
from matching.engine.synthetic.asking import AskingInstance
from matching.engine.words import Floats

NOTHING: Floats = np.zeros((0, 0, 0))
NO_PRICE: Floats = np.zeros((0, 0))


class AskingPolicy(Protocol):
    """Learn an instance's parameters (not its draws), then decide in drawn lives without seeing who is active."""

    def fit(self, instance: AskingInstance) -> Self:
        """Prepare for an instance."""
        ...

    def play(self, episodes: Episodes) -> Outcome:
        """Live through the episodes."""
        ...


class _Planned:
    """Ask v about a need of type s in period t with probability ``plan_[v, s, t]``, whatever was heard."""

    plan_: Floats
    instance_: AskingInstance

    def play(self, episodes: Episodes) -> Outcome:
        """Live through the episodes."""
        if not hasattr(self, "plan_"):
            raise NotFittedError("call fit before play")
        answered, messages = live(
            self.instance_.response,
            self.instance_.deaf,
            *episodes,
            PLANNED,
            self.plan_,
            NO_PRICE,
            0.0,
            NOTHING,
        )
        return Outcome((episodes.need >= 0).sum(axis=1), answered, messages)


class NotifyAll(_Planned):
    """Everybody who could say yes is asked about every need."""

    def fit(self, instance: AskingInstance) -> Self:
        """O(V S T)."""
        self.instance_ = instance
        periods = len(instance.rate)
        self.plan_ = np.repeat((instance.response > 0).astype(float)[:, :, None], periods, axis=2)
        return self


class TopK(_Planned):
    """The k likeliest are asked."""

    def __init__(self, k: int = 3) -> None:
        self.k = k

    def fit(self, instance: AskingInstance) -> Self:
        """O(V S log V)."""
        self.instance_ = instance
        self.plan_ = _first_k(instance, -instance.response, self.k)
        return self


class NearestFirst(_Planned):
    """The k nearest who could are asked; places are drawn once, since the model has none."""

    def __init__(self, k: int = 3, seed: int = 0) -> None:
        self.k = k
        self.seed = seed

    def fit(self, instance: AskingInstance) -> Self:
        """O(V S log V)."""
        self.instance_ = instance
        metres = np.random.default_rng(self.seed).random(instance.response.shape)
        self.plan_ = _first_k(instance, np.where(instance.response > 0, metres, np.inf), self.k)
        return self


def _first_k(instance: AskingInstance, key: Floats, k: int) -> Floats:
    plan = np.zeros((*instance.response.shape, len(instance.rate)))
    for s in range(instance.response.shape[1]):
        first = np.argsort(key[:, s], kind="stable")[:k]
        plan[first[instance.response[first, s] > 0], s, :] = 1.0
    return plan


class ScaledDown(_Planned):
    """SDN: follow the fluid plan, scaled so that everybody asked is active with the probability the plan assumes."""

    def __init__(self, plan: Floats | None = None) -> None:
        self.plan = plan

    def fit(self, instance: AskingInstance) -> Self:
        """One linear program, then O(V T^2)."""
        self.instance_ = instance
        x = fluid_plan(instance, smooth=True)[1] if self.plan is None else self.plan
        scale = 1.0 / (2.0 - instance.hazard)
        periods = len(instance.rate)
        left = 1.0 - np.cumsum(instance.deaf)[:periods]  # still deaf k periods later
        asked = scale * np.einsum("ts,vst->vt", instance.rate, x)
        active = np.ones_like(asked)
        for t in range(1, periods):
            active[:, t] = 1.0 - asked[:, :t] @ left[t:0:-1]
        self.plan_ = np.clip(scale * x / np.maximum(active, 1e-9)[:, None, :], 0.0, 1.0)
        return self


class Sparse(_Planned):
    """SN of Manshadi and Rodilitz: volunteers one after another, each asked only where the plan asks and it pays."""

    def __init__(self, plan: Floats | None = None) -> None:
        self.plan = plan

    def fit(self, instance: AskingInstance) -> Self:
        """One linear program, then V dynamic programs."""
        self.instance_ = instance
        x = fluid_plan(instance, smooth=True)[1] if self.plan is None else self.plan
        uncovered = np.ones(x.shape[1:])
        kept = np.zeros_like(x)
        for v in range(len(x)):
            gain = instance.response[v][:, None] * uncovered
            later = np.zeros(len(instance.rate) + len(instance.deaf) + 1)
            for t in range(len(instance.rate) - 1, -1, -1):
                after = instance.deaf @ later[t : t + len(instance.deaf)]
                worth = gain[:, t] + after - later[t + 1]
                kept[v, :, t] = np.where(worth > 0, x[v, :, t], 0.0)
                later[t] = later[t + 1] + instance.rate[t] @ (kept[v, :, t] * worth)
            uncovered *= 1.0 - instance.response[v][:, None] * kept[v]
        self.plan_ = kept
        return self


class Adaptive:
    """ADAPT: attention has a price, and what was sent and heard is remembered.

    A few rounds of dynamic programs, each volunteer against what the others will really do, give price[v, t] =
    J_{t+1} - D_t, what her attention would still earn. Online, see ``episodes.live``.

    Parameters
    ----------
    message_cost : what a message costs, as a share of an answered need.
    rounds, lives, seed : of the fitting.
    """

    price_: Floats
    instance_: AskingInstance

    def __init__(self, message_cost: float = 0.002, rounds: int = 6, lives: int = 60, seed: int = 99) -> None:
        self.message_cost = message_cost
        self.rounds = rounds
        self.lives = lives
        self.seed = seed

    def fit(self, instance: AskingInstance) -> Self:
        """``rounds`` x (V dynamic programs + ``lives`` simulated lives). Uses parameters of the instance only."""
        self.instance_ = instance
        volunteers, types = instance.response.shape
        periods = len(instance.rate)
        episodes = draw_episodes(instance, self.seed, self.lives)
        says_yes = np.zeros((volunteers, types, periods))
        for turn in range(self.rounds):
            miss = 1.0 - np.minimum(says_yes, 0.999)
            uncovered = miss.prod(axis=0)
            self.price_ = np.zeros((volunteers, periods))
            for v in range(volunteers):
                gain = instance.response[v][:, None] * uncovered / miss[v]
                value, after = backward_values(instance.rate, instance.deaf, gain)
                self.price_[v] = value[1 : periods + 1] - after
            fresh = np.zeros_like(says_yes)
            self._live(episodes, fresh)
            says_yes = fresh if turn == 0 else 0.5 * (says_yes + fresh)
        return self

    def play(self, episodes: Episodes) -> Outcome:
        """Live through the episodes."""
        if not hasattr(self, "price_"):
            raise NotFittedError("call fit before play")
        return self._live(episodes, NOTHING)

    def _live(self, episodes: Episodes, asked_share: Floats) -> Outcome:
        answered, messages = live(
            self.instance_.response, self.instance_.deaf, *episodes, ADAPTIVE, NOTHING, self.price_,
            self.message_cost, asked_share,
        )  # fmt: skip
        return Outcome((episodes.need >= 0).sum(axis=1), answered, messages)
