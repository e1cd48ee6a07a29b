"""What Numba's compiler does with a kernel, and what it need not do.

Most of the time of a compile is Numba's own Python, so what kernels have no use for is left out. Their machine code is the
same.
"""
from __future__ import annotations

from typing import Any

from numba.core import compiler

__all__ = ["KernelCompiler"]

_NOT_IN_KERNELS = {
    "WithLifting", "InlineClosureLikes", "MakeFunctionToJitFunction", "RewriteDynamicRaises", "InlineInlinables",
    "InlineOverloads", "FindLiterallyCalls", "LiteralUnroll", "LiteralPropagationSubPipelinePass",
    "NoPythonSupportedFeatureValidation", "AnnotateTypes", "DumpParforDiagnostics"}
"""Passes for what no kernel has (closures, exceptions, functions to be inlined, lists of several types), and for reports."""

_results: dict[tuple[Any, ...], Any] = {}
"""The signature of every function for the types of arguments it was called with."""


class _RememberingContext:
    """Numba's context of types, which looks only once for what a function gives for given types."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(self, function: Any, arguments: Any, keywords: Any) -> Any:
        """The signature of a function called with arguments of given types."""
        key = (function, *arguments, *dict(keywords).items())
        if key not in _results:
            found = self._context.resolve_function_type(function, arguments, keywords)
            if found is None:
                return None
            _results[key] = found
        return _results[key]


class KernelCompiler(compiler.CompilerBase):
    """Numba's compiler without what kernels do not need."""

    def define_pipelines(self) -> list[Any]:
        """The passes that a kernel goes through, in Numba's order."""
        self.state.typingctx = _RememberingContext(self.state.typingctx)
        manager = compiler.PassManager("kernel")
        manager.passes = [each for each in compiler.DefaultPassBuilder.define_nopython_pipeline(self.state).passes
                          if each[0].__name__ not in _NOT_IN_KERNELS]
        manager.finalize()
        return [manager]
