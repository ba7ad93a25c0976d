"""How often Python looks for cycles, in a process that stays up."""

import gc

# Hardly anything here makes cycles, and a batch makes some hundred thousand objects that live until it is committed:
# every look through them finds nothing. At the default of 700 these looks took 5 to 10 % of a worker's time.
BETWEEN_LOOKS = 50_000


def collect_seldom() -> None:
    """What is loaded by now stays for good, and is looked through no more; what comes is, now and then."""
    gc.freeze()
    gc.set_threshold(BETWEEN_LOOKS)
