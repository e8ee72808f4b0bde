"""Who vouches for whom, as a graph: small groups of people who mostly vouch for each other. No database, no clock."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Edge = tuple[int, int]  # (who vouched, for whom)


@dataclass(frozen=True)
class Circle:
    """`inside` of `total` times each member was vouched for, it was by another member."""

    members: frozenset[int]
    inside: Mapping[int, int]
    total: Mapping[int, int]


def circles(edges: Mapping[Edge, int], *, people: int, times: int, percent: int) -> list[Circle]:
    """Groups of at most `people` in which everybody reaches everybody over edges of at least `times`, and each
    member has at least `percent` of all vouching from inside. A pair within a larger group is found as well.
    """
    strong = {edge for edge, count in edges.items() if count >= times and edge[0] != edge[1]}
    pairs = {frozenset(edge) for edge in strong if edge[::-1] in strong}
    groups = {frozenset(group) for group in components(strong) if 2 <= len(group) <= people} | pairs
    total = Counter[int]()
    for (_by, whom), count in edges.items():
        total[whom] += count
    found: list[Circle] = []
    for group in sorted(groups, key=lambda one: (-len(one), sorted(one))):
        inside = {
            one: sum(count for (by, whom), count in edges.items() if whom == one and by in group - {one})
            for one in group
        }
        is_new = not any(group < larger.members for larger in found)
        if is_new and all(inside[one] * 100 >= total[one] * percent for one in group):
            found.append(Circle(group, inside, {one: total[one] for one in group}))
    return found


def components(edges: set[Edge]) -> Iterator[set[int]]:
    """Strongly connected components with more than one member: what a node reaches and is reached from."""
    ahead, back = defaultdict(set), defaultdict(set)
    for by, whom in edges:
        ahead[by].add(whom)
        back[whom].add(by)
    left = set(ahead) & set(back)
    while left:
        start = min(left)
        group = _reached(start, ahead) & _reached(start, back)
        left -= group | {start}
        if len(group) > 1:
            yield group


def _reached(start: int, steps: Mapping[int, set[int]]) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for following in steps.get(waiting.pop(), set()) - seen:
            seen.add(following)
            waiting.append(following)
    return seen
