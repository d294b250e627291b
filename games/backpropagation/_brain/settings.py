"""What may be set, and to what: one table behind the controls, the messages and their refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from games import is_number
from games.backpropagation._brain import plan as plans
from games.backpropagation._brain.plan import Plan
from games.backpropagation._brain.points import is_classes

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
PENALTIES = (0.0, 0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1)
BATCHES = (1, 2, 5, 10, 20, 50, 100, 0)
SMALL = (1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2)


@dataclass(frozen=True)
class Number:
    """A setting on a slider."""

    label: str
    low: float
    high: float
    step: float
    digits: int = 2


@dataclass(frozen=True)
class Listed:
    """A setting chosen from a list of numbers or names; `zero` is what 0 is called."""

    label: str
    options: tuple[float | str, ...]
    zero: str = "0"

    def text(self, option: float | str) -> str:
        """An option as it is shown."""
        if option == 0:
            return self.zero
        return option if isinstance(option, str) else plain(option)


def plain(value: float) -> str:
    """A number without needless zeros: 0.0001, 3, 1e−12."""
    return f"{value:g}".replace("1e-05", "0.00001").replace("e-0", "e-").replace("-", "−")


SETTINGS: dict[str, Number | Listed] = {
    "noise": Number("noise", 0, 0.5, 0.05),
    "points": Number("points", 20, 500, 10, digits=0),
    "held_out": Number("held out", 0.1, 0.9, 0.05),
    "init": Listed("weights start", tuple(plans.INITIALIZERS)),
    "optimizer": Listed("optimiser", tuple(plans.OPTIMIZERS)),
    "lr": Listed("learning rate", RATES),
    "schedule": Listed("schedule", tuple(plans.SCHEDULES)),
    "span": Number("schedule’s steps", 200, 5000, 200, digits=0),
    "batch": Listed("batch size", BATCHES, zero="all points"),
    "l1": Listed("L1 penalty", PENALTIES),
    "l2": Listed("L2 penalty", PENALTIES),
    "dropout": Number("dropout", 0, 0.8, 0.05),
}
"""Settings of a Plan by name; loss, batch norm and the optimizer's knobs have their own rules."""

KNOBS: dict[str, Number | Listed] = {
    "beta": Number("β", 0, 0.99, 0.01),
    "beta1": Number("β₁", 0, 0.99, 0.01),
    "beta2": Listed("β₂", (0.0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)),
    "rho": Number("ρ", 0.01, 0.2, 0.01),
    "eps": Listed("ε", SMALL),
    "weight_decay": Listed("weight decay λ", (0.0, 0.0001, 0.001, 0.01, 0.1)),
}
"""The optimizers' own settings."""


def losses(plan: Plan) -> tuple[str, ...]:
    """The losses that fit the plan's data."""
    return plans.CLASS_LOSSES if is_classes(plan) else plans.NUMBER_LOSSES


def value_of(setting: Number | Listed, raw: object) -> float | str | None:
    """The value that a control sent, or None if the setting does not allow it."""
    if isinstance(setting, Listed):
        return next((o for o in setting.options if isinstance(raw, str) and str(o) == raw), None)
    if not is_number(raw, setting.low, setting.high):
        return None
    if setting.digits:
        return float(raw)
    return int(raw) if raw == int(raw) else None


def changed(plan: Plan, name: str, raw: object) -> Plan | None:
    """The plan with one setting changed, or None if that is not allowed."""
    if name == "loss":
        return replace(plan, loss=raw) if isinstance(raw, str) and raw in losses(plan) else None
    if name == "batch_norm":
        return replace(plan, batch_norm=raw) if isinstance(raw, bool) else None
    if name in SETTINGS:
        value = value_of(SETTINGS[name], raw)
        if value is None:
            return None
        knobs = () if name == "optimizer" else plan.knobs
        return replace(plan, knobs=knobs, **{name: value})  # type: ignore[arg-type]
    if name in KNOBS and name in plans.knobs(plan):
        number = value_of(KNOBS[name], raw)
        return None if not isinstance(number, float) else plans.with_knob(plan, name, number)
    return None


def allowed(plan: Plan) -> str:
    """The names that `changed` takes now."""
    return ", ".join(["loss", "batch_norm", *SETTINGS, *plans.knobs(plan)])
