import { addressOf, nameInAddress, showChats } from './chat-list.js';
import { Chats } from './chats.js';
import { Line } from './line.js';
import { showPanel } from './panel.js';
import { ask } from './server.js';

const FIRST_CHAT = 'Main';
/** Under it is the name that is signed in: the cookie cannot be seen, and asking in vain would be an error. */
const MEMORY = import.meta.url;
/** Those of the server's words that do not say what to do. */
const ADVICE = {
  unauthorized: 'This name has an account: its password is needed.',
  'user is already logged in': 'Somebody of this name is here. Take another one.',
  "user doesn't exist": 'There is no account of this name. Guests leave the password empty.',
  'hash mismatch': 'This is not the password of this name.',
  'email is not verified': 'First follow the link in the mail that came when this account was made.',
};

const $ = (selector) => document.querySelector(selector);
const [door, room, send, connection] = [$('#door'), $('#room'), $('#send'), $('#connection')];
const [notIn, refused, membership] = [$('#sign-in [role="alert"]'), $('#refused'), $('#membership')];
const { user: userField } = $('#sign-in').elements;
const { text: textField } = send.elements;

let chats;
let line;
/** What was asked for and is not done yet; a button that is disabled would lose the focus. */
const busy = new Set();

const fieldsOf = (form) => Object.fromEntries(new FormData(form));

/** Does what was asked for, and tells beside it what was refused. */
async function attempt(wrong, what, work) {
  if (busy.has(what)) return;
  busy.add(what);
  wrong.textContent = '';
  try {
    await work();
  } catch (error) {
    if (error.status === 401 && chats) leave('You were signed out.');
    else wrong.textContent = ADVICE[error.message] ?? error.message;
  } finally {
    busy.delete(what);
  }
}

async function enter(me) {
  const entered = new Chats({ me, onChange: show });
  await entered.load();
  chats = entered;
  $('#me').textContent = me;
  door.hidden = true;
  room.hidden = false;
  line = new Line({
    hear: (frame) => entered.hear(frame),
    onLost: () => tellConnection('The connection is lost; trying again …'),
    onBack: async () => {
      // What was on its way when the connection broke is in the reports.
      await entered.load();
      tellConnection('');
    },
    onOver: () => leave('You were signed out.'),
  });
  if (entered.get(FIRST_CHAT)?.joined === false)
    await attempt(refused, membership, () => entered.join(FIRST_CHAT));
  if (nameInAddress() === '') history.replaceState(null, '', addressOf(FIRST_CHAT));
  open();
}

function leave(why = '') {
  line?.close();
  line = chats = undefined;
  localStorage.removeItem(MEMORY);
  tellConnection('');
  room.hidden = true;
  door.hidden = false;
  notIn.textContent = why;
  userField.focus();
}

/** What the address says is open. */
function open() {
  if (!chats) return;
  chats.open = nameInAddress();
  show();
  if (chats.get(chats.open)?.joined) textField.focus();
}

function show() {
  if (room.hidden || !chats) return;
  showPanel({ open: chats.open, chat: chats.get(chats.open) });
  showChats(chats);
}

function tellConnection(text) {
  connection.textContent = text;
}

$('#sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const { user, password } = fieldsOf(event.target);
  attempt(notIn, event.target, async () => {
    const [path, body] = password === '' ? ['login', { user }] : ['authorize', { user, password }];
    const signedIn = await ask('POST', path, { body });
    localStorage.setItem(MEMORY, signedIn.user);
    await enter(signedIn.user);
    event.target.reset();
  });
});

$('#sign-out').addEventListener('click', async () => {
  // Its poll would otherwise come back and say that one is signed out.
  line.close();
  await ask('POST', 'loggedonly/logout').catch(() => {});
  leave();
});

membership.addEventListener('click', () =>
  attempt(refused, membership, async () => {
    const { open: name } = chats;
    if (!chats.get(name).joined) {
      await chats.join(name);
      textField.focus();
      return;
    }
    await chats.leave(name);
    // Who leaves is not told so by the server, and may have this chat open in another tab.
    line?.share({
      type: 'ChatLeaveEvent',
      event: { chat: name, user: $('#me').textContent, time: Date.now() / 1_000 },
    });
  }),
);

send.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(refused, send, async () => {
    const { value: text } = textField;
    await chats.say(chats.open, text);
    // What was written meanwhile stays.
    if (textField.value.startsWith(text)) textField.value = textField.value.slice(text.length);
  });
});

textField.addEventListener('keydown', (event) => {
  // On a screen keyboard there is no other way to a new line.
  const sends = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
  if (!sends || matchMedia('(pointer: coarse)').matches) return;
  event.preventDefault();
  send.requestSubmit();
});

addEventListener('hashchange', () => {
  refused.textContent = '';
  open();
});
// Another tab has signed in or out, and this one has the same cookie.
addEventListener('storage', ({ key }) => key === MEMORY && location.reload());

const remembered = localStorage.getItem(MEMORY);
if (remembered === null) leave();
else await enter(remembered).catch(({ status, message }) => leave(status === 401 ? '' : message));
