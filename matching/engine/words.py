"""Skills, licences and slots packed in one 64-bit word, so that one AND tests every hard limit of a person.

=========  =======================================================================
bits       meaning
=========  =======================================================================
0 to 38    skills and licences: bit i is skill i (24 in the code table, the rest for licences and other requirements)
39 to 62   slots: bit 39 + s is slot s of 24 (Monday morning = 0 ... holiday evening = 23)
63         may take a need that names no slot
=========  =======================================================================
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.errors import BadShapeError, NotFiniteError, OutOfRangeError

SKILL_BITS = 39
SLOT_BITS = 24
ANY_SLOT_BIT = 63

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def person_words(skill_mask: ArrayLike, slot_mask: ArrayLike) -> Words:
    """What each person offers: (V,) skills and (V,) slots -> (V,) words, ready for needs without a slot."""
    return _packed(skill_mask, slot_mask) | np.uint64(1 << ANY_SLOT_BIT)


def need_words(skill_mask: ArrayLike, slot_mask: ArrayLike) -> Words:
    """What each need asks for (all bits must be held): (R,) skills and (R,) slots -> (R,) words."""
    words = _packed(skill_mask, slot_mask)
    without_slot = words >> np.uint64(SKILL_BITS) == 0
    marked: Words = words | (without_slot.astype(np.uint64) << np.uint64(ANY_SLOT_BIT))
    return marked


def need_word(skill_mask: int, slot_mask: int) -> np.uint64:
    """``need_words`` for one need, without the cost of arrays."""
    if not (0 <= skill_mask < 1 << SKILL_BITS and 0 <= slot_mask < 1 << SLOT_BITS):
        raise OutOfRangeError(
            f"skill_mask {skill_mask} or slot_mask {slot_mask} has bits that are not defined"
        )
    any_slot = 0 if slot_mask else 1 << ANY_SLOT_BIT
    return np.uint64(int(skill_mask) | int(slot_mask) << SKILL_BITS | any_slot)


def _packed(skill_mask: ArrayLike, slot_mask: ArrayLike) -> Words:
    skills = whole_numbers(skill_mask, "skill_mask", least=0, most=(1 << SKILL_BITS) - 1)
    slots = whole_numbers(slot_mask, "slot_mask", least=0, most=(1 << SLOT_BITS) - 1)
    if skills.shape != slots.shape:
        raise BadShapeError(f"skill_mask has shape {skills.shape}, slot_mask {slots.shape}")
    return skills.astype(np.uint64) | (slots.astype(np.uint64) << np.uint64(SKILL_BITS))


def points(xy: ArrayLike, name: str) -> Floats:
    """(n, 2) finite metres in a flat local projection, as contiguous float64."""
    array = np.ascontiguousarray(xy, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise BadShapeError(f"{name} must be (n, 2), not {array.shape}")
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise NotFiniteError(f"{name}[{row}] is {array[row].tolist()}")
    return array


def whole_numbers(
    values: ArrayLike, name: str, *, least: int | None = None, most: int | None = None
) -> Integers:
    """One-dimensional integers within [least, most], as int64; a fraction or NaN is refused."""
    array: NDArray[Any] = np.asarray(values)
    if array.ndim != 1:
        raise BadShapeError(f"{name} must have one dimension, not shape {array.shape}")
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind not in "iub":
        as_float = array.astype(np.float64)
        if not np.isfinite(as_float).all():
            raise NotFiniteError(f"{name} holds NaN or infinity")
        if (as_float != np.rint(as_float)).any():
            raise OutOfRangeError(f"{name} must be whole numbers")
        array = as_float
    if (least is not None and array.min() < least) or (most is not None and array.max() > most):
        raise OutOfRangeError(f"{name} must lie in [{least}, {most}]; found {array.min()} to {array.max()}")
    return array.astype(np.int64)


def numbers(
    values: ArrayLike, name: str, length: int, *, least: float = 0.0, infinite: bool = False
) -> Floats:
    """(length,) float64 not below ``least``; a scalar is repeated; infinity only where it has a meaning."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        array = np.full(length, float(array))
    if array.shape != (length,):
        raise BadShapeError(f"{name} must have shape ({length},), not {array.shape}")
    if np.isnan(array).any() or (not infinite and np.isinf(array).any()):
        raise NotFiniteError(f"{name} holds NaN or infinity")
    if (array < least).any():
        raise OutOfRangeError(f"{name} must not lie below {least}")
    return np.ascontiguousarray(array)
