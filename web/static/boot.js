// Starts the page: the saved theme before the first paint, then the WebAssembly module, then the offline copy.
// The single-file page inlines this same text; there the module and its glue are already in the document.

// Unpacks the module, by instructions that stand in `unpack/`. The build puts them here: no request more.
const DECODER = '%DECODER%';

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
  const embedded = document.getElementById('zooscope-module');
  if (embedded) {
    const packed = new Response(bytes(embedded.textContent));
    // The text is some hundred kilobytes that nothing needs any more.
    embedded.remove();
    await globalThis.zooscopeStart(await unpacked(packed));
    return;
  }
  // A dynamic import, so that a file that fails to load can still be reported by this script.
  const glue = import('./zooscope.js');
  const packed = fetch(new URL('zooscope.lzma', document.baseURI));
  const [module, { default: startGlue }] = await Promise.all([unpacked(packed), glue]);
  await startGlue(module);
}

// The module, unpacked while it arrives: where the network is slow, the decoder is done when the last byte is there.
async function unpacked(response) {
  const [{ instance }, { ok, status, body }] = await Promise.all([WebAssembly.instantiate(bytes(DECODER)), response]);
  if (!ok) throw new Error(`zooscope.lzma: ${status}`);
  const { memory, input, room, unpack, output } = instance.exports;
  const packed = new Uint8Array(memory.buffer, input(), room());
  const reader = body.getReader();
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (!done) {
      packed.set(value, length);
      length += value.length;
    }
    const size = unpack(length, done);
    if (size < 0) throw new Error('zooscope.lzma is damaged or incomplete');
    if (size > 0) return WebAssembly.compile(new Uint8Array(memory.buffer, output(), size));
  }
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
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
