// @ts-check
// The wall of games: a picture shows how it came about when one points at it, or, where nothing can
// point, as it comes into sight. The pictures are the builder's (previews.py) and hold their motion.

const PLAY = '#play';

/** Have the pictures of the wall play, on whatever page it is. */
export function listenForWall() {
  for (const type of /** @type {const} */ (['pointerover', 'focusin'])) document.addEventListener(type, ({ target }) => play(pictureAt(target)));
  for (const type of /** @type {const} */ (['pointerout', 'focusout'])) document.addEventListener(type, ({ target }) => rest(pictureAt(target)));
}

/** The page has come: where nothing can point, pictures play once as they come into sight. */
export function showWall() {
  if (!matchMedia('(hover: none)').matches) return;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        play(/** @type {HTMLImageElement} */ (target));
      }
    },
    { threshold: 0.9 },
  );
  for (const picture of document.querySelectorAll('.wall img')) observer.observe(picture);
}

/** @param {EventTarget | null} target */
const pictureAt = (target) =>
  target instanceof Element ? /** @type {HTMLImageElement | null} */ (target.closest('.wall a')?.querySelector('img') ?? null) : null;

/** @param {HTMLImageElement | null} picture */
function play(picture) {
  if (picture && !picture.src.endsWith(PLAY)) picture.src += PLAY;
}

/** @param {HTMLImageElement | null} picture */
function rest(picture) {
  if (picture) picture.src = picture.src.replace(PLAY, '');
}
