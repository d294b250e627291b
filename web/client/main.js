// @ts-check
// The page's entry: puts the parts together. Everything readable is there before this runs.

import { here } from './address.js';
import { listenForCards, showLines } from './cards.js';
import { showCertificate } from './certificate.js';
import { Checker } from './check.js';
import { showClass } from './class.js';
import { listenForDerivations } from './derivations.js';
import { listenForExercises } from './exercises.js';
import { Games } from './games.js';
import { listenForTheme, whenChanged, whenTroubled } from './keep.js';
import { listenForLater } from './later.js';
import { listenForMore } from './more.js';
import { navigate } from './navigate.js';
import { notify } from './notice.js';
import { showRail, showWins } from './rail.js';
import { showOwnWords, showWaiting } from './own-words.js';
import { Runtime } from './runtime.js';
import { listenForSearch } from './search.js';
import { showSeen } from './seen.js';
import { listenForWall, showWall } from './wall.js';
import { showProgress } from './your-progress.js';
import { say } from './words.js';

const settings = JSON.parse(document.getElementById('runtime')?.textContent ?? 'null');
const runtime = new Runtime(settings);
const games = new Games(runtime);
const checker = new Checker(runtime);
const missing = Runtime.missing();
const root = new URL(document.documentElement.dataset.root ?? './', location.href);
const CALM = 3000; // milliseconds after the start of Python, or of a page that needs none
let started = false;
/** @type {import('./offline.js').Opened[]} what the learner has opened, to be kept on this device */
const opened = [];
/** @type {Promise<import('./offline.js').Offline> | undefined} */
let offline;

function begin() {
  if (!started) runtime.start();
  started = true;
}

function arrive() {
  const placed = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-pack]'));
  opened.push({ path: here().pathname, packs: [...placed].map(({ dataset }) => dataset.pack ?? '') });
  showRail();
  showWall();
  showSeen();
  showOwnWords();
  showLines();
  offline?.then((course) => course.arrive(), () => {});
  showProgress(checker, begin);
  showClass(checker, begin);
  showCertificate(checker, begin);
  if (games.adopt() === 0) return;
  if (missing) {
    games.giveUp(say('The games need {missing}, which this browser does not have; everything here can still be read.', { missing }));
  } else begin();
}

/** Keep the course for use without a network: never in the way of the start. */
function keepCourse() {
  offline ??= new Promise((resolve) => setTimeout(resolve, CALM)).then(async () => {
    const { Offline } = await import('./offline.js');
    return new Offline(root, opened);
  });
  offline.catch((error) => console.info('The course is not kept on this device:', error));
}

runtime.addEventListener('fetched', (event) => {
  opened.push({ path: /** @type {CustomEvent} */ (event).detail.url, packs: [] });
  offline?.then((course) => course.tell(), () => {});
});
whenTroubled(notify);
whenChanged(showWins);
whenChanged(showSeen);
whenChanged(showWaiting);
listenForTheme();
listenForCards(runtime, begin);
listenForLater();
listenForMore();
listenForSearch();
listenForWall();
listenForDerivations();
listenForExercises();
navigate(arrive);
for (const turn of ['up', 'down']) runtime.addEventListener(turn, keepCourse);
if (!started && document.readyState === 'complete') keepCourse();
else if (!started) addEventListener('load', keepCourse);
