// @ts-check
// Fills what stands closed on a page when it is opened: `<details data-later>` gets what is
// marked `[data-here]` on the page that its link leads to, in the link's place. It knows no more of it.

/** Listen on the document, for the pages that come too. */
export function listenForLater() {
  document.addEventListener('toggle', ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.open && 'later' in target.dataset) fill(target);
  }, true);
}

/** @param {HTMLDetailsElement} box */
async function fill(box) {
  const place = box.querySelector('[data-here]');
  const link = place?.querySelector('a');
  if (!place || !link) return;
  try {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(`${link.href} answered ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    place.replaceWith(...page.querySelectorAll('[data-here]'));
  } catch (error) {
    console.info('What was opened could not be fetched; the link leads there:', error);
  }
}
