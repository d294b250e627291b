"""What part 4 of Level 3 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from games.run import Run
from pycore.recipes import translation

# %% translate
networks = [translation.trained(attention) for attention in (False, True)]
sentences = {n: translation.examples(n, 40, np.random.default_rng(0)) for n in (8, 10, 12)}
right = {
    n: [sum(translation.right(network, pairs)) for network in networks]
    for n, pairs in sentences.items()
}
run = Run("translate-a-sentence", 0, {})
for message in (["sentence", "cat"], ["believe", "right"], ["translate"]):
    run.send(message)
while run.tick():
    pass
said = translation.vocabularies()[1].decode(run.state.beam[0].items)
sure = [float(p.max()) for p in run.state.beam[0].p]
