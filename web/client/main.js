// @ts-check
// The page's entry: puts the parts together. Everything readable is there before this runs.

import { listenForCards } from './cards.js';
import { Games } from './games.js';
import { listenForTheme } from './keep.js';
import { navigate } from './navigate.js';
import { showRail } from './rail.js';
import { Runtime } from './runtime.js';

const settings = JSON.parse(document.getElementById('runtime')?.textContent ?? 'null');
const runtime = new Runtime(settings);
const games = new Games(runtime);
const missing = Runtime.missing();
let started = false;

function arrive() {
  showRail();
  if (games.adopt() === 0) return;
  if (missing) {
    games.giveUp(`The games need ${missing}, which this browser does not have; everything here can still be read.`);
  } else if (!started) {
    started = true;
    runtime.start();
  }
}

listenForTheme();
listenForCards(settings);
navigate(arrive);
arrive();
