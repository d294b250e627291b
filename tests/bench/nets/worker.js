/**
 * Runs one contestant in a worker of its own and keeps the time of its training steps.
 *
 * A contestant is a module that exports
 *   load(settings)                      optional: what it needs before anything else
 *   prepare(problem) -> (steps) -> loss one network, ready to train; the loss is the last step's
 *
 * @typedef {object} Problem
 * @property {"mlp" | "cnn" | "lstm" | "attention"} kind
 * @property {number[]} sizes
 *   mlp: neurons of each layer, the inputs first; tanh between them
 *   cnn: side of the picture, its channels, those after each 3 × 3 convolution, ReLU and halving by
 *     the maximum, outputs of the Dense layer at the end
 *   lstm: inputs, states, outputs of the Dense layer on every state, items in a sequence
 *   attention: width, heads, neurons of the small network, items; one pre-norm block with ReLU
 * @property {number} batch rows
 * @property {"sgd" | "adam"} optimizer
 * @property {number} rate
 * @property {Float64Array} x batch × (time ×) inputs
 * @property {Float64Array} t batch × (time ×) outputs, each 0 or 1; the loss is the mean cross-entropy
 * @property {Float64Array} theta the first parameters, layer by layer: W (inputs × outputs), then b
 *
 * @typedef {(steps: number) => number | Promise<number>} Run
 */

/** @type {{load?: (settings: object) => Promise<void>, prepare: (problem: Problem) => Run}} */
let contestant;
/** @type {Run} */
let run;

const answers = {
  async load({ module, settings }) {
    contestant = await import(module);
    await contestant.load?.(settings);
  },
  async prepare(problem) {
    run = contestant.prepare(problem);
  },
  async run(steps) {
    const begun = performance.now();
    const loss = await run(steps);
    return { loss, milliseconds: performance.now() - begun };
  },
};

onmessage = async ({ data: [question, argument] }) => {
  try {
    postMessage({ answer: await answers[question](argument) });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
