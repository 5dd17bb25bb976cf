// Starts the page: the saved theme before the first paint, then the WebAssembly module, then the rest of it and the
// offline copy. The single-file page inlines this same text; there the modules and the glue are in the document.

// Unpacks the module, by instructions that stand in `unpack/`. The build puts them here: no request more.
const DECODER = '%DECODER%';
// What the first lesson runs, and what everything else needs besides. The page works the same whenever the rest comes.
const FIRST = 'zooscope.lzma';
const REST = 'zooscope-rest.lzma';
// When the rest is fetched: the first view has been painted by then, and hardly anybody has pressed anything.
const AFTER_FIRST_VIEW_MS = 250;

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
  const atOnce = needsRest();
  // A dynamic import, so that a file that fails to load can still be reported by this script.
  const glue = globalThis.zooscopeStart ?? import('./zooscope.js').then(({ default: startGlue }) => startGlue);
  const [startGlue, first, rest] = await Promise.all([glue, module(FIRST), atOnce && module(REST)]);
  const join = await startGlue(first, rest, restNow, showFailure);
  // If it fails, the page asks again when it needs it.
  if (!atOnce) setTimeout(() => module(REST).then(join).catch(console.info), AFTER_FIRST_VIEW_MS);
}

// Whether the page begins with what the first lesson does not need, has it at hand, or could not get it when it is needed.
function needsRest() {
  const first = ['', '#', '#/'].includes(location.hash) || location.hash.startsWith('#/lesson/five-server-startup');
  return !first || document.getElementById(REST) !== null || !compilesAtOnce();
}

// Chrome, and what is made from it, compiled no more than 4 KB without a wait until 2023.
function compilesAtOnce() {
  // A module of 8 KB that has only a section without a name, which nobody reads.
  const module = new Uint8Array(8192);
  module.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0xf5, 0x3f]);
  try {
    return Boolean(new WebAssembly.Module(module));
  } catch {
    return false;
  }
}

// A part of the module, fetched or from the single file, and unpacked while it arrives: where the network is slow, the
// decoder is done when the last byte is there.
async function module(name) {
  const embedded = document.getElementById(name);
  const packed = embedded ? new Response(bytes(embedded.textContent)) : fetch(new URL(name, document.baseURI));
  // The text is some hundred kilobytes that nothing needs any more.
  embedded?.remove();
  const push = unpacker(name);
  const { ok, status, body } = await packed;
  if (!ok) throw new Error(`${name}: ${status}`);
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    const unpacked = push(value, done);
    if (unpacked) return WebAssembly.compile(unpacked);
  }
}

// The rest, for a call that cannot wait: somebody was faster than the network.
function restNow() {
  const request = new XMLHttpRequest();
  request.open('GET', new URL(REST, document.baseURI), false);
  // The only way to bytes: a character each, of which the lower half counts.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`${REST}: ${request.status}`);
  const packed = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
  return unpacker(REST)(packed, true);
}

// A function that takes a file piece by piece, and returns what was packed once that is complete.
function unpacker(name) {
  // So small that every browser compiles it at once.
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes(DECODER)));
  const { memory, input, room, unpack, output } = exports;
  const packed = new Uint8Array(memory.buffer, input(), room());
  let length = 0;
  return (piece, last) => {
    if (piece) {
      packed.set(piece, length);
      length += piece.length;
    }
    const size = unpack(length, last);
    if (size < 0) throw new Error(`${name} is damaged or incomplete`);
    return size > 0 ? new Uint8Array(memory.buffer, output(), size) : undefined;
  };
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
