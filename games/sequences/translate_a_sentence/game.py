"""Translate a Sentence: pick or type one, guess how it ends, and find the length that breaks it.

Two encoder–decoders (GRU, 32 numbers in a state) with shipped weights; how they
were trained, and on what, is in `pycore/recipes/translation.py`. One hands over nothing but the
encoder's last state, the other may look back at all of them (attention). A length breaks a model
when it gets fewer than half of the sentences right; they come from the tenth of the grammar's
sentences that training never saw, and right means the grammar's own French, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, MessageError, Node, Param
from games.concepts.bet import Bet, slip
from games.moves import Dial, Pick, Press, Switch, Text, moves
from games.sequences.translate_a_sentence.picture import (
    candidates,
    context,
    figure,
    looking,
    said,
    saying,
    wrong_words,
)
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.shell import shell
from games.words import say, word
from pycore import phrases, text
from pycore.arrays import Array
from pycore.recipes import translation
from pycore.seq2seq import Hypothesis, beam_step

EDITION = 3
MOST_WORDS, MOST_SAID, LONGEST_TEXT = 16, 24, 120
LENGTHS = tuple(range(3, 17))
BATCH = 5
"""Sentences tried in one tick."""
CLOSE = 1
"""How far from the measured length a predicted one may be, in words."""

PARAMS = {"sentences": Param(Dial(5, 60, 5), 20, word("Sentences tried at each length"))}
SENTENCES = Pick(
    {
        "cat": "the cat sits",
        "woman": "the tired woman waits in the garden",
        "mouse-and-boy": "the white mouse waits by the river and the boy sits in the garden",
        "zebra": "the zebra follows the cow",
    }
)
LEARNT = word(
    "Without attention the whole sentence has to pass through one vector. It holds short sentences "
    "and loses long ones."
)
MOVES = moves(
    sentence=SENTENCES,
    type=Text(LONGEST_TEXT),
    attention=Switch(),
    width=Pick(1, 2, 4),
    believe=Pick("right", "wrong", when=lambda state: state.belief.open),
    translate=Press(when=lambda state: state.belief.ready),
    restart=Press(when=lambda state: not state.belief.open),
    length=Dial(LENGTHS[0], LENGTHS[-1], when=lambda state: state.reach.open),
    measure=Press(when=lambda state: state.reach.ready),
    rethink=Press(when=lambda state: not state.reach.open),
)


@dataclass
class Trial:
    """A measurement, under way or done: at each length how many sentences were right, of how many.

    `guess` is the length that was predicted when it began; a length takes `rounds` batches.
    """

    rounds: int
    guess: int
    right: list[int] = field(default_factory=lambda: [0] * len(LENGTHS))
    tried: list[int] = field(default_factory=lambda: [0] * len(LENGTHS))
    batches: int = 0

    @property
    def done(self) -> bool:
        """Whether every length has been tried."""
        return self.batches == self.rounds * len(LENGTHS)


@dataclass
class State:
    """A sentence on its way through one of the two models, and how far each of them carries.

    `h` are the encoder's states after every word, (words, 32), empty before the start; `read` of
    them are on show. Of a typed text `left_out` words were too many. `belief` is the bet on this
    translation, `reach` the one on the length that breaks the model; the trials are the last ones
    of both models. `translated` says whether any sentence was sent.
    """

    rng: np.random.Generator
    sentences: int
    attention: bool = False
    width: int = 1
    sentence: str = SENTENCES["cat"]
    left_out: int = 0
    belief: Bet[str] = field(default_factory=Bet)
    h: Array = field(default_factory=lambda: np.empty((0, translation.N)))
    read: int = 0
    beam: list[Hypothesis] = field(default_factory=list)
    reach: Bet[int] = field(default_factory=Bet)
    trials: dict[bool, Trial] = field(default_factory=dict)
    translated: bool = False


def init(seed: int, sentences: int = 20) -> State:
    """Nothing read yet; both models' weights are at hand."""
    for attention in (False, True):
        translation.trained(attention)
    return State(np.random.default_rng(seed), sentences)


def update(state: State, move: str, *values: Any) -> None:
    """Choose a sentence, a model, a width; say what will happen; let it run."""
    match move, *values:
        case "sentence", name:
            state.sentence, state.left_out = SENTENCES[name], 0
            _rewind(state)
        case "type", line:
            if not (words := _words(line)):
                raise MessageError(say("There is no word in that; type an English sentence."))
            state.sentence = " ".join(words[:MOST_WORDS])
            state.left_out = max(0, len(words) - MOST_WORDS)
            _rewind(state)
        case "attention" | "width", value:
            setattr(state, move, value)
            _rewind(state)
            if move == "attention":
                state.reach.reopen()
        case "believe", answer:
            state.belief.place(answer)
        case ("translate",):
            state.belief.begin()
            state.translated = True
            network = translation.trained(state.attention)
            network.encode(np.array([_source(state)]))
            state.h = network.states[0].copy()
        case ("restart",):
            _rewind(state)
        case "length", length:
            state.reach.place(length)
        case ("measure",):
            state.reach.begin()
            rounds = -(-state.sentences // BATCH)
            state.trials[state.attention] = Trial(rounds, state.reach.said or 0)
        case ("rethink",):
            state.reach.again()


def tick(state: State) -> bool:
    """Read one word, or say one; or try one batch of sentences."""
    if state.belief.running:
        if state.read < len(state.h):
            state.read += 1
            return True
        start, end = _marks()
        network = translation.trained(state.attention)
        state.beam = beam_step(network, _source(state), state.beam, state.width, start, end)
        best = state.beam[0].items
        if best[-1] == end or len(best) == MOST_SAID:
            state.belief.settle()
        return True
    if state.reach.running:
        trial = state.trials[state.attention]
        at = trial.batches // trial.rounds
        pairs = translation.examples(LENGTHS[at], BATCH, state.rng)
        judged = translation.right(translation.trained(state.attention), pairs)
        trial.right[at] += sum(judged)
        trial.tried[at] += len(judged)
        trial.batches += 1
        if trial.done:
            state.reach.settle()
        return True
    return False


def pace(state: State) -> float | None:
    """Words come at a pace that can be followed; a measurement as fast as it goes."""
    return 4.0 if state.belief.running else None


def breaking(trial: Trial) -> int:
    """The first length with fewer than half of the sentences right; one more than any if none."""
    for length, right, tried in zip(LENGTHS, trial.right, trial.tried, strict=True):
        if right < tried / 2:
            return length
    return LENGTHS[-1] + 1


def cut_short(state: State) -> bool:
    """Whether the translation was stopped before the model came to its end."""
    return state.belief.over and state.beam[0].items[-1] != _marks()[1]


def verdict(state: State) -> bool | None:
    """Whether the finished translation is the grammar's own; None before, or where it has none."""
    wanted = phrases.translate(state.sentence)
    if not state.belief.over or wanted is None:
        return None
    return said(state.beam[0]) == wanted


def score(state: State) -> float:
    """1 when the breaking length of a model was predicted within a word; half when measured."""
    done = [trial for trial in state.trials.values() if trial.done]
    if any(_hit(trial) for trial in done):
        return 1.0
    return 0.5 if done else 0.0


def solution(state: State) -> Iterator[Message]:
    """Two sentences without attention, one with it; then the lengths until one is predicted."""
    if state.attention:
        yield ("attention", False)
    for sentence, belief in (("cat", "right"), ("mouse-and-boy", "wrong")):
        yield from (("sentence", sentence), ("believe", belief), ("translate",))
    yield ("attention", True)
    yield from (("sentence", "woman"), ("believe", "right"), ("translate",), ("attention", False))
    length = 8
    while True:
        if not state.reach.open:
            yield ("rethink",)
        yield from (("length", length), ("measure",))
        if score(state) == 1:
            break
        length = min(breaking(state.trials[state.attention]), LENGTHS[-1])


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "attention", False if state.translated:
            return say("Back to the model that has only the one vector: how far does it carry?")
        case "attention", False:
            return say("First without: all of the sentence has to fit into one state.")
        case "attention", _:
            return say("Now each word of the translation may look back at all English words.")
        case "believe", "wrong":
            return say("The sentence is longer than the state can hold.")
        case "believe", _:
            return say("This one should come out right.")
        case "length", _:
            return say("Somewhere among these lengths it begins to fail.")
    return ""


# --- words and numbers ----------------------------------------------------------------------------


def _words(sentence: str) -> list[str]:
    """The words of a sentence in lower case, punctuation left out."""
    return [word for word in text.words(text.normalize(sentence)) if word[0].isalnum()]


def _source(state: State) -> list[int]:
    return translation.vocabularies()[0].encode(state.sentence.split())


def _marks() -> tuple[int, int]:
    start, end = translation.vocabularies()[1].encode([translation.START, translation.END])
    return start, end


def _rewind(state: State) -> None:
    """Back to before the first word; a belief that nothing has judged yet stays."""
    state.belief.reopen()
    state.read, state.beam, state.h = 0, [], np.empty((0, translation.N))


def _shares(trial: Trial) -> Array:
    """The share of sentences right at each length, NaN where none was tried."""
    tried = np.array(trial.tried, float)
    return np.where(tried > 0, np.array(trial.right) / np.maximum(tried, 1), np.nan)


# --- pictures -------------------------------------------------------------------------------------

AXES = plots.Axes(x=(2.5, LENGTHS[-1] + 0.5), y=(0, 1), height=240)


def view(state: State) -> Node:
    """The sentence on its way, or how far the model carries while that is measured."""
    may, won = MOVES.on(state), _on_lengths(state) and _called(state)
    texts = {str(name): widgets.verbatim(text) for name, text in SENTENCES.values.items()}
    chosen = next((n for n in texts if SENTENCES.values[n] == state.sentence), None)
    best = state.beam[0] if state.beam else None
    over = state.belief.over
    wanted = phrases.translate(state.sentence) if over else None
    lengths = _plot(state)
    return shell(
        lengths
        if _on_lengths(state)
        else figure(state.sentence, state.h, state.read, best, state.attention, wanted),
        widgets.verdict(_verdict(state), won, lost=_lost(state)),
        mission=_mission(state, wanted),
        dock=[
            _belief(state),
            h(
                "div",
                controls.choice(say("sentence"), texts, chosen, may.sentence),
                controls.toggle(say("attention"), state.attention, may.attention),
                key="sentences",
                class_="belief",
            ),
        ],
        go=widgets.row(*_go(state)),
        drawers=[
            _prediction(state) if _reached(state) else None,
            controls.entry(
                say("or your own (up to {n} words)", n=MOST_WORDS), state.sentence, may.type
            ),
            None
            if _on_lengths(state)
            else widgets.folded(say("How far each model carries"), lengths, key="lengths"),
            widgets.folded(
                say("Each word’s candidates, and the beam"),
                saying(state.sentence, state.beam, state.attention, cut_short(state)),
                controls.choice(say("beam width"), str, state.width, may.width),
                candidates(state.beam, state.width),
                key="beam",
            ),
            widgets.folded(
                say("Numbers"),
                context(state.h, state.read),
                looking(state.sentence, best) if state.attention else None,
                key="numbers",
            ),
            widgets.folded(say("What the models have read"), _about(), key="about"),
        ],
    )


def describe(state: State) -> str:
    """What is being translated, how far it is, and what has been measured."""
    beliefs = {"right": say("all right"), "wrong": say("some wrong"), "": say("none yet")}
    setting: dict[str, str | int] = {
        "sentence": state.sentence,
        "width": state.width,
        "belief": beliefs[state.belief.said or ""],
        "read": state.read,
        "total": len(state.sentence.split()),
        "french": said(state.beam[0]) if state.beam else say("nothing yet"),
        "length": state.reach.told(str) or say("none yet"),
        "found": "; ".join(_tried(state, on) for on in sorted(state.trials)) or say("nothing yet"),
        "doing": _doing(state),
    }
    if state.attention:
        return say(
            "“{sentence}” with attention, beam width {width}. Prediction: {belief}. Read: {read} "
            "of {total} words. French: {french}. Predicted breaking length: {length}. Measured: "
            "{found}. {doing}",
            **setting,
        )
    return say(
        "“{sentence}” without attention, beam width {width}. Prediction: {belief}. Read: {read} of "
        "{total} words. French: {french}. Predicted breaking length: {length}. Measured: {found}. "
        "{doing}",
        **setting,
    )


def _doing(state: State) -> str:
    if state.belief.running:
        return say("It speaks.") if state.beam else say("It reads.")
    if cut_short(state):
        return say("It was stopped after {n} words, before it came to an end.", n=MOST_SAID)
    if state.left_out and not state.reach.running:
        return say.count(
            "It waits; {n} word of the text was too many and is left out.",
            "It waits; {n} words of the text were too many and are left out.",
            state.left_out,
        )
    return say("It is being measured.") if state.reach.running else say("It waits.")


def _tried(state: State, attention: bool) -> str:
    """What a model's trial has found."""
    trial = state.trials[attention]
    if not trial.done:
        tried = sum(trial.tried)
        if attention:
            return say.count(
                "{n} sentence tried with attention", "{n} sentences tried with attention", tried
            )
        return say.count(
            "{n} sentence tried without attention", "{n} sentences tried without attention", tried
        )
    found = breaking(trial)
    if attention:
        return say("with attention it breaks at {n} words", n=found)
    return say("without attention it breaks at {n} words", n=found)


def _on_lengths(state: State) -> bool:
    """Whether the lengths are what is looked at: they are measured, and no new sentence waits."""
    fresh = not state.belief.running and state.belief.said is None
    return state.reach.running or (state.reach.over and fresh)


def _reached(state: State) -> bool:
    """Whether the question about lengths is asked: a sentence was sent, or it was answered."""
    return state.translated or bool(state.trials) or state.reach.said is not None


def _called(state: State) -> bool:
    """Whether the last prediction of a length was good enough."""
    trial = state.trials.get(state.attention)
    return trial is not None and state.reach.over and _hit(trial)


def _lost(state: State) -> bool:
    """Whether what was just guessed did not come true."""
    if _on_lengths(state):
        return state.reach.over and not _called(state)
    judged = verdict(state)
    return judged is not None and judged != (state.belief.said == "right")


def _mission(state: State, wanted: str | None) -> Node:
    """How many words of the translation are right; or how many lengths have been tried."""
    if _on_lengths(state):
        trial = state.trials.get(state.attention)
        return widgets.progress(
            say("lengths tried"),
            trial.batches // trial.rounds if trial else 0,
            len(LENGTHS),
            key="tried",
        )
    right, total = 0, len((phrases.translate(state.sentence) or "").split())
    if wanted is not None:
        spoken = said(state.beam[0]).split()
        right, total = len(spoken) - len(wrong_words(spoken, wanted)), max(total, len(spoken))
    return widgets.progress(say("French words right"), right, max(total, 1), key="words")


def _go(state: State) -> list[Node]:
    """The next step, and beside it what else may be begun."""
    may, belief, reach = MOVES.on(state), state.belief, state.reach
    if belief.running:
        return [controls.button(say("Stop"), may.restart, key="translate")]
    if reach.running:
        return [controls.button(say("Stop"), may.rethink, key="measure")]
    if reach.said is not None:
        name = say("Guess again") if reach.over else say("Measure the lengths")
        other = None
        if belief.ready:
            other = controls.button(say("Translate"), may.translate, key="translate")
        elif belief.over:
            other = controls.button(say("Guess again"), may.restart, key="translate")
        first = controls.button(
            name, may.rethink if reach.over else may.measure, primary=True, key="measure"
        )
        return [first] if other is None else [first, other]
    again = say("Guess again")
    name = again if belief.over else say("Translate") if belief.ready else say("Predict first")
    offer = may.restart if belief.over else may.translate
    return [controls.button(name, offer, primary=True, key="translate")]


def _verdict(state: State) -> str:
    """How it stands, and why."""
    if _on_lengths(state):
        return _found(state)
    if state.belief.running:
        if not state.beam:
            return say("It reads: each word changes the state, and the next word builds on it.")
        if state.attention:
            return say("It speaks and looks back: the thicker the arc, the harder it looks.")
        return say("It speaks from the one vector: the English words are gone.")
    if not state.belief.over:
        if state.left_out:
            return say.count(
                "It reads the first {read} words; {n} more is left out.",
                "It reads the first {read} words; {n} more are left out.",
                state.left_out,
                read=MOST_WORDS,
            )
        trial = state.trials.get(state.attention)
        if trial is not None and not trial.done:
            return _found(state)
        return say("Will every French word be right? Guess, then let it translate.")
    if cut_short(state):
        return say("Stopped after {n} words, without an end. It lost its place.", n=MOST_SAID)
    wanted, judged = phrases.translate(state.sentence), verdict(state)
    if wanted is None:
        return say("Outside the grammar: there is no French to compare with.")
    if judged and state.belief.said == "right":
        return say("All right, as you said: it has the whole sentence. Now a longer one?")
    if judged:
        return say("But every word is right: it has the whole sentence. Now a longer one?")
    return _mistaken(state, wanted)


def _mistaken(state: State, wanted: str) -> str:
    """What was wrong with a translation, beside what it had to come from."""
    words, longest = len(state.sentence.split()), translation.LONGEST
    if words > longest:
        return say(
            "{words} English words, but it learned from at most {longest}. Right is: {french}",
            words=words,
            longest=longest,
            french=wanted,
        )
    if state.attention:
        return say(
            "Some wrong, with all {words} English words to look back at. Right is: {french}",
            words=words,
            french=wanted,
        )
    return say(
        "All {words} English words had to fit into one vector. Right is: {french}",
        words=words,
        french=wanted,
    )


def _belief(state: State) -> Node:
    """The bet on this translation."""
    may, bet, judged = MOVES.on(state), state.belief, verdict(state)
    answers = {"right": say("all right"), "wrong": say("some wrong")}
    truth = say("nothing to compare with")
    if judged is not None:
        truth = say("all right") if judged else say("some wrong")
    return h(
        "div",
        slip(
            bet,
            say("Will every French word be right?"),
            controls.choice(say("my guess"), answers, bet.said, may.believe),
            said=answers[bet.said] if bet.said else None,
            truth=truth if bet.over else None,
            hit=None if judged is None else judged == (bet.said == "right"),
        ),
        key="belief",
        class_="belief",
    )


def _plot(state: State) -> Node:
    """The share of sentences translated without a mistake, by length, for each model measured."""
    captions = {
        False: say("share right without attention (by length, from {n})", n=LENGTHS[0]),
        True: say("share right with attention (by length, from {n})", n=LENGTHS[0]),
    }
    lines: list[Node] = []
    for attention, trial in sorted(state.trials.items()):
        kind, shares = "validation" if attention else "train", _shares(trial)
        known = np.flatnonzero(trial.tried)
        curve = plots.curve(AXES, LENGTHS, shares, kind)
        dots = plots.scatter(AXES, np.array(LENGTHS)[known], shares[known], kind)
        lines.append(marked(h("g", curve, dots, key=kind), {captions[attention]: shares}))
    guess = state.reach.said
    called = state.trials.get(state.attention) if _called(state) else None
    return plots.plot(
        AXES,
        marked(plots.rule(AXES, y=0.5), {say("half of the sentences"): [0.5]}),
        None if guess is None else plots.rule(AXES, x=guess, class_="dial"),
        plots.rule(AXES, x=breaking(called), class_="broke") if called is not None else None,
        lines,
        plots.legend(AXES, [(say("attention"), "validation"), (say("one vector"), "train")]),
        label=say("Share of held-out sentences right, by length"),
        x_label=say("English words in the sentence"),
        y_label=say("share right"),
        key="reach",
    )


def _prediction(state: State) -> Node:
    """The bet on the length that breaks the model."""
    may, bet, trial = MOVES.on(state), state.reach, state.trials.get(state.attention)
    question = say("Without attention, from how many words on does it get fewer than half right?")
    if state.attention:
        question = say("With attention, from how many words on does it get fewer than half right?")
    return h(
        "div",
        slip(
            bet,
            question,
            controls.slider(
                say("words"),
                bet.said,
                may.length,
                name=say("predicted length"),
            ),
            said=bet.told(str),
            truth=str(breaking(trial)) if trial and bet.over else None,
            hit=_called(state),
            key="break",
        ),
        key="prediction",
        class_="reach",
    )


def _hit(trial: Trial) -> bool:
    return trial.done and abs(trial.guess - breaking(trial)) <= CLOSE


def _found(state: State) -> str:
    trial = state.trials[state.attention]
    tried = sum(trial.tried)
    if state.reach.running:
        return say.count("{n} sentence tried so far.", "{n} sentences tried so far.", tried)
    if not trial.done:
        return say.count(
            "Stopped after {n} sentence. Predict, and measure again.",
            "Stopped after {n} sentences. Predict, and measure again.",
            tried,
        )
    found = {"guess": trial.guess, "found": breaking(trial)}
    if found["found"] > LENGTHS[-1]:
        if not _hit(trial):
            return say(
                "You said {guess}, but it gets half or more right at every length up to {last}. "
                "Guess higher.",
                guess=trial.guess,
                last=LENGTHS[-1],
            )
    elif not _hit(trial):
        return _missed(trial)
    if state.attention:
        return say(
            "You said {guess}; it breaks at {found}. Called it: attention carries it about as far "
            "as the longest sentences it learned from, {longest} words.",
            **found,
            longest=translation.LONGEST,
        )
    return say(
        "You said {guess}; it breaks at {found}. Called it: {n} numbers cannot carry the {longest} "
        "words of the longest sentences it learned from.",
        **found,
        longest=translation.LONGEST,
        n=translation.N,
    )


def _missed(trial: Trial) -> str:
    """Why a predicted length was too far from the measured one: the numbers on both sides."""
    guess, found = trial.guess, breaking(trial)
    at = found if guess > found else guess
    numbers = {
        "guess": guess,
        "found": found,
        "right": trial.right[at - LENGTHS[0]],
        "tried": trial.tried[at - LENGTHS[0]],
    }
    if guess > found:
        return say(
            "You said {guess}, but at {found} words it already gets only {right} of {tried} right. "
            "Guess lower; the sentences will be new.",
            **numbers,
        )
    return say(
        "You said {guess}, but there it still gets {right} of {tried} right; it breaks at {found}. "
        "Guess higher; the sentences will be new.",
        **numbers,
    )


def _about() -> Node:
    return widgets.hint(
        say(
            "Both models learned from sentences of {low} to {high} words about eight animals and "
            "people. Without attention a whole sentence must fit into {n} numbers. What they never "
            "read becomes {unknown}.",
            low=translation.SHORTEST,
            high=translation.LONGEST,
            n=translation.N,
            unknown=phrases.UNKNOWN,
        )
    )
