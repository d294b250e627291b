"""What networks that were told of positions in ten ways got right beyond their trained length.

The article on positions draws and tells it. They were trained by `python -m
tests.unit.course.lengths`, on texts of 16 letters. It knows no game and no picture.
"""

LENGTHS = {
    ("three back", "none"): [[28, 31, 35], [25, 26, 28], [22, 23, 25]],
    ("three back", "sinusoids"): [[100, 100, 100], [16, 33, 73], [16, 21, 37]],
    ("three back", "learned"): [[100, 100, 100], [15, 17, 20], [16, 17, 19]],
    ("three back", "relative"): [[100, 100, 100], [98, 99, 100], [87, 90, 92]],
    ("three back", "rotary"): [[94, 100, 100], [80, 100, 100], [15, 18, 28]],
    ("three back", "rotary, near keys"): [[94, 100, 100], [94, 100, 100], [95, 100, 100]],
    ("three back", "rotary, all slower"): [[14, 16, 19], [15, 16, 18], [15, 17, 18]],
    ("three back", "rotary, other base"): [[94, 100, 100], [86, 100, 100], [52, 86, 100]],
    ("three back", "ALiBi"): [[32, 35, 38], [30, 33, 36], [30, 32, 35]],
    ("three back", "ALiBi, eight heads"): [[31, 38, 49], [32, 36, 48], [32, 35, 50]],
    ("latest capital", "none"): [[64, 73, 78], [50, 56, 60], [42, 46, 52]],
    ("latest capital", "sinusoids"): [[96, 99, 100], [38, 53, 90], [22, 30, 46]],
    ("latest capital", "learned"): [[100, 100, 100], [42, 47, 54], [28, 33, 39]],
    ("latest capital", "relative"): [[93, 96, 98], [82, 87, 90], [76, 80, 83]],
    ("latest capital", "rotary"): [[97, 100, 100], [56, 90, 98], [24, 32, 40]],
    ("latest capital", "rotary, near keys"): [[97, 100, 100], [91, 95, 97], [91, 94, 96]],
    ("latest capital", "rotary, all slower"): [[85, 97, 99], [86, 97, 99], [86, 97, 99]],
    ("latest capital", "rotary, other base"): [[95, 100, 100], [91, 100, 100], [41, 86, 95]],
    ("latest capital", "ALiBi"): [[84, 91, 94], [70, 81, 86], [64, 78, 84]],
    ("latest capital", "ALiBi, eight heads"): [[96, 99, 100], [91, 96, 98], [90, 95, 97]],
}
"""Of fifty networks each the lowest, middle and highest percent, in texts of 16, 32 and 64 letters.

By the task and the kind of network.
"""
