"""Tests look for cycles as seldom as the serving processes do: these looks took a tenth of the time of most of them."""

from exchange.collecting import collect_seldom

collect_seldom()
