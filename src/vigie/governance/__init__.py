"""Who may do what, for which purpose: one caller type and one decision function.

Agreements, purposes and grants will live here; until they exist, one rule admits the local
operator and nobody else. No I/O, no clock: the present is an argument.
"""

from vigie.governance.decision import Action, Caller, Decision, decide

__all__ = ["Action", "Caller", "Decision", "decide"]
