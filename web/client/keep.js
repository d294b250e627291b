// @ts-check
// What the device remembers: which games are won, the theme, whether the course is to be kept offline. Blocked or full storage costs the
// memory, never the play.

const KEY = 'neuronauts:1';

/** @returns {{won: Record<string, {seed: number, at: string}>, theme?: string, offline?: boolean}} */
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
}

/** @param {boolean} wanted whether the whole course is to be kept on this device */
export function rememberOffline(wanted) {
  remember({ ...recall(), offline: wanted });
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
