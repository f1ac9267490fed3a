// Whether a key belongs to an input method, which composes a word and takes the key
// itself. Safari ends the composition first and then sends the key that ended it, which
// by then only its code tells (229).

export const composing = (event) => event.isComposing || event.keyCode === 229;
