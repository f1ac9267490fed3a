// Clips that are stored: with a kernel beside their facts, on a page in its poster.

import { bytesFrom } from "../core.js";
import { clipOf } from "./deck.js";
import { decodeWav } from "./wav.js";

// A function that gives clip number i, decoded when it is first looked at.
export function storedClips(model, { clips, words }) {
  const [sounds, opened] = [model.get("_sounds"), []];
  const fileOf = (i) => clips[i].wav ?? sounds[i].slice(sounds[i].indexOf(",") + 1);
  const open = (i) => clipOf(clips[i], decodeWav(bytesFrom(fileOf(i))), words);
  return (i) => (opened[i] ??= open(i));
}
