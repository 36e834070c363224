"""Types of the arrays that models pass to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "DateArray", "FloatArray", "IntArray", "PathArray"]

FloatArray = NDArray[np.float64]
PathArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
DateArray = NDArray[np.datetime64]
