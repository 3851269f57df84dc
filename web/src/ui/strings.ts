export const strings = {
  failedTitle: 'This could not be loaded',
  failedOffline: 'The server did not answer. Check your connection, or whether Sequitur is still running.',
  loading: 'Loading',
  tryAgain: 'Try again',
  close: 'Close',
  clear: 'Clear the search',
};
