// @ts-check
// What the device remembers: which games are won, and the theme. Blocked or full storage costs the
// memory, never the play.

const KEY = 'neuronauts:1';

/** @returns {{won: Record<string, {seed: number, at: string}>, theme?: string}} */
export function recall() {
  try {
    return { won: {}, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return { won: {} };
  }
}

/** @param {ReturnType<typeof recall>} memory */
function remember(memory) {
  try {
    localStorage.setItem(KEY, JSON.stringify(memory));
  } catch (error) {
    console.info('This browser does not let the page remember what is won:', error);
  }
}

/** @param {string} slug @param {number} seed */
export function rememberWin(slug, seed) {
  const memory = recall();
  memory.won[slug] ??= { seed, at: new Date().toISOString() };
  remember(memory);
  showWins();
}

/** Mark what is won wherever the page lists games: `data-rail-game`, `data-rail-level`. */
export function showWins() {
  const { won } = recall();
  for (const item of document.querySelectorAll('[data-rail-game]')) {
    item.toggleAttribute('data-won', (item.getAttribute('data-rail-game') ?? '') in won);
  }
  for (const level of document.querySelectorAll('[data-rail-level]')) {
    const games = [...level.querySelectorAll('[data-rail-game]')];
    level.toggleAttribute('data-won', games.length > 0 && games.every((g) => g.hasAttribute('data-won')));
  }
}

/** The button with data-action="theme" switches between light and dark. */
export function listenForTheme() {
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element) || !target.closest('[data-action="theme"]')) return;
    const root = document.documentElement;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const shown = root.dataset.theme ?? (dark ? 'dark' : 'light');
    root.dataset.theme = shown === 'dark' ? 'light' : 'dark';
    remember({ ...recall(), theme: root.dataset.theme });
  });
}
