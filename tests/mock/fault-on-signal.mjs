/** Loaded before the program (`node --import`): a fault of ours, thrown in a callback as an assertion would be, when SIGURG comes. */
process.on('SIGURG', () => {
  setImmediate(() => {
    throw new Error('planted fault');
  });
});
