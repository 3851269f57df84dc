(() => {
  // The key and the values that theme.ts keeps the reader's choice by.
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('sequitur-color-scheme') ?? 'auto';
  } catch {
    // Storage is closed to this page: the system's own scheme then.
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset.mantineColorScheme =
    chosen === 'light' || chosen === 'dark' ? chosen : system;
})();
