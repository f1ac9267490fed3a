"""What the benchmarks do with their figures; the peer is built as it is described."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import dcgan  # noqa: E402
import gan as benchmark  # noqa: E402
import report  # noqa: E402


@pytest.fixture
def records(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RECORDS", tmp_path)
    return report.Records("made_up")


def test_a_record_is_measured_once_and_survives_the_process(records):
    counts = []
    measure = lambda n: counts.append(n) or {"n": n}  # noqa: E731
    assert records.keep("a", measure, 3) == {"n": 3}
    assert records.keep("a", measure, 4) == {"n": 3}
    assert report.Records("made_up")["a"] == {"n": 3} and counts == [3]


def test_an_interrupted_measurement_leaves_the_others(records):
    records.keep("a", lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        records.keep("b", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert dict(report.Records("made_up")) == {"a": 1}


def test_a_section_takes_the_place_of_its_older_self(tmp_path):
    page = tmp_path / "RESULTS.md"
    for title, text in (("GAN", "one"), ("VAE", "two"), ("GAN", r"three \1")):
        report.write_section(title, text, page)
    text = page.read_text("utf-8")
    assert text.count("## GAN") == 1 and "one" not in text
    assert text.index("three \\1") < text.index("## VAE") < text.index("two")


def test_gains_are_the_ratio_at_equal_quality(records):
    records["cost"] = {"ours bf16": 0.01, "dcgan bf16": 0.2, "dcgan fp32": 0.5}
    records["dcgan bf16 0"] = [{"distance": d, "rarest": 0.1} for d in (20, 10, 5.0)]
    for steps, distance in zip(benchmark.PLANS, (9, 8, 7, 4, 4, 3, 3, 2), strict=True):
        records[f"ours 0 {steps}"] = {"distance": distance, "rarest": 0.1}
    (line,) = benchmark.gains(records, [0])  # fp32 has not been measured
    # 600 steps reach 5.00: 3 * 938 * 0.2 / (600 * 0.01) = 93.8
    assert "is there after 600 steps, 6.0 CPU-s: **94 times** less" in line
    records["dcgan bf16 0"][2]["distance"] = 1.0
    assert "none of our runs reaches 1.00" in benchmark.gains(records, [0])[0]


def test_the_peer_has_the_shapes_and_the_initialisation_of_its_description():
    torch.manual_seed(0)
    generator = dcgan.initialise(dcgan.Generator())
    images = generator(torch.randn(4, 100))
    assert images.shape == (4, 1, 32, 32) and images.abs().max() <= 1
    assert dcgan.Discriminator()(images).shape == (4, 1)
    convolution = generator.layers[2].weight
    assert abs(convolution.std() - 0.02) < 0.001 and abs(convolution.mean()) < 0.001
    assert [layer.eps for layer in generator.layers if hasattr(layer, "eps")] == [
        1e-5, 0.8, 0.8,
    ]  # fmt: skip


def test_the_peer_trains_both_networks():
    images = torch.randint(256, (64, 1, 32, 32), dtype=torch.uint8)
    steps = dcgan.training(images, seed=0, bf16=False)
    before = [p.clone() for p in next(steps).parameters()]
    after = next(steps).parameters()
    assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
