"""What happens by itself: the daily cycle and its steps, the clock, the check-up, the demo.

``cycle`` is the only runner; everything that it calls lives in the packages below.
"""

__all__: list[str] = []
