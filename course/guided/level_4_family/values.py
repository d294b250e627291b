"""What part 5 of Level 4 computes behind the scenes: a cell for each heading that needs one."""


# %% moe


def share(experts, top, each, rest):
    return (rest + top * each) / (rest + experts * each)
