// @ts-check
// Sound, for those who ask for it: a loss that falls is heard as a tone that falls, and a win as a chord.
// It is made here, from nothing. It knows neither games nor Python.

import { recallSound, rememberSound, whenChanged } from './keep.js';

const LOWEST = 110; // hertz, at a loss of nothing
const OCTAVES = 3;
const CHORD = [523.25, 659.25, 783.99, 1046.5]; // C major, upwards
const QUIET = 0.06;
const FADE = 0.08; // seconds

/** @type {AudioContext | undefined} */ let desk;
/** @type {{tone: OscillatorNode, volume: GainNode} | undefined} */ let hum;

/** Whether the learner wants to hear anything; asked for at every frame, so not of the storage. */
let wanted = false;
whenChanged(showSound);

/** Sound on or off. Only what a learner presses may begin it: browsers allow no other. */
export function switchSound() {
  rememberSound(!wanted);
  showSound();
  if (wanted) chord(CHORD.slice(0, 2));
  else rest();
}

/** Recall the wish, and say it on every switch of the page. */
export function showSound() {
  wanted = recallSound();
  for (const button of document.querySelectorAll('[data-tool="sound"]')) button.setAttribute('aria-pressed', String(wanted));
}

/** A win. */
export function ring() {
  rest();
  if (wanted) chord(CHORD);
}

/**
 * What is being learned, as a tone, until it rests.
 * @param {string | undefined} height from 0 for low to 1 for high; without it there is nothing to be heard
 */
export function follow(height) {
  if (height === undefined || !wanted || document.hidden) return rest();
  const audio = open();
  if (!hum) {
    hum = { tone: new OscillatorNode(audio, { type: 'triangle' }), volume: new GainNode(audio, { gain: 0 }) };
    hum.tone.connect(hum.volume).connect(audio.destination);
    hum.tone.start();
    hum.volume.gain.setTargetAtTime(QUIET, audio.currentTime, FADE);
  }
  hum.tone.frequency.setTargetAtTime(LOWEST * 2 ** (OCTAVES * Number(height)), audio.currentTime, FADE);
}

function rest() {
  if (!hum || !desk) return;
  const { tone, volume } = hum;
  volume.gain.setTargetAtTime(0, desk.currentTime, FADE);
  tone.stop(desk.currentTime + 5 * FADE);
  hum = undefined;
}

/** @param {number[]} notes one after the other, each dying away */
function chord(notes) {
  const audio = open();
  notes.forEach((frequency, i) => {
    const at = audio.currentTime + 0.09 * i;
    const note = new OscillatorNode(audio, { type: 'sine', frequency });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(1.5 * QUIET, at + 0.02);
    volume.gain.setTargetAtTime(0, at + 0.1, 0.25);
    note.connect(volume).connect(audio.destination);
    note.start(at);
    note.stop(at + 1.5);
  });
}

function open() {
  desk ??= new AudioContext();
  if (desk.state === 'suspended') desk.resume();
  return desk;
}
