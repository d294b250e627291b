"""The parts of Train a Brain, a subject each. They know no browser and no time."""
