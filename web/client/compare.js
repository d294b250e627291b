// @ts-check
// Asks the games' Python, which runs nothing of the learner's, whether a value is the one beside it, and
// how it reads. It knows no card and no page.

/**
 * @typedef {{shown: string, right?: string, slack?: string, agrees: boolean, lost?: boolean}} Verdict
 * right: what it is compared with; slack: of a claim; lost: the numbers have left what a float can hold
 */

export class Comparer {
  #number = 0;
  /** @type {Map<number, (verdict: Verdict | null) => void>} */ #asked = new Map();

  /** @param {import('./runtime.js').Runtime} runtime */
  constructor(runtime) {
    this.runtime = runtime;
    runtime.addEventListener('down', () => {
      for (const tell of this.#asked.values()) tell(null);
      this.#asked.clear();
    });
    runtime.addEventListener('compare', (event) => {
      const { id, shown, right, slack, agrees, lost } = /** @type {CustomEvent} */ (event).detail;
      this.#asked.get(id)?.({ shown, right, slack, agrees, lost });
      this.#asked.delete(id);
    });
  }

  /**
   * Compare; null where Python cannot say.
   * @param {string} given the card's numbers, as web/scratch.py packs them
   * @param {string} value the same of what a line came to; it may be anything
   * @returns {Promise<Verdict | null>}
   */
  async compare(given, value) {
    if (!(await this.runtime.ready())) return null;
    const id = ++this.#number;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.runtime.post({ kind: 'compare', id, given, value });
    });
  }
}
