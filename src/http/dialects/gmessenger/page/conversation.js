import { element } from './chat-list.js';
import { ask, connect } from './server.js';

const RANK = { sent: 0, delivered: 1, read: 2 };
const PAGE = 50;

const $ = (selector) => document.querySelector(`#conversation ${selector}`);
const [list, connection, wrong] = [$('#messages'), $('#connection'), $('[role="alert"]')];
const [form, button, earlier] = [$('#send'), $('#send button'), $('#earlier')];

/** One conversation: its history, and what is added to it. */
export class Conversation {
  #path;
  #me;
  #socket;
  #onOver;
  /** What is shown, by id, in the order of time. */
  #messages = new Map();
  /** Statuses of messages that are not here yet. */
  #early = new Map();
  #sending;

  constructor({ chat, me, onOver }) {
    this.#path = `${chat.type}/${encodeURIComponent(chat.id)}`;
    this.#me = me;
    this.#onOver = onOver;
    list.replaceChildren();
    wrong.textContent = '';
    earlier.hidden = true;
    connection.textContent = 'Connecting …';
    this.#settle();
    button.disabled = true;
    this.#socket = connect(`${this.#path}/ws`, {
      // Looked up when the socket is there: between the two nothing is missed, and what comes twice is shown once.
      onOpen: () => {
        button.disabled = false;
        return this.#load(0);
      },
      onEvent: (event) => this.#hear(event),
      onLost: () => this.#lose(),
      onRefused: (reason) => this.#end(reason),
    });
    form.onsubmit = (event) => this.#send(event);
    earlier.onclick = () => this.#load(this.#messages.size);
  }

  close() {
    this.#socket.close();
  }

  async members() {
    return ask('GET', `${this.#path}/members`);
  }

  async #load(offset) {
    try {
      const page = await ask('GET', `${this.#path}?limit=${PAGE}&offset=${offset}`);
      connection.textContent = '';
      earlier.hidden = page.length < PAGE;
      for (const message of page) this.#add(message);
      this.#show(offset === 0);
    } catch (error) {
      if (error.status === 401) this.#onOver();
      else wrong.textContent = error.message;
    }
  }

  #hear({ type, payload }) {
    if (type === 'new_message') {
      this.#add(payload);
      this.#show(true);
      if (payload.sender === this.#me && payload.text === this.#sending) this.#settle(true);
    } else if (type === 'message_status') this.#raise(payload);
    else if (type === 'error') {
      wrong.textContent = payload.error;
      this.#settle();
    }
  }

  #add(message) {
    const before = this.#messages.get(message.id);
    this.#messages.set(message.id, { ...message, status: before?.status ?? message.status });
    for (const status of [message.status, this.#early.get(message.id)])
      if (status !== undefined) this.#raise({ id: message.id, status });
    this.#early.delete(message.id);
  }

  /** A status only grows, whatever comes first. */
  #raise({ id, status }) {
    const message = this.#messages.get(id);
    if (message === undefined) this.#early.set(id, status);
    else if (RANK[status] > RANK[message.status]) {
      message.status = status;
      this.#show(false);
    }
  }

  #show(toTheEnd) {
    const sorted = [...this.#messages.values()].sort((one, other) => one.id - other.id);
    list.replaceChildren(...sorted.map((message) => this.#itemOf(message)));
    if (toTheEnd) list.scrollTop = list.scrollHeight;
  }

  #itemOf({ id, sender, text, status, time }) {
    const isMine = sender === this.#me;
    const item = element('li', '', isMine ? 'mine' : '');
    item.dataset.id = id;
    const at = new Date(time).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
    item.append(element('p', text), element('small', isMine ? `${at}, ${status}` : `${sender}, ${at}`));
    return item;
  }

  #send(event) {
    event.preventDefault();
    wrong.textContent = '';
    const { text } = form.elements;
    if (!this.#socket.send('send_message', { text: text.value })) {
      wrong.textContent = 'There is no connection just now; try again.';
      return;
    }
    // Stays there until it comes back, which is how one knows that it is stored.
    this.#sending = text.value;
    text.readOnly = button.disabled = true;
  }

  #settle(isStored = false) {
    const { text } = form.elements;
    this.#sending = undefined;
    text.readOnly = button.disabled = false;
    if (isStored) text.value = '';
  }

  #lose() {
    connection.textContent = 'The connection is lost; trying again …';
    this.#settle();
    button.disabled = true;
  }

  async #end(reason) {
    this.#settle();
    button.disabled = true;
    wrong.textContent = reason;
    connection.textContent = '';
    await ask('GET', 'me').catch(() => this.#onOver());
  }
}
