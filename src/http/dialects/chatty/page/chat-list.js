import { element } from './log.js';

const list = document.querySelector('#chats');
let shown = '';

export const addressOf = (name) => `#chat/${encodeURIComponent(name)}`;

/** The name that the address holds, or nothing. */
export function nameInAddress() {
  try {
    return decodeURIComponent(/^#chat\/(.+)$/.exec(location.hash)?.[1] ?? '');
  } catch {
    return '';
  }
}

/** Left alone while nothing changes, and who is in it with the keyboard stays where they are. */
export function showChats({ all, open }) {
  const now = JSON.stringify([open, all.map(({ name, joined, unread }) => [name, joined, unread])]);
  if (now === shown) return;
  shown = now;
  const focused = list.contains(document.activeElement) ? document.activeElement.hash : undefined;
  list.replaceChildren(...all.map((chat) => itemOf(chat, chat.name === open)));
  for (const link of list.querySelectorAll('a')) if (link.hash === focused) link.focus();
}

function itemOf({ name, joined, unread }, isOpen) {
  const item = element('li');
  const link = element('a');
  link.href = addressOf(name);
  if (isOpen) link.ariaCurrent = 'page';
  link.append(element('span', name));
  if (unread > 0) link.append(element('span', `${unread} new`, 'unread'));
  link.append(element('small', joined ? 'joined' : 'not joined'));
  item.append(link);
  return item;
}
