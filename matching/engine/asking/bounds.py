"""What no policy can beat: the fluid bound, and the exact program of a small world."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix, hstack, vstack

from matching.engine.compiled import compiled
from matching.engine.errors import OutOfRangeError
from matching.engine.synthetic.asking import AskingInstance
from matching.engine.words import Floats, Integers

TANGENTS = 10


def fluid_plan(instance: AskingInstance, *, smooth: bool = False) -> tuple[float, Floats]:
    """The fluid program: its value (an upper bound on every policy) and x (V, S, T), the share of needs to ask v about.

    max sum rate z; z <= 1, z <= sum_v p x; for all v, t: sum_{u <= t} P(still deaf t - u later) sum_s rate x <= 1;
    0 <= x <= 1 (Manshadi and Rodilitz). ``smooth`` replaces min(sum p x, 1) by 1 - exp(sum x log(1 - p)) with ten
    tangents: no bound, but a better starting point for policies. Solved by HiGHS.
    """
    p, rate = instance.response, instance.rate
    volunteers, types = p.shape
    periods = len(rate)
    v, s, t = (
        a.reshape(-1) for a in np.meshgrid(*map(np.arange, (volunteers, types, periods)), indexing="ij")
    )
    keep = (p[v, s] > 0) & (rate[t, s] > 0)
    v, s, t = v[keep], s[keep], t[keep]
    columns = np.arange(len(v))
    n, needs = len(v), types * periods
    weight = -np.log1p(-p[v, s]) if smooth else p[v, s]
    cover = csr_matrix((weight, (s * periods + t, columns)), shape=(needs, n))
    one = csr_matrix((np.ones(needs), (np.arange(needs), np.arange(needs))), shape=(needs, needs))
    rows, limits = [], []
    for at in np.linspace(0.0, 3.0, TANGENTS) if smooth else [0.0]:
        slope = np.exp(-at) if smooth else 1.0
        rows.append(hstack([-slope * cover, one]))
        limits.append(np.full(needs, (1.0 - np.exp(-at) - slope * at) if smooth else 0.0))
    asked = coo_matrix((rate[t, s], (v * periods + t, columns)), shape=(volunteers * periods, n)).tocsr()
    still = 1.0 - np.concatenate([[0.0], np.cumsum(instance.deaf)])[1 : periods + 1]
    lag = np.arange(periods)[:, None] - np.arange(periods)[None]
    kernel = np.where(lag >= 0, still[np.clip(lag, 0, periods - 1)], 0.0)
    y = volunteers * periods
    window = csr_matrix(np.kron(np.eye(volunteers), kernel))
    empty = csr_matrix((y, needs))
    matrix = vstack([
        hstack([vstack(rows), csr_matrix((len(rows) * needs, y))]),
        hstack([csr_matrix((y, n)), empty, window]),
    ])  # fmt: skip
    same = hstack([asked, empty, csr_matrix((-np.ones(y), (np.arange(y), np.arange(y))), shape=(y, y))])
    value = np.concatenate([np.zeros(n), -rate.T.reshape(-1), np.zeros(y)])
    solved = linprog(
        value, A_ub=matrix, b_ub=np.concatenate([*limits, np.ones(y)]), A_eq=same, b_eq=np.zeros(y),
        bounds=(0.0, 1.0), method="highs",
    )  # fmt: skip
    if solved.status != 0:
        raise OutOfRangeError(f"the fluid program has no solution: {solved.message}")
    x = np.zeros((volunteers, types, periods))
    x[v, s, t] = np.clip(solved.x[:n], 0.0, 1.0)
    return float(-solved.fun), x


@compiled
def _exact(  # noqa: C901 - one compiled loop
    response: Floats, rate: Floats, back: float
) -> float:
    volunteers, types = response.shape
    states = 1 << volunteers
    value = np.zeros(states)
    kept = np.zeros(states)
    for t in range(len(rate) - 1, -1, -1):
        kept[:] = value
        for i in range(volunteers):
            bit = 1 << i
            for u in range(states):
                if not u & bit:
                    kept[u] = (1.0 - back) * kept[u] + back * kept[u | bit]
        quiet = 1.0 - rate[t].sum()
        for state in range(states):
            value[state] = quiet * kept[state]
        for s in range(types):
            miss = np.ones(states)
            for u in range(1, states):
                low = 0
                while not u >> low & 1:
                    low += 1
                miss[u] = miss[u & (u - 1)] * (1.0 - response[low, s])
            for state in range(states):
                best = kept[state]
                asked = state
                while asked > 0:
                    best = max(best, 1.0 - miss[asked] + kept[state ^ asked])
                    asked = (asked - 1) & state
                value[state] += rate[t, s] * best
    return float(value[states - 1])


def exact_value(instance: AskingInstance) -> float:
    """The most that can be answered when the platform sees who is active. Geometric silence, at most 12 volunteers.

    Backwards over all sets of active volunteers, O(T x S x 3^V).
    """
    back = float(instance.deaf[1])
    geometric = back * (1.0 - back) ** np.arange(len(instance.deaf) - 2)
    if len(instance.response) > 12 or not np.allclose(instance.deaf[1:-1], geometric):
        raise OutOfRangeError("the exact program needs geometric silence and at most 12 volunteers")
    return float(_exact(instance.response, instance.rate, back))


def backward_values(rate: Floats, deaf: Floats, gain: Floats) -> tuple[Floats, Floats]:
    """One volunteer's dynamic program. gain (S, T): what asking her is worth if she is active.

    J (T + K,): value of being active from t on; D (T,): value of having just been asked at t. J_t = J_{t+1} +
    sum_s rate max(0, gain + D_t - J_{t+1}).
    """
    periods = len(rate)
    value = np.zeros(periods + len(deaf) + 1)
    after = np.zeros(periods)
    for t in range(periods - 1, -1, -1):
        after[t] = deaf @ value[t : t + len(deaf)]
        value[t] = value[t + 1] + rate[t] @ np.maximum(gain[:, t] + after[t] - value[t + 1], 0.0)
    return value, after


Unused = Integers
