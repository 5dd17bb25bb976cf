// Starts the page: the saved theme before the first paint, then the WebAssembly module, then the offline copy.
// The single-file page inlines this same text; there the module and its glue are already in the document.

applySavedTheme();
start().then(keepOfflineCopy, showFailure);

function applySavedTheme() {
  // Reading storage throws where the browser blocks it, for example in some embedded frames.
  try {
    const theme = localStorage.getItem('zooscope.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // The theme then follows the system.
  }
}

async function start() {
  if (typeof WebAssembly !== 'object') throw new Error('WebAssembly is not available');
  const embedded = document.getElementById('zooscope-wasm');
  if (embedded) {
    const bytes = Uint8Array.from(atob(embedded.textContent), (character) => character.charCodeAt(0));
    // The text is several hundred kilobytes that nothing needs any more.
    embedded.remove();
    await globalThis.zooscopeInit({ module_or_path: bytes });
    return;
  }
  // A dynamic import, so that a file that fails to load can still be reported by this script.
  const { default: init } = await import('./zooscope.js');
  await init({ module_or_path: new URL('zooscope_bg.wasm', document.baseURI) });
}

function showFailure(error) {
  console.error(error);
  document.getElementById('app').hidden = true;
  document.getElementById('zooscope-failure-cause').textContent = String(error);
  document.getElementById('zooscope-failure').hidden = false;
}

function keepOfflineCopy() {
  const served = location.protocol === 'http:' || location.protocol === 'https:';
  // A page embedded in a course site must not fill that visitor's storage on its own.
  const embedded = window.top !== window.self && /[?&]embed=1(?!\d)/.test(location.search + location.hash);
  if (!served || embedded || !('serviceWorker' in navigator)) return;
  const register = () => {
    // Without an offline copy the page is complete all the same, so a refusal is only worth a line.
    navigator.serviceWorker.register('./sw.js').catch((error) => console.info('No offline copy:', error));
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
