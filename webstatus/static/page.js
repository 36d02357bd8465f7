// Keeps the page fresh: fetches it again and changes what has changed. Without script, the page reloads itself.
'use strict';

const HIDDEN_SECONDS = 30;

async function refresh() {
  const lost = document.getElementById('lost');
  try {
    const answer = await fetch(location.href, {cache: 'no-store', credentials: 'same-origin'});
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (!answer.ok) {
      throw new Error(answer.status);
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.title = fresh.title;
    renew(document.getElementById('page'), fresh.getElementById('page'));
    showSecondsLeft();
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  waitForNextRefresh();
}

// Makes `old` like `fresh` by changing only what differs: what has the focus, is open or is being read stays as it is.
function renew(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh.cloneNode(true));
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) {
      old.data = fresh.data;
    }
    return;
  }
  if (old.nodeType === Node.ELEMENT_NODE) {
    renewAttributes(old, fresh);
    renewChildren(old, fresh);
  }
}

function renewAttributes(old, fresh) {
  const theVisitorsOwn = old.nodeName === 'DETAILS' ? ['open'] : old.id === 'lost' ? ['hidden'] : [];
  for (const {name} of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !theVisitorsOwn.includes(name)) {
      old.removeAttribute(name);
    }
  }
  for (const {name, value} of fresh.attributes) {
    if (old.getAttribute(name) !== value && !theVisitorsOwn.includes(name)) {
      old.setAttribute(name, value);
    }
  }
}

function renewChildren(old, fresh) {
  const wanted = [...fresh.childNodes];
  while (old.childNodes.length > wanted.length) {
    old.lastChild.remove();
  }
  wanted.forEach((child, place) => {
    const present = old.childNodes[place];
    if (present) {
      renew(present, child);
    } else {
      old.append(child.cloneNode(true));
    }
  });
}

function waitForNextRefresh() {
  const seconds = document.hidden ? HIDDEN_SECONDS : Number(document.getElementById('page').dataset.refresh);
  clearTimeout(waitForNextRefresh.timer);
  waitForNextRefresh.timer = setTimeout(refresh, 1000 * seconds);
}

function showSecondsLeft() {
  for (const left of document.querySelectorAll('[data-seconds]')) {
    const seconds = left.dataset.seconds % 60;
    const text = `(${Math.floor(left.dataset.seconds / 60)}:${String(seconds).padStart(2, '0')})`;
    if (left.textContent !== text) {
      left.textContent = text;
    }
  }
}

function countDown() {
  for (const left of document.querySelectorAll('[data-seconds]')) {
    left.dataset.seconds = Math.max(0, left.dataset.seconds - 1);
  }
  showSecondsLeft();
}

showSecondsLeft();
setInterval(countDown, 1000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    clearTimeout(waitForNextRefresh.timer);
    refresh();
  }
});
waitForNextRefresh();
