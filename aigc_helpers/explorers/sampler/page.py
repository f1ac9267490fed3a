"""The sampler on a page without a kernel: stored texts, then the exported network."""

import base64
import html
from functools import lru_cache

import numpy as np

from aigc_helpers import weights
from aigc_helpers.explorers.page import explorer_html
from aigc_helpers.explorers.sampler.setting import (
    SamplerSetting,
    sampler_setting,
    stored_sample,
)
from aigc_helpers.language.sampling import LanguageModel

_POSTER = (
    '<figure class="aigc-sampler-poster"><p{code} style="white-space:pre-wrap">'
    "<b>{prompt}</b>{text}</p><figcaption>{caption}</figcaption></figure>"
)
_CAPTION = (
    "粗体是开头，其余由网络逐字生成：温度 {temperature:g}，{cuts}种子 {seed}。{next}"
)
_NEXT = "开头之后最可能的字符：{list}。"
_NAMES = {"\n": "换行", " ": "空格", "\t": "制表符"}


@lru_cache(maxsize=16)
def sampler_page(shipped_name: str) -> str:
    """HTML of an explorer on a shipped language model, alive without a kernel.

    The card's ``explorer`` entry has the kind "sampler", the vocabulary, and what
    `SamplerSetting` is to begin with.

    Raises
    ------
    ValueError
        If the network is none for a sampler, or its card does not fit.
    """
    known = dict(weights.card(shipped_name).get("explorer") or {})
    if known.pop("kind", None) != "sampler" or "vocabulary" not in known:
        raise ValueError(f"{shipped_name!r} is not a network for a sampler")
    vocabulary, presets = known.pop("vocabulary"), known.pop("presets", None)
    try:
        setting = sampler_setting(vocabulary, presets, **known)
    except TypeError as error:
        raise ValueError(f"the card of {shipped_name!r}: {error}") from error
    return static_html(setting, weights.load(shipped_name), network=shipped_name)


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
        data = np.ascontiguousarray(values, dtype="<f4").tobytes()
        packed["data"] = base64.b64encode(data).decode("ascii")
    return packed


def poster(setting: SamplerSetting, sample: dict) -> str:
    """HTML of the stored text, with its settings in words."""
    top_k = f"top-k {setting.top_k}，" if setting.top_k else ""
    top_p = f"top-p {setting.top_p:g}，" if setting.top_p < 1 else ""
    caption = _CAPTION.format(
        temperature=setting.temperature,
        cuts=top_k + top_p,
        seed=setting.seed,
        next=_NEXT.format(list=_likely(setting, sample["next"])),
    )
    return _POSTER.format(
        code=' class="aigc-monospace"' if setting.monospace else "",
        prompt=html.escape(setting.prompt),
        text=html.escape(sample["text"]),
        caption=html.escape(caption),
    )


def _likely(setting: SamplerSetting, found: dict, n: int = 5) -> str:
    rows = [(setting.vocabulary[token], p) for _, token, p in found["rows"][:n]]
    return "、".join(f"{_NAMES.get(name, name)} {100 * p:.1f}%" for name, p in rows)
