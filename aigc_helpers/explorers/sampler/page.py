"""The sampler on a page without a kernel: stored texts, then the exported network."""

import html
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.explorers.checks import base64_of, float32_bytes
from aigc_helpers.explorers.page import explorer_html
from aigc_helpers.explorers.sampler.setting import (
    SamplerSetting,
    sampler_setting,
    stored_sample,
)
from aigc_helpers.explorers.sampler.words import WORDS
from aigc_helpers.language.sampling import LanguageModel
from aigc_helpers.weights import export

_POSTER = (
    '<figure class="aigc-sampler-poster"><p{code} style="white-space:pre-wrap">'
    "<b>{prompt}</b>{text}</p><figcaption>{caption}</figcaption></figure>"
)
N_LIKELY = 5  # characters that the caption names


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped language model, alive without a kernel.

    The card's ``explorer`` entry has the vocabulary, and what `SamplerSetting` is to
    begin with.

    Raises
    ------
    ValueError
        If the card does not fit.
    """
    facts = {key: value for key, value in card["explorer"].items() if key != "kind"}
    try:
        setting = sampler_setting(
            facts.pop("vocabulary"), facts.pop("presets", None), **facts
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"the card of {name!r}: {error}") from error
    return static_html(setting, weights.load(name, facts=card), network=name)


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write one step of the shipped model as ONNX."""
    return export.export_step(weights.load(name, facts=card), path)


def static_html(
    setting: SamplerSetting, model: LanguageModel, *, network: str = ""
) -> str:
    """Poster and state of a sampler; without a network stored texts are all it has."""
    settings = [setting, *(setting.with_preset(one) for one in setting.presets)]
    samples = [stored_sample(model, one) for one in settings]
    config = setting.config(
        source="network" if network else "stored",
        network=network,
        states=[_packed(tensor) for tensor in model.initial_state()],
        samples=samples,
    )
    return explorer_html(
        "sampler",
        config,
        setting.state(),
        poster=poster(setting, samples[0]),
        network=network,
    )


def _packed(tensor) -> dict:
    """Shape of a state tensor, and its numbers unless all are 0."""
    values = tensor.detach().float().cpu().numpy()
    packed = {"shape": list(values.shape)}
    if values.any():
        packed["data"] = base64_of(float32_bytes(values))
    return packed


def poster(setting: SamplerSetting, sample: dict) -> str:
    """HTML of the stored text, with its settings in words."""
    return _POSTER.format(
        code=' class="aigc-monospace"' if setting.monospace else "",
        prompt=html.escape(setting.prompt),
        text=html.escape(_in_lines(sample["text"], setting.verse)),
        caption=html.escape(_caption(setting, sample["next"])),
    )


def _in_lines(text: str, ends: str) -> str:
    """Verse: a line ends behind each of these characters."""
    return "".join(f"{c}\n" if c in ends else c for c in text)


def _caption(setting: SamplerSetting, summary: dict) -> str:
    cuts = bool(setting.top_k), setting.top_p < 1
    caption = {
        (False, False): WORDS["caption"],
        (True, False): WORDS["caption_top_k"],
        (False, True): WORDS["caption_top_p"],
        (True, True): WORDS["caption_both"],
    }[cuts]
    return caption.format(
        temperature=setting.temperature,
        top_k=setting.top_k,
        top_p=setting.top_p,
        seed=setting.seed,
        characters=_likely(setting, summary),
    )


def _likely(setting: SamplerSetting, summary: dict) -> str:
    characters = []
    for _, token, probability in summary["rows"][:N_LIKELY]:
        character = setting.vocabulary[token]
        name = WORDS["names"].get(character, character)
        text = WORDS["character"].format(name=name, percent=100 * probability)
        characters.append(text)
    return WORDS["list"].join(characters)
