const MOST_ENTRIES = 500;

export function element(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** What was said in a chat, and small lines of what happened there, in the order of time. */
export class Log {
  /** One for each chat: screen readers read what is added to it, and not all of it when it comes into view. */
  element = element('div');
  #list = element('ol');
  #entries = [];
  #me;

  constructor(chat, me) {
    this.#me = me;
    Object.assign(this.element, { role: 'log', ariaLabel: `Messages in ${chat}`, tabIndex: 0 });
    this.element.append(this.#list);
  }

  /** Answers whether it was not there yet: a message comes with a report, as an answer and as an event. */
  say(message) {
    if (this.#entries.some(({ id }) => id === message.id)) return false;
    const isMine = message.user === this.#me;
    const item = element('li', '', isMine ? 'mine' : '');
    const small = element('small', isMine ? '' : `${message.user}${message.bot ? ' (bot)' : ''}, `);
    small.append(timeOf(message));
    item.append(element('p', message.text), small);
    this.#insert({ id: message.id, time: message.time, item }, isMine);
    return true;
  }

  note(text, time) {
    this.#insert({ time, item: element('li', text, 'note') });
  }

  /** Where it stays, whatever comes and however small it gets: it scrolls from its end, see the style sheet. */
  scrollToTheEnd() {
    this.element.scrollTop = 0;
  }

  #insert(entry, toTheEnd = false) {
    const at = this.#entries.findIndex((each) => isAfter(each, entry));
    if (at === -1) this.#list.append(entry.item);
    else this.#entries[at].item.before(entry.item);
    this.#entries.splice(at === -1 ? this.#entries.length : at, 0, entry);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift().item.remove();
    if (toTheEnd) this.scrollToTheEnd();
  }
}

/** The numbers of messages grow; all else has nothing but its second. */
function isAfter(one, other) {
  const both = one.id !== undefined && other.id !== undefined;
  return both ? one.id > other.id : one.time > other.time;
}

function timeOf({ time }) {
  const at = new Date(time * 1_000);
  const made = element('time', at.toLocaleString([], { dateStyle: 'short', timeStyle: 'short' }));
  made.dateTime = at.toISOString();
  return made;
}
