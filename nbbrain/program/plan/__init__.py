"""Plans: a step laid out in memory and cut into a few kinds of instruction that a backend can compile."""
from nbbrain.program.plan.instructions import Plan
from nbbrain.program.plan.planner import make_plan

__all__ = ["Plan", "make_plan"]
