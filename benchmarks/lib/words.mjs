/** @module A made-up language whose word frequencies follow Zipf's law, so that search figures mean something. */

/** Repeatable numbers from 0 up to 1 (mulberry32). */
export function createRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const onsets = [
  "b",
  "br",
  "c",
  "ch",
  "d",
  "dr",
  "f",
  "g",
  "gr",
  "h",
  "j",
  "k",
  "l",
  "m",
  "n",
  "p",
  "qu",
  "r",
  "s",
  "st",
  "t",
  "tr",
  "v",
  "w",
  "z",
];
const cores = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"];

/** `count` different words; those with a low index are meant to be common, and are short. */
export function createVocabulary(random, count) {
  const words = new Set();
  while (words.size < count) {
    const syllables = 1 + Math.min(4, Math.floor(Math.log10(words.size + 10) - 0.5 + random()));
    let word = "";
    for (let index = 0; index < syllables; index++) {
      word += onsets[Math.floor(random() * onsets.length)] + cores[Math.floor(random() * cores.length)];
    }
    words.add(random() < 0.5 ? word : `${word}n`);
  }
  return [...words];
}

/**
 * A function that draws a text of so many words. A word's rank r is drawn with a probability proportional to 1/r, by
 * inverting the harmonic sum's integral, which costs one exponentiation.
 */
export function createTexts(random, vocabulary) {
  const scale = Math.log(vocabulary.length);
  return (words) => {
    let text = vocabulary[Math.floor(Math.exp(random() * scale)) - 1];
    for (let index = 1; index < words; index++) {
      text += (index % 13 === 0 ? ". " : " ") + vocabulary[Math.floor(Math.exp(random() * scale)) - 1];
    }
    return text;
  };
}
