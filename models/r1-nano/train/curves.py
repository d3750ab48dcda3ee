"""Draws what reinforcement did, from a stage's log.jsonl, as one SVG file without dependencies:
share of right answers and of self-checks, and tokens of an output, over the steps.

Usage: curves.py --log run/grpo/log.jsonl --out grpo.svg --title "GRPO"
"""
import argparse
import json
from html import escape

WIDTH, HEIGHT, LEFT, TOP, GAP = 640, 150, 56, 40, 48
PANELS = (("share", (("right", "#1a66cc"), ("checked", "#c26a00"))),
          ("tokens", (("tokens", "#333333"),)))


def read(path: str) -> list[dict]:
    """The lines that tell of sampled outputs."""
    with open(path, encoding="utf-8") as file:
        return [line for line in map(json.loads, file) if "right" in line]


def panel(lines: list[dict], unit: str, series, top: int) -> list[str]:
    """Axes, and one polyline for each series. Shares go from 0 to 1, tokens from 0."""
    highest = 1.0 if unit == "share" else max(line["tokens"] for line in lines) * 1.1
    last = max(line["step"] for line in lines)
    parts = [f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" class="frame"/>']
    for value in (0, highest / 2, highest):
        y = top + HEIGHT * (1 - value / highest)
        label = f"{100 * value:.0f} %" if unit == "share" else f"{value:.0f}"
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{label}</text>')
    for number, (name, colour) in enumerate(series):
        points = " ".join(f"{LEFT + WIDTH * line['step'] / last:.1f},"
                          f"{top + HEIGHT * (1 - line[name] / highest):.1f}" for line in lines)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        parts.append(f'<text x="{LEFT + 8 + 90 * number}" y="{top - 6}" fill="{colour}">'
                     f"{name}</text>")
    parts.append(f'<text x="{LEFT + WIDTH}" y="{top + HEIGHT + 16}" text-anchor="end">'
                 f"step {last}</text>")
    return parts


def drawing(lines: list[dict], title: str) -> str:
    height = TOP + len(PANELS) * (HEIGHT + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH + LEFT + 16}" '
             f'height="{height}" font-family="sans-serif" font-size="12">',
             "<style>.frame{fill:none;stroke:#999}</style>",
             '<rect width="100%" height="100%" fill="#ffffff"/>',
             f'<text x="{LEFT}" y="18" font-size="14">{escape(title)}</text>']
    for number, (unit, series) in enumerate(PANELS):
        parts += panel(lines, unit, series, TOP + number * (HEIGHT + GAP))
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("log", "out", "title"):
        parser.add_argument("--" + name, required=True)
    arguments = parser.parse_args()
    with open(arguments.out, "w", encoding="utf-8") as file:
        file.write(drawing(read(arguments.log), arguments.title))


if __name__ == "__main__":
    main()
