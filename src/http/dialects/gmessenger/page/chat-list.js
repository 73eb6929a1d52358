import { ask, connect } from './server.js';

const list = document.querySelector('#chats');
const find = document.querySelector('#find input');

export const addressOf = ({ type, id }) => `#${type}/${encodeURIComponent(id)}`;

/** Everybody and all groups, as they change; the one that is open counts as read. */
export class ChatList {
  #chats = new Map();
  #onChange;
  #socket;

  constructor({ onChange, onOver }) {
    this.#onChange = onChange;
    this.#socket = connect('chats/ws', {
      // What was missed while there was no socket is in the list.
      onOpen: () => this.load(),
      onEvent: (event) => this.#hear(event),
      onLost: () => {},
      onRefused: onOver,
    });
  }

  async load() {
    const chats = await ask('GET', 'chats').catch(() => undefined);
    if (chats === undefined) return;
    this.#chats = new Map(chats.map((chat) => [addressOf(chat), chat]));
    this.show();
    this.#onChange();
  }

  at(address) {
    return this.#chats.get(address);
  }

  close() {
    this.#socket.close();
    list.replaceChildren();
  }

  show() {
    const wanted = find.value.trim().toLowerCase();
    const fits = ({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted);
    list.replaceChildren(...[...this.#chats.values()].filter(fits).map(itemOf));
  }

  #hear({ type, payload }) {
    if (type === 'dialog_notification') this.#put(payload.chat);
    if (type === 'user_status') this.#setPresence(payload);
  }

  #put(chat) {
    const address = addressOf(chat);
    const before = this.#chats.get(address);
    this.#chats.delete(address);
    this.#chats = new Map([[address, { ...before, ...chat }], ...this.#chats]);
    this.show();
  }

  #setPresence({ user_login: id, is_online, last_seen }) {
    const chat = this.#chats.get(addressOf({ type: 'dialog', id }));
    if (chat === undefined) return;
    Object.assign(chat, { is_online, last_seen });
    this.show();
    this.#onChange();
  }
}

function itemOf(chat) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = addressOf(chat);
  const isOpen = location.hash === link.getAttribute('href');
  if (isOpen) link.ariaCurrent = 'page';
  link.append(element('span', chat.is_online ? `${chat.name} (online)` : chat.name));
  if (chat.unread > 0 && !isOpen) link.append(element('span', `${chat.unread} new`, 'unread'));
  link.append(element('small', chat.last_message || (chat.type === 'group' ? 'group' : chat.id)));
  item.append(link);
  return item;
}

export function element(name, text, className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}
