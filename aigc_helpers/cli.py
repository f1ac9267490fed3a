"""Command line of the book: ``aigc download | train | evaluate | sample | …``.

A new command is one function ``add_…`` in ``COMMANDS``: it adds a parser whose default
``run`` is called with the arguments and returns the exit code (None is 0). What is
slow to import is imported there.
"""

import argparse
import sys
from pathlib import Path

from aigc_helpers import __version__, environment

FAILED = 2  # exit code of any error, as argparse has it


def main(argv: list[str] | None = None) -> int:
    """Run a command; an error becomes one line (``AIGC_DEBUG=1``: a traceback)."""
    prepare_console()
    args, debugging = build_parser().parse_args(argv), False
    try:
        debugging = environment.is_on("AIGC_DEBUG")
        if args.command != "doctor":  # it looks for those that do not
            environment.let_threads_rest()
        return args.run(args) or 0
    except KeyboardInterrupt as interrupt:
        english = str(interrupt) or "interrupted"
        chinese = getattr(interrupt, "chinese", "已中断")
        complain(either(chinese, english, sys.stderr))
        return 130
    except Exception as error:
        if debugging:
            raise
        complain(in_one_line(error))
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="aigc", description="《AIGC 从入门到实战》的命令行工具"
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(
        title="命令", metavar="命令", dest="command", required=True
    )
    for add in COMMANDS:
        add(commands)
    return parser


def prepare_console() -> None:
    """Let a console that cannot show Chinese show the rest, and say how it can."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not shows_chinese(sys.stdout):
        complain(
            f"this console ({sys.stdout.encoding}) cannot show Chinese; set the "
            "environment variable PYTHONUTF8=1 and try again"
        )


def shows_chinese(stream) -> bool:
    """Whether the stream's encoding has Chinese characters."""
    try:
        "中".encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def either(chinese: str, english: str, stream) -> str:
    """The words that the stream can carry."""
    return chinese if shows_chinese(stream) else english


def say(text: str, *, stream=None) -> None:
    """Write a line for the reader: the only place of the package that prints."""
    print(text, file=stream or sys.stdout, flush=True)


def complain(text: str) -> None:
    """Say what went wrong."""
    say(either("aigc：", "aigc: ", sys.stderr) + text, stream=sys.stderr)


def in_one_line(error: Exception) -> str:
    """What went wrong: the first line of the error's words, Chinese ones if it has."""
    words, doctor = str(error), f"{environment.command('aigc')} doctor"
    if isinstance(error, ModuleNotFoundError):
        missing = f"缺少 Python 模块 {error.name}；运行 {doctor} 查看怎样安装"
        words = either(missing, f"{words}; run {doctor}", sys.stderr)
    words = either(getattr(error, "chinese", words), words, sys.stderr)
    lines = words.strip().splitlines()
    return lines[0] if lines else type(error).__name__


def add_download(commands) -> None:
    """``aigc download [NAME …] [--root DIR]``."""
    parser = commands.add_parser("download", help="下载数据，核对校验和")
    parser.add_argument("names", nargs="*", metavar="名称", help="不写则下载全部数据")
    parser.add_argument("--root", type=Path, help="放在这个文件夹，而不是默认位置")
    parser.set_defaults(run=run_download)


def run_download(args) -> int:
    """Download the named data sets; one that fails does not stop the others."""
    from aigc_helpers.data.catalog import datasets, find_dataset, in_bytes
    from aigc_helpers.data.download import DatasetUnavailable, edition
    from aigc_helpers.data.gathering import fetch_all
    from aigc_helpers.data.verification import size_at

    code = 0
    for dataset in [find_dataset(name) for name in args.names or datasets()]:
        if not dataset.files:
            if args.names:
                say(f"{dataset.title}：随软件包安装，不用下载")
            continue
        try:
            folder = fetch_all(dataset.name, root=args.root, ask_again=True)
        except DatasetUnavailable as error:
            complain_unavailable(error)
            code = FAILED
            continue
        size = sum(size_at(folder / file.name, file) for file in dataset.files)
        title = dataset.title + edition(dataset, root=args.root)
        say(f"{title}：{in_bytes(size)}，校验和正确，位于 {folder}")
        say(f"  作者：{dataset.credit}；许可：{dataset.licence}")
    return code


def complain_unavailable(error) -> None:
    """One line that says what failed, then what was tried and what to do."""
    if not shows_chinese(sys.stderr):
        complain(str(error))
        return
    name = f"{error.path.parent.name}/{error.path.name}"
    tried = [f"  {url}：{chinese}" for url, _, chinese in error.attempts]
    advice = f"  怎么办：{error.advice_chinese}（位置：{error.path.parent}）"
    complain("\n".join([f"没有得到 {name}：{error.why_chinese}", *tried, advice]))


def add_export(commands) -> None:
    """``aigc export --to DIR``."""
    parser = commands.add_parser("export", help="把随书的网络导出为 ONNX")
    parser.add_argument("--to", type=Path, required=True, help="目标文件夹")
    parser.set_defaults(run=run_export)


def run_export(args) -> None:
    """Export every shipped network that an explorer can use."""
    from aigc_helpers.explorers import site

    for path in site.export_all(args.to):
        say(f"{path}（{path.stat().st_size / 1e3:.0f} KB）")


def add_site(commands) -> None:
    """``aigc site --to DIR``."""
    parser = commands.add_parser("site", help="准备网页需要的文件")
    parser.add_argument("--to", type=Path, required=True, help="目标文件夹")
    parser.set_defaults(run=run_site)


def run_site(args) -> None:
    """Lay out the explorers' modules and networks for the static site."""
    from aigc_helpers.explorers import site

    site.stage(args.to)
    say(f"网页需要的文件已放入 {args.to}")


def add_doctor(commands) -> None:
    """``aigc doctor [--root DIR]``."""
    parser = commands.add_parser("doctor", help="检查安装、设备和数据")
    parser.add_argument("--root", type=Path, help="检查这个数据文件夹")
    parser.set_defaults(run=run_doctor)


def run_doctor(args) -> int:
    """Print all findings; 1 if something is wrong."""
    from aigc_helpers import doctor

    findings = []
    for finding in doctor.examine(args.root):
        level = either(finding.level, doctor.ENGLISH[finding.level], sys.stdout)
        say(f"[{level}] {finding.text}")
        if finding.remedy:
            say(f"       怎么办：{finding.remedy}")
        findings.append(finding.level)
    wrong = findings.count(doctor.WRONG)
    verdict = f"发现 {wrong} 个问题。" if wrong else "没有发现问题。"
    say(either(verdict, f"{wrong} problems.", sys.stdout))
    return 1 if wrong else 0


def add_train(commands) -> None:
    """``aigc train NAME | --all [--to DIR] [--seed N] [--steps N]``."""
    parser = commands.add_parser("train", help="按配方训练随书的网络，可中断、可继续")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("name", nargs="?", metavar="名称", help="例如 gan_mnist")
    which.add_argument("--all", action="store_true", help="训练全部随书的网络")
    parser.add_argument("--to", type=Path, default=Path("weights"), help="目标文件夹")
    parser.add_argument("--seed", type=int, default=0, help="随机种子")
    parser.add_argument("--steps", type=int, help="步数，默认按配方")
    parser.set_defaults(run=run_train)


def run_train(args) -> None:
    """Train, resuming from what an interrupted run of the same command left."""
    from aigc_helpers import recipes

    for name in recipes.training_order() if args.all else [args.name]:
        card = recipes.train_shipped(
            name,
            args.to,
            seed=args.seed,
            steps=args.steps,
            checkpoint=args.to / f"{name}-seed{args.seed}.checkpoint",
        )
        say(f"{name} 已存入 {args.to}")
        say_metrics(card["metrics"])


def say_metrics(figures: dict) -> None:
    """One line for each figure, its interval of 95 % behind it."""
    from aigc_helpers.recipes import FIGURES

    for name, value in figures.items():
        if name.removesuffix("_interval") != name:
            continue
        low_high = figures.get(f"{name}_interval")
        behind = "（95% 区间 {} 至 {}）".format(*low_high) if low_high else ""
        say(f"  {FIGURES.get(name, name)}：{value}{behind}")


def add_evaluate(commands) -> None:
    """``aigc evaluate [NAME …] [--folder DIR]``."""
    parser = commands.add_parser("evaluate", help="重新测量网络的质量")
    parser.add_argument("names", nargs="*", metavar="名称", help="不写则测量全部")
    parser.add_argument("--folder", type=Path, help="权重所在的文件夹，默认为随书的")
    parser.set_defaults(run=run_evaluate)


def run_evaluate(args) -> None:
    """Measure saved networks now, not from their cards."""
    from aigc_helpers import recipes, weights

    folder = args.folder or weights.FOLDER
    for name in args.names or weights.names(folder):
        say(f"{name}：")
        say_metrics(recipes.evaluate(name, folder))


def add_sample(commands) -> None:
    """``aigc sample NAME --n N --to DIR``, and how."""
    parser = commands.add_parser("sample", help="用随书的网络生成图像或文字，存成文件")
    parser.add_argument("name", metavar="名称", help="例如 vae_mnist、rnn_poems")
    parser.add_argument("--n", type=int, required=True, metavar="N", help="个数")
    parser.add_argument("--to", type=Path, required=True, help="新文件夹")
    parser.add_argument("--seed", type=int, default=0, help="随机种子，默认 0")
    parser.add_argument(
        "--class",
        type=int,
        dest="label",
        metavar="K",
        help="类别，默认各个类别轮流来",
    )
    parser.add_argument("--format", help="图像存为 png（默认）或 npy，文字存为 txt")
    parser.add_argument("--folder", type=Path, help="权重所在的文件夹，默认为随书的")
    parser.set_defaults(run=run_sample)


def run_sample(args) -> None:
    """Write samples of a shipped network to a new folder."""
    from aigc_helpers import weights
    from aigc_helpers.recipes import samples

    folder = args.folder or weights.FOLDER
    order = samples.Order(args.name, args.n, args.seed, args.label, folder)
    paths = samples.write(order, args.to, args.format)
    say(f"{len(paths)} 个文件已存入 {args.to}")


COMMANDS = (
    add_download,
    add_train,
    add_evaluate,
    add_sample,
    add_export,
    add_site,
    add_doctor,
)


if __name__ == "__main__":
    sys.exit(main())
