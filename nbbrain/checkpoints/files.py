"""Checkpoints as files: ``.npz`` without pickles, and safetensors. What is read is checked before it is believed."""
from __future__ import annotations

import io
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nbbrain.checkpoints.structure import CheckpointError, Expected, expected_arrays, parse, put_together
from nbbrain.errors import PackageMissingError

__all__ = ["SAFETENSORS", "needs", "read", "replace", "write"]

SAFETENSORS = ".safetensors"
_STRUCTURE = "structure.json"
_LARGEST_STRUCTURE = 2**26
_ARRAYS = "arrays/"


def needs(module: str, reason: str) -> Any:
    """A module of a package that nbbrain can do without, or a PackageMissingError with advice."""
    package = module.partition(".")[0]
    if find_spec(package) is None:
        raise PackageMissingError(f"{reason} needs the package {package}: pip install {package}.")
    return import_module(module)


def replace(path: Path, write_to: Callable[[Path], None]) -> None:
    """Write a file beside its place, and move it there when it is complete and on the disk.

    Parameters
    ----------
    path : Path
        Its place; a file there stays as it is until the new one is complete, and if something goes wrong.
    write_to : callable
        Writes to the path that it is given.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}{path.suffix}")
    temporary.open("xb").close()  # with the permissions of any other new file, which `tempfile` does not give
    try:
        write_to(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):  # the name in its folder has to reach the disk too; Windows has no way to ask for it
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write(path: Path, structure: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write what `describe` gave, in the format that the name of the file asks for."""
    if path.suffix == SAFETENSORS:
        library = needs("safetensors.numpy", f"a file whose name ends in {SAFETENSORS}")
        replace(path, lambda temporary: _write_safetensors(library, temporary, structure, arrays))
    else:
        replace(path, lambda temporary: _write_npz(temporary, structure, arrays))


def read(path: Path, max_bytes: int | None = None) -> Any:
    """The structure in a file, of NumPy arrays.

    Raises
    ------
    CheckpointError
        For a file that is none, is a pickle, is damaged, or larger than allowed.
    """
    if not path.is_file():
        raise CheckpointError(f"there is no file {str(path)!r}.")
    size = path.stat().st_size
    if max_bytes is not None and size > max_bytes:
        raise CheckpointError(f"{str(path)!r} has {size} bytes, more than max_bytes={max_bytes}.")
    with path.open("rb") as file:
        start = file.read(4)
        if start[:1] == b"\x80" and path.suffix != SAFETENSORS:
            raise CheckpointError(f"{str(path)!r} is a pickle. Pickles can run any code, and are not loaded here; if you "
                                  f"trust whoever wrote it: bp.checkpoints.io.load_by_pkl(..., allow_pickle=True).")
        try:
            if path.suffix == SAFETENSORS:
                return _read_safetensors(needs("safetensors", f"a file whose name ends in {SAFETENSORS}"), path)
            return _read_npz(file)
        except CheckpointError as error:
            raise CheckpointError(f"{str(path)!r}: {error}") from None


def _write_npz(path: Path, structure: str, arrays: Mapping[str, np.ndarray]) -> None:
    # Numbers stand for names here: names may hold any text, which is nothing for a path inside of an archive.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_STRUCTURE, structure)
        for i, array in enumerate(arrays.values()):
            with archive.open(f"{_ARRAYS}{i}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _read_npz(file: BinaryIO) -> Any:
    try:
        with zipfile.ZipFile(file) as archive:
            _check_archive(archive, file)
            tree = parse(archive.read(_STRUCTURE))
            expected = expected_arrays(tree)
            names = [f"{_ARRAYS}{i}.npy" for i in range(len(expected))]
            if sorted(archive.namelist()) != sorted([_STRUCTURE, *names]):
                raise CheckpointError(f"the file must hold {len(names)} arrays, but it holds {len(archive.namelist()) - 1}.")
            arrays = {key: _read_array(archive, name, key, what)
                      for name, (key, what) in zip(names, expected.items(), strict=True)}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, KeyError, RuntimeError) as error:
        raise CheckpointError(f"the file is no checkpoint, or is damaged or truncated: {error}.") from None
    return put_together(tree, arrays)


def _check_archive(archive: zipfile.ZipFile, file: BinaryIO) -> None:
    """Refuse what `_write_npz` does not write: nothing is compressed, comes first, or follows at the end."""
    members = archive.infolist()
    if _STRUCTURE not in archive.namelist():
        raise CheckpointError("the file is no checkpoint of nbbrain: it holds no description of its structure. What "
                              "model.save_states(...) wrote is read by model.load_states(...).")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise CheckpointError("the file is compressed, which checkpoints never are: it could unfold to any size.")
    if archive.getinfo(_STRUCTURE).file_size > _LARGEST_STRUCTURE:
        raise CheckpointError("the description of the structure is too large.")
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - 22))
    if min(member.header_offset for member in members) or archive.comment or file.read(4) != b"PK\x05\x06":
        raise CheckpointError("the file is larger than what it holds: something comes before its first array or after its "
                              "end.")
    if sum(member.file_size for member in members) > size:
        raise CheckpointError("the arrays are larger than the file.")


def _read_array(archive: zipfile.ZipFile, name: str, key: str, expected: Expected) -> np.ndarray:
    """One array, whose header must say what the structure says, before memory is asked for."""
    nbytes = expected.dtype.itemsize * int(np.prod(expected.shape, dtype=object))
    with archive.open(name) as member:
        try:
            version = np.lib.format.read_magic(member)
            header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, columns_first, dtype = header(member)
        except ValueError as error:
            raise CheckpointError(f"the array {key!r} is damaged: {error}") from None
        if dtype.hasobject:
            raise CheckpointError(f"the array {key!r} holds Python objects as a pickle, which is not loaded.")
        if (shape, dtype, columns_first and len(shape) > 1) != (expected.shape, expected.dtype, False):
            raise CheckpointError(f"the array {key!r} must have the shape {expected.shape} and the dtype {expected.dtype}, "
                                  f"but it has {shape} and {dtype}.")
        if archive.getinfo(name).file_size - member.tell() != nbytes:
            raise CheckpointError(f"the array {key!r} must have {nbytes} bytes, but it has "
                                  f"{archive.getinfo(name).file_size - member.tell()}: it is truncated or oversized.")
        data = bytearray(member.read())  # to its end, where the checksum is compared
    if len(data) != nbytes:
        raise CheckpointError(f"the array {key!r} is truncated.")
    return np.frombuffer(data, expected.dtype).reshape(expected.shape)


def _write_safetensors(library: Any, path: Path, structure: str, arrays: Mapping[str, np.ndarray]) -> None:
    try:
        library.save_file(dict(arrays), path, metadata={"structure": structure, "crc32": _checksum(structure, arrays)})
    except Exception as error:  # the library has errors of several kinds for dtypes that it does not know
        raise CheckpointError(f"safetensors cannot hold these arrays: {error}. A name that ends in .npz can.") from error


def _checksum(structure: str, arrays: Mapping[str, np.ndarray]) -> str:
    """What tells a file that was damaged; an archive of zip has its own, safetensors has none."""
    value = zlib.crc32(structure.encode())
    for array in arrays.values():
        value = zlib.crc32(array.tobytes(), value)
    return f"{value:08x}"


def _read_safetensors(library: Any, path: Path) -> Any:
    try:
        with library.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if not {"structure", "crc32"} <= metadata.keys():
                raise CheckpointError("the file is no checkpoint of nbbrain: it holds no description of its structure.")
            tree = parse(metadata["structure"])
            expected = expected_arrays(tree)
            if set(file.keys()) != set(expected):
                raise CheckpointError(f"the file must hold the arrays {sorted(expected)}, but it holds "
                                      f"{sorted(file.keys())}.")
            arrays = {key: np.array(file.get_tensor(key)) for key in expected}
    except (library.SafetensorError, OSError) as error:
        raise CheckpointError(f"the file is no checkpoint, or is damaged or truncated: {error}.") from None
    for key, what in expected.items():
        if (arrays[key].shape, arrays[key].dtype) != what:
            raise CheckpointError(f"the array {key!r} must have the shape {what.shape} and the dtype {what.dtype}, but it "
                                  f"has {arrays[key].shape} and {arrays[key].dtype}.")
    if metadata["crc32"] != _checksum(metadata["structure"], arrays):
        raise CheckpointError("the file is damaged: its checksum is wrong.")
    return put_together(tree, arrays)
