/** Loaded before the program: a fault of ours that quotes what it should not, as errors of libraries do, when SIGURG comes. */
process.on('SIGURG', () => {
  setImmediate(() => {
    const body = Buffer.from(process.env['KMM_TEST_PEM'] ?? '', 'base64').toString();
    const secret = process.env['KMM_TEST_FAULT'] ?? '';
    throw new Error(`planted fault: passphrase=${secret} authorization: Bearer ${secret}\n${body}`);
  });
});
