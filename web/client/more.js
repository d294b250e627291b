// @ts-check
// The menu of what else can be done with a game. It opens by itself (<details>); here it closes.

/** Close what is open once something in it was chosen, or something else is meant. */
export function listenForMore() {
  document.addEventListener('click', ({ target }) => {
    const inside = target instanceof Element ? target.closest('[data-more]') : null;
    const chosen = target instanceof Element && target.closest('.more-tools') !== null;
    for (const menu of open()) if (menu !== inside || chosen) close(menu);
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') for (const menu of open()) close(menu);
  });
}

/** What had the focus inside hands it on to the button of the menu. @param {HTMLDetailsElement} menu */
function close(menu) {
  const held = menu.contains(document.activeElement);
  menu.open = false;
  if (held) menu.querySelector('summary')?.focus();
}

/** @returns {NodeListOf<HTMLDetailsElement>} */
const open = () => document.querySelectorAll('[data-more][open]');
