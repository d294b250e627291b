// @ts-check
// The worker that keeps the memory of a started Python for the next visit (memory.mjs), and ends.

self.onmessage = async ({ data }) => {
  try {
    const { keepMemory } = await import(data.interpreter);
    await keepMemory(data.played);
    self.postMessage({ kept: true });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
