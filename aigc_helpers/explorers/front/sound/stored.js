// Clips that are stored, with a kernel beside their facts, on a page in its poster; and
// which of them is chosen.

import { element, oneOf } from "../controls.js";
import { bytesFrom, clamp } from "../core.js";
import { clipOf } from "./deck.js";
import { decodeWav } from "./wav.js";

// A function that gives clip number i, decoded when it is first looked at.
export function storedClips(model, { clips, words }) {
  const [sounds, opened] = [model.get("_sounds"), []];
  const fileOf = (i) => clips[i].wav ?? sounds[i].slice(sounds[i].indexOf(",") + 1);
  const open = (i) => clipOf(clips[i], decodeWav(bytesFrom(fileOf(i))), words);
  return (i) => (opened[i] ??= open(i));
}

// The state that a link asks for by "clip=two&at=0.35": a clip by its name or its number
// from 1, a moment in seconds.
export function chosenClip(state, { clip, at }, clips, open) {
  const names = clips.map(({ name }) => name);
  const changed = { ...state };
  if (clip !== undefined) {
    const number = names.indexOf(clip) + 1 || Math.trunc(Number(clip) || 0);
    changed.clip = clamp(number, 1, names.length) - 1;
    changed.at = 0;
  }
  if (Number(at) >= 0) changed.at = Number(at);
  changed.at = Math.min(changed.at, open(changed.clip).sound.duration);
  return changed;
}

// A control with a button for each clip, which says whether it was generated.
export function clipChoice(clips, text, choose) {
  const choice = oneOf(element("legend", {}, text.clips), "aigc-sound-choice", choose);
  for (const { name, generated } of clips) {
    const badge = element("small", {}, generated ? text.generated : text.recording);
    choice.add(element("span", {}, name, " ", badge));
  }
  return choice;
}
