import { element } from './log.js';

const $ = (selector) => document.querySelector(selector);
const [panel, title, membership] = [$('#panel'), $('#title'), $('#membership')];
const [inside, logPlace, people, here] = [$('#inside'), $('#log'), $('#people'), $('#here')];
let shownPeople = '';
// It scrolls, and not everybody has a mouse.
people.parentElement.tabIndex = 0;

/** The chat that is open: what is in it for who has joined it, and a way in for all others. */
export function showPanel({ open, chat }) {
  panel.hidden = open === '';
  title.textContent = open;
  membership.hidden = chat === undefined;
  membership.textContent = chat?.joined ? 'Leave' : 'Join';
  inside.hidden = !chat?.joined;
  $('#outside').hidden = !inside.hidden;
  $('#outside').textContent = chat ? 'You have not joined this chat.' : 'There is no such chat.';
  if (chat === undefined) return;
  chat.unread = 0;
  if (logPlace.firstChild !== chat.log.element) {
    logPlace.replaceChildren(chat.log.element);
    chat.log.scrollToTheEnd();
  }
  showPeople([...chat.people.values()].sort((one, other) => one.user.localeCompare(other.user)));
}

function showPeople(all) {
  const names = all.map(nameOf);
  if (names.join('\n') === shownPeople) return;
  shownPeople = names.join('\n');
  here.textContent = `Here (${names.length})`;
  people.replaceChildren(...names.map((name) => element('li', name)));
}

function nameOf({ user, admin, bot }) {
  if (bot) return `${user} (bot)`;
  return admin ? `${user} (admin)` : user;
}
