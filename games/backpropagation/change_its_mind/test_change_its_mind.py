"""Change Its Mind: disagreement is learned, the spirals are kept, and a rest costs nothing."""

from games.backpropagation.change_its_mind import game
from games.run import Run


def rest(run):
    """Learn on until it rests; return the steps."""
    steps = 0
    while run.tick():
        steps += 1
    return steps


def test_left_alone_it_learns_the_spirals_and_rests():
    for seed in range(50):
        run = Run("change-its-mind", seed)
        assert game.right(run.state) < game.SURE  # something is left to see
        assert rest(run) <= game.LONGEST
        assert game.right(run.state) == 1, seed
        assert run.score() < 1


def test_it_believes_whoever_disagrees_where_it_is_unsure_and_keeps_the_spirals():
    for seed in range(50):
        run = Run("change-its-mind", seed)
        for message in game.solution(run.state):
            run.send(message)
        rest(run)
        assert run.score() == 1
        assert game.convinced(run.state) == game.NEEDED


def test_a_point_is_of_the_class_that_the_network_does_not_see():
    run = Run("change-its-mind", 4)
    for x, y in ((0.0, 0.0), (2.0, -1.0), (-2.0, 1.0)):
        run.send(["disagree", x, y])
    assert len(run.state.own) == 3
    assert game.convinced(run.state) == 0


def test_points_keep_their_distance_and_the_oldest_goes():
    run = Run("change-its-mind", 4)
    run.send(["disagree", 1, 1])
    run.send(["disagree", 1.1, 1.1])
    assert len(run.state.own) == 1
    for k in range(game.MOST):
        run.send(["disagree", -2.5 + 0.6 * k, -2])
    assert len(run.state.own) == game.MOST
    assert (1, 1) not in [(x, y) for x, y, _ in run.state.own]


def test_forgetting_gives_the_spirals_back():
    run = Run("change-its-mind", 4)
    run.send(["disagree", 1, 1])
    run.send(["forget"])
    assert len(run.state.trainer.x) == game.POINTS
    assert run.state.own == []
