"""Rendered bytes to the output folder: staged beside it, then moved in; only what is ours is ever deleted."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.errors import ConfigError, Problem, PublishError, raise_errors
from broadsheet.slugs import claim
from broadsheet.values import decoder, encode

MARK = ".broadsheet"
"""The folder inside the output that says it is ours; holds the manifest and, during a build, the stage."""

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published file: the fingerprint of its inputs, and the digest and size in bytes of its bytes."""

    fingerprint: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the last build published, by file below the output folder."""

    files: Mapping[str, Published] = field(default_factory=dict, hash=False)

    def below(self, folder: str) -> list[str]:
        """The files in a folder, whose name ends with a slash."""
        return [file for file in self.files if file.startswith(folder)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ManifestFile:
    """A manifest as it is written: for each file its fingerprint, digest and size."""

    format: int
    files: dict[str, tuple[str, str, int]]


_manifest_from = decoder(_ManifestFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What publishing did to the output folder, as files below it."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def check_place(output: Path, root: Path, sources: Iterable[Path]) -> None:
    """Refuse an output folder that holds, is or lies in what a digest is made from. Raises ConfigError."""
    output = output.resolve()
    wrong = ""
    if output in (Path(output.anchor), Path(os.path.expanduser("~"))):  # noqa: PTH111 - Path.home() raises without one
        wrong = "is no place for a site"
    elif output == root.resolve() or output in root.resolve().parents:
        wrong = "holds the digest itself"
    for source in sources:
        source = source.resolve()
        if output == source or output in source.parents or source in output.parents:
            wrong = f"and {source.name}/ would be one within the other"
    if wrong:
        hint = "name a folder of its own, such as site"
        raise ConfigError([Problem(path=str(output), message=f"the output folder {wrong}", hint=hint)])


def read_manifest(output: Path) -> Manifest:
    """The manifest of an output folder; empty for one that is new. Raises PublishError for one that is not ours."""
    file = output / MARK / "manifest.json"
    try:
        data = _manifest_from(file.read_bytes())
        if data.format != FORMAT:
            raise ValueError(f"format {data.format}")
        files = {
            name: Published(fingerprint=one[0], digest=one[1], size=one[2])
            for name, one in data.files.items()
            if _is_inside(name)
        }
    except (FileNotFoundError, NotADirectoryError):
        _refuse_strangers(output)
        return Manifest()
    except (OSError, ValueError) as error:
        hint = f"delete the folder {output.name}/ and build anew"
        raise PublishError([Problem(path=str(file), message=f"is damaged ({error})", hint=hint)]) from error
    return Manifest(files=files)


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    strange = "\0" if os.sep == "/" else "\0\\:"
    return parts[0] != MARK and all(part not in ("", ".", "..") and not set(strange) & set(part) for part in parts)


def _refuse_strangers(output: Path) -> None:
    try:
        found = sorted(entry.name for entry in os.scandir(output) if entry.name not in (".git", ".gitkeep", MARK))
    except FileNotFoundError:
        return
    except NotADirectoryError as error:
        raise PublishError([Problem(path=str(output), message="is a file, not a folder")]) from error
    except OSError as error:
        raise PublishError([Problem(path=str(output), message=f"cannot be read: {error.strerror}")]) from error
    if found:
        names = ", ".join(found[:3]) + (", ..." if found[3:] else "")
        message = f"holds files that Broadsheet did not put there ({names})"
        hint = "name another folder with --output, or empty this one yourself"
        raise PublishError([Problem(path=str(output), message=message, hint=hint)])


def is_current(output: Path, file: str, fingerprint: str, manifest: Manifest) -> bool:
    """Whether the last build published this file from the same inputs, and it is still there."""
    known = manifest.files.get(file)
    if known is None or known.fingerprint != fingerprint:
        return False
    return _size_of(f"{output}/{file}") == known.size


def is_whole(output: Path, manifest: Manifest) -> bool:
    """Whether all that the last build published is still there."""
    return all(_size_of(f"{output}/{file}") == one.size for file, one in manifest.files.items())


def _size_of(path: str) -> int:
    """A file's size in bytes, -1 where there is none."""
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


@contextmanager
def staging(output: Path, manifest: Manifest) -> Iterator[Stage]:
    """A stage to put rendered files on; nothing of the site changes before its `commit`."""
    folder = output / MARK / "stage"
    made = [one for one in (folder.parent, output) if not one.exists()]
    try:
        # What a killed build left behind.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise _failed(error, output) from error
    try:
        yield Stage(output, folder, manifest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for one in made:
            # Full, unless the build failed.
            with suppress(OSError):
                one.rmdir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What became of a file's bytes: `written` is false where they are those that are there already."""

    digest: str
    size: int
    written: bool


class Sink:
    """Where rendered files are put down, by any number of processes, below `folder` as they will lie in `output`."""

    def __init__(self, output: Path, folder: Path, manifest: Manifest) -> None:
        self.output, self.folder, self.manifest = str(output), str(folder), manifest
        self.made: set[str] = set()

    def put(self, file: str, data: bytes) -> Put:
        """Stage a file; one that has the bytes it had is not written again. Raises PublishError."""
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        known = self.manifest.files.get(file)
        there = known is not None and known.digest == digest and _size_of(f"{self.output}/{file}") == known.size
        if not there:
            try:
                self._write(file, data)
            except OSError as error:
                raise _failed(error, Path(self.output)) from error
        return Put(digest=digest, size=len(data), written=not there)

    def _write(self, file: str, data: bytes) -> None:
        place = f"{self.folder}/{file}"
        parent = place.rpartition("/")[0]
        if parent not in self.made:
            Path(parent).mkdir(parents=True, exist_ok=True)
            self.made.add(parent)
        Path(place).write_bytes(data)


class Stage:
    """The files of one build on their way into the output folder."""

    def __init__(self, output: Path, folder: Path, manifest: Manifest) -> None:
        self.output, self.folder, self.manifest = output, folder, manifest
        self.sink = Sink(output, folder, manifest)
        self.files: dict[str, Published] = {}
        self.staged: list[str] = []

    def keep(self, file: str) -> None:
        """Leave a file as the last build published it."""
        self.files[file] = self.manifest.files[file]

    def add(self, file: str, fingerprint: str, put: Put) -> None:
        """Take in a file that was put into the sink."""
        self.files[file] = Published(fingerprint=fingerprint, digest=put.digest, size=put.size)
        if put.written:
            self.staged.append(file)

    def commit(self) -> Change:
        """Move what is staged into place, then delete what the last build published and this one does not.

        The manifest written first lists old and new files alike and trusts
        none that is about to change, so that a build that is killed here is
        completed by the next.
        """
        self._refuse_to_overwrite()
        removed = sorted(self.manifest.files.keys() - self.files.keys())
        self._refuse_unwritable((*self.staged, *removed))
        if self.files == self.manifest.files and not self.staged:
            return Change(written=(), removed=())
        untrusted = Published(fingerprint="", digest="", size=0)
        interim = {
            **self.manifest.files,
            **self.files,
            **dict.fromkeys((*self.staged, *removed), untrusted),
        }
        try:
            if self.staged or removed:
                self._write_manifest(interim)
            cleared = self._in_the_way(removed)
            for file in cleared:
                self._remove(file)
            self._move()
            for file in removed:
                if file not in cleared:
                    self._remove(file)
            self._write_manifest(self.files)
        except OSError as error:
            raise _failed(error, self.output) from error
        return Change(written=tuple(self.staged), removed=tuple(removed))

    def _move(self) -> None:
        """Move what is staged into place in its order, folders that are new with all that is in them."""
        present: set[str] = set()
        moved: set[str] = set()
        for file in self.staged:
            for folder in _folders(file):
                if folder in present:
                    continue
                if folder in moved:
                    break
                if (self.output / folder).is_dir():
                    present.add(folder)
                    continue
                (self.folder / folder).rename(self.output / folder)
                moved.add(folder)
                break
            else:
                os.replace(self.folder / file, self.output / file)

    def _refuse_to_overwrite(self) -> None:
        """Raises PublishError naming every file of somebody else's that stands where this build needs the place."""
        # A folder without a manifest held nobody's files, or would have been refused.
        new = [file for file in self.staged if self.manifest.files and file not in self.manifest.files]
        places = sorted({place for file in new for place in (*_folders(file), file)})
        taken = [place for place in places if (self.output / place).is_file()]
        ours = {claim(file) for file in self.manifest.files} if taken else set()
        message = "is in the way of this site, and Broadsheet did not put it there"
        hint = "move it away, then build again"
        problems = [
            Problem(path=str(self.output / place), message=message, hint=hint)
            for place in taken
            if claim(place) not in ours
        ]
        raise_errors(problems, PublishError)

    def _refuse_unwritable(self, files: Iterable[str]) -> None:
        """Raises PublishError naming every folder that this build would have to change and may not."""
        present = self._present({folder for file in files for folder in ("", *_folders(file))})
        hint = "mind who may write there; then build again"
        problems = [
            Problem(path=str(folder), message="cannot be written: permission denied", hint=hint)
            for folder in present
            if not os.access(folder, os.W_OK | os.X_OK)
        ]
        raise_errors(problems, PublishError)

    def _present(self, folders: set[str]) -> list[Path]:
        """Those of the folders that are there. Of one that is not, nothing inside is looked for."""
        absent: set[str] = set()
        present = []
        for folder in sorted(folders):
            if folder.rpartition("/")[0] in absent or not (self.output / folder).is_dir():
                absent.add(folder)
            else:
                present.append(self.output / folder)
        return present

    def _in_the_way(self, removed: list[str]) -> set[str]:
        """What must go before the new files come: files where they need folders, folders where they need a name.

        On a disk that ignores case the old spelling of a new file's name as well,
        or its removal would take the new one.
        """
        if not removed:
            return set()
        staged = {claim(file) for file in self.staged}
        folders = {folder for file in staged for folder in _folders(file)}
        return {
            file
            for file in removed
            if claim(file) in folders or any(place in staged for place in (*_folders(claim(file)), claim(file)))
        }

    def _remove(self, file: str) -> None:
        path = self.output / file
        # A killed build may have put a folder where the file was, or a file where one of its folders was.
        if not path.is_dir():
            with suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
        for parent in path.parents:
            if parent == self.output:
                break
            try:
                parent.rmdir()
            except OSError:
                break

    def _write_manifest(self, files: Mapping[str, Published]) -> None:
        told = {name: (one.fingerprint, one.digest, one.size) for name, one in sorted(files.items())}
        beside = self.output / MARK / "manifest.new"
        beside.write_bytes(encode(_ManifestFile(format=FORMAT, files=told)))
        os.replace(beside, self.output / MARK / "manifest.json")


def _folders(file: str) -> list[str]:
    """The folders that a file lies in, from the top."""
    parts = file.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _failed(error: OSError, output: Path) -> PublishError:
    place = error.filename or str(output)
    message = f"cannot be written: {error.strerror or error}"
    hint = "make room on the disk, and mind who may write there and whether another build does; then build again"
    return PublishError([Problem(path=str(place), message=message, hint=hint)])
