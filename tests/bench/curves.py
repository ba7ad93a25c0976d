"""A plot as plain SVG: some curves over a logarithmic axis, each named at its end."""

from collections.abc import Mapping, Sequence
from math import ceil, log10

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 340, 60, 210, 20, 45
LETTERS = 'font-family="sans-serif" font-size="12"'
INKS = ("#1f5fa8", "#b04a00", "#2e7d32", "#7b1fa2")


def drawn(curves: Mapping[str, Points], *, across: str, up: str) -> str:
    """The document; the upright axis begins at 0."""
    xs = [log10(x) for points in curves.values() for x, _ in points]
    low, high = min(xs), max(*xs, min(xs) + 0.1)
    most = _round(max(y for points in curves.values() for _, y in points))

    def at(x: float, y: float) -> tuple[float, float]:
        right = LEFT + (log10(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT)
        return round(right, 1), round(HEIGHT - BOTTOM - y / most * (HEIGHT - TOP - BOTTOM), 1)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {LETTERS}>',
        f"<title>{up} by {across}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for part in range(5):
        value = most * part / 4
        _, y = at(10**low, value)
        lines.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{value:g}</text>')
    for x in sorted({x for points in curves.values() for x, _ in points}):
        place, _ = at(x, 0)
        lines.append(f'<text x="{place}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,.0f}</text>')
    lines.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">{across}; {up}</text>')
    heights: list[float] = []
    for (name, points), ink in zip(curves.items(), INKS, strict=False):
        places = [at(x, y) for x, y in points]
        way = " ".join(f"{x},{y}" for x, y in places)
        beside = _free(places[-1][1] + 4, heights)
        lines.append(f'<polyline points="{way}" fill="none" stroke="{ink}" stroke-width="2"/>')
        lines.append(f'<text x="{places[-1][0] + 8}" y="{beside}" fill="{ink}">{name}: {points[-1][1]:.2f}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _free(wanted: float, taken: list[float]) -> float:
    while any(abs(wanted - other) < 14 for other in taken):
        wanted -= 14
    taken.append(wanted)
    return round(wanted, 1)


def _round(value: float) -> float:
    """The next number of one digit."""
    step = 10.0 ** (ceil(log10(value)) - 1)
    return ceil(value / step) * step
