import { Log } from './log.js';
import { ask } from './server.js';

/** All chats by their names, as the server told of them. */
export class Chats {
  #chats = new Map();
  #me;
  #onChange;
  #turn = Promise.resolve();
  /** The name of the one that is looked at. */
  open = '';

  constructor({ me, onChange }) {
    this.#me = me;
    this.#onChange = onChange;
  }

  get all() {
    return [...this.#chats.values()].sort((one, other) => one.name.localeCompare(other.name));
  }

  get(name) {
    return this.#chats.get(name);
  }

  load() {
    return this.#inTurn(() => this.#load());
  }

  join(name) {
    return this.#inTurn(async () => {
      this.#put(await ask('POST', 'loggedonly/joinChat', { body: { chat: name } }));
    });
  }

  leave(name) {
    return this.#inTurn(async () => {
      await ask('POST', 'loggedonly/leaveChat', { body: { chat: name } });
      const chat = this.#chats.get(name);
      if (chat) chat.joined = false;
    });
  }

  async say(name, text) {
    const message = await ask('POST', 'loggedonly/postMessage', { body: { chat: name, text } });
    this.#chats.get(name)?.log.say(message);
  }

  hear({ type, event }) {
    return this.#inTurn(async () => this.#news[type]?.(event));
  }

  #news = {
    MessageEvent: (message) => {
      const chat = this.#chats.get(message.chat);
      if (chat?.log.say(message) && message.chat !== this.open) chat.unread += 1;
    },
    ChatJoinEvent: ({ chat: name, user, time, ...flags }) => {
      const chat = this.#chats.get(name);
      chat?.log.note(`${user} joined`, time);
      chat?.people.set(user, { user, ...flags });
      // In another tab, or long ago.
      return user === this.#me && !chat?.joined ? this.#load() : undefined;
    },
    ChatLeaveEvent: ({ chat: name, user, time }) => {
      const chat = this.#chats.get(name);
      chat?.log.note(`${user} left`, time);
      chat?.people.delete(user);
      return user === this.#me ? this.#load() : undefined;
    },
    ChatCreatedEvent: ({ chat, time }) => {
      this.#put({ chat, joined: this.#chats.get(chat)?.joined ?? false, messages: [] });
      this.#tell(`There is a new chat: ${chat}`, time);
    },
    ChatRemovedEvent: ({ chat, time }) => {
      this.#chats.delete(chat);
      this.#tell(`The chat ${chat} was removed`, time);
    },
  };

  /** Where it is seen. */
  #tell(text, time) {
    this.#chats.get(this.open)?.log.note(text, time);
  }

  async #load() {
    const reports = await ask('GET', 'loggedonly/getChats');
    const names = new Set(reports.map(({ chat }) => chat));
    for (const name of this.#chats.keys()) if (!names.has(name)) this.#chats.delete(name);
    for (const report of reports) this.#put(report);
  }

  #put({ chat: name, joined, messages, users }) {
    const log = this.#chats.get(name)?.log ?? new Log(name, this.#me);
    const { unread = 0, people = new Map() } = this.#chats.get(name) ?? {};
    for (const message of messages) log.say(message);
    const present = users ? new Map(users.map((each) => [each.user, each])) : people;
    this.#chats.set(name, { name, joined, log, unread, people: present });
  }

  /** What is asked and what is heard takes effect in one order, so that no answer undoes what came after it. */
  #inTurn(work) {
    const done = this.#turn.then(work).then(() => this.#onChange());
    this.#turn = done.catch(() => {});
    return done;
  }
}
