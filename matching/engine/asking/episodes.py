"""Lives of a small world under a policy: the same needs, moods and silences for every policy."""

from typing import NamedTuple

import numpy as np

from matching.engine.compiled import compiled
from matching.engine.synthetic.asking import AskingInstance
from matching.engine.words import Floats, Integers

PLANNED, ADAPTIVE = 0, 1


class Episodes(NamedTuple):
    """N drawn lives of T periods with V volunteers.

    need (N, T): type of the need of that period, -1 none; mood (N, T, V): says yes where mood < response; silence
    (N, T, V): deaf periods if asked then; coin (N, T, V): for randomised plans.
    """

    need: Integers
    mood: Floats
    silence: Integers
    coin: Floats


class Outcome(NamedTuple):
    """(N,) each: needs that came, needs with at least one yes, messages sent."""

    needs: Integers
    answered: Integers
    messages: Integers

    @property
    def answered_mean(self) -> float:
        """Mean number of answered needs in a life."""
        return float(self.answered.mean())

    @property
    def half_width(self) -> float:
        """Half the 95 % interval of ``answered_mean``."""
        return float(1.96 * self.answered.std(ddof=1) / np.sqrt(len(self.answered)))

    @property
    def messages_a_need(self) -> float:
        """Messages for each need that came."""
        return float(self.messages.sum() / max(self.needs.sum(), 1))


def draw_episodes(instance: AskingInstance, seed: int, lives: int) -> Episodes:
    """Draw ``lives`` independent lives. O(lives x T x V)."""
    rng = np.random.default_rng([seed, 1])
    periods, types = instance.rate.shape
    volunteers = len(instance.response)
    edges = np.cumsum(instance.rate, axis=1)
    drawn = rng.random((lives, periods))
    need = (drawn[:, :, None] >= edges[None]).sum(axis=2)
    size = (lives, periods, volunteers)
    silence = np.searchsorted(np.cumsum(instance.deaf), rng.random(size), side="right")
    return Episodes(
        need=np.where(need >= types, -1, need).astype(np.int64),
        mood=rng.random(size),
        silence=np.minimum(silence, len(instance.deaf) - 1).astype(np.int64),
        coin=rng.random(size),
    )


@compiled
def live(  # noqa: C901 - one compiled loop
    response: Floats,
    deaf: Floats,
    need: Integers,
    mood: Floats,
    silence: Integers,
    coin: Floats,
    kind: int,
    plan: Floats,
    price: Floats,
    message_cost: float,
    asked_share: Floats,
) -> tuple[Integers, Integers]:
    """Live every episode; returns answered (N,) and messages (N,).

    PLANNED: ask v where coin < plan[v, s, t]. ADAPTIVE: keep b_v = P(v is active | what was sent and heard), add the
    volunteer with the largest b_v (p_v cov - price[v, t]) - message_cost while it is positive, cov *= 1 - p_v b_v. If
    ``asked_share`` (V, S, T) is not empty, what would be done for every type is averaged into it: P(v says yes).
    """
    lives, periods = need.shape
    volunteers, types = response.shape
    longest = len(deaf)
    answered, messages = np.zeros(lives, np.int64), np.zeros(lives, np.int64)
    learn = asked_share.shape[0] > 0
    belief = np.zeros((volunteers, longest))
    active_from = np.zeros(volunteers, np.int64)
    chosen = np.zeros(volunteers, np.bool_)
    for n in range(lives):
        active_from[:] = 0
        belief[:] = 0.0
        belief[:, 0] = 1.0
        for t in range(periods):
            now = need[n, t]
            for s in range(types):
                if s != now and not learn:
                    continue
                chosen[:] = False
                if kind == PLANNED:
                    for v in range(volunteers):
                        chosen[v] = coin[n, t, v] < plan[v, s, t]
                else:
                    cover = 1.0
                    while True:
                        best, who = 0.0, -1
                        for v in range(volunteers):
                            if not chosen[v] and response[v, s] > 0.0:
                                gain = belief[v, 0] * (response[v, s] * cover - price[v, t]) - message_cost
                                if gain > best:
                                    best, who = gain, v
                        if who < 0:
                            break
                        chosen[who] = True
                        cover *= 1.0 - response[who, s] * belief[who, 0]
                if learn:
                    for v in range(volunteers):
                        if chosen[v]:
                            asked_share[v, s, t] += belief[v, 0] * response[v, s] / lives
                if s != now:
                    continue
                somebody = False
                for v in range(volunteers):
                    if not chosen[v]:
                        continue
                    messages[n] += 1
                    yes = False
                    if active_from[v] <= t:
                        yes = mood[n, t, v] < response[v, s]
                        active_from[v] = t + silence[n, t, v]
                    somebody = somebody or yes
                    if kind == ADAPTIVE:
                        heard = 1.0 if yes else belief[v, 0] * (1.0 - response[v, s])
                        rest = 0.0 if yes else 1.0 - belief[v, 0]
                        total = heard + rest
                        belief[v, 0] = 0.0
                        for k in range(longest):
                            old = 0.0 if yes else belief[v, k]
                            belief[v, k] = (old + heard * deaf[k]) / total
                if somebody:
                    answered[n] += 1
            if kind == ADAPTIVE:
                for v in range(volunteers):
                    if belief[v, 0] < 1.0:
                        belief[v, 0] += belief[v, 1]
                        for k in range(1, longest - 1):
                            belief[v, k] = belief[v, k + 1]
                        belief[v, longest - 1] = 0.0
    return answered, messages
