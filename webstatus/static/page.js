// Keeps the page fresh: fetches it again and swaps the parts that changed. Without script, the page reloads itself.
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
    swapChangedParts(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  waitForNextRefresh();
}

function swapChangedParts(fresh) {
  document.title = fresh.title;
  document.getElementById('page').dataset.refresh = fresh.getElementById('page').dataset.refresh;
  document.querySelector('.card.link').className = fresh.querySelector('.card.link').className;
  for (const part of document.querySelectorAll('[data-part]')) {
    const renewed = fresh.getElementById(part.id);
    if (renewed.innerHTML !== part.dataset.shown) {
      part.dataset.shown = renewed.innerHTML;
      part.replaceChildren(...renewed.childNodes);
    }
  }
  showSecondsLeft();
}

function waitForNextRefresh() {
  const seconds = document.hidden ? HIDDEN_SECONDS : Number(document.getElementById('page').dataset.refresh);
  clearTimeout(waitForNextRefresh.timer);
  waitForNextRefresh.timer = setTimeout(refresh, 1000 * seconds);
}

function showSecondsLeft() {
  for (const left of document.querySelectorAll('[data-seconds]')) {
    const seconds = left.dataset.seconds % 60;
    left.textContent = `(${Math.floor(left.dataset.seconds / 60)}:${String(seconds).padStart(2, '0')})`;
  }
}

function countDown() {
  for (const left of document.querySelectorAll('[data-seconds]')) {
    left.dataset.seconds = Math.max(0, left.dataset.seconds - 1);
  }
  showSecondsLeft();
}

for (const part of document.querySelectorAll('[data-part]')) {
  part.dataset.shown = part.innerHTML;
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
