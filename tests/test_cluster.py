"""A cluster of processes on loopback, one of which is killed: the site is that of one machine, byte for byte."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from digests import NOW, article, assembled, config_of, digest, png, tree
from distributed import Client, LocalCluster

from broadsheet.build import Rendered, build, in_shards, render_shard
from broadsheet.cli import main
from broadsheet.cluster import Cluster, OtherVersionsError, answer, connected, versions
from broadsheet.errors import ConfigError, ContentError, PublishError
from broadsheet.processes import Workers
from broadsheet.publish import MARK
from broadsheet.reading import Progress
from broadsheet.standing import FILE as BUILT
from broadsheet.standing import Report
from broadsheet.views import Rendering

SMALL = 7
"""Outputs in a shard, so that a small site has many."""

EXTRAS = "[extras]\ncards = false\nsearch = false\n"


def site(root: Path, count: int = 60) -> Path:
    """A digest of articles that link, show a picture and share tags."""
    files: dict[str, str | bytes] = {"articles/i.png": png()}
    for number in range(count):
        files[f"articles/{number:02}.md"] = article(
            f"Number {number}. [The first](00.md)\n\n```python\nprint({number})\n```\n",
            title=f"Article {number}", date=f"2026-{number % 11 + 1:02}-03", tags=f"[T{number % 5}, Words]",
            source=f"Press {number % 3}", image="i.png",
        )  # fmt: skip
    return digest(root, files, more=EXTRAS, own_theme=False)


def ignored(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def built(root: Path, workers: Workers | None = None, progress: Progress = ignored) -> Report:
    return build(root, config_of(root), now=NOW, clean=True, progress=progress, workers=workers)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two processes, of two threads each."""
    with LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as running:
        yield running.scheduler_address


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A digest, built by one process."""
    root = site(tmp_path_factory.mktemp("alone"))
    built(root)
    return root


@pytest.fixture
def root(alone: Path, tmp_path: Path) -> Path:
    """The same digest, not built."""
    return Path(shutil.copytree(alone, tmp_path / "digest", ignore=shutil.ignore_patterns("site", ".broadsheet")))


def pids(address: str) -> list[int]:
    with Client(address, set_as_default=False) as client:
        return list(client.run(os.getpid).values())


def tasks(address: str) -> int:
    """How many tasks the scheduler holds."""
    with Client(address, set_as_default=False) as client:
        return int(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))


# The same bytes --------------------------------------------------------------------------------------


def test_a_cluster_makes_the_bytes_of_one_machine(cluster: str, root: Path, alone: Path) -> None:
    with connected(cluster, shard=SMALL) as workers:
        report = built(root, workers)
    assert tree(root / "site") == tree(alone / "site")
    assert report.work.rendered == report.files > 10 * SMALL
    assert tasks(cluster) == 0


def test_a_worker_that_is_killed_in_mid_build_changes_nothing(cluster: str, root: Path, alone: Path) -> None:
    victim, *_ = pids(cluster)
    heard = []

    def kill(done: int, total: int) -> None:
        # Files are told of before outputs, of no total.
        if total:
            heard.append(done)
        if done == total // 3 > 0:
            os.kill(victim, signal.SIGKILL)

    with connected(cluster, shard=SMALL) as workers:
        built(root, workers, kill)
    assert heard == list(range(1, len(heard) + 1)), "each output is told of once"
    assert tree(root / "site") == tree(alone / "site")
    assert victim not in pids(cluster)


def test_workers_need_no_file_of_the_digest(cluster: str, root: Path) -> None:
    made = assembled(root)
    pages = [one for one in made.plan.values() if isinstance(one.makes, Rendering)]
    here = render_shard("here", made.setting, pages)
    shutil.rmtree(root)
    with connected(cluster, shard=SMALL) as workers:
        there = list(in_shards(pages, workers, made.setting))
    assert [one for one, _ in there] == pages
    assert [rendered.data for _, rendered in there] == [rendered.data for rendered in here]


def test_a_worker_takes_another_setting_when_one_comes(cluster: str, tmp_path: Path) -> None:
    with connected(cluster, shard=2) as workers:
        for name in ("One", "Two"):
            root = site(tmp_path / name, 9)
            file = root / "broadsheet.toml"
            file.write_text(file.read_text("utf-8").replace("Small Print", name), "utf-8")
            built(root, workers)
            assert f"<title>{name}</title>" in (root / "site" / "index.html").read_text("utf-8")


def test_a_bounded_number_of_shards_is_under_way(tmp_path: Path) -> None:
    made = assembled(site(tmp_path, 9))
    pages = [one for one in made.plan.values() if isinstance(one.makes, Rendering)]
    given: list[Future[list[Rendered]]] = []

    class Noting(ThreadPoolExecutor):
        def submit(self, *arguments, **named):  # type: ignore[no-untyped-def]  # as the one that it stands before
            given.append(super().submit(*arguments, **named))
            return given[-1]

    with Noting(1) as executor:
        seen = 0
        for _ in in_shards(pages, Workers(executor=executor, count=2, shard=1), made.setting):
            seen += 1
            assert len(given) - seen <= 2 * 2
    assert seen == len(pages)


# What goes wrong -------------------------------------------------------------------------------------


def test_an_error_on_a_worker_is_told_as_if_it_were_here(cluster: str, root: Path) -> None:
    (root / "templates").mkdir()
    (root / "templates" / "article.html").write_text("Half an article\n{{ 1 / 0 }}\n")
    with pytest.raises(ContentError) as here:
        built(root)
    with pytest.raises(ContentError) as there, connected(cluster, shard=SMALL) as workers:
        built(root, workers)
    assert there.value.problems == here.value.problems
    assert not (root / "site").exists()


def test_an_interrupt_leaves_the_cluster_nothing_to_do(cluster: str, root: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if total and done > SMALL:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), connected(cluster, shard=SMALL) as workers:
        built(root, workers, interrupt)
    assert not (root / "site").exists()
    assert eventually(lambda: tasks(cluster) == 0)


def test_no_cluster_at_an_address_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error, connected("tcp://127.0.0.1:9", patience=0.3):
        pass
    (problem,) = error.value.problems
    assert problem.path == "tcp://127.0.0.1:9"
    assert problem.message.startswith("no cluster answers: ")


def test_a_worker_that_came_later_with_other_versions_ends_the_build(cluster: str) -> None:
    with pytest.raises(OtherVersionsError, match=r"^jinja2 [\d.]+, not 0\.1$"):
        answer({**versions(), "jinja2": "0.1"}, b"")
    with pytest.raises(PublishError, match="a worker that came later has jinja2"), connected(cluster) as workers:
        workers.executor.submit(answer, {**versions(), "jinja2": "0.1"}, b"").result()


# A scheduler and workers begun as an administrator does ------------------------------------------------


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def scheduling() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a scheduler, and its process."""
    with running(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    ) as scheduler:
        assert scheduler.stderr
        for line in scheduler.stderr:
            if "Scheduler at:" in line:
                yield line.split()[-1], scheduler
                return
    raise AssertionError("the scheduler did not start")


WORKER = ("distributed.cli.dask_worker", "--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1")


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_a_cluster_is_refused_until_it_has_workers_of_the_same_versions_and_may_go_away(
    tmp_path: Path, root: Path
) -> None:
    other = tmp_path / "other" / "jinja2-0.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: jinja2\nVersion: 0.1\n")
    path = os.pathsep.join(filter(None, (str(other.parent), os.environ.get("PYTHONPATH", ""))))
    with scheduling() as (address, scheduler):
        with pytest.raises(ConfigError, match="the cluster has no workers"), connected(address, patience=0.3):
            pass
        with (
            running(*WORKER, address, PYTHONPATH=path),
            pytest.raises(ConfigError, match=rf"worker has jinja2 0\.1, not {versions()['jinja2']}\n"),
            connected(address),
        ):
            pass
        with running(*WORKER, address), pytest.raises(PublishError, match="went away"):
            built_while_killed(root, address, scheduler)
    assert not (root / "site").exists()


def built_while_killed(root: Path, address: str, scheduler: subprocess.Popen[str]) -> None:
    """A build whose scheduler dies in the middle, and forgets what was asked for just then."""
    forgotten: Future[None] = Future()

    def kill(done: int, total: int) -> None:
        if done == total // 3 > 0:
            scheduler.kill()
            assert isinstance(forgotten.exception(timeout=60), CancelledError)

    with connected(address, shard=SMALL) as workers:
        assert isinstance(workers.executor, Cluster)
        workers.executor.waited_for.add(forgotten)
        built(root, workers, kill)


# The command line ------------------------------------------------------------------------------------


def test_the_command_line_gives_a_build_to_a_cluster(
    cluster: str, root: Path, alone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    assert main(["build", "--cluster", cluster]) == 0
    # The command notes when it built, where the files have not changed just now.
    made = {name: data for name, data in tree(root / "site").items() if name != f"{MARK}/{BUILT}"}
    assert made == tree(alone / "site")
    assert capsys.readouterr().out.startswith("built ")
    assert main(["build", "--cluster", "nowhere://"]) == 2
    assert capsys.readouterr().err.startswith("nowhere://: error: no cluster answers: ")


@pytest.mark.parametrize(("extra", "package"), [("cluster", "distributed"), ("store", "fsspec")])
def test_an_extra_that_is_not_installed_is_named(
    extra: str, package: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delitem(sys.modules, f"broadsheet.{extra}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["build", f"--{extra}", "memory://x"]) == 2
    assert capsys.readouterr().err.endswith(
        f"(no {package})\n  hint: install them: pip install \"broadsheet[{extra}]\"\n"
    )
