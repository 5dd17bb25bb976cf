// Keeps a complete copy of one build, so that the page works when the network is down.
// The build replaces the two marked values; the version is a hash of all the files, so any change makes a new copy.

// Caches belong to the whole origin; the scope in the name keeps copies of ZooScope below other paths apart.
const PREFIX = `zooscope ${registration.scope} `;
const CACHE = PREFIX + '%VERSION%';
const FILES = ['%FILES%'];

self.addEventListener('install', (event) => {
  event.waitUntil(precache());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(deleteOldCopies());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

async function precache() {
  const cache = await caches.open(CACHE);
  // Past the HTTP cache: a copy must not mix files of two builds.
  await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
  // The new build answers the next load; pages that are open already hold all their code.
  await self.skipWaiting();
}

async function deleteOldCopies() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Whether a request asks for the page itself, by its folder or by its name. */
function isPage(request) {
  const path = new URL(request.url).pathname;
  const folder = new URL(registration.scope).pathname;
  return path === folder || path === `${folder}index.html`;
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const cached = await cache.match(isPage(request) ? 'index.html' : request, { ignoreSearch: true });
  if (cached) return cached;
  try {
    return await fetch(request);
  } catch (error) {
    // Offline and at an address that was never kept: the page is a better answer than the browser's error.
    const page = request.mode === 'navigate' && (await cache.match('index.html'));
    if (page) return page;
    throw error;
  }
}
