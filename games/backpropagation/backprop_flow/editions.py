"""What runs of earlier editions of Backprop Flow say today."""

from __future__ import annotations

from typing import Any

from games.editions import Log, Params, retold

DIGITS = "₁₂₃"


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Weights by their places; the two guesses, first "rises" and 0, before they were judged."""
    layers = [str(params.get("net", "2-2-1")).count("-") + 1]
    said: dict[str, Any] = {}
    judged = [False]

    def fresh(entry: list[Any], *, drawn: bool) -> list[list[Any]]:
        judged[0] = False
        if drawn:
            said.update(sign="rises", killer=0)
        return [entry]

    def note(name: str, value: Any) -> list[list[Any]]:
        said[name] = value
        return [[name, value]]

    def net(name: str) -> list[list[Any]]:
        layers[0] = name.count("-") + 1
        return fresh(["net", name], drawn=True)

    def weight(name: str) -> list[list[Any]]:
        start, end = name.split("→")
        letters = "xghy" if layers[0] == 4 else "xhy"
        units = [DIGITS.index(unit[1]) + 1 if unit[1:] else 1 for unit in (start, end)]
        return [["weight", f"{letters.index(start[0]) + 1}-{units[0]}-{units[1]}"]]

    def backward() -> list[list[Any]]:
        before = [] if judged[0] else [["sign", said["sign"]], ["killer", said["killer"]]]
        judged[0] = True
        return [*before, ["backward"]]

    fresh([], drawn=True)
    return params, retold(
        log,
        sign=lambda direction: note("sign", direction),
        killer=lambda k: note("killer", k),
        weight=weight,
        backward=backward,
        input=lambda i, v: fresh(["input", i, v], drawn=False),
        target=lambda t: fresh(["target", t], drawn=False),
        case=lambda: fresh(["case"], drawn=True),
        net=net,
    )


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """The right factor was enough, whatever was said of the sign."""
    return {**params, "goal": "factor"}, log
