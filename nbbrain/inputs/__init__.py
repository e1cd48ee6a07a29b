"""``bp.inputs``: time courses of inputs."""
from nbbrain.inputs.noise import ou_process, wiener_process
from nbbrain.inputs.sections import constant_input, section_input, spike_input
from nbbrain.inputs.waves import ramp_input, sinusoidal_input, square_input

__all__ = [
    "constant_input",
    "ou_process",
    "ramp_input",
    "section_input",
    "sinusoidal_input",
    "spike_input",
    "square_input",
    "wiener_process",
]
