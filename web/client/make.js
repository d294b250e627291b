// @ts-check
// Makes an element with its properties.

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Partial<HTMLElementTagNameMap[T]>} [properties]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}
