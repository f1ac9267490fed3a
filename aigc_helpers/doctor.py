"""Check-up of an installation for ``aigc doctor``: what is there, what is wrong.

Nothing but Python's own modules is imported for it: what is missing must be told.
"""

import contextlib
import importlib
import importlib.metadata as metadata
import os
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_helpers import environment
from aigc_helpers.environment import SwitchError, command

if TYPE_CHECKING:
    from aigc_helpers.data.catalog import DataSet

GOOD, NOTE, WRONG = "正常", "注意", "问题"
ENGLISH = {GOOD: "good", NOTE: "note", WRONG: "problem"}  # for any console
TESTED_PYTHON = ((3, 11), (3, 13))


@dataclass(frozen=True)
class Finding:
    """One line of the check-up, in Chinese, and how to mend what it tells."""

    level: str  # GOOD, NOTE or WRONG
    text: str
    remedy: str = ""


def examine(root: Path | None = None) -> Iterator[Finding]:
    """All findings, one by one; no check may break the others."""
    yield check_python()
    yield from check_switches()
    yield from check_packages()
    yield from check_devices()
    yield from check_load()
    try:
        yield from check_data(root)
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        text = f"没有检查数据和网络：缺少 Python 模块 {name}"
        yield Finding(WRONG, text, "先装好上面说的包，再运行一次")
    yield from check_weights()


def check_python(version: tuple[int, ...] = sys.version_info) -> Finding:
    """Is this a Python that the book is tested with?"""
    low, high = TESTED_PYTHON
    text = f"Python {version[0]}.{version[1]}"
    if low <= tuple(version[:2]) <= high:
        return Finding(GOOD, text)
    level = WRONG if tuple(version[:2]) < low else NOTE
    return Finding(level, text, "本书在 Python 3.11 到 3.13 上测试过，请换用其中之一")


def check_switches() -> Iterator[Finding]:
    """Is every variable of the environment one of those that mean on or off?"""
    for name in environment.SWITCHES:
        try:
            environment.is_on(name)
        except SwitchError as error:
            yield Finding(WRONG, *error.chinese.split("：", 1))


def check_packages() -> Iterator[Finding]:
    """Are the packages that aigc_helpers asks for there, in a fitting version?"""
    try:
        requirements = metadata.requires("aigc_helpers") or []
    except metadata.PackageNotFoundError:
        remedy = f"在仓库中运行 {command('pip')} install -e ."
        yield Finding(NOTE, "aigc_helpers 没有安装", remedy)
        return
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        remedy = f"运行 {command('pip')} install packaging"
        yield Finding(WRONG, "没有安装 packaging", remedy)
        return
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield check_package(requirement)


def check_package(requirement) -> Finding:
    """Is one requirement, a `packaging.requirements.Requirement`, met?"""
    name, wanted = requirement.name, requirement.specifier
    remedy = f'运行 {command("pip")} install "{name}{wanted}"'
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(WRONG, f"没有安装 {name}", remedy)
    if not wanted.contains(version, prereleases=True):
        return Finding(WRONG, f"{name} {version} 不合适，需要 {wanted}", remedy)
    return Finding(GOOD, f"{name} {version}")


def check_devices() -> Iterator[Finding]:
    """On what can networks be trained here?"""
    try:
        from aigc_helpers.runtime import describe_runtime

        facts = describe_runtime()
    except SwitchError:
        return  # `check_switches` tells it
    except Exception as error:  # a broken torch fails in many ways
        first = (str(error).splitlines() or [""])[0]
        remedy = "按 pytorch.org 的说明重新安装 torch"
        yield Finding(WRONG, f"torch 不能使用：{first}", remedy)
        return
    yield Finding(
        GOOD,
        f"计算设备：{facts['devices']}；线程 {facts['threads']}；"
        f"训练时的数值格式 {facts['dtype']}",
    )


def check_load() -> Iterator[Finding]:
    """Do threads get in each other's way? They do if more run than there are cores."""
    try:
        busy = os.getloadavg()[0]
    except (AttributeError, OSError):  # Windows does not say
        return
    cores = os.cpu_count() or 1
    if busy > cores and not environment.threads_rest():
        yield Finding(
            NOTE,
            f"电脑正忙：{cores} 个核，平均有 {busy:.1f} 个程序在等着用，训练会慢好几倍",
            "一次只运行一章；用 make lab 打开 JupyterLab，或者先设置环境变量 "
            "OMP_WAIT_POLICY=passive，再启动它",
        )


def check_data(root: Path | None) -> Iterator[Finding]:
    """Where are the data, are they good, and can they be had?"""
    from aigc_helpers.data import catalog
    from aigc_helpers.data.download import data_dir

    folder = root or data_dir()
    yield from check_folder(folder)
    for dataset in catalog.datasets().values():
        if dataset.files:
            yield check_dataset(dataset, folder)
    yield from check_network(folder)


def check_folder(folder: Path) -> Iterator[Finding]:
    """Can data be stored?"""
    from aigc_helpers.data.catalog import datasets

    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        remedy = "要下载新的数据，请用 AIGC_DATA_DIR 指定一个可以写入的文件夹"
        yield Finding(NOTE, f"数据文件夹 {folder} 不能写入", remedy)
        return
    free = shutil.disk_usage(there).free
    remedy = "腾出空间，或者用 AIGC_DATA_DIR 指定另一个磁盘"
    needed = sum(dataset.size for dataset in datasets().values())
    yield Finding(
        GOOD if free > 2 * needed else NOTE,
        f"数据文件夹 {folder}，磁盘剩余 {free / 1e9:.1f} GB",
        "" if free > 2 * needed else remedy,
    )


def check_dataset(dataset: "DataSet", folder: Path) -> Finding:
    """Is a data set here, whole and unaltered?"""
    from aigc_helpers.data.download import edition
    from aigc_helpers.data.verification import find_fault, path_of, paths_at

    paths = [(path_of(dataset, file, folder), file) for file in dataset.files]
    members = {path: paths_at(path, file) for path, file in paths}
    every = [member for group in members.values() for member in group]
    missing = {member for member in every if not member.exists()}
    damaged = [
        p for p, file in paths if missing.isdisjoint(members[p]) and find_fault(p, file)
    ]
    remedy = f"运行 {command('aigc')} download {dataset.name}"
    if damaged:
        names = "、".join(p.name for p in damaged)
        return Finding(WRONG, f"{dataset.title}：{names} 已损坏或被改动", remedy)
    if missing:
        text = f"{dataset.title}：缺 {len(missing)} 个文件（共 {len(every)} 个）"
        return Finding(
            NOTE, text, f"{remedy}（{dataset.size_text}）{stand_in(dataset)}"
        )
    title = dataset.title + edition(dataset, root=folder)
    return Finding(GOOD, f"{title}：{len(every)} 个文件，校验和正确")


def stand_in(dataset: "DataSet") -> str:
    """What chapters take in its place, as the end of a sentence."""
    from aigc_helpers.data.catalog import find_dataset
    from aigc_helpers.data.loading import spaced

    if dataset.stand_in is None:
        return ""
    return f"；没有也能用{spaced(find_dataset(dataset.stand_in).content)}"


def check_network(folder: Path) -> Iterator[Finding]:
    """What decides whether and where data are asked for?"""
    from aigc_helpers.data.download import is_offline, mirror, mirror_fault, words_for
    from aigc_helpers.data.hosts import REMEMBERED, FailedHosts, without_password

    with contextlib.suppress(SwitchError):  # `check_switches` tells it
        if is_offline():
            yield Finding(NOTE, "AIGC_OFFLINE 禁止联网", "需要下载时请取消这个环境变量")
    if mirror_fault():
        yield Finding(WRONG, *words_for("mirror"))
    elif mirror():
        yield Finding(GOOD, f"首先询问镜像 {without_password(mirror())}")
    if lacks_pysocks():
        yield Finding(WRONG, *words_for("socks"))
    for host, failure in FailedHosts(folder).recent().items():
        minutes = (REMEMBERED - failure.age) / 60
        yield Finding(
            NOTE,
            f"{host} 刚才没有成功（{failure.chinese}），{minutes:.0f} 分钟内不再询问",
            f"运行 {command('aigc')} download 立即重试",
        )


def lacks_pysocks() -> bool:
    """Is a SOCKS proxy set, and what Python needs for it missing?"""
    proxies = urllib.request.getproxies().values()
    if not any(address.lower().startswith("socks") for address in proxies):
        return False
    try:
        importlib.import_module("socks")
    except ModuleNotFoundError:
        return True
    return False


def check_weights() -> Iterator[Finding]:
    """Are the networks of the book there?"""
    try:
        from aigc_helpers import weights

        names = weights.names()
    except Exception as error:  # any failure is a finding
        first = (str(error).splitlines() or [""])[0]
        remedy = "重新安装 aigc_helpers"
        yield Finding(WRONG, f"随书的网络不能读取：{first}", remedy)
        return
    yield Finding(GOOD, f"随书的网络：{'、'.join(names)}")
