"""From a function that runs one step to a program, its adjoint, and the loop that runs them over time."""
